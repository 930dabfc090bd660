/* echo: where an answer says that its page begins (startIndex, start, page, offset, from, or a member named like our
 * parameter), compared with what was asked for. Pure. */
#ifndef RESTSRC_ECHO_H
#define RESTSRC_ECHO_H

#include "pages/paging.h"

/* For styles that seek, page by page in order. A difference that stays the same is another way of counting, and a place
 * that is that of the next page is none either; a value that never moves from where it was not ours means something
 * else. -1: EXIT_ANSWER: the page begins elsewhere. */
int echo_check(struct paginate *p, const struct page *page, const struct answer *a, struct error *e);

#endif
