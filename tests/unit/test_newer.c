/* Times as texts, and which records are new. */
#include <string.h>

#include "base/moment.h"
#include "pages/newer.h"
#include "tap.h"

static void test_format(void)
{
    static const struct {
        double seconds;
        const char *format, *text;
    } cases[] = {
        {1769817600.0007, "iso_ms", "2026-01-31T00:00:00.000Z"},
        {1769817600.25, "iso_ms", "2026-01-31T00:00:00.250Z"},
        {1769817600.999, "epoch_ms", "1769817600999"},
        {1769817600.999999, "iso", "2026-01-31T00:00:00Z"},
        {-0.5, "epoch_ms", "-500"},
        {1769817600.5, "%s", "1769817600"},
        {1769817600.125, "%H.%L %f%%", "00.125 125000%"},
        {1769817600, "date", "2026-01-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        moment_format(cases[i].seconds, cases[i].format, &out);
        is_text(buf_text(&out), cases[i].text, cases[i].format);
        buf_free(&out);
    }
}

static void test_read(void)
{
    double seconds;
    ok(moment_read("31.01.2026", "%d.%m.%Y", &seconds) && seconds == 1769817600, "as strftime writes it");
    ok(moment_read("2026-01-31T01:00:00+0100", "%Y-%m-%dT%H:%M:%S%z", &seconds) && seconds == 1769817600,
       "with a zone");
    ok(moment_read("2026-01-31", "%d.%m.%Y", &seconds) && seconds == 1769817600, "another writing counts, too");
    ok(!moment_read("soon", "%d.%m.%Y", &seconds), "no time");
    is_text(moment_form("1769817600"), "epoch_s", "seconds");
    is_text(moment_form("1769817600000"), "epoch_ms", "milliseconds");
    is_text(moment_form("2026-01-31"), "date", "a date");
    ok(moment_step("%d.%m.%Y") == 86400 && moment_step("%H:%M") == 60 && moment_step("%T") == 1, "steps");
}

static bool keeps(struct newer *n, const char *lines, const char *wanted)
{
    struct buf out = {0};
    newer_keep(n, (struct slice){lines, strlen(lines)}, &out);
    bool are = strcmp(buf_text(&out), wanted) == 0;
    buf_free(&out);
    return are;
}

#define A "{\"at\":\"2026-01-31T00:00:00Z\"}\n"
#define B "{\"at\":\"2026-01-31T00:00:00.5Z\"}\n"
#define C "{\"at\":\"2026-01-31T02:00:01+01:00\"}\n"

static void test_seen(void)
{
    struct newer n = {0}, next = {0};
    struct buf seen = {0}, noted = {0};
    path_parse(&n.path, "at");
    path_parse(&next.path, "at");
    newer_note(&n, (struct slice){A C B B, strlen(A C B B)});
    ok(strstr(n.newest.data, "02:00:01"), "the newest, by zones");
    newer_note(&n, (struct slice){C C, strlen(C C)});
    newer_save(&n, true, &seen, &noted);
    newer_load(&next, (struct slice){seen.data, seen.len}, (struct slice){noted.data, noted.len});
    ok(keeps(&next, A C B C C C, A B C), "each of the newest is dropped as often as it came");
    newer_bound("2026-01-31T00:00:00.25Z", &next.from);
    newer_bound("2026-01-31T01:00:01Z", &next.to);
    ok(keeps(&next, A B C, B), "between the bounds, without the upper one");
    ok(newer_all_old(&next, (struct slice){A A, strlen(A A)}) &&
           !newer_all_old(&next, (struct slice){A B, strlen(A B)}),
       "all old");
    newer_free(&n);
    newer_free(&next);
    buf_free(&seen);
    buf_free(&noted);
}

int main(void)
{
    test_format();
    test_read();
    test_seen();
    return tap_end();
}
