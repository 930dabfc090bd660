/* coverage: is the list all there? */
#include "pages/coverage.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/lines.h"

/* --on-drift; format: one sentence. */
__attribute__((format(printf, 4, 0))) static int doubt(struct paginate *p, bool told, struct error *e,
                                                       const char *format, va_list args)
{
    char what[256];
    vsnprintf(what, sizeof what, format, args);
    if (p->range->on_drift == DRIFT_FAIL)
        return error_set(e, EXIT_ANSWER, "%s (--on-drift fail)", what);
    if (p->range->on_drift == DRIFT_WARN && !told)
        buf_addf(&p->note, "warning: %s\n", what);
    return 0;
}

int coverage_doubt(struct paginate *p, struct error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = doubt(p, false, e, format, args);
    va_end(args);
    return result;
}

/* That the list moves is told once. */
__attribute__((format(printf, 3, 4))) static int drift(struct paginate *p, struct error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = doubt(p, p->drifted, e, format, args);
    va_end(args);
    p->drifted = true;
    return result;
}

int coverage_shifted(struct paginate *p, int64_t records, struct error *e)
{
    return drift(p, e, "the page at offset %lld begins with %lld records that the last one ended with: %s",
                 (long long)p->position, (long long)records,
                 p->style->seeks && p->pages == 1
                     ? "do offsets count from 1 (--offset-base 1), or were records added while reading?"
                 : p->style->seeks ? "records were added while reading"
                 : p->overlap ? "they are left out (are its cursors inclusive, --cursor-inclusive, or were records "
                                "added while reading?)"
                              : "are its cursors inclusive (--cursor-inclusive), or were records added while "
                                "reading?");
}

/* A total smaller than what has been seen is wrong. One in a body that equals the first page's length may be just that,
 * the page's length. Neither is believed: then the end is where a page is empty, which costs one more request and no
 * record. */
static bool doubtful(const struct paginate *p, const struct page *page)
{
    int64_t total = page->total.records;
    return page->got && (total < paging_sum(page->offset, page->got) ||
                         (page->total.guessed && p->pages == 0 && total == page->got));
}

/* A doubtful total that is not the length of this page: there are records after it. The second page says again what may
 * have been the length of the first one, or a range begins after the total. */
static bool is_passed(const struct paginate *p, const struct page *page)
{
    int64_t total = page->total.records;
    bool again = p->pages == 1 && p->start == 0 && total == p->position;
    bool before = p->pages == 0 && total > 0 && total <= page->offset;
    return p->style->seeks && (again || before) && page->got != total;
}

static int goes_on_after(struct paginate *p, int64_t total, struct error *e)
{
    return drift(p, e, "the total is said to be %lld, but the list goes on after that", (long long)total);
}

/* A lower bound proves nothing but that a list is short, so only the last one counts. */
static void learn_bound(struct paginate *p, const struct page *page)
{
    bool means_ours = page->total.by_remaining || !p->paging->cursor;
    if (page->got || (page->total.at_least >= 0 && !page->total.by_remaining))
        p->at_least = means_ours ? page->total.at_least : -1;
}

int coverage_learn_total(struct paginate *p, const struct page *page, struct error *e)
{
    learn_bound(p, page);
    int64_t said = page->total.records, known = p->total >= 0 ? p->total : p->range->planned_total;
    int64_t believed = p->total;
    bool more = p->style->seeks && believed >= 0 && page->got && paging_sum(page->offset, page->got) > believed &&
                said <= believed;
    if (said < 0 && !more)
        return 0;
    if (more || doubtful(p, page)) {
        if (!p->distrust && page->got < page->asked)
            p->claim = said;
        p->distrust = true;
        p->total = -1;
        if (believed < 0 && is_passed(p, page))
            believed = said;
        return believed < 0 ? 0 : goes_on_after(p, believed, e);
    }
    if (p->distrust)
        return 0;
    p->total = said;
    return known < 0 || known == said
               ? 0
               : drift(p, e, "the total went from %lld to %lld while reading", (long long)known, (long long)said);
}

bool coverage_is_counted(const struct paginate *p, const struct page *page)
{
    const struct total *total = &page->total;
    bool counted = total->records >= 0 && !(total->guessed && total->records == page->got);
    return (counted && p->end >= total->records) || p->range->planned_total >= 0;
}

/* Does the list end where the API cuts lists? What it counts may be cut as well. */
static bool is_cut(const struct paginate *p)
{
    int64_t limit = p->range->result_limit;
    return limit > 0 && p->position == limit && p->position < p->end && p->total <= limit &&
           p->range->on_drift != DRIFT_IGNORE;
}

int coverage_ended(struct paginate *p)
{
    p->over = true;
    coverage_check_holes(p);
    if (is_cut(p))
        error_set(&p->late, EXIT_ANSWER,
                  "the list ended after %lld records, the most that this API gives of a list (--result-limit): there "
                  "may be more; read less at a time, by a filter such as a span of time (--on-drift ignore lets that "
                  "pass)",
                  (long long)p->position);
    coverage_check_more(p);
    int64_t said = p->total >= p->at_least ? p->total : p->at_least;
    if (said <= p->position || p->position >= p->end || p->range->on_drift == DRIFT_IGNORE)
        return PAGE_LAST;
    error_set(&p->late, EXIT_ANSWER,
              "the list ended after %lld records though its total is %s%lld (--on-drift ignore lets that pass)",
              (long long)p->position, said == p->total ? "" : "at least ", (long long)said);
    return PAGE_LAST;
}

void coverage_check_more(struct paginate *p)
{
    if (p->style->seeks && p->says_more && p->position < p->end && !p->late.code)
        coverage_doubt(p, &p->late,
                       "the list ended after %lld records, though %s of its last page says that it goes on",
                       (long long)p->position, p->says_more);
    p->says_more = NULL;
}

void coverage_check_holes(struct paginate *p)
{
    if (p->holes && p->total >= 0 && p->range->on_drift != DRIFT_IGNORE && !p->late.code &&
        p->paging->advance != ADVANCE_ASKED)
        error_set(&p->late, EXIT_ANSWER,
                  "%lld records of a total of %lld are missing: pages in the middle of the list were empty "
                  "(--on-drift ignore lets that pass)",
                  (long long)p->holes, (long long)p->total);
}

int coverage_check_end(const struct paginate *p, const struct page *end, const struct page *later, int64_t records,
                       struct error *e)
{
    if (!p->style->seeks || later->offset <= end->offset || !records)
        return 0;
    return error_set(e, EXIT_ANSWER, "the list seems to end here, but the page at offset %lld has records",
                     (long long)later->offset);
}

int coverage_check_start(struct paginate *p, const struct page *page, struct buf *records, int64_t *count,
                         struct error *e)
{
    if (p->doubted_count) {
        size_t line = lines_first((struct slice){records->data, records->len}).len;
        bool same = line && line <= p->doubted.len && memcmp(records->data, p->doubted.data, line) == 0;
        buf_swap(records, &p->doubted);
        *count = p->doubted_count;
        p->doubted_count = 0;
        return same
                   ? error_set(e, EXIT_ANSWER,
                               "the server ignores the paging parameters: at offset %lld it gives the beginning of the "
                               "list (see --paginate, --param-offset, --param-page, --param-limit)",
                               (long long)page->offset)
                   : 0;
    }
    if (!p->style->seeks || p->style->check || p->range->allow_repeats || p->pages || page->offset == 0 ||
        *count <= page->asked)
        return 0;
    buf_swap(&p->doubted, records);
    p->doubted_count = *count;
    return 1;
}
