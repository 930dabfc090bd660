/* link: a next link, made ready for a request. */
#ifndef RESTSRC_LINK_H
#define RESTSRC_LINK_H

#include "pages/paging.h"

/* Sets p->next_cursor to where the link leads from base. It may lack query parameters of ours, so that the next page is
 * one of another list: --keep-query puts them back, else there is a warning, once. -1: EXIT_ANSWER: it is not a URL, or
 * not an allowed one. */
int link_follow(struct paginate *p, const char *base, const char *reference, struct error *e);

/* Do these two cursors, or links, differ by a number alone that is an offset or a page, by its name? */
bool link_counts(const struct paginate *p, const char *link, const char *next);

#endif
