/* zone, moments: dates and times of ISO 8601, fixed offsets, and files of the time zone database. */
#include "arrow/zone.h"

#include <stdlib.h>

#include "arrow/moments.h"
#include "base/buf.h"
#include "base/mem.h"
#include "tap.h"

/* ---- moments ---- */

static const struct {
    const char *text;
    bool is, zoned;
    int64_t micros;
    int offset;
} moments[] = {
    {"1970-01-01", true, false, 0, 0},
    {"1969-12-31T23:59:59.9999999Z", true, true, -1, 0},
    {"2020-02-29 00:00:00+01:30", true, true, 1582934400000000, 5400},
    {"2020-02-29T00:00:00-18:00", true, true, 1582934400000000, -64800},
    {"2020-02-29T00:00:00+0130", true, true, 1582934400000000, 5400},
    {"2020-02-29T00:00:00-01", true, true, 1582934400000000, -3600},
    {"0000-03-01T00:00:00", true, false, -62162035200000000, 0},
    {"2000-02-29", true, false, 951782400000000, 0},
    {"2020-02-29T00:00:00+18:01", false, false, 0, 0},
    {"2021-02-29", false, false, 0, 0},
    {"1900-02-29", false, false, 0, 0},
    {"2020-00-01", false, false, 0, 0},
    {"2020-13-01", false, false, 0, 0},
    {"2020-01-00", false, false, 0, 0},
    {"202x-01-01", false, false, 0, 0},
    {"2020-0/-01", false, false, 0, 0},
    {"2020-01-0:", false, false, 0, 0},
    {"2020/01-01", false, false, 0, 0},
    {"2020-01/01", false, false, 0, 0},
    {"2020-1-1", false, false, 0, 0},
    {"20200101", false, false, 0, 0},
    {"2020-01-01x", false, false, 0, 0},
    {"2020-01-01T", false, false, 0, 0},
    {"2020-01-01T00-00:00", false, false, 0, 0},
    {"2020-01-01T00:00-00", false, false, 0, 0},
    {"2020-01-01T24:00:00", false, false, 0, 0},
    {"2020-01-01T-1:00:00", false, false, 0, 0},
    {"2020-01-01T00:60:00", false, false, 0, 0},
    {"2020-01-01T00:x0:00", false, false, 0, 0},
    {"2020-01-01T00:00:60", false, false, 0, 0},
    {"2020-01-01T00:00:0x", false, false, 0, 0},
    {"2020-01-01T00:00:00.", false, false, 0, 0},
    {"2020-01-01T00:00:00z", false, false, 0, 0},
    {"2020-01-01T00:00:00.5z", false, false, 0, 0},
    {"2020-01-01T00:00:00.5+1", false, false, 0, 0},
    {"2020-01-01T00:00:00*01", false, false, 0, 0},
    {"2020-01-01T00:00:00+0x", false, false, 0, 0},
    {"2020-01-01T00:00:00+01x00", false, false, 0, 0},
    {"2020-01-01T00:00:00+01:x0", false, false, 0, 0},
    {"2020-01-01T00:00:00+01:60", false, false, 0, 0},
};

static void test_moments(void)
{
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        int64_t micros = 0;
        bool zoned;
        int offset;
        bool is = moment_time(moments[i].text, strlen(moments[i].text), &micros, &zoned, &offset);
        ok(is == moments[i].is &&
               (!is || (micros == moments[i].micros && zoned == moments[i].zoned && offset == moments[i].offset)),
           "the time %s", moments[i].text);
    }
}

/* ---- zones ---- */

static void add_number(struct buf *file, int64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        buf_addc(file, (char)((uint64_t)value >> 8 * i));
}

/* A header: version 2, so many changes and types, names of one byte. */
static void add_header(struct buf *file, int changes, int types)
{
    buf_adds(file, "TZif2");
    for (int i = 0; i < 15; i++)
        buf_addc(file, '\0');
    const int counts[] = {0, 0, 0, changes, types, 1};
    for (int i = 0; i < 6; i++)
        add_number(file, counts[i], 4);
}

static void add_type(struct buf *file, int offset, bool summer)
{
    add_number(file, offset, 4);
    buf_addc(file, summer);
    buf_addc(file, '\0');
}

/* A file whose first type is summer time, with a change to each of `which` at each of `at`, and a rule. */
static void make_file(struct buf *file, const int64_t *at, const char *which, int changes, const char *rule)
{
    buf_clear(file);
    add_header(file, 0, 1);
    add_type(file, 0, false);
    buf_addc(file, '\0');
    add_header(file, changes, 2);
    for (int i = 0; i < changes; i++)
        add_number(file, at[i], 8);
    buf_add(file, which, (size_t)changes);
    add_type(file, 7200, true);
    add_type(file, 3600, false);
    buf_addc(file, '\0');
    buf_adds(file, rule);
}

/* How many seconds the clock is ahead of UTC; -1: that is not known. */
static int ahead(const struct zone *z, const char *clock)
{
    int64_t local = 0, utc = 0;
    bool zoned;
    int offset;
    moment_time(clock, strlen(clock), &local, &zoned, &offset);
    return zone_utc(z, local, &utc) ? (int)((local - utc) / 1000000) : -1;
}

static void test_rule(void)
{
    static const struct {
        const char *clock;
        int seconds;
    } cases[] = {{"2021-01-31T02:30:00", 3600}, {"2021-07-31T02:30:00", 7200}, {"2021-03-28T01:59:59", 3600},
                 {"2021-03-28T02:30:00", 3600}, {"2021-03-28T03:00:00", 7200}, {"2021-10-31T02:59:59", 7200},
                 {"2021-10-31T03:00:00", 3600}, {"2150-07-01T00:00:00", 7200}, {"2440-07-01T00:00:00", -1}};
    struct buf file = {0};
    struct zone z;
    make_file(&file, NULL, "", 0, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
    ok(zone_parse(&z, file.data, file.len), "a file of the time zone database");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(ahead(&z, cases[i].clock), cases[i].seconds, cases[i].clock);
    zone_free(&z);
    for (size_t n = 0; n < file.len; n++) { /* each in a piece of memory of its own, for AddressSanitizer */
        char *cut = mem_text(file.data, n);
        bool parsed = zone_parse(&z, cut, n);
        zone_free(&z);
        free(cut);
        if (parsed)
            ok(false, "a file cut at %zu is refused", n);
    }
    buf_free(&file);
}

/* From UTC to the clock: also after the years of which changes are known, because the calendar repeats itself. */
static void test_offsets(void)
{
    const int64_t cycle = 146097 * INT64_C(86400);
    const struct {
        int64_t utc;
        int seconds;
    } cases[] = {{1616893199, 3600},
                 {1616893200, 7200},
                 {1635641999, 7200},
                 {1635642000, 3600},
                 {5680281600, 3600},
                 {14846025600, 7200},
                 {14846025600 + 3 * cycle, 7200},
                 {14830387200, 3600},
                 {14830387200 + 700 * cycle, 3600},
                 {INT64_MIN / 2, 3600},
                 {INT64_MAX / 1000000, 3600}};
    struct buf file = {0};
    struct zone z;
    make_file(&file, NULL, "", 0, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
    ok(zone_parse(&z, file.data, file.len), "a file with a rule");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(zone_offset(&z, cases[i].utc) == cases[i].seconds, "the clock's offset at %" PRId64, cases[i].utc);
    zone_free(&z);
    buf_free(&file);
}

/* Where the rule is followed: what July of 2021 has. */
static const struct {
    const char *rule;
    int july;
} rules[] = {
    {"EST5EDT,M3.2.0,M11.1.0", -4 * 3600},       {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", -2 * 3600},
    {"LHST-10:30LHDT-11,M10.1.0,M4.1.0", 37800}, {"X-1:30:15Y,M3.1.0,M12.5.6/2:30", 9015},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", 36000},     {"X+1Y+2,M1.1.0,M12.1.0", -7200},
};

static void test_rules(void)
{
    const int64_t at = 1000;
    struct buf file = {0}, rule = {0};
    struct zone z;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        buf_clear(&rule);
        buf_addf(&rule, "\n%s\n", rules[i].rule);
        make_file(&file, &at, "\1", 1, buf_text(&rule));
        ok(zone_parse(&z, file.data, file.len), "the rule %s", rules[i].rule);
        is_int(ahead(&z, "2021-07-15T12:00:00"), rules[i].july, "in July");
        zone_free(&z);
    }
    buf_free(&file);
    buf_free(&rule);
}

/* Rules that are none here: after the last change nothing is known. */
static void test_no_rules(void)
{
    static const char *const others[] = {"X-1Y",
                                         "X-1Y,J60,J300",
                                         "X-1Y,M3.5.0",
                                         "X-1Y,M13.1.0,M4.1.0",
                                         "X-1Y,M0.1.0,M4.1.0",
                                         "X-1Y,M3.6,M4",
                                         "X-1Y,M3.0.0,M4.1.0",
                                         "X-1Y,M3.1.7,M4.1.0",
                                         "X-1Y,M3.1,M4.1.0",
                                         "X-1Y,M3.1.0,M4.1.0x",
                                         "X-1Y-z,M3,M4",
                                         "X-1Y,M3.1.0/x,M4.1.0",
                                         "X",
                                         "<X",
                                         "X-1Y,M3.1.0;M4.1.0",
                                         "X-1Y,D3.1.0,M4"};
    const int64_t at = 1000;
    struct buf file = {0}, rule = {0};
    struct zone z;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        buf_clear(&rule);
        buf_addf(&rule, "\n%s\n", others[i]);
        make_file(&file, &at, "\1", 1, buf_text(&rule));
        ok(zone_parse(&z, file.data, file.len), "a file with the rule %s", others[i]);
        is_int(ahead(&z, "1970-01-01T00:00:00"), 3600, "before the change, what is no summer time");
        is_int(ahead(&z, "2021-07-15T12:00:00"), -1, "after it, nothing");
        zone_free(&z);
    }
    buf_adds(&rule, "no end of the line");
    make_file(&file, &at, "\1", 1, buf_text(&rule));
    file.len--;
    ok(zone_parse(&z, file.data, file.len), "a rule that is too long for any");
    is_int(ahead(&z, "0001-01-01T00:00:00"), 3600, "from the year 1 on");
    is_int(ahead(&z, "0000-12-31T23:59:59"), -1, "before it, nothing");
    zone_free(&z);
    buf_free(&file);
    buf_free(&rule);
}

static void test_changes(void)
{
    const int64_t at[] = {0, 86400 * 100}, wrong[] = {1000, 999}, far[] = {INT64_C(1) << 50, INT64_MAX};
    struct buf file = {0};
    struct zone z;
    make_file(&file, at, "\0\1", 2, "\nCET-1\n");
    ok(zone_parse(&z, file.data, file.len), "two changes, and a rule without summer time");
    is_int(ahead(&z, "1969-12-31T00:00:00"), 3600, "before the first");
    is_int(ahead(&z, "1970-02-01T00:00:00"), 7200, "after it");
    is_int(ahead(&z, "1980-07-01T00:00:00"), 3600, "after the second");
    is_int(ahead(&z, "9999-12-31T23:59:59"), 3600, "for good");
    ok(zone_offset(&z, -1) == 3600 && zone_offset(&z, 0) == 7200, "the clock's offset changes with the first");
    ok(zone_offset(&z, INT64_MAX / 2) == 3600, "and stays after the last");
    zone_free(&z);
    make_file(&file, wrong, "\0\1", 2, "\nCET-1\n");
    ok(!zone_parse(&z, file.data, file.len), "changes out of order");
    zone_free(&z);
    make_file(&file, far, "\0\1", 2, "\nCET-1\n");
    ok(!zone_parse(&z, file.data, file.len), "a change in no year");
    zone_free(&z);
    make_file(&file, at, "\0\2", 2, "\nCET-1\n");
    ok(!zone_parse(&z, file.data, file.len), "a change to a type that is not there");
    zone_free(&z);
    make_file(&file, at, "\0\1", 2, "CET-1\n");
    ok(!zone_parse(&z, file.data, file.len), "a rule without its line");
    zone_free(&z);
    file.data[4] = '1';
    ok(!zone_parse(&z, file.data, file.len), "version 1, which has no rule");
    file.data[4] = '2';
    file.data[36] = 1;
    ok(!zone_parse(&z, file.data, file.len), "more of something than any zone has");
    file.data[36] = 0;
    file.data[39] = 0;
    ok(!zone_parse(&z, file.data, file.len), "no type");
    buf_free(&file);
}

/* What of a file is passed over: leap seconds, and which changes are told in UTC or in standard time. */
static void test_passed_over(void)
{
    const int64_t at = 1000;
    struct buf file = {0};
    struct zone z;
    make_file(&file, &at, "\1", 1, "");
    size_t header = 44 + 7; /* the first one, and its type and names */
    file.data[header + 23] = 1;
    file.data[header + 27] = 1;
    file.data[header + 31] = 1;
    add_number(&file, 0, 8); /* 12 bytes of a leap second, one of each of the others */
    add_number(&file, 0, 6);
    buf_adds(&file, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
    ok(zone_parse(&z, file.data, file.len), "a file with leap seconds");
    is_int(ahead(&z, "2021-07-15T12:00:00"), 7200, "the rule is found after them");
    zone_free(&z);
    buf_free(&file);
}

static void test_fixed(void)
{
    const struct zone unknown = ZONE_UNKNOWN;
    struct zone z;
    ok(zone_fixed(&z, "UTC") && z.offset == 0, "UTC");
    ok(zone_fixed(&z, "-05:30") && z.offset == -19800, "a fixed offset");
    ok(!zone_fixed(&z, "Nowhere"), "no fixed offset");
    ok(!zone_fixed(&z, ""), "no name");
    ok(ahead(&unknown, "2021-01-01T00:00:00") == -1, "where no time is known");
}

int main(void)
{
    test_moments();
    test_fixed();
    test_rule();
    test_offsets();
    test_rules();
    test_no_rules();
    test_changes();
    test_passed_over();
    return tap_end();
}
