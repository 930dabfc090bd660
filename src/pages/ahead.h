/* ahead: in a style that follows the server, the page after the one under way. Many answers say where the list goes on
 * before their records: then the next page is asked for while these come, one page ahead. It counts only if the whole
 * page leads there; until then nothing is learned from it, and nothing of it goes out. For follow.c and cli/. */
#ifndef RESTSRC_AHEAD_H
#define RESTSRC_AHEAD_H

#include "pages/paging.h"

/* The answer to the page under way has come as far as its first record; a: what it has said by then. Where it leads,
 * follow_next() may go on from. */
void ahead_look(struct paginate *p, const struct page *page, const struct answer *a);
/* May a page be asked for before the one under way is whole? Not a second time. */
bool ahead_take(struct paginate *p);
/* The page is whole. */
void ahead_learn(struct paginate *p, const struct answer *a);

/* The request for an early page. */
void ahead_address(const struct paginate *p, const struct page *page, struct request *r);

/* When all pages before an early one have been learned: does the list go on there? */
bool ahead_holds(const struct paginate *p);
/* The early page becomes a page as any other: as it came, or, where it was asked for in vain, to be asked for now. Then
 * no other is asked for early. */
void ahead_settle(struct paginate *p, struct page *page, bool in_vain);

#endif
