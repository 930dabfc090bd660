/* moment: points in time and durations as APIs and people write them. */
#include "base/moment.h"

#include <math.h>

#include "tap.h"

static bool near(double a, double b)
{
    return fabs(a - b) < 2e-6 * fmax(1, fabs(b) * 1e-9);
}

static const struct {
    const char *text;
    bool is;
    double seconds;
} moments[] = {
    {"2026-01-31", true, 1769817600},
    {"2026-01-31T08:00:00Z", true, 1769846400},
    {"2026-01-31T08:00:00z", true, 1769846400},
    {"2026-01-31 08:00:00", true, 1769846400},
    {"2026-01-31T08:00", true, 1769846400},
    {"2026-01-30T24:00:00Z", true, 1769817600},
    {"2026-01-30T24:00", true, 1769817600},
    {"2026-01-30T24:01:00Z", false, 0},
    {"2026-01-31T08:00:00.25Z", true, 1769846400.25},
    {"2026-01-31T08:00:00,25Z", true, 1769846400.25},
    {"2026-01-31T08:00:00+01:00", true, 1769842800},
    {"2026-01-31T08:00:00-0130", true, 1769851800},
    {"2026-01-31T08:00:00+02", true, 1769839200},
    {"2026-01-31T08:00:00-00:30", true, 1769848200},
    {"1969-12-31T23:59:59Z", true, -1},
    {"1769846400", true, 1769846400},
    {"1769846400.5", true, 1769846400.5},
    {"1769846400000", true, 1769846400},
    {"1769846400000000", true, 1769846400},
    {"1769846400000000000", true, 1769846400},
    {"-1", true, -1},
    {"", false, 0},
    {"today", false, 0},
    {"2026-13-01", false, 0},
    {"2026-01-31T", false, 0},
    {"2026-01-31x", false, 0},
    {"2026-01-31T08", false, 0},
    {"2026-01-31T08:00:00.", false, 0},
    {"2026-01-31T08:00:00*01:00", false, 0},
    {"2026-01-31T08:00:00+", false, 0},
    {"2026-01-31T08:00:00+x", false, 0},
    {"2026-01-31T08:00:00+01:00:00", false, 0},
    {"2026-01-31T08:00:00+01000", false, 0},
    {"2026-01-31T08:00:00+01x", false, 0},
    {"2026-01-31T08:00:00+24:00", false, 0},
    {"2026-01-31T08:00:00+01:60", false, 0},
    {"2026-01-31T08:00:00+-1:00", false, 0},
    {"2026-01-31T08:00:00+01:-1", false, 0},
};

static const struct {
    const char *text;
    bool is;
    double seconds;
} durations[] = {
    {"P1W", true, 604800}, {"P30D", true, 2592000}, {"PT1H30M", true, 5400}, {"P1DT12H", true, 129600},
    {"PT0.5S", true, 0.5}, {"PT1M", true, 60},      {"P", false, 0},         {"", false, 0},
    {"1D", false, 0},      {"P1M", false, 0},       {"P1Y", false, 0},       {"P1H", false, 0},
    {"PT1D", false, 0},    {"PTT1H", false, 0},     {"PD", false, 0},        {"P1", false, 0},
    {"P1.2.3D", false, 0}, {"P-1D", false, 0},      {"P1D ", false, 0},
};

static const struct {
    const char *text;
    bool is;
    double seconds;
} others[] = {
    {"Sat, 31 Jan 2026 08:00:00 GMT", true, 1769846400},
    {"Sat, 31 Jan 2026 08:00:00 +0100", true, 1769842800},
    {"2026-01-31 08:00:00 UTC", true, 1769846400},
    {"2026-01-31 08:00:00 -0130", true, 1769851800},
    {"2026-01-31T08:00:00+01:00[Europe/Paris]", true, 1769842800},
    {"2026-01-31T08:00:00Z[UTC]", true, 1769846400},
    {"2026-01-31T08:00:00Z", true, 1769846400},
    {"Sat, 31 Jan 2026 08:00:00 EST", false, 0},
    {"2026-01-31 08:00:00 EST", false, 0},
    {"2026-01-31T08:00:00[Paris", false, 0},
    {"[", false, 0},
    {" UTC", false, 0},
    {"", false, 0},
};

static const char *const dates[] = {"10/31/2025 02:00 PM",
                                    "1/2/26",
                                    "31.10.2025",
                                    "31-10-2025",
                                    "31-OCT-25",
                                    "31 Oct 2025",
                                    "October 31, 2025",
                                    "Fri Oct 31 10:00:00 2025",
                                    "2026-01-31 08:00 EST",
                                    "Fri, 31 Oct 2025 10:00 EST",
                                    "2026-01-31T08:00PM"},
                         *const no_dates[] = {"",
                                              "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                              "1.2.3",
                                              "10.12.11",
                                              "10.0.0.1",
                                              "2026-01-31-0007",
                                              "2026/01/31/7",
                                              "2026-01-31 batch 7",
                                              "DEC-000123",
                                              "mar 12",
                                              "a, b",
                                              "01/02/2026/x",
                                              "/Date(1769846400000)/",
                                              "12-11-0007",
                                              "100",
                                              "sun"};

static void test_others(void)
{
    double seconds;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool is = moment_read(others[i].text, NULL, &seconds);
        ok(is == others[i].is && (!is || near(seconds, others[i].seconds)), "the moment '%s'", others[i].text);
    }
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        ok(moment_seems(dates[i]), "'%s' seems to be a date", dates[i]);
    for (size_t i = 0; i < sizeof no_dates / sizeof *no_dates; i++)
        ok(!moment_seems(no_dates[i]), "'%s' does not", no_dates[i]);
}

static void test_parse(void)
{
    double seconds;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        bool is = moment_parse(moments[i].text, &seconds);
        ok(is == moments[i].is && (!is || near(seconds, moments[i].seconds)), "the moment '%s'", moments[i].text);
    }
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        bool is = moment_duration(durations[i].text, &seconds);
        ok(is == durations[i].is && (!is || near(seconds, durations[i].seconds)), "the duration '%s'",
           durations[i].text);
    }
}

/* In a format and back; what it drops is less than its step. */
static const struct {
    const char *format;
    double seconds;
    const char *text;
    double step;
} formats[] = {
    {"iso", 1769846400.75, "2026-01-31T08:00:00Z", 1},
    {"iso_ms", 1769846400.75, "2026-01-31T08:00:00.750Z", 1e-3},
    {"iso_ms", 0.9999999, "1970-01-01T00:00:00.999Z", 1e-3},
    {"epoch_s", 1769846400.75, "1769846400", 1},
    {"epoch_ms", 1769846400.75, "1769846400750", 1e-3},
    {"epoch_us", 1769846400.75, "1769846400750000", 1e-6},
    {"epoch_ns", 1769846400.75, "1769846400750000000", 1e-6},
    {"epoch_s", -0.5, "-1", 1},
    {"date", 1769846400, "2026-01-31", 86400},
    {"%Y/%m/%d %H:%M", 1769846400, "2026/01/31 08:00", 60},
    {"%Y%m%dT%H%M%S.%f", 1769846400.25, "20260131T080000.250000", 1e-6},
    {"%H o'clock", 1769846400, "08 o'clock", 3600},
    {"%s", 1769846400, "1769846400", 1},
    {"%G-W%V", 1769846400, "2026-W05", 7 * 86400},
    {"%b %Y", 1769846400, "Jan 2026", 31 * 86400},
    {"%Y", 1769846400, "2026", 366 * 86400},
    {"100%%", 1769846400, "100%", 366 * 86400},
    {"%", 1769846400, "%", 366 * 86400},
};

static void test_formats(void)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct buf text = {0};
        moment_format(formats[i].seconds, formats[i].format, &text);
        is_text(buf_text(&text), formats[i].text, formats[i].format);
        ok(near(moment_step(formats[i].format), formats[i].step), "its step");
        ok(moment_is_format(formats[i].format), "it is a format");
        buf_free(&text);
    }
    ok(!moment_is_format("is"), "a word that is none");
}

static void test_read(void)
{
    double seconds;
    ok(moment_read("31.01.2026 08:00", "%d.%m.%Y %H:%M", &seconds) && near(seconds, 1769846400), "in a format");
    ok(moment_read("31.01.2026 08:00 +0100", "%d.%m.%Y %H:%M %z", &seconds) && near(seconds, 1769842800),
       "with its zone");
    ok(moment_read("2026-01-31 09:00 +01:00", "%F %H:%M %z", &seconds) && near(seconds, 1769846400),
       "the day in short");
    ok(moment_read("2026-01-31T08:00Z!", "%FT%H:%M%z!", &seconds) && near(seconds, 1769846400), "the zone is not last");
    ok(!moment_read("31.01.2026 08:00 CET", "%d.%m.%Y %H:%M %z", &seconds), "with a name for a zone");
    ok(moment_read("2026-01-31T08:00:00Z", "%d.%m.%Y", &seconds) && near(seconds, 1769846400), "in another");
    ok(moment_read("2026-01-31", NULL, &seconds) && near(seconds, 1769817600), "in none");
    ok(moment_read("1769846400", "epoch_s", &seconds) && near(seconds, 1769846400), "in one with a name");
    ok(!moment_read("31.01.2026 x", "%d.%m.%Y", &seconds), "with something after it");
}

static void test_forms(void)
{
    static const char *const forms[][2] = {{"1769846400", "epoch_s"},        {"1769846400000", "epoch_ms"},
                                           {"1769846400000000", "epoch_us"}, {"1769846400000000000", "epoch_ns"},
                                           {"2026-01-31", "date"},           {"2026-01-31T08:00:00Z", "iso"},
                                           {"2026-01-31 08:00", "iso"},      {"2026-01-31T08:00:00.1Z", "iso_ms"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        is_text(moment_form(forms[i][0]), forms[i][1], forms[i][0]);
}

int main(void)
{
    test_parse();
    test_others();
    test_formats();
    test_read();
    test_forms();
    return tap_end();
}
