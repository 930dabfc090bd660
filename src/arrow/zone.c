/* zone: fixed offsets, and zones of the time zone database. */
#include "arrow/zone.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "arrow/moments.h"
#include "base/mem.h"

enum { DAY = 86400, CYCLE = 146097, MICROS = 1000000, FIRST_RULED = 1970, LAST_RULED = 2440 };

bool zone_utc(const struct zone *z, int64_t local, int64_t *utc)
{
    int64_t clock = local / MICROS - (local % MICROS < 0);
    size_t low = 0, high = z->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (z->changes[middle].clock <= clock)
            low = middle + 1;
        else
            high = middle;
    }
    int offset = low ? z->changes[low - 1].offset : z->offset;
    *utc = local - (int64_t)offset * MICROS;
    return z->known_from == z->known_to || (clock >= z->known_from && clock < z->known_to);
}

/* When the n-th change came, in UTC: add_change() notes it by the clock. */
static int64_t change_time(const struct zone *z, size_t n)
{
    int before = n ? z->changes[n - 1].offset : z->offset, after = z->changes[n].offset;
    return z->changes[n].clock - (before > after ? before : after);
}

/* Rules are those of a calendar that repeats itself every 400 years, of which there are some more changes. */
int zone_offset(const struct zone *z, int64_t utc)
{
    int64_t ruled = z->known_to - DAY, cycle = (int64_t)CYCLE * DAY;
    size_t low = 0, high = z->count;
    if (high && z->known_to > z->changes[high - 1].clock && utc >= ruled)
        utc -= ((utc - ruled) / cycle + 1) * cycle;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (change_time(z, middle) <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? z->changes[low - 1].offset : z->offset;
}

bool zone_fixed(struct zone *z, const char *name)
{
    static const char *const utc[] = {"UTC", "GMT", "UT", "Etc/UTC", "Etc/GMT", "Zulu", "Etc/Zulu"};
    *z = (struct zone){0};
    for (size_t i = 0; i < sizeof utc / sizeof *utc; i++)
        if (strcmp(name, utc[i]) == 0)
            return true;
    return *name && moment_offset(name, strlen(name), &z->offset);
}

void zone_free(struct zone *z)
{
    free(z->changes);
    *z = (struct zone){0};
}

/* From this time on, in seconds of UTC, there is another offset. The clock shows the old one to the end of an overlap,
 * and in a gap. */
static void add_change(struct zone *z, int64_t at, int offset)
{
    int before = z->count ? z->changes[z->count - 1].offset : z->offset;
    z->changes = mem_grown(z->changes, (z->count + 1) * sizeof *z->changes);
    z->changes[z->count++] = (struct zone_change){at + (before > offset ? before : offset), offset};
}

/* ---- the rule at the end of the file: POSIX TZ, as CET-1CEST,M3.5.0,M10.5.0/3 ---- */

struct rule {
    int month, week, day; /* 0: Sunday */
    int64_t seconds;      /* of the clock on that day */
};

static const char *pass_name(const char *p)
{
    if (*p == '<')
        return strchr(p, '>') ? strchr(p, '>') + 1 : "";
    while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'))
        p++;
    return p;
}

/* [+-]H[:M[:S]]. NULL: it is none. */
static const char *read_seconds(const char *p, int64_t *seconds)
{
    bool negative = *p == '-';
    int64_t unit = 3600;
    p += *p == '-' || *p == '+';
    if (*p < '0' || *p > '9')
        return NULL;
    *seconds = 0;
    for (; unit; unit /= 60) {
        int64_t value = 0;
        for (; *p >= '0' && *p <= '9' && value < 1000; p++)
            value = value * 10 + (*p - '0');
        *seconds += value * unit;
        if (*p != ':')
            break;
        p++;
    }
    *seconds = negative ? -*seconds : *seconds;
    return p;
}

static int read_number(const char **p)
{
    const char *from = *p;
    int value = 0;
    for (; **p >= '0' && **p <= '9' && value < 1000; (*p)++)
        value = value * 10 + (**p - '0');
    return *p > from ? value : -1;
}

static const char *read_rule(const char *p, struct rule *r)
{
    if (*p++ != ',' || *p++ != 'M')
        return NULL;
    r->month = read_number(&p);
    r->week = *p == '.' && p++ ? read_number(&p) : -1;
    r->day = *p == '.' && p++ ? read_number(&p) : -1;
    r->seconds = 7200;
    if (r->month < 1 || r->month > 12 || r->week < 1 || r->week > 5 || r->day < 0 || r->day > 6)
        return NULL;
    return *p == '/' ? read_seconds(p + 1, &r->seconds) : p;
}

static int32_t days_of(int year, int month, int day)
{
    int32_t days;
    return moment_day(year, month, day, &days) ? days : -1;
}

/* When the clock shows it in a year, in seconds since 1970. */
static int64_t rule_clock(const struct rule *r, int year)
{
    int32_t first = days_of(year, r->month, 1);
    int32_t next = r->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, r->month + 1, 1);
    int32_t weekday = (first + 4 + 7 * 10000000) % 7; /* 1970 began on a Thursday */
    int32_t day = first + (r->day - weekday + 7) % 7 + 7 * (r->week - 1);
    return (int64_t)(day < next ? day : day - 7) * DAY + r->seconds;
}

/* false: it is not a rule that is known here. */
static bool follow_rule(struct zone *z, const char *p, int64_t last)
{
    int64_t standard, summer;
    struct rule begins, ends;
    p = read_seconds(pass_name(p), &standard);
    if (!p || !*p)
        return p;
    p = pass_name(p);
    summer = standard - 3600;
    p = *p && *p != ',' ? read_seconds(p, &summer) : p;
    p = p ? read_rule(p, &begins) : NULL;
    p = p ? read_rule(p, &ends) : NULL;
    if (!p || *p)
        return false;
    for (int year = FIRST_RULED; year < LAST_RULED; year++) {
        int64_t to_summer = rule_clock(&begins, year) + standard, back = rule_clock(&ends, year) + summer;
        for (int i = 0; i < 2; i++) {
            bool starts = (to_summer < back) == (i == 0);
            if ((starts ? to_summer : back) > last)
                add_change(z, starts ? to_summer : back, (int)-(starts ? summer : standard));
        }
    }
    z->known_to = (int64_t)days_of(LAST_RULED, 1, 1) * DAY;
    return true;
}

/* ---- the file ---- */

struct tzif {
    uint32_t times, types, names, leaps, standard, utc; /* how many there are of each */
};

static uint64_t number(const char *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

/* The header at *p; past it. false: it is none, or the data do not follow. width: of a time. */
static bool read_header(const char **p, const char *end, struct tzif *h, size_t width, size_t *data)
{
    enum { HEADER = 44, MOST = 100000 };
    if (end - *p < HEADER || memcmp(*p, "TZif", 4) || (*p)[4] < '2')
        return false;
    uint32_t *const counts[] = {&h->utc, &h->standard, &h->leaps, &h->times, &h->types, &h->names};
    for (size_t i = 0; i < 6; i++) {
        *counts[i] = (uint32_t)number(*p + 20 + 4 * i, 4);
        if (*counts[i] > MOST)
            return false;
    }
    *p += HEADER;
    *data = h->times * (width + 1) + h->types * (size_t)6 + h->names + h->leaps * (width + 4) + h->standard + h->utc;
    return *data <= (size_t)(end - *p) && h->types;
}

static int type_offset(const char *types, size_t n)
{
    return (int)(int32_t)number(types + 6 * n, 4);
}

static bool read_changes(struct zone *z, const char *p, const struct tzif *h, int64_t *last)
{
    const char *which = p + (size_t)h->times * 8, *types = which + h->times;
    size_t first = 0;
    while (first < h->types && types[6 * first + 4])
        first++; /* summer time is not what counts before the first change */
    z->offset = type_offset(types, first < h->types ? first : 0);
    *last = INT64_MIN;
    for (uint32_t i = 0; i < h->times; i++) {
        unsigned char type = (unsigned char)which[i];
        int64_t at = (int64_t)number(p + (size_t)i * 8, 8);
        if (type >= h->types || at < *last || at < -(INT64_C(1) << 60) || at > INT64_C(1) << 40)
            return false;
        add_change(z, at, type_offset(types, type));
        *last = at;
    }
    return true;
}

bool zone_parse(struct zone *z, const char *bytes, size_t len)
{
    const int64_t year_1 = -62135596800, year_10000 = 253402300800;
    const char *p = bytes, *end = bytes + len;
    struct tzif h;
    size_t data;
    int64_t last;
    char footer[100];
    *z = (struct zone){.known_from = year_1, .known_to = year_10000};
    if (!read_header(&p, end, &h, 4, &data))
        return false;
    p += data;
    if (!read_header(&p, end, &h, 8, &data) || !read_changes(z, p, &h, &last))
        return false;
    p += data;
    if (p == end || *p++ != '\n')
        return false;
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    if (!newline)
        return false;
    size_t text = newline - p < (ptrdiff_t)sizeof footer ? (size_t)(newline - p) : 0;
    memcpy(footer, p, text);
    footer[text] = '\0';
    if (!follow_rule(z, footer, last))
        z->known_to = z->count ? z->changes[z->count - 1].clock : z->known_to;
    return true;
}
