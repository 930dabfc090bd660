/* seek: styles that can ask for any offset. */
#include "pages/seek.h"

#include "pages/coverage.h"
#include "pages/styles.h"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Asked in full although the total may end earlier: a page that then holds more shows that the total is wrong. So is
 * the end of what was planned, which costs nothing at the end of the list: some servers place pages by multiples of
 * their length. */
static int64_t want(const struct paginate *p, int64_t offset)
{
    return p->style->numbered || p->end == p->range->planned_total ? p->size : least(p->size, p->end - offset);
}

bool seek_pending(const struct paginate *p)
{
    return p->style->numbered && p->short_size;
}

/* A total is a claim. When all that it announces has come, with a full page or with the first one, which may be all
 * that the server gives at once, one page after it is asked for. */
static bool wants_look(const struct paginate *p)
{
    bool budget = p->range->max_pages < 0 || p->asked_pages < p->range->max_pages;
    bool first = p->pages == 1,
         numbered_first = p->style->numbered && first && p->start == 0 && p->position == p->total;
    bool at_total = p->next == p->total || (numbered_first && p->next > p->total);
    return p->total > 0 && at_total && p->next < p->end && !p->looked && (first || !p->short_page) && budget &&
           !p->range->allow_repeats;
}

bool seek_next(struct paginate *p, struct page *page)
{
    int64_t end = p->total >= 0 ? least(p->end, p->total) : p->end;
    bool look = wants_look(p);
    if (p->ending || (p->next >= end && !look && !(seek_pending(p) && !p->under_way)) || (!p->open && p->under_way))
        return false;
    int64_t offset = p->style->numbered ? p->next - p->next % p->size : p->next;
    *page = (struct page){.offset = offset, .asked = want(p, offset), .look = look};
    p->looked |= look;
    p->next = paging_sum(offset, page->asked);
    return true;
}

static int again(struct page *page, int64_t offset, int64_t asked)
{
    page->offset = offset;
    page->asked = asked;
    return PAGE_REST;
}

static int wrong_size(const struct paginate *p, const struct page *page, int64_t got, struct error *e)
{
    return error_set(
        e, EXIT_ANSWER,
        "the server gives %lld records a page where %lld were asked for, so its page numbers mean other records: "
        "use --page-size %lld, if that is what it caps pages at, or --advance asked, if it leaves records out",
        (long long)got, (long long)(page ? page->asked : p->size), (long long)got);
}

/* The list goes on as if the whole page had come. */
static bool advances_as_asked(const struct paginate *p)
{
    return p->paging->advance == ADVANCE_ASKED;
}

/* Nothing of the page that is asked for here belongs to the range. What it tells is learned by `learn_probed`. */
static int probe(struct paginate *p, struct page *page, enum probing what, int64_t offset, int64_t size)
{
    p->probing = what;
    return again(page, offset, size);
}

/* Does the list end before our range, or is there no list? Its first record tells. */
static int learn_list(struct paginate *p, struct page *page, struct error *e)
{
    p->over = true;
    return p->short_size && page->got < page->asked ? wrong_size(p, page, page->got, e) : PAGE_LAST;
}

/* A range in the middle of a list of numbered pages begins with a page that is missing, or not as long as asked: does
 * it end the list, or does the server have pages of another length, so that the number of ours meant another one? The
 * list's first page tells, and then the range begins again. */
static bool wants_size(const struct paginate *p, const struct page *page)
{
    return p->style->numbered && p->pages == 0 && p->learned_size < 0 && page->offset > 0 && page->got != page->asked &&
           !advances_as_asked(p);
}

static int probe_size(struct paginate *p, struct page *page)
{
    p->short_size = page->got;
    page->got = 0;
    return probe(p, page, PROBE_SIZE, 0, p->size);
}

static int learn_size_of_list(struct paginate *p, struct page *page, struct error *e)
{
    p->probing = PROBE_NONE;
    p->over = !page->got;
    if (p->over)
        return p->short_size ? wrong_size(p, NULL, p->short_size, e) : PAGE_LAST;
    p->short_size = 0;
    p->size = p->learned_size = page->got;
    page->got = 0;
    int64_t offset = p->start - p->start % p->size;
    p->next = paging_sum(offset, p->size);
    return again(page, offset, p->size);
}

/* The list has ended with a short page, and no page was full: is the first one, or does the server cap the size, so
 * that the number of ours meant another page? */
static bool is_unsure(const struct paginate *p)
{
    return p->style->numbered && p->short_size && p->learned_size < 0 && !p->probing;
}

/* Until two pages agree on the size, or one is as long as asked, one page at a time is under way. */
static void learn_size(struct paginate *p, const struct page *page)
{
    if (page->got >= page->asked) {
        if (page->asked == p->size)
            p->size = p->learned_size = page->got;
        p->open = !(p->distrust && p->pages == 0);
    } else if (p->short_size) {
        p->size = p->learned_size = most(page->got, p->short_size);
        p->open = true;
    } else {
        p->short_size = page->got;
    }
    if (!advances_as_asked(p))
        p->next = paging_sum(page->offset, page->got);
}

/* Pages after the total are under way where one of them is asked for to look, or the total has shrunk meanwhile. */
static bool finished(struct paginate *p)
{
    bool all = p->total >= 0 && p->position >= p->total && !wants_look(p) && !p->under_way;
    p->over = !seek_pending(p) && (p->position >= p->end || all);
    return p->over;
}

/* Page numbers mean something with one page size only. A first page of another length than asked may show the server's
 * own size: then it is asked for again with that size, which tells whether it was (the page is full) or whether records
 * are hidden from us (it is short again). A later page may be short only where the list ends: by the total, when a full
 * page has shown that we mean the same size, else when the next page is empty. */
static int learn_numbered(struct paginate *p, struct page *page, struct error *e)
{
    bool full = page->got == page->asked, ends = p->total >= 0 && paging_sum(page->offset, page->got) >= p->total;
    bool last = ends && (page->offset == 0 || p->learned_size >= 0);
    if (advances_as_asked(p)) {
        p->open = true;
        p->learned_size = p->size;
        return PAGE_TAKEN;
    }
    if (p->short_size && page->got)
        return wrong_size(p, NULL, p->short_size, e);
    if (p->distrust && p->pages == 0 && page->offset > 0 && page->got < page->asked && page->total.records != page->got)
        return wrong_size(p, page, page->got, e); /* it reaches past the end, by its own total */
    if (full)
        p->learned_size = p->size;
    else if (!last && page->got > 0 && page->offset == 0 && !p->open && p->learned_size < 0) {
        p->size = p->learned_size = page->got;
        p->next = page->got;
        page->got = 0; /* asked for again: none of it counts */
        p->claim = 0;
        return again(page, 0, p->size);
    } else if (page->got > page->asked || (!ends && p->total >= 0 && page->got > 0)) {
        return wrong_size(p, page, page->got, e);
    } else if (!last && page->got > 0) {
        p->short_size = page->got; /* the end, if the next page is empty */
    }
    p->open = !(p->distrust && p->pages == 0);
    return PAGE_TAKEN;
}

static void cut(struct paginate *p, struct page *page, bool trim)
{
    int64_t end = least(page->got, trim ? page->asked : INT64_MAX);
    page->skip = least(most(p->position - page->offset, 0), end);
    page->keep = most(least(end, p->end - page->offset) - page->skip, 0);
}

/* A page that the total counts is not there: has the list become shorter? */
static int learn_total_again(struct paginate *p, struct page *page, struct error *e)
{
    if (coverage_learn_total(p, page, e))
        return -1;
    if (p->total > p->position) {
        *e = p->refusal;
        return error_set(e, EXIT_REFUSED, "%s: a page is missing, though the total is still %lld", e->message,
                         (long long)p->total);
    }
    p->over = true;
    return PAGE_LAST;
}

/* One full page from the list's beginning, and nothing after it, is also what a server gives that takes the limit for
 * the place where a page ends, or the offset for the number of a page. Then two records in the middle of that page are
 * not there, or others. */
static bool wants_limit(const struct paginate *p)
{
    return p->style->place == PLACE_OFFSET && styles_sends_limit(p) && p->start == 0 && p->total < 0 &&
           p->position == p->size && p->size > 2 && p->position < p->end && p->range->on_drift != DRIFT_IGNORE &&
           !advances_as_asked(p); /* where records are left out, that may be one of them */
}

/* Rows may be hidden from us after the server has cut its pages, all of some pages. Where that is known, or the list is
 * said to be longer, it is looked for further on, at four times the distance each time. */
static bool wants_further(const struct paginate *p)
{
    enum { FURTHEST = 64 };
    bool doubt = p->says_more || advances_as_asked(p) || p->total > p->position;
    return doubt && p->gap && !p->probing && p->further < FURTHEST &&
           paging_sum(p->next, p->further * p->size) < (p->total >= 0 ? least(p->end, p->total) : p->end);
}

static int probe_further(struct paginate *p, struct page *page)
{
    int64_t at = paging_sum(p->next, p->further * p->size);
    p->further = 4 * p->further + 3;
    return probe(p, page, PROBE_FURTHER, at - (p->style->numbered ? at % p->size : 0), p->size);
}

/* The end; but where nothing has come, the pages may be shorter than was asked for, and only the first one empty: is
 * there a second record? */
static int end_or_probe(struct paginate *p, struct page *page)
{
    bool two = p->position >= 8;
    if (wants_further(p))
        return probe_further(p, page);
    if (!p->probing && wants_limit(p))
        return probe(p, page, PROBE_LIMIT, p->position / (two ? 4 : 2), two ? 2 : 1);
    if (p->position > 0 || p->start > 0 || p->size < 2 || p->probing)
        return coverage_ended(p);
    p->size = 1;
    return probe(p, page, PROBE_SECOND, 1, 1);
}

static int learn_second(struct paginate *p, struct page *page, struct error *e)
{
    return page->got ? error_set(e, EXIT_ANSWER,
                                 "the list's first page is empty, but it has records: does it have shorter pages "
                                 "(--page-size)?")
                     : coverage_ended(p);
}

static int learn_limit(struct paginate *p, struct page *page, struct error *e)
{
    if (!page->got)
        return error_set(e, EXIT_ANSWER,
                         "the server has no record at offset %lld, of which it gave one before: does it take %s for "
                         "the place where a page ends? Then it can't be read by it (--param-limit, --paginate; "
                         "--on-drift ignore lets that pass)",
                         (long long)page->offset, styles_limit_name(p));
    if (p->by_pages)
        return error_set(e, EXIT_ANSWER,
                         "the server takes %s for the number of a page: at %lld, with a limit of %lld, it begins with "
                         "record %lld (--paginate page --param-page %s --page-base 0)",
                         p->paging->param_offset, (long long)page->offset, (long long)page->asked,
                         (long long)page->offset * (long long)page->asked, p->paging->param_offset);
    page->got = 0; /* it has come before */
    return coverage_ended(p);
}

/* The pages up to the one that shows that the list goes on are asked for one after the other. */
static int learn_further(struct paginate *p, struct page *page, struct error *e)
{
    (void)e;
    p->probing = PROBE_NONE;
    if (!page->got && !p->ended_there)
        return end_or_probe(p, page);
    p->goes_on_to = page->offset;
    page->got = 0;
    return PAGE_TAKEN;
}

/* An empty page is the end only when the page after it is empty, too, or when a total says so. 204 is an odd way to say
 * that a list has ended, so there it takes more of them, and more very small pages, of which a server may leave out the
 * only record. */
static int learn_empty(struct paginate *p, struct page *page)
{
    enum { EMPTY_ENOUGH = 2, NO_CONTENT_ENOUGH = 4, RECORDS_ENOUGH = 5 };
    unsigned pages = page->no_content ? NO_CONTENT_ENOUGH : EMPTY_ENOUGH;
    if (p->total == 0 && page->offset > 0) { /* it is the length of this page */
        p->distrust = true;
        p->total = -1;
    }
    bool at_total = p->total >= 0 ? page->offset >= p->total : p->claim > 0 && page->offset == p->claim;
    p->gap++;
    if (at_total && p->total > 0 &&
        p->total == p->learned_size) { /* it may be the length of the first page, which was full */
        at_total = false;
        p->distrust = true;
        p->total = -1;
    }
    if (at_total)
        return coverage_ended(p);
    bool enough = p->gap >= pages && p->gap * p->size >= RECORDS_ENOUGH && page->offset >= p->goes_on_to;
    p->ending = enough && p->under_way;
    if (p->ending)
        return PAGE_TAKEN;
    if (enough)
        return end_or_probe(p, page);
    int64_t step = p->short_size && p->learned_size < 0 ? p->short_size : page->asked;
    p->next = p->open ? most(p->next, paging_sum(page->offset, step)) : paging_sum(page->offset, step);
    p->open |= p->style->numbered;
    return p->next >= (p->total >= 0 ? least(p->end, p->total) : p->end) ? coverage_ended(p) : PAGE_TAKEN;
}

/* Records after an empty page: what was asked for in that is missing, or was never there. */
static int learn_gap(struct paginate *p, const struct page *page, struct error *e)
{
    int64_t hole = page->offset - p->position;
    if (!p->gap || hole <= 0)
        return 0;
    bool first = !p->holes && !advances_as_asked(p);
    p->holes += hole;
    p->gap = 0;
    p->further = 0;
    p->ending = false;
    return first ? coverage_doubt(p, e, "the page at offset %lld is empty, but the list goes on after it",
                                  (long long)p->position)
                 : 0;
}

static int (*const learn_probed[])(struct paginate *, struct page *, struct error *) = {
    [PROBE_LIST] = learn_list,     [PROBE_SIZE] = learn_size_of_list, [PROBE_TOTAL] = learn_total_again,
    [PROBE_SECOND] = learn_second, [PROBE_LIMIT] = learn_limit,       [PROBE_FURTHER] = learn_further,
};

int seek_learn(struct paginate *p, struct page *page, struct error *e)
{
    bool was_open = p->open;
    if (p->probing)
        return learn_probed[p->probing](p, page, e);
    if (page->look && page->got && p->style->numbered && p->learned_size < 0)
        return wrong_size(p, NULL, p->position, e);
    if (wants_size(p, page))
        return probe_size(p, page);
    if (coverage_learn_total(p, page, e))
        return -1;
    if (p->style->numbered) {
        int verdict = learn_numbered(p, page, e);
        if (verdict != PAGE_TAKEN)
            return verdict;
    } else if (!p->open && page->got) {
        learn_size(p, page);
    }
    if (page->got && learn_gap(p, page, e))
        return -1;
    p->short_page = page->got < least(page->asked, p->size);
    cut(p, page, was_open);
    p->pages++;
    if (page->got == 0 && is_unsure(p))
        return probe(p, page, PROBE_LIST, 0, p->size);
    if (page->got == 0)
        return learn_empty(p, page);
    int64_t counted = advances_as_asked(p) ? page->asked : least(page->got, was_open ? page->asked : page->got);
    p->position = least(most(p->position, paging_sum(page->offset, counted)), p->end);
    if (finished(p)) {
        coverage_check_holes(p);
        coverage_check_more(p);
        return PAGE_LAST;
    }
    if (was_open && !p->style->numbered && page->got < page->asked && !advances_as_asked(p))
        return again(page, paging_sum(page->offset, page->got), page->asked - page->got);
    return PAGE_TAKEN;
}

/* Some servers fail where there is nothing left to give. */
static bool may_mean_nothing(long status)
{
    return status == 500 || status == 400 || status == 404 || status == 410 || status == 416 || status == 422;
}

bool seek_is_past_end(const struct paginate *p, const struct page *page, long status)
{
    bool after = page->offset >= p->position;
    return page->look || p->probing == PROBE_LIMIT || (after && (p->gap || (p->says_end && may_mean_nothing(status))));
}

int seek_failed(struct paginate *p, struct page *page, long status)
{
    if (seek_is_past_end(p, page, status)) /* whatever a server says of that */
        return end_or_probe(p, page);
    bool past_end = (status == 404 || status == 416) && (p->total < 0 || seek_pending(p)) && !p->probing;
    if (status == 416 && page->offset == 0) { /* RFC 9110, section 15.5.17: not even the first record is there */
        p->over = true;
        return PAGE_LAST;
    }
    if (past_end && wants_size(p, page))
        return probe_size(p, page);
    if (past_end && is_unsure(p))
        return probe(p, page, PROBE_LIST, 0, p->size);
    if (past_end && p->pages > 0)
        return coverage_ended(p);
    if (status != 500 && may_mean_nothing(status) && p->total >= 0 && p->pages > 0 && !p->probing)
        return probe(p, page, PROBE_TOTAL, 0, p->size);
    return past_end && page->offset > 0 ? probe(p, page, PROBE_LIST, 0, 1) : -1;
}
