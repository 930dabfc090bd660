/* moments: dates and times in the forms of ISO 8601 that most APIs write, to numbers. Pure.
 *
 * Forms that are rarer are none here, even where Spark takes them. */
#ifndef RESTSRC_MOMENTS_H
#define RESTSRC_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days since 1970 of this day. false: there is no such day. */
bool moment_day(int year, int month, int day, int32_t *days);
/* Days since 1970 of YYYY-MM-DD, after which a time may stand. false: it has not that form, or there is no such day. */
bool moment_date(const char *text, size_t len, int32_t *days);

/* Microseconds since 1970 by the clock of the text: YYYY-MM-DD, with [T ]HH:MM:SS and a fraction. What is after the
 * sixth digit of it is left out. *zoned: it names an offset (Z, +HH, +HHMM, +HH:MM), which *offset has, in seconds. */
bool moment_time(const char *text, size_t len, int64_t *micros, bool *zoned, int *offset);

/* The offset alone, in seconds. */
bool moment_offset(const char *text, size_t len, int *seconds);

#endif
