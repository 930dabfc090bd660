/* moment: points in time as APIs and people write them. Pure, but for the clock that the caller gives. */
#ifndef RESTSRC_MOMENT_H
#define RESTSRC_MOMENT_H

#include <stdbool.h>

#include "base/buf.h"

/* Seconds since 1970 of an ISO 8601 date, or date and time (no zone: UTC), or of a number of seconds or, from 10^11 on,
 * milliseconds. false: text is none. */
bool moment_parse(const char *text, double *seconds);

/* The seconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds: P30D, PT1H30M. Years and months have
 * no length of their own. false: text is none. */
bool moment_duration(const char *text, double *seconds);

/* As iso (2026-01-31T08:00:00Z), iso_ms, epoch_s, epoch_ms, or a notation of strftime(3), in UTC. Appends. */
void moment_format(double seconds, const char *format, struct buf *out);

#endif
