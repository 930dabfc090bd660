/* times: dates and times as texts. */
#include "arrow/times.h"

#include <inttypes.h>
#include <stdlib.h>

enum { DAY = 86400, UNITS = 4 };

static const int64_t per_second[UNITS] = {1, 1000, 1000000, 1000000000};
static const int fraction_digits[UNITS] = {0, 3, 6, 9};

/* The larger part, rounded down; *rest: what is left of it, never negative. */
static int64_t divide(int64_t value, int64_t by, int64_t *rest)
{
    *rest = value % by;
    int64_t whole = value / by - (*rest < 0);
    *rest += *rest < 0 ? by : 0;
    return whole;
}

static void add_digits(struct buf *out, int64_t value, int count)
{
    char text[20] = {0};
    for (int i = count; i-- > 0; value /= 10)
        text[i] = (char)('0' + value % 10);
    buf_add(out, text, (size_t)count);
}

/* The proleptic Gregorian calendar repeats itself every 400 years, which begin with March 1st of year 0 here. */
static void add_date(int64_t days, struct buf *out)
{
    int64_t day;
    int64_t era = divide(days + 719468, 146097, &day);
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; /* from March */
    int64_t of_month = of_year - (153 * month + 2) / 5 + 1;
    year += 400 * era + (month >= 10);
    if (year < 0 || year > 9999)
        buf_addf(out, "%c%04" PRId64, year < 0 ? '-' : '+', year < 0 ? -year : year);
    else
        add_digits(out, year, 4);
    buf_addc(out, '-');
    add_digits(out, month < 10 ? month + 3 : month - 9, 2);
    buf_addc(out, '-');
    add_digits(out, of_month, 2);
}

static void add_clock(int64_t seconds, struct buf *out)
{
    add_digits(out, seconds / 3600, 2);
    buf_addc(out, ':');
    add_digits(out, seconds / 60 % 60, 2);
    buf_addc(out, ':');
    add_digits(out, seconds % 60, 2);
}

static void add_fraction(int64_t fraction, unsigned unit, struct buf *out)
{
    if (!unit)
        return;
    buf_addc(out, '.');
    add_digits(out, fraction, fraction_digits[unit]);
}

/* The same, without zeros at the end. */
static void add_short_fraction(int64_t fraction, unsigned unit, struct buf *out)
{
    add_fraction(fraction, fraction ? unit : 0, out);
    while (fraction && out->data[out->len - 1] == '0')
        out->len--;
}

static void add_offset(int offset, struct buf *out)
{
    int minutes = abs(offset) / 60, seconds = abs(offset) % 60;
    if (offset == 0) {
        buf_addc(out, 'Z');
        return;
    }
    buf_addc(out, offset < 0 ? '-' : '+');
    add_digits(out, minutes / 60, 2);
    buf_addc(out, ':');
    add_digits(out, minutes % 60, 2);
    if (seconds) {
        buf_addc(out, ':');
        add_digits(out, seconds, 2);
    }
}

void times_date(int64_t days, struct buf *out)
{
    buf_addc(out, '"');
    add_date(days, out);
    buf_addc(out, '"');
}

void times_stamp(int64_t value, unsigned unit, const struct zone *zone, struct buf *out)
{
    int64_t fraction, of_day;
    int64_t seconds = divide(value, per_second[unit], &fraction);
    int offset = zone ? zone_offset(zone, seconds) : 0;
    int64_t days = divide(seconds, DAY, &of_day) + divide(of_day + offset, DAY, &of_day);
    buf_addc(out, '"');
    add_date(days, out);
    buf_addc(out, 'T');
    add_clock(of_day, out);
    add_fraction(fraction, unit, out);
    if (zone)
        add_offset(offset, out);
    buf_addc(out, '"');
}

void times_clock(int64_t value, unsigned unit, struct buf *out)
{
    int64_t fraction;
    int64_t seconds = divide(value, per_second[unit], &fraction);
    buf_addc(out, '"');
    add_clock(seconds, out);
    add_short_fraction(fraction, unit, out);
    buf_addc(out, '"');
}

void times_interval(int64_t value, unsigned unit, int first, int last, struct buf *out)
{
    static const char *const names[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
    static const uint64_t seconds_of[] = {DAY, 3600, 60, 1};
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    buf_addf(out, "\"INTERVAL '%s", value < 0 ? "-" : "");
    for (int field = first; field <= last; field++) {
        uint64_t size = seconds_of[field] * (uint64_t)per_second[unit];
        buf_adds(out, field == first ? "" : field == 1 ? " " : ":");
        buf_addf(out, field ? "%02" PRIu64 : "%" PRIu64, rest / size);
        rest %= size;
    }
    if (last == 3)
        add_short_fraction((int64_t)rest, unit, out);
    buf_addf(out, "' %s%s%s\"", names[first & 3], first == last ? "" : " TO ", first == last ? "" : names[last & 3]);
}
