/* repeat: records that come a second time with the next page. */
#include "pages/repeat.h"

#include "paging.h"
#include "tap.h"

#define RECORD(id) "{\"id\":" #id "}\n"

static struct slice text(const char *records)
{
    return (struct slice){records, strlen(records)};
}

static int64_t lines(const char *records)
{
    int64_t n = 0;
    for (; *records; records++)
        n += *records == '\n';
    return n;
}

/* After a page with the records `before`, of which so many were missing, comes one with `records`. */
static int check(struct paging *t, const char *before, int64_t missing, const char *records, int64_t asked)
{
    struct page page = {.offset = 100, .asked = asked, .got = lines(records)};
    struct repeat known = {text(before), missing};
    paging_start(t);
    return repeat_check(&t->p, &page, text(records), &known, &t->e);
}

static void is(enum paging_style style, int want, const char *before, const char *records, int64_t asked,
               const char *name)
{
    struct paging t;
    paging_init(&t, style);
    is_int(check(&t, before, 0, records, asked), want, name);
    if (want)
        ok(t.e.code == EXIT_ANSWER && strstr(t.e.message, "same page"), "and says so");
    paging_end(&t);
}

static void check_same_page(void)
{
    is(PAGING_OFFSET, -1, "1\n2\n", "1\n2\n", 2, "the same full page again is an error");
    is(PAGING_OFFSET, 0, "1\n2\n", "1\n3\n", 2, "another one is not");
    is(PAGING_OFFSET, 0, "1\n1\n", "1\n1\n", 3, "nor a short one: equal records without an id may be two");
    is(PAGING_OFFSET, -1, RECORD(1), RECORD(1), 3, "with an id, a short one is");
    is(PAGING_OFFSET, -1, RECORD(1) RECORD(2), RECORD(1), 3, "also when it is only the beginning of the last one");
    is(PAGING_CURSOR, 0, "1\n2\n", "1\n2\n", 2, "after a fresh cursor, records without an id may be equal");
    is(PAGING_CURSOR, -1, RECORD(1) RECORD(2), RECORD(1) RECORD(2), 2, "but not those with an id");
    is(PAGING_OFFSET, 0, "", "1\n2\n", 2, "the first page is no repeat");
    is(PAGING_OFFSET, 0, "1\n2\n", "", 2, "nor is an empty one");
}

static void check_equal_by_nature(void)
{
    is(PAGING_OFFSET, 0, "7\n8\n", "8\n7\n", 2, "numbers may come again");
    is(PAGING_OFFSET, 0, "[1]\n[1]\n", "[1]\n[2]\n", 2, "so may records of which two are equal");
    is(PAGING_OFFSET, 0, "[1]\n[2]\n", "[2]\n[2]\n", 2, "on either page");
}

static void check_page_of_one(void)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    t.range.page_size = 1;
    is_int(check(&t, "[1]\n", 0, "[1]\n", 1), 0, "a record without an id may be equal to the last one");
    ok(strstr(buf_text(&t.p.note), "there is no id to tell") != NULL, "that is told");
    buf_clear(&t.p.note);
    const struct page page = {.offset = 101, .asked = 1, .got = 1};
    const struct repeat known = {text("[1]\n"), 0};
    is_int(repeat_check(&t.p, &page, text("[1]\n"), &known, &t.e), 0, "once more");
    is_int((int64_t)t.p.note.len, 0, "but told once");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.range.page_size = 1;
    is_int(check(&t, "1\n", 0, "1\n", 1), 0, "pages of one record without an id may be equal");
    paging_end(&t);
}

static void check_allowed(void)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    t.range.allow_repeats = true;
    is_int(check(&t, "1\n2\n", 0, "1\n2\n", 2), 0, "--allow-repeats: all is well");
    paging_end(&t);

    paging_init(&t, PAGING_LAST_ID);
    t.options.cursor_inclusive = true;
    is_int(check(&t, RECORD(1), 0, RECORD(1), 2), 0, "--cursor-inclusive: a page may be the last record alone");
    paging_end(&t);
}

static void check_overlap(void)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    is_int(check(&t, RECORD(1) RECORD(2), 0, RECORD(2) RECORD(3), 2), 0, "a page that begins as the last one ended");
    ok(strstr(buf_text(&t.p.note), "1 records that the last one ended with") != NULL,
       "tells of records that were added");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.range.on_drift = DRIFT_FAIL;
    ok(check(&t, RECORD(1) RECORD(2), 0, RECORD(2) RECORD(3), 2) == -1 && strstr(t.e.message, "added"),
       "--on-drift fail: it is an error");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    ok(check(&t, RECORD(1) RECORD(2), 1, RECORD(2) RECORD(3), 3) == -1 && strstr(t.e.message, "hides records"),
       "after a short page it is always one: records are hidden from us");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    ok(check(&t, RECORD(1) RECORD(2), 1, RECORD(1) RECORD(2) RECORD(3), 3) == -1 && !strstr(t.e.message, "hides"),
       "when more come again than are missing, the page is another one");
    paging_end(&t);

    paging_init(&t, PAGING_CURSOR);
    check(&t, RECORD(1) RECORD(2) RECORD(3), 0, RECORD(2) RECORD(3), 3);
    ok(strstr(buf_text(&t.p.note), "2 records that the last one ended with") != NULL, "a page may have nothing else");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    is_int(check(&t, RECORD(1) RECORD(2), 0, RECORD(3) RECORD(1), 2), 0,
           "what comes again elsewhere is not looked for");
    ok(t.p.note.len == 0, "nor told");
    paging_end(&t);

    paging_init(&t, PAGING_CURSOR);
    ok(check(&t, RECORD(1) RECORD(2), 0, RECORD(2) RECORD(3), 2) == 0 && t.p.note.len,
       "a cursor that leads to a record that has come is told");
    paging_end(&t);
}

/* Records without an id may be equal, but not for a hundred pages. */
static void check_equal_for_long(void)
{
    struct paging t;
    struct page page = {.offset = 100, .asked = 2, .got = 2};
    struct repeat known = {text("1\n2\n"), 0};
    int pages = 0;
    paging_init(&t, PAGING_CURSOR);
    paging_start(&t);
    while (pages < 1000 && repeat_check(&t.p, &page, text("1\n2\n"), &known, &t.e) == 0)
        pages++;
    ok(pages > 1 && pages < 1000 && strstr(t.e.message, "same page"), "equal pages without end are an error: after %d",
       pages);
    paging_end(&t);
}

int main(void)
{
    check_same_page();
    check_equal_by_nature();
    check_equal_for_long();
    check_page_of_one();
    check_allowed();
    check_overlap();
    return tap_end();
}
