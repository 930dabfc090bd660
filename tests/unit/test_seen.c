/* seen: records that come again on a later page. */
#include "pages/seen.h"

#include "paging.h"
#include "tap.h"

static struct slice text(const char *records)
{
    return (struct slice){records, strlen(records)};
}

static int take(struct seen *s, struct paging *t, struct slice page)
{
    int64_t count = 0;
    for (size_t i = 0; i < page.len; i++)
        count += page.text[i] == '\n';
    return seen_take(s, &t->p, page, count, &t->e);
}

/* Pages one after the other; returns what seen_check() does, with a total when there is one. */
static int check(struct paging *t, int64_t total, const char *const *page)
{
    struct seen s = {0};
    paging_start(t);
    int result = 0;
    while (*page && !result)
        result = take(&s, t, text(*page++));
    t->p.total = total;
    result = result ? result : seen_check(&s, &t->p, &t->e);
    seen_free(&s);
    return result;
}

static void is(int64_t total, int want, const char *says, const char *one, const char *two, const char *name)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    is_int(check(&t, total, (const char *const[]){one, two, NULL}), want, name);
    const char *said = want ? t.e.message : buf_text(&t.p.note);
    ok(says ? strstr(said, says) != NULL : !*said, "%s", says ? says : "nothing is said");
    paging_end(&t);
}

static void check_two_pages(void)
{
#define RECORD(id) "{\"id\":" #id "}\n"
#define PLAIN(n)   "{\"n\":" #n "}\n"
    const char *ones = RECORD(1) RECORD(2) RECORD(3);
    is(6, -1, "1 of the 6 records came twice (that at offset 4 is that at 1)", ones, RECORD(4) RECORD(2) RECORD(5),
       "where a total counts them, a record that comes again is an error");
    is(-1, 0, "warning: 1 of the 6 records came twice", ones, RECORD(4) RECORD(2) RECORD(5),
       "without a total it is a warning");
    is(6, 0, NULL, ones, RECORD(4) RECORD(6) RECORD(5), "others are no fault");
    is(6, 0, NULL, ones, RECORD(4) RECORD(2) RECORD(4), "nor records that are equal within a page");
    is(6, 0, NULL, "1\n2\n", "3\n1\n", "nor scalars");
    is(6, 0, NULL, PLAIN(1) PLAIN(2) PLAIN(3), PLAIN(4) PLAIN(2) PLAIN(1), "nor two without an id");
    is(6, 0, "warning: 3 of the 6 records came twice", PLAIN(1) PLAIN(2) PLAIN(3), PLAIN(2) PLAIN(3) PLAIN(1),
       "many without an id are a warning");
}

static int with(struct range_options range, int64_t total)
{
    struct paging t;
    const char *const pages[] = {RECORD(1) RECORD(2), RECORD(3) RECORD(1), NULL};
    paging_init(&t, PAGING_OFFSET);
    t.range.allow_repeats = range.allow_repeats;
    t.range.on_drift = range.on_drift;
    t.range.expect = range.expect;
    int result = check(&t, total, pages);
    paging_end(&t);
    return result;
}

static void check_options(void)
{
    is_int(with((struct range_options){.allow_repeats = true, .on_drift = DRIFT_WARN, .expect = -1}, 4), 0,
           "--allow-repeats lets that pass");
    is_int(with((struct range_options){.on_drift = DRIFT_IGNORE, .expect = -1}, 4), 0, "and so does --on-drift ignore");
    is_int(with((struct range_options){.on_drift = DRIFT_FAIL, .expect = -1}, -1), -1,
           "--on-drift fail needs no total");
    is_int(with((struct range_options){.on_drift = DRIFT_WARN, .expect = 4}, -1), -1, "nor does --expect");
}

/* Every `again`-th record of a long list is one of those before it. */
static int64_t twice_of(int64_t records, int64_t again, size_t *size)
{
    struct paging t;
    struct seen s = {0};
    struct buf page = {0};
    paging_init(&t, PAGING_OFFSET);
    paging_start(&t);
    for (int64_t i = 0; i < records; i++) {
        int64_t id = i % again == again - 1 && i > 2000 ? i - 1999 : i;
        buf_addf(&page, "{\"id\":%lld,\"name\":\"a record with a longer text in it %lld\"}\n", (long long)id,
                 (long long)(id % 7));
        if (i % 100 == 99) {
            if (take(&s, &t, (struct slice){page.data, page.len}))
                break;
            buf_clear(&page);
        }
    }
    int64_t twice = s.off ? -1 : s.twice;
    *size = s.known.room;
    seen_free(&s);
    buf_free(&page);
    paging_end(&t);
    return twice;
}

/* A list of so many records by pages of `size` goes round: how many come before that is seen? */
static int64_t round_of(int64_t records, int64_t size)
{
    struct paging t;
    struct seen s = {0};
    struct buf page = {0};
    int64_t at = 0, circle = 0;
    paging_init(&t, PAGING_CURSOR);
    paging_start(&t);
    for (; !circle && at < 3 * records; at++) {
        buf_addf(&page, "{\"name\":\"record %lld\"}\n", (long long)(at % records));
        if (at % size == size - 1) {
            circle = take(&s, &t, (struct slice){page.data, page.len});
            buf_clear(&page);
        }
    }
    ok(!circle || strstr(t.e.message, "in a circle"), "it says so");
    seen_free(&s);
    buf_free(&page);
    paging_end(&t);
    return at;
}

static void check_circle(void)
{
    is_int(round_of(1000, 100), 1100, "a list that goes round is noticed by its first page");
    is_int(round_of(1, 1), 3, "one that is the same again and again is by nature");
    is_int(round_of(50, 1), 70, "of pages of one it takes twenty");
    is_int(round_of(600000, 1000), 601000, "a long one, too");
}

static void check_long_list(void)
{
    size_t size, least;
    is_int(twice_of(50000, 1000000, &least), 0, "50,000 different records are all different");
    is_int(twice_of(50000, 500, &least), 96, "each of those that come again is found");
    is_int(twice_of(1000000, 2000000, &size), 0, "a million different records are all different");
    int64_t found = twice_of(1000000, 500, &size);
    ok(found > 50 && found < 2000, "of a million records the first are looked at");
    ok(size == least, "in the same memory");
}

int main(void)
{
    check_two_pages();
    check_options();
    check_circle();
    check_long_list();
    return tap_end();
}
