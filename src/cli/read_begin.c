/* read_begin: is page 1 the first page? */
#include "cli/read_begin.h"

#include "http/answer.h"
#include "pages/link_header.h"
#include "pages/styles.h"
#include "json/lines.h"

static struct slice lines_of(const struct held_page *h)
{
    return (struct slice){h->records.data, h->records.len};
}

static void swap(struct held_page *a, struct held_page *b)
{
    struct held_page kept = *a;
    *a = *b;
    *b = kept;
}

static int ask(struct read_run *r, struct exchange *x, enum begin_state state, int64_t offset, int64_t size)
{
    struct page page = {.offset = offset, .asked = size};
    r->begin.state = state;
    paginate_ask(&r->paginate, &page, &x->request);
    return 1;
}

/* Links that lead on, and none that leads back. */
static bool has_no_link_back(const struct exchange *x)
{
    struct buf target = {0};
    bool none = link_header_find(answer_header, x, "next", &target) == LINK_FOUND &&
                link_header_find(answer_header, x, "prev", &target) == LINK_NONE &&
                link_header_find(answer_header, x, "previous", &target) == LINK_NONE;
    buf_free(&target);
    return none;
}

/* With a total the list would end too early, which is an error. */
static bool is_told(const struct read_run *r, const struct exchange *x, const struct page *page)
{
    bool counted = page->total.records >= 0 && !(page->total.guessed && page->total.records == page->got);
    return counted || r->range.planned_total >= 0 || has_no_link_back(x);
}

bool read_begin_asks(struct read_run *r, struct exchange *x)
{
    struct held_page *h = &r->shared->held[x->slot];
    const struct page *page = &h->page;
    if (r->begin.state || r->shared->begins || !r->paginate.style->numbered || r->paginate.pages || page->offset ||
        !page->got || r->range.on_drift == DRIFT_IGNORE || options_is_given(r->options, "page-base") ||
        is_told(r, x, page)) {
        r->begin.state = BEGIN_KNOWN;
        return false;
    }
    int64_t size = page->got > 1 ? page->got / 2 : page->asked > 1 ? 1 : 2, asked = page->asked;
    r->begin.size = size;
    swap(h, &r->begin.first);
    h->of = r;
    if (styles_sends_limit(&r->paginate))
        ask(r, x, BEGIN_SMALLER, 0, size);
    else
        ask(r, x, BEGIN_FIXED, -asked, asked);
    return true;
}

bool read_begin_pending(const struct read_run *r)
{
    return r->begin.state != BEGIN_UNASKED && r->begin.state != BEGIN_KNOWN;
}

bool read_begin_may_fail(const struct read_run *r)
{
    return read_begin_pending(r) && r->begin.state != BEGIN_SMALLER;
}

void read_begin_free(struct read_begin *b)
{
    buf_free(&b->first.records);
    buf_free(&b->first.envelope);
    buf_free(&b->first.url);
    buf_free(&b->first.date);
    buf_free(&b->line);
}

/* The page is back, to be learned as it came. */
static int go_on(struct read_run *r, struct exchange *x)
{
    struct held_page *h = &r->shared->held[x->slot];
    swap(h, &r->begin.first);
    read_begin_free(&r->begin);
    r->begin = (struct read_begin){.state = BEGIN_KNOWN};
    r->shared->begins = true;
    paginate_ask(&r->paginate, &h->page, &x->request);
    return 0;
}

static int lost(struct error *e)
{
    return error_set(e, EXIT_ANSWER,
                     "page 1 is not the first: page 0 has other records (--page-base 0; --page-base 1 if the list does "
                     "begin with page 1)");
}

static void keep_first(struct read_run *r, struct slice records)
{
    struct slice line = lines_first(records);
    buf_clear(&r->begin.line);
    buf_add(&r->begin.line, line.text, line.len);
}

/* Page 0 has what page 1 of smaller pages begins with, and nothing that page 1 begins with. */
static bool is_before(const struct read_run *r, struct slice records)
{
    struct slice line = {r->begin.line.data, r->begin.line.len};
    return lines_hold(records, line) && !lines_hold(records, lines_first(lines_of(&r->begin.first)));
}

/* Where the page size is the server's own: page 0 is as long as page 1, and none of its records is there. */
static bool is_another(const struct read_run *r, struct slice records, int64_t got)
{
    struct slice first = lines_of(&r->begin.first);
    if (got < r->begin.first.page.got)
        return false;
    for (struct slice one; records.len; records = lines_after(records, one)) {
        one = lines_first(records);
        if (lines_hold(first, one))
            return false;
    }
    return true;
}

int read_begin_learn(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = &r->shared->held[x->slot];
    int64_t got = x->failed ? 0 : h->split.count, asked = r->begin.first.page.asked;
    struct slice records = lines_of(h), first = lines_first(lines_of(&r->begin.first));
    if (!got && r->begin.state != BEGIN_BEFORE)
        return go_on(r, x);
    switch (r->begin.state) {
    case BEGIN_SMALLER:
        if (!lines_same(lines_first(records), first)) {
            keep_first(r, records);
            return ask(r, x, BEGIN_ZERO, -asked, asked);
        }
        return got > r->begin.size ? ask(r, x, BEGIN_FIXED, -asked, asked) : go_on(r, x);
    case BEGIN_ZERO:
        return is_before(r, records) ? lost(e) : go_on(r, x);
    case BEGIN_FIXED: /* a negative offset may count from the end of the list: then there is a page -1, too */
        if (!is_another(r, records, got))
            return go_on(r, x);
        keep_first(r, records);
        return ask(r, x, BEGIN_BEFORE, -2 * asked, asked);
    default:
        return got && !lines_same(lines_first(records), (struct slice){r->begin.line.data, r->begin.line.len})
                   ? go_on(r, x)
                   : lost(e);
    }
}
