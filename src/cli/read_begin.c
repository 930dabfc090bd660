/* read_begin: is page 1 the first page? */
#include "cli/read_begin.h"

#include "cli/read_page.h"
#include "http/answer.h"
#include "pages/coverage.h"
#include "pages/link_header.h"
#include "pages/newest.h"
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

static void ask_after(struct read_run *r, struct exchange *x)
{
    newest_ask(&r->paginate, lines_of(&r->begin.first), &x->request);
    r->begin.state = BEGIN_AFTER;
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

/* With a total the list would end too early, which is an error, if that is where the range ends. */
static bool is_told(const struct read_run *r, const struct exchange *x, const struct page *page)
{
    return coverage_is_counted(&r->paginate, page) || has_no_link_back(x);
}

/* Where the range begins in the middle of the list, only pages of a size of ours tell. */
static bool may_tell(const struct read_run *r, const struct page *page)
{
    return !page->offset || (page->got > 1 && page->got == page->asked && styles_sends_limit(&r->paginate));
}

static bool wants_first(const struct read_run *r, const struct exchange *x, const struct page *page)
{
    return r->paginate.style->numbered && may_tell(r, page) && !options_is_given(r->options, "page-base") &&
           !is_told(r, x, page);
}

/* A range begins within a page of a server that divides offsets by the page size, rounding down. */
static bool wants_place(const struct read_run *r, const struct page *page)
{
    int64_t after = paging_sum(page->offset, page->got);
    bool short_page = page->got < page->asked && page->total.records != after && after < r->paginate.end;
    return r->paginate.style->place == PLACE_OFFSET && styles_sends_limit(&r->paginate) && page->got > 1 &&
           (page->offset % page->asked || (page->offset && short_page));
}

/* The size of pages one of which begins where this one does. */
static int64_t smaller(const struct page *page)
{
    if (page->offset)
        return page->asked % 2 ? 1 : page->asked / 2;
    return page->got > 1 ? page->got / 2 : page->asked > 1 ? 1 : 2;
}

bool read_begin_asks(struct read_run *r, struct exchange *x)
{
    struct held_page *h = &r->shared->held[x->slot];
    const struct page *page = &h->page;
    bool known = r->begin.state || r->shared->begins || r->paginate.pages || r->range.on_drift == DRIFT_IGNORE,
         place = !known && wants_place(r, page);
    struct slice envelope = {buf_text(&h->envelope), h->envelope.len};
    if (!page->got)
        return false;
    bool after = !known && newest_wants(&r->paginate, page, lines_of(h), envelope);
    if (known || (!place && !after && !wants_first(r, x, page))) {
        if (known || !r->paginate.style->numbered || may_tell(r, page))
            r->begin.state = BEGIN_KNOWN;
        return false;
    }
    int64_t size = smaller(page), asked = page->asked;
    r->begin.size = size;
    swap(h, &r->begin.first);
    buf_swap(&x->request.url, &r->begin.first_url);
    h->of = r;
    if (after)
        ask_after(r, x);
    else if (place)
        ask(r, x, BEGIN_PLACE, r->begin.first.page.offset, 1);
    else if (styles_sends_limit(&r->paginate))
        ask(r, x, BEGIN_SMALLER, r->begin.first.page.offset, size);
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
    return read_begin_pending(r) && r->begin.state != BEGIN_SMALLER && r->begin.state != BEGIN_PLACE;
}

void read_begin_free(struct read_begin *b)
{
    read_page_free(&b->first);
    buf_free(&b->first_url);
    buf_free(&b->line);
    buf_free(&b->one);
}

/* The page is back, to be learned as it came. */
static int go_on(struct read_run *r, struct exchange *x)
{
    struct held_page *h = &r->shared->held[x->slot];
    swap(h, &r->begin.first);
    paginate_ask(&r->paginate, &h->page, &x->request);
    buf_swap(&x->request.url, &r->begin.first_url);
    read_begin_free(&r->begin);
    r->begin = (struct read_begin){.state = BEGIN_KNOWN};
    r->shared->begins = true;
    return 0;
}

static int lost(struct error *e)
{
    return error_set(e, EXIT_ANSWER,
                     "page 1 is not the first: page 0 has other records (--page-base 0; --page-base 1 if the list does "
                     "begin with page 1)");
}

/* The record that is asked for alone is in the page, but not where it was to begin. */
static int check_place(const struct read_run *r, struct slice alone, struct error *e)
{
    const struct page *page = &r->begin.first.page;
    int64_t before = lines_find(lines_of(&r->begin.first), alone);
    if (before <= 0 || (before != page->offset % page->asked && before != page->offset % page->got))
        return 0;
    return error_set(e, EXIT_ANSWER,
                     "the server has another record at offset %lld where %lld are asked for than where one is: it "
                     "begins pages at multiples of %s (let --offset be a multiple of --page-size, or --page-size 1; "
                     "--on-drift ignore lets that pass)",
                     (long long)page->offset, (long long)page->asked, styles_limit_name(&r->paginate));
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
    struct slice first = {r->begin.one.data, r->begin.one.len};
    if (!first.len)
        first = lines_of(&r->begin.first);
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
    int64_t before = r->begin.first.page.offset - asked;
    struct slice records = lines_of(h), first = lines_first(lines_of(&r->begin.first));
    if (r->begin.state == BEGIN_SMALLER && before >= 0 && (!got || got > r->begin.size))
        return ask(r, x, BEGIN_ONE, 0, asked); /* pages have one size, so it was another page, or none */
    if (!got && r->begin.state != BEGIN_BEFORE)
        return go_on(r, x);
    switch (r->begin.state) {
    case BEGIN_AFTER:
        return newest_check(&r->paginate, lines_of(&r->begin.first), records, e) ? -1 : go_on(r, x);
    case BEGIN_PLACE:
        return check_place(r, lines_first(records), e) ? -1 : go_on(r, x);
    case BEGIN_SMALLER:
        if (!value_same(lines_first(records), first)) {
            keep_first(r, records);
            return ask(r, x, BEGIN_ZERO, before, asked);
        }
        return got > r->begin.size ? ask(r, x, BEGIN_FIXED, -asked, asked) : go_on(r, x);
    case BEGIN_ONE:
        buf_swap(&h->records, &r->begin.one);
        return ask(r, x, BEGIN_FIXED, -asked, asked);
    case BEGIN_ZERO:
        return is_before(r, records) ? lost(e) : go_on(r, x);
    case BEGIN_FIXED: /* a negative offset may count from the end of the list: then there is a page -1, too */
        if (!is_another(r, records, got))
            return go_on(r, x);
        keep_first(r, records);
        return ask(r, x, BEGIN_BEFORE, -2 * asked, asked);
    default:
        return got && !value_same(lines_first(records), (struct slice){r->begin.line.data, r->begin.line.len})
                   ? go_on(r, x)
                   : lost(e);
    }
}
