/* times: dates, times of day, timestamps and intervals to the texts that JSON has for them. Pure.
 *
 * All append, with quotes. Fractions of a second have as many digits as the unit; unit: seconds, millis, micros, nanos,
 * 0 to 3. Years beyond 9999 have a sign, those before 0 too, as in ISO 8601. */
#ifndef RESTSRC_TIMES_H
#define RESTSRC_TIMES_H

#include "arrow/zone.h"
#include "base/buf.h"

/* Days since 1970: "2013-01-02". */
void times_date(int64_t days, struct buf *out);
/* "2013-01-02T03:04:05.123456", followed by an offset, or Z, of the zone, where one is given. */
void times_stamp(int64_t value, unsigned unit, const struct zone *zone, struct buf *out);
/* Of a day, without zeros at the end of the fraction: "03:04:05.12". */
void times_clock(int64_t value, unsigned unit, struct buf *out);
/* As SQL writes it: "INTERVAL '1 02:03:04.5' DAY TO SECOND". From which to which of days, hours, minutes and seconds (0
 * to 3) it is told; the first takes all that is above it. */
void times_interval(int64_t value, unsigned unit, int first, int last, struct buf *out);

#endif
