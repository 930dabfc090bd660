/* repeat: records that come a second time with the next page: the server ignores what page is asked for, hides records,
 * or the list moves. Pure. */
#ifndef RESTSRC_REPEAT_H
#define RESTSRC_REPEAT_H

#include "pages/paging.h"

/* What is known of the page before. */
struct repeat {
    struct slice records; /* NDJSON; empty: none, or nothing of it counted */
    int64_t missing;      /* so many fewer than asked for were in it */
};

/* Is the page, of these records (NDJSON), another one? 1: it is the whole list once more, which ends before it. -1:
 * EXIT_ANSWER. May add to p->note. --allow-repeats,
 * --on-drift. */
int repeat_check(struct paginate *p, const struct page *page, struct slice records, const struct repeat *before,
                 struct error *e);

/* Records without an id come again, perhaps because some are equal. A page that begins at another one of those before
 * it shows whether the server heeds the place. 1: ask for *at, and call this again with what comes; then *at is the
 * page itself once more. */
bool repeat_prove(struct paginate *p, const struct page *page, struct slice records, struct slice before,
                  struct page *at);

#endif
