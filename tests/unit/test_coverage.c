/* coverage: is the list all there? Totals that move or lie, ends that are none, offsets that are ignored. */
#include "pages/coverage.h"
#include "pages/more.h"
#include "paging.h"
#include "tap.h"

static void begin(struct paging *t, enum on_drift policy)
{
    paging_init(t, PAGING_OFFSET);
    t->range.on_drift = policy;
    paging_start(t);
}

/* What the page at the offset, of so many records, says of the whole. */
static int learn(struct paging *t, int64_t offset, int64_t got, int64_t total, bool guessed)
{
    struct page page = {
        .offset = offset, .asked = 100, .got = got, .total = {.records = total, .where = "total", .guessed = guessed}};
    int result = coverage_learn_total(&t->p, &page, &t->e);
    t->p.pages++;
    return result;
}

static bool notes(struct paging *t, const char *what)
{
    bool does = strstr(buf_text(&t->p.note), what) != NULL;
    buf_clear(&t->p.note);
    return does;
}

/* ---- totals ---- */

static void check_drift(void)
{
    struct paging t;
    begin(&t, DRIFT_WARN);
    is_int(learn(&t, 0, 100, 500, false), 0, "a total is taken");
    is_int(t.p.total, 500, "as it is");
    ok(learn(&t, 100, 100, 499, false) == 0 && notes(&t, "500 to 499"), "one that moves is told");
    is_int(t.p.total, 499, "and the latest counts");
    ok(learn(&t, 200, 100, -1, false) == 0 && t.p.total == 499, "a page that says nothing changes nothing");
    paging_end(&t);

    begin(&t, DRIFT_FAIL);
    learn(&t, 0, 100, 500, false);
    ok(learn(&t, 100, 100, 501, false) == -1 && t.e.code == EXIT_ANSWER, "--on-drift fail: it is an error");
    paging_end(&t);

    begin(&t, DRIFT_IGNORE);
    learn(&t, 0, 100, 500, false);
    ok(learn(&t, 100, 100, 501, false) == 0 && !t.p.note.len && t.p.total == 501, "--on-drift ignore: nothing is said");
    paging_end(&t);
}

static void check_planned(void)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    t.range.planned_total = 500;
    paging_start(&t);
    ok(learn(&t, 0, 100, 400, false) == 0 && notes(&t, "500 to 400"), "--planned-total: another total is drift");
    paging_end(&t);
}

static void check_doubt(void)
{
    struct paging t;
    begin(&t, DRIFT_FAIL);
    learn(&t, 0, 100, 20, false);
    ok(t.p.distrust && t.p.total == -1, "a total smaller than the page is not believed");
    is_int(learn(&t, 100, 100, 500, false), 0, "nor any after it, so they cannot drift");
    is_int(t.p.total, -1, "the end is where a page is empty then");
    paging_end(&t);

    begin(&t, DRIFT_FAIL);
    learn(&t, 0, 100, 100, true);
    ok(t.p.distrust, "a guess that equals the first page's length is not believed");
    paging_end(&t);

    begin(&t, DRIFT_FAIL);
    learn(&t, 0, 100, 100, false);
    ok(!t.p.distrust && t.p.total == 100, "a number where --count-from says is");
    paging_end(&t);
}

static void check_passed(void)
{
    static const struct {
        int64_t first, total, got;
        const char *note, *name;
    } cases[] = {
        {100, 100, 50, "100, but the list goes on", "the length of the first page, told again, is the total after all"},
        {100, 100, 100, "", "unless it is the length of this page, too"},
        {100, 50, 50, "", "or of this one alone"},
        {0, -1, 50, "", "no total is passed"},
    };
    struct paging t;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(&t, DRIFT_WARN);
        learn(&t, 0, 100, 100, true);
        t.p.position = 100;
        learn(&t, 100, cases[i].got, cases[i].total, true);
        ok(*cases[i].note ? notes(&t, cases[i].note) : !t.p.note.len, "%s", cases[i].name);
        paging_end(&t);
    }
}

/* ---- the end ---- */

static void check_ended(void)
{
    struct paging t;
    begin(&t, DRIFT_WARN);
    learn(&t, 0, 100, 500, false);
    t.p.position = 300;
    ok(coverage_ended(&t.p) == PAGE_LAST && t.p.late.code == EXIT_ANSWER &&
           strstr(t.p.late.message, "300 records though its total is 500"),
       "an end before the total is told");
    ok(t.p.over, "and is the end");
    paging_end(&t);

    begin(&t, DRIFT_FAIL);
    learn(&t, 0, 100, 500, false);
    t.p.position = 300;
    ok(coverage_ended(&t.p) == PAGE_LAST && t.p.late.code == EXIT_ANSWER, "--on-drift fail: it is an error, too");
    paging_end(&t);

    begin(&t, DRIFT_FAIL);
    learn(&t, 0, 100, 500, false);
    t.p.position = 500;
    is_int(coverage_ended(&t.p) == PAGE_LAST && !t.p.late.code, true, "an end at the total is none");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.range.on_drift = DRIFT_FAIL;
    t.range.limit = 300;
    paging_start(&t);
    learn(&t, 0, 100, 500, false);
    t.p.position = 300;
    is_int(coverage_ended(&t.p) == PAGE_LAST && !t.p.late.code, true, "nor is the end of the range");
    paging_end(&t);
}

/* A list of 500 that ends after 300 records, by a page that says "more" of what follows. */
static bool warns_of_more(enum paging_style style, enum on_drift policy, int64_t limit, const char *more)
{
    struct paging t;
    paging_init(&t, style);
    t.range.on_drift = policy;
    t.range.limit = limit;
    paging_start(&t);
    t.p.position = 300;
    t.p.says_more = more;
    coverage_ended(&t.p);
    bool does = notes(&t, "though has_more of its last page says that it goes on");
    ok(!t.p.note.len && !t.p.says_more, "once");
    paging_end(&t);
    return does;
}

static void check_more(void)
{
    ok(warns_of_more(PAGING_OFFSET, DRIFT_WARN, -1, "has_more"), "an end is told where the last page speaks of more");
    ok(!warns_of_more(PAGING_OFFSET, DRIFT_WARN, -1, NULL), "not where it does not");
    ok(!warns_of_more(PAGING_OFFSET, DRIFT_WARN, 300, "has_more"), "nor at the end of the range");
    ok(!warns_of_more(PAGING_OFFSET, DRIFT_IGNORE, -1, "has_more"), "nor with --on-drift ignore");
    ok(!warns_of_more(PAGING_CURSOR, DRIFT_WARN, -1, "has_more"), "nor where the server leads");
}

static void check_says(void)
{
    static const struct {
        const char *given, *envelope;
        enum more_says says;
    } cases[] = {
        {NULL, "{\"has_more\":true}", MORE_YES},      {NULL, "{\"hasMore\":\"No\"}", MORE_NO},
        {NULL, "{\"has_more\":null}", MORE_NO},       {NULL, "{\"has_more\":\"\"}", MORE_NO},
        {NULL, "{\"has_more\":0}", MORE_NO},          {NULL, "{\"has_more\":\"perhaps\"}", MORE_UNSAID},
        {NULL, "{\"last\":true}", MORE_NO},           {NULL, "{\"last\":false}", MORE_YES},
        {NULL, "{\"last\":0}", MORE_UNSAID},          {NULL, "{\"last\":9}", MORE_UNSAID},
        {NULL, "{\"last\":null}", MORE_UNSAID},       {NULL, "{}", MORE_UNSAID},
        {"!last", "{\"last\":0}", MORE_YES},          {"!last", "{\"last\":1}", MORE_NO},
        {"x.more", "{\"x\":{\"more\":1}}", MORE_YES}, {"x.more", "{\"has_more\":true}", MORE_UNSAID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(more_find(cases[i].given, (struct slice){cases[i].envelope, strlen(cases[i].envelope)}, NULL),
               cases[i].says, cases[i].envelope);
}

static void check_end(void)
{
    struct paging t;
    struct page end = {.offset = 300}, later = {.offset = 400}, earlier = {.offset = 200};
    begin(&t, DRIFT_WARN);
    is_int(coverage_check_end(&t.p, &end, &later, 0, &t.e), 0, "after the end there is nothing");
    is_int(coverage_check_end(&t.p, &end, &earlier, 100, &t.e), 0, "before it there is");
    is_int(coverage_check_end(&t.p, &end, &end, 100, &t.e), 0, "the page that ends it may have records itself");
    ok(coverage_check_end(&t.p, &end, &later, 1, &t.e) == -1 && strstr(t.e.message, "400"),
       "a record after it is an error that names the page");
    paging_end(&t);
    paging_init(&t, PAGING_CURSOR);
    paging_start(&t);
    is_int(coverage_check_end(&t.p, &end, &later, 1, &t.e), 0, "in a style that follows there is no later page");
    paging_end(&t);
}

/* ---- the beginning ---- */

struct doubt {
    struct paging t;
    struct buf records;
    int64_t count;
    struct page page;
};

/* A range from 50 on, whose first page of 2 brings these records. */
static int doubt(struct doubt *d, const char *records, int64_t count)
{
    paging_init(&d->t, PAGING_OFFSET);
    d->t.range.offset = 50;
    d->t.range.page_size = 2;
    paging_start(&d->t);
    d->page = (struct page){.offset = 50, .asked = 2};
    d->count = count;
    buf_adds(&d->records, records);
    return paginate_doubt(&d->t.p, &d->page, &d->records, &d->count, (struct slice){0}, &d->t.made, &d->t.e);
}

/* The beginning that was then asked for has these. */
static int answer(struct doubt *d, const char *records, int64_t count)
{
    buf_clear(&d->records);
    buf_adds(&d->records, records);
    d->count = count;
    return paginate_doubt(&d->t.p, &d->page, &d->records, &d->count, (struct slice){0}, &d->t.made, &d->t.e);
}

static void doubt_end(struct doubt *d)
{
    buf_free(&d->records);
    paging_end(&d->t);
}

static void check_start(void)
{
    struct doubt d = {0};
    is_int(doubt(&d, "50\n51\n", 2), 0, "a page as long as asked for is beyond doubt");
    doubt_end(&d);

    d = (struct doubt){0};
    is_int(doubt(&d, "50\n51\n52\n", 3), 1, "one that is longer is not");
    is_text(buf_text(&d.t.made.url), "http://h/list?offset=0&limit=2", "the list's beginning tells");
    is_int(answer(&d, "0\n1\n2\n", 3), 0, "another beginning: the offset was heeded");
    is_text(buf_text(&d.records), "50\n51\n52\n", "and the page is what it was");
    is_int(d.count, 3, "with as many records");
    doubt_end(&d);

    d = (struct doubt){0};
    doubt(&d, "0\n1\n2\n", 3);
    ok(answer(&d, "0\n1\n2\n", 3) == -1 && d.t.e.code == EXIT_ANSWER && strstr(d.t.e.message, "offset 50"),
       "the same beginning: the server ignores the offset");
    doubt_end(&d);

    d = (struct doubt){0};
    doubt(&d, "50\n51\n52\n", 3);
    is_int(answer(&d, "", 0), 0, "an empty beginning is another one");
    doubt_end(&d);
}

int main(void)
{
    check_drift();
    check_planned();
    check_doubt();
    check_passed();
    check_ended();
    check_more();
    check_says();
    check_end();
    check_start();
    return tap_end();
}
