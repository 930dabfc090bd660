/* follow: the styles that follow the server from page to page by what the last page says: a cursor, an id or a URL. For
 * paginate.c. */
#ifndef RESTSRC_FOLLOW_H
#define RESTSRC_FOLLOW_H

#include "pages/paging.h"

/* As the options say, from --cursor on. -1: EXIT_USAGE. */
int follow_init(struct paginate *p, struct error *e);
void follow_free(struct paginate *p);
/* The next page to ask for. false: none before the one under way has been learned, or for good. */
bool follow_next(struct paginate *p, struct page *page);
/* Before anything else is learned from a page, with the records of the one before it: does it begin with the record
 * whose id was sent, as with --cursor-inclusive? */
void follow_learn_inclusive(struct paginate *p, const struct page *page, struct slice records, struct slice before);
/* As paginate_learn(): a paging_verdict, or -1. */
int follow_learn(struct paginate *p, struct page *page, const struct answer *a, struct error *e);

/* The cursor of the next page, or at the list's end of the last one, for --cursor; NULL: the list's beginning. */
const char *follow_cursor(struct paginate *p);

#endif
