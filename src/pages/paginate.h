/* paginate: which request comes next, for each pagination style, and what a page shows: its size, the total, the next
 * link. No I/O. The styles are a table in styles.c; those that can ask for any offset share seek.c, those that must
 * follow the server from page to page share follow.c.
 *
 *     struct paginate p;
 *     struct page page;
 *     struct request request = {0};
 *     int verdict = paginate_init(&p, &paging, &range, &http, e) ? -1 : PAGE_TAKEN;
 *     while (verdict == PAGE_TAKEN && paginate_next(&p, &page, &request)) {
 *         do {
 *             struct answer answer = get(&request);    and page.got, page.total: what came
 *             verdict = paginate_learn(&p, &page, &answer, &request, e);
 *             keep(page.skip, page.keep);              these records of it belong to the range
 *         } while (verdict == PAGE_REST);
 *     }
 *     paginate_free(&p);
 */
#ifndef RESTSRC_PAGINATE_H
#define RESTSRC_PAGINATE_H

#include <stdbool.h>

#include "pages/paging.h"
#include "pages/state.h"

/* All options must outlive p. Free with paginate_free(), also after a failure. */
int paginate_init(struct paginate *p, const struct paging_options *paging, const struct range_options *range,
                  const struct http_options *http, struct error *e);
void paginate_free(struct paginate *p);

/* Can any offset be asked for? */
bool paginate_seeks(const struct paginate *p);
/* May a page be NDJSON that its Content-Type does not call so? It has no envelope that could lead on. */
bool paginate_takes_lines(const struct paginate *p);
/* Is the list one single answer (none)? */
bool paginate_single(const struct paginate *p);

/* Fills page and its request. false: nothing to ask for, at this time or for good. */
bool paginate_next(struct paginate *p, struct page *page, struct request *r);

/* The request for any page, which the read takes no notice of. */
void paginate_ask(const struct paginate *p, const struct page *page, struct request *r);

/* Pages must be learned in the order of paginate_next(). A paging_verdict, or -1. */
int paginate_learn(struct paginate *p, struct page *page, const struct answer *a, struct request *r, struct error *e);

/* Where the read begins. */
void paginate_start(struct paginate *p, struct bookmark *start);
/* Where a page was asked for that is about to be learned, and where it and the ones after it were, when it has been:
 * the place of the first of its records that are kept, and the one after them. */
void paginate_before(struct paginate *p, const struct page *page, struct bookmark *at);
void paginate_after(struct paginate *p, const struct page *page, struct bookmark *at, struct bookmark *after);
/* Has the style come to the list's end, so that no cursor leads on? */
bool paginate_ended(const struct paginate *p);

/* Has the whole list ended without a record? Then it may be that the server takes our parameters for filters, and
 * counts what is left: a request without them tells. */
bool paginate_is_empty(const struct paginate *p);
/* The request for the list without our paging parameters. false: the first one has none either; r stays. */
bool paginate_bare(const struct paginate *p, struct request *r);
/* It has records. -1: EXIT_ANSWER. */
int paginate_filtered(const struct paginate *p, struct error *e);

/* The page could not be had: the answer was an error of this HTTP status (0: none came). PAGE_LAST or PAGE_REST when
 * that only says that the list has ended before it, or may have; -1 when it is an error indeed: e is set only if there
 * is more to say. */
int paginate_failed(struct paginate *p, struct page *page, struct request *r, long status);

/* Is it worth trying again to get a page, after a failure with this status? Not when it may well lie past the end of
 * the list, or was asked for early. */
bool paginate_matters(const struct paginate *p, const struct page *page, long status);

/* The answer to a page has come, with `count` records (NDJSON), after one with those `before`, but is it what it
 * seems? See coverage.h, and link_prove(). 1: the request was changed: ask in the same place again, and call this again
 * with the answer. 0: yes; records and count are those of the page, also when something else was asked meanwhile. -1:
 * EXIT_ANSWER. */
int paginate_doubt(struct paginate *p, const struct page *page, struct buf *records, int64_t *count,
                   struct slice before, struct request *r, struct error *e);

#endif
