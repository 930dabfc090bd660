/* NDJSON by its lines: the ends of it, and no line at all. */
#include "tap.h"
#include "json/lines.h"

static struct slice text(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static void is_lines(struct slice found, const char *expected, const char *name)
{
    ok(value_same(found, text(expected)), "%s", name);
}

int main(void)
{
    struct slice three = text("1\n22\n333\n"), one = text("{}\n"), none = {0};
    is_lines(lines_first(three), "1\n", "the first line");
    is_lines(lines_last(three), "333\n", "the last line");
    is_lines(lines_after(three, lines_first(three)), "22\n333\n", "what comes after the first");
    is_lines(lines_after(three, lines_last(three)), "", "nothing comes after the last");
    is_lines(lines_record(lines_last(three)), "333", "a record has no line end");
    is_lines(lines_first(one), "{}\n", "of one line it is the first");
    is_lines(lines_last(one), "{}\n", "and the last");
    is_int((int64_t)lines_first(none).len, 0, "no first line of nothing");
    is_int((int64_t)lines_last(none).len, 0, "and no last one");
    is_int((int64_t)lines_record(lines_first(none)).len, 0, "and no record");
    ok(value_same(none, none) && value_same(none, text("")), "nothing is the same as nothing");
    ok(!value_same(one, three) && !value_same(text("12"), text("13")), "other bytes are not the same");
    ok(lines_hold(three, text("22\n")) && !lines_hold(three, text("2\n")), "a line is one of them, or is not");
    ok(lines_find(three, text("22\n")) == 1 && lines_find(three, text("2\n")) == -1, "and so many are before it");
    return tap_end();
}
