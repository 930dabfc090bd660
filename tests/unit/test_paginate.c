/* paginate: a range is read exactly, or it is an error, whatever the server caps and counts; where it can go on. */
#include <stdlib.h>

#include "http/url.h"
#include "pages/follow.h"
#include "pages/next.h"
#include "paging.h"
#include "tap.h"

/* ---- a list, as servers give it ---- */

struct list_server {
    int64_t records;
    int64_t cap;    /* of a page; 0: none */
    bool counts;    /* answers have the total */
    bool page_base; /* pages are counted from 1 */
};

static int64_t number(const char *url, const char *name)
{
    struct buf value = {0};
    int64_t n = url_query(url, name, &value) ? strtoll(buf_text(&value), NULL, 10) : -1;
    buf_free(&value);
    return n;
}

/* The records [*first, *first + returned) answer url. */
static int64_t serve(const struct list_server *s, enum paging_style style, const char *url, int64_t *first)
{
    int64_t limit = number(url, "limit");
    limit = s->cap && limit > s->cap ? s->cap : limit;
    *first = style == PAGING_PAGE ? (number(url, "page") - s->page_base) * limit : number(url, "offset");
    int64_t left = s->records - *first;
    return left < 0 ? 0 : left < limit ? left : limit;
}

/* ---- a read of it ---- */

enum { WINDOW = 4 };

struct reader {
    struct paging t;
    struct page page[WINDOW]; /* under way, in order */
    struct request made[WINDOW];
    unsigned used;
    int64_t next;  /* the record that should come now */
    bool in_order; /* all of them did */
};

static void keep(struct reader *r, int64_t first, const struct page *page)
{
    if (page->keep == 0)
        return;
    r->in_order &= first + page->skip == r->next;
    r->next += page->keep;
}

/* The oldest page under way is answered. A paging_verdict, or -1. */
static int take(struct reader *r, const struct list_server *s)
{
    int64_t first;
    struct page *page = &r->page[0];
    page->got = serve(s, r->t.options.paginate, buf_text(&r->made[0].url), &first);
    page->total = (struct total){.records = s->counts ? s->records : -1, .where = "total"};
    struct answer a = {.url = buf_text(&r->made[0].url), .header = paging_header, .envelope = {"{}", 2}};
    int verdict = paginate_learn(&r->t.p, page, &a, &r->made[0], &r->t.e);
    if (verdict >= 0)
        keep(r, first, page);
    if (verdict == PAGE_REST)
        return verdict;
    struct request done = r->made[0];
    for (unsigned i = 1; i < r->used; i++) {
        r->page[i - 1] = r->page[i];
        r->made[i - 1] = r->made[i];
    }
    r->made[--r->used] = done;
    return verdict;
}

/* Reads with so many pages under way. 0: to the end; -1: an error; 1: it would go on for ever. */
static int read_all(struct reader *r, const struct list_server *s, unsigned window)
{
    int verdict = PAGE_TAKEN;
    for (int turns = 0; turns < 1000; turns++) {
        while (r->used < window && paginate_next(&r->t.p, &r->page[r->used], &r->made[r->used]))
            r->used++;
        if (!r->used)
            return 0;
        verdict = take(r, s);
        if (verdict < 0 || verdict == PAGE_LAST)
            return verdict < 0 ? -1 : 0;
    }
    return 1;
}

/* What the range has: all of it, in order. */
static bool is_exact(const struct reader *r, const struct list_server *s)
{
    int64_t offset = r->t.range.offset, limit = r->t.range.limit;
    int64_t end = limit < 0 || offset + limit > s->records ? s->records : offset + limit;
    return r->in_order && r->next == (end > offset ? end : offset);
}

static void reader_free(struct reader *r)
{
    for (unsigned i = 0; i < WINDOW; i++)
        request_free(&r->made[i]);
    paging_end(&r->t);
}

struct outcome {
    unsigned exact, refused, wrong;
};

static void try_one(struct outcome *o, enum paging_style style, const struct list_server *s, int64_t offset,
                    int64_t limit, int64_t size, unsigned window)
{
    struct reader r = {.next = offset, .in_order = true};
    paging_init(&r.t, style);
    r.t.range.offset = offset;
    r.t.range.limit = limit;
    r.t.range.page_size = size;
    paging_start(&r.t);
    int result = read_all(&r, s, window);
    if (result == 0 && is_exact(&r, s))
        o->exact++;
    else if (result < 0 && r.t.e.code == EXIT_ANSWER)
        o->refused++;
    else if (!o->wrong++)
        tap_note("style %d, %d records, cap %d, offset %d, limit %d, page size %d, window %u: %s", (int)style,
                 (int)s->records, (int)s->cap, (int)offset, (int)limit, (int)size, window,
                 result > 0 ? "it never ends" : "other records came");
    reader_free(&r);
}

static struct outcome try_all(enum paging_style style, bool capped, bool counts)
{
    struct outcome o = {0};
    for (int64_t records = 0; records <= 13; records++)
        for (int64_t size = 1; size <= 6; size++)
            for (int64_t cap = capped ? 1 : 0; cap <= (capped ? size - 1 : 0); cap++)
                for (int64_t offset = 0; offset <= 14; offset += 1 + offset / 4)
                    for (int64_t limit = -1; limit <= 9; limit += 2)
                        for (unsigned window = 1; window <= WINDOW; window += 3) {
                            struct list_server s = {records, cap, counts, true};
                            try_one(&o, style, &s, offset, limit, size, window);
                        }
    return o;
}

static void check_ranges(enum paging_style style, const char *name)
{
    for (int counts = 0; counts < 2; counts++) {
        struct outcome o = try_all(style, false, counts);
        const char *what = counts ? "with a total" : "without a total";
        ok(o.exact > 1000 && !o.refused && !o.wrong, "%s, %s: every range of every list is read exactly", name, what);
        o = try_all(style, true, counts);
        ok(o.exact > 1000 && !o.wrong, "%s, %s: where the server caps pages, exactly or it is an error", name, what);
        is_int(o.refused, 0, "a cap is no reason to refuse");
    }
}

/* ---- how it asks ---- */

static void check_requests(void)
{
    struct list_server s = {.records = 1000, .cap = 30, .counts = true};
    struct reader r = {.in_order = true};
    paging_init(&r.t, PAGING_OFFSET);
    paging_start(&r.t);
    int result = read_all(&r, &s, 1);
    ok(result == 0 && is_exact(&r, &s), "a capped list is read");
    is_int(r.t.p.learned_size, 30, "the server's page size is learned");
    is_int(r.t.p.asked_pages, 34, "by as many requests as it has pages");
    is_text(buf_text(&r.made[0].url), "http://h/list?offset=990&limit=30", "each for no more than it gives");
    reader_free(&r);
}

static void check_max_pages(void)
{
    struct list_server s = {.records = 1000};
    struct reader r = {.in_order = true};
    paging_init(&r.t, PAGING_OFFSET);
    r.t.range.page_size = 10;
    r.t.range.max_pages = 3;
    paging_start(&r.t);
    ok(read_all(&r, &s, 2) == 0 && r.in_order && r.next == 30, "--max-pages: so many pages, and no error");
    ok(!r.t.p.over, "the list has not ended by that");
    reader_free(&r);
}

static void check_failed(void)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    t.range.page_size = 2;
    paging_start(&t);
    paging_ask(&t);
    is_int(paginate_failed(&t.p, &t.page, &t.made, 404), -1, "404 for the first page: no such list");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.range.page_size = 2;
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "[]", "1\n2\n", NULL);
    paging_ask(&t);
    is_int(paginate_failed(&t.p, &t.page, &t.made, 404), PAGE_LAST, "404 after a page: the end");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.range.offset = 10;
    paging_start(&t);
    paging_ask(&t);
    is_int(paginate_failed(&t.p, &t.page, &t.made, 404), PAGE_REST,
           "404 for a later first page: is there a list at all?");
    is_text(buf_text(&t.made.url), "http://h/list?offset=0&limit=1", "its first record tells");
    is_int(paging_answer(&t, "[]", "1\n", NULL), PAGE_LAST, "there is: it ends before the range");
    is_int(t.page.keep, 0, "which has no record then");
    paging_end(&t);
}

/* Of a list that has ended, what its server answers after that means nothing. */
static void check_past_end(void)
{
    static const long nothing[] = {400, 404, 410, 416, 422, 500}, something[] = {401, 429, 503};
    struct paging t;
    const struct page after = {.offset = 100}, before = {.offset = 0}, look = {.look = true};
    paging_init(&t, PAGING_OFFSET);
    paging_start(&t);
    t.p.position = 100;
    ok(paginate_matters(&t.p, &after, 404), "a page that is not there matters");
    ok(!paginate_matters(&t.p, &look, 503), "but not where it was only looked for");
    t.p.says_end = true;
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        ok(!paginate_matters(&t.p, &after, nothing[i]), "nor %ld where the last page said that it was the last",
           nothing[i]);
    for (size_t i = 0; i < sizeof something / sizeof *something; i++)
        ok(paginate_matters(&t.p, &after, something[i]), "%ld does", something[i]);
    ok(paginate_matters(&t.p, &before, 404), "and so does a page of the list");
    t.p.says_end = false;
    t.p.gap = 1;
    ok(!paginate_matters(&t.p, &after, 503), "after an empty page nothing does");
    ok(paginate_matters(&t.p, &before, 503), "before it, all does");
    t.p.gap = 0;
    t.p.probing = PROBE_LIMIT;
    ok(!paginate_matters(&t.p, &before, 503), "nor where the limit is put to the test");
    paging_end(&t);
}

/* A first page that is as short as its total: is there another one, all the same? */
static void check_look(void)
{
    struct paging t;
    for (int total = 2; total <= 3; total++) {
        char header[32];
        snprintf(header, sizeof header, "X-Total-Count: %d", total);
        paging_init(&t, PAGING_PAGE);
        paging_start(&t);
        paging_ask(&t);
        is_int(paging_answer(&t, "{}", "1\n2\n", header), total == 2 ? PAGE_TAKEN : PAGE_REST,
               total == 2 ? "a total of what has come may be the length of the page" : "a larger one shows a cap");
        if (total == 2)
            is_text(paging_ask(&t), "http://h/list?page=2&limit=100", "so the next page is looked for");
        paging_end(&t);
    }
}

/* Two pages of the server's own length, which are the total, are full ones: is there another one? */
static void check_look_after_cap(void)
{
    static const char TEN[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", NEXT[] = "11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n";
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "{}", TEN, "X-Total-Count: 20");
    is_text(paging_ask(&t), "http://h/list?offset=10&limit=100", "the page after one that came short");
    is_int(paging_answer(&t, "{}", NEXT, "X-Total-Count: 20"), PAGE_TAKEN, "its total has come");
    is_text(paging_ask(&t), "http://h/list?offset=20&limit=10", "the next page is looked for");
    paging_end(&t);
}

/* An empty list whose server takes our parameters for filters. */
static void filtered(enum paging_style style, const char *limit, const char *names)
{
    struct paging t;
    paging_init(&t, style);
    t.options.param_limit = (char *)(uintptr_t)limit;
    paging_start(&t);
    is_int(paginate_filtered(&t.p, &t.e), -1, "a list that only our parameters make empty");
    ok(strstr(t.e.message, names), "names them: %s", names);
    paging_end(&t);
}

static void check_filtered(void)
{
    filtered(PAGING_OFFSET, NULL, " with offset and limit, ");
    filtered(PAGING_OFFSET, "", " with offset, ");
    filtered(PAGING_CURSOR, NULL, " with limit, ");
}

static void check_methods(void)
{
    static const struct {
        enum method method;
        int result;
    } cases[] = {{METHOD_NOT_GIVEN, 0}, {METHOD_GET, 0},     {METHOD_POST, 0}, {METHOD_PUT, -1},
                 {METHOD_PATCH, -1},    {METHOD_DELETE, -1}, {METHOD_HEAD, -1}};
    struct paging t;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        paging_init(&t, PAGING_OFFSET);
        t.request.method = cases[i].method;
        ok(paging_start(&t) == cases[i].result, "--method %d %s a list", (int)cases[i].method,
           cases[i].result ? "does not read" : "reads");
        ok(cases[i].result == 0 || t.e.code == EXIT_USAGE, "that is a usage error");
        paging_end(&t);
    }
}

/* ---- following ---- */

static void check_circle(void)
{
    static const char *const pages[][2] = {{"a", "1\n"}, {"b", "2\n"}, {"c", "3\n"}};
    struct paging t;
    char envelope[64];
    int verdict = PAGE_TAKEN;
    size_t i = 0;
    paging_init(&t, PAGING_CURSOR);
    paging_start(&t);
    for (; i < 8 && verdict == PAGE_TAKEN; i++) {
        paging_ask(&t);
        snprintf(envelope, sizeof envelope, "{\"next_cursor\":\"%s\"}", pages[i % 3][0]);
        verdict = paging_answer(&t, envelope, pages[i % 3][1], NULL);
    }
    ok(verdict == PAGE_LAST && t.p.late.code == EXIT_ANSWER && i < 8, "a circle of cursors is found out");
    paging_end(&t);
}

static void goes_on(struct paging *t, const char *cursor, int64_t skip, const char *what)
{
    struct bookmark at = {0}, after = {0};
    paginate_after(&t->p, &t->page, &at, &after);
    is_text(buf_text(&after.cursor), cursor, what);
    is_int(after.skip, skip, what);
    buf_free(&after.cursor);
}

static void check_skip(void)
{
    struct paging t;
    paging_init(&t, PAGING_CURSOR);
    t.range.offset = 3;
    t.range.limit = 2;
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "{\"next_cursor\":\"a\"}", "1\n2\n", NULL);
    is_int(t.page.keep, 0, "records before the range are read and dropped");
    paging_ask(&t);
    is_int(paging_answer(&t, "{\"next_cursor\":\"b\"}", "3\n4\n5\n6\n", NULL), PAGE_LAST, "the range ends in a page");
    ok(t.page.skip == 1 && t.page.keep == 2, "of which only its records are kept");
    goes_on(&t, "a", 3, "to go on: the cursor of the page with the next record, and how many of it have been read");
    paging_end(&t);
    paging_init(&t, PAGING_CURSOR);
    t.range.limit = 2;
    paging_start(&t);
    ok(!paginate_ended(&t.p), "a list that has not begun has not ended");
    ok(next_same(&t.p.next_cursor.text, &t.p.next_cursor.text), "no cursor is the same as none");
    paging_ask(&t);
    paging_answer(&t, "{\"next_cursor\":\"a\"}", "1\n2\n", NULL);
    goes_on(&t, "a", 0,
            "where the range ends with a page, it goes on with the next one, of which nothing has been read");
    paging_end(&t);
}

static void check_resume(void)
{
    struct paging t;
    paging_init(&t, PAGING_CURSOR);
    t.options.cursor = (char *)"start";
    is_int(paging_start(&t), 0, "a cursor is any text");
    is_text(paging_ask(&t), "http://h/list?cursor=start&limit=100", "--cursor: the first page");
    paging_answer(&t, "{\"next_cursor\":\"b\"}", "1\n", NULL);
    goes_on(&t, "b", 0, "after a whole page: the next one's cursor, from its beginning");
    paging_ask(&t);
    is_int(paging_answer(&t, "{\"next_cursor\":null}", "2\n", NULL), PAGE_LAST, "null: the end");
    ok(paginate_ended(&t.p), "after which nothing is left to go on with");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.options.cursor = (char *)"x";
    ok(paging_start(&t) == -1 && t.e.code == EXIT_USAGE, "--cursor does not go with offsets");
    paging_end(&t);
}

/* Where a read goes on that stops here, and one that stops after this page. */
static void check_bookmarks(void)
{
    struct paging t;
    paging_init(&t, PAGING_CURSOR);
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "{\"next_cursor\":\"b\"}", "1\n2\n", NULL);
    struct bookmark at = {0}, after = {0};
    paginate_after(&t.p, &t.page, &at, &after);
    ok(after.skip == 0 && strstr(buf_text(&after.cursor), "b"), "after a page: the next one, from its beginning");
    paging_ask(&t);
    paging_answer(&t, "{\"next_cursor\":null}", "3\n4\n5\n", NULL);
    bookmark_set(&at, &after);
    paginate_after(&t.p, &t.page, &at, &after);
    ok(after.skip == 3 && strstr(buf_text(&after.cursor), "b"), "after the last one: the same, behind its records");
    buf_free(&at.cursor);
    buf_free(&after.cursor);
    paging_end(&t);
}

static void check_end_of_range(void)
{
    struct paging t;
    paging_init(&t, PAGING_CURSOR);
    t.range.limit = 2;
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "{\"next_cursor\":\"b\"}", "1\n2\n", NULL);
    ok(paging_ask(&t) == NULL, "nothing is asked for after the range, though a cursor leads on");
    paging_end(&t);
}

static void check_inclusive(void)
{
    struct paging t;
    paging_init(&t, PAGING_LAST_ID);
    t.options.cursor_inclusive = true;
    t.range.page_size = 2;
    paging_start(&t);
    is_text(paging_ask(&t), "http://h/list?limit=2", "--cursor-inclusive: an ordinary first page");
    paging_answer(&t, "[]", "{\"id\":1}\n{\"id\":2}\n", NULL);
    is_text(paging_ask(&t), "http://h/list?cursor=2&limit=3", "then one record more");
    paging_answer(&t, "[]", "{\"id\":2}\n{\"id\":3}\n{\"id\":4}\n", NULL);
    ok(t.page.skip == 1 && t.page.keep == 2, "of which the one that came before is dropped");
    paging_ask(&t);
    paging_answer(&t, "[]", "{\"id\":5}\n", NULL);
    ok(t.page.skip == 0 && t.page.keep == 1, "unless it is not there, for it has been deleted");
    paging_end(&t);
}

/* A page has nothing but records that have come: is it the end, or a whole page of one id? */
static int ends(int64_t size, const char *first, const char *again, struct error *e)
{
    struct paging t;
    paging_init(&t, PAGING_LAST_ID);
    t.options.cursor_inclusive = true;
    t.range.page_size = size;
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "[]", first, NULL);
    int verdict = PAGE_TAKEN;
    for (int i = 0; i < 3 && verdict == PAGE_TAKEN && paging_ask(&t); i++)
        verdict = paging_answer(&t, "[]", again, NULL);
    *e = t.e;
    paging_end(&t);
    return verdict;
}

static void check_room(void)
{
    struct error e;
    is_int(ends(1, "{\"id\":1}\n", "{\"id\":1}\n", &e), PAGE_LAST, "the last record alone is the end");
    is_int(
        ends(3, "{\"id\":1}\n{\"id\":2,\"n\":1}\n{\"id\":2,\"n\":2}\n", "{\"id\":2,\"n\":1}\n{\"id\":2,\"n\":2}\n", &e),
        PAGE_LAST, "so are several of one id, on a short page");
    ok(ends(2, "{\"id\":2,\"n\":1}\n{\"id\":2,\"n\":2}\n", "{\"id\":2,\"n\":1}\n{\"id\":2,\"n\":2}\n", &e) == -1 &&
           strstr(e.message, "page"),
       "on a whole one there may be more of them: %s", e.message);
}

static void check_empty_pages(void)
{
    struct paging t;
    char envelope[64];
    int verdict = PAGE_TAKEN, pages = 0;
    bool noted = false;
    paging_init(&t, PAGING_CURSOR);
    paging_start(&t);
    for (; pages < 2000 && verdict == PAGE_TAKEN; pages++) {
        paging_ask(&t);
        snprintf(envelope, sizeof envelope, "{\"next_cursor\":\"c%d\"}", pages);
        verdict = paging_answer(&t, envelope, "", NULL);
        noted |= t.p.note.len > 0;
    }
    ok(verdict == -1 && t.e.code == EXIT_ANSWER && pages == 1000 && noted,
       "a thousand empty pages in a row are enough");
    paging_end(&t);
}

int main(void)
{
    check_ranges(PAGING_OFFSET, "offset");
    check_ranges(PAGING_PAGE, "page");
    check_requests();
    check_max_pages();
    check_failed();
    check_past_end();
    check_look();
    check_look_after_cap();
    check_filtered();
    check_methods();
    check_circle();
    check_bookmarks();
    check_end_of_range();
    check_skip();
    check_resume();
    check_inclusive();
    check_room();
    check_empty_pages();
    return tap_end();
}
