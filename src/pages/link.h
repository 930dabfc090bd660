/* link: a next link, made ready for a request. */
#ifndef RESTSRC_LINK_H
#define RESTSRC_LINK_H

#include "pages/paging.h"

/* Sets p->next_cursor to where the link leads from base. It may lack query parameters of ours, so that the next page is
 * one of another list: --keep-query puts them back, else link_prove() finds out. -1: EXIT_ANSWER: it is not a URL, or
 * not an allowed one. */
int link_follow(struct paginate *p, const char *base, const char *reference, struct error *e);

/* Adds to names what queries of ours the link lacks, but for a place; to whole the link with them. */
void link_complete(const char *ours, const char *link, struct buf *names, struct buf *whole);

/* Do these two cursors, or links, differ by a number alone that is an offset or a page, by its name? */
bool link_counts(const struct paginate *p, const char *link, const char *next);
/* By how many records the second is further than the first, where they are offsets; 0: they are none. */
int64_t link_step(const struct paginate *p, const char *link, const char *next);

/* The page that a link led to, when that lacked parameters of ours: are they needed? 1: ask again, for p->cursor. 0: go
 * on with the page, which is the right one; before: the records of the page before it. */
int link_prove(struct paginate *p, struct buf *records, int64_t *count, struct slice before);
/* The same when there was no such page. true: ask again, for p->cursor. */
bool link_failed(struct paginate *p, long status);
void link_free(struct paginate *p);

#endif
