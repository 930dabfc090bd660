/* moment: points in time as APIs and people write them. Pure, but for the clock that the caller gives. */
#ifndef RESTSRC_MOMENT_H
#define RESTSRC_MOMENT_H

#include <stdbool.h>

#include "base/buf.h"

/* Seconds since 1970 of an ISO 8601 date, or date and time (no zone: UTC), or of a number of seconds or, from 10^11,
 * 10^14 and 10^17 on, of milliseconds, microseconds and nanoseconds. false: text is none. */
bool moment_parse(const char *text, double *seconds);

/* The seconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds: P30D, PT1H30M. Years and months have
 * no length of their own. false: text is none. */
bool moment_duration(const char *text, double *seconds);

/* The same of a text in this format, which may be NULL; a text in another one counts, too, also as HTTP, Ruby and Java
 * write times. */
bool moment_read(const char *text, const char *format, double *seconds);

/* Does a text that is not read begin as a date, in a form whose order as text is not that of the times? */
bool moment_seems(const char *text);

/* As iso (2026-01-31T08:00:00Z), iso_ms, epoch_s, epoch_ms, epoch_us, epoch_ns, date, or a notation of strftime(3), in
 * UTC; there %L are milliseconds, and %f microseconds. What is finer than the format is dropped. Appends. */
void moment_format(double seconds, const char *format, struct buf *out);

/* Is it a name of a format, or a notation of strftime's? */
bool moment_is_format(const char *text);
/* The format in which a text that moment_parse() takes is written, as far as there is a name for it. */
const char *moment_form(const char *text);

/* The smallest step of a format, in seconds; of one without a day, the longest that this can be. */
double moment_step(const char *format);

#endif
