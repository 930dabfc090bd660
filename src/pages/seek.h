/* seek: the styles that can ask for any offset: many pages under way, advanced by what was received. For paginate.c. */
#ifndef RESTSRC_SEEK_H
#define RESTSRC_SEEK_H

#include "pages/paging.h"

/* Is there a short page of which only the next one will tell whether it was the last, or whether pages have another
 * size? */
bool seek_pending(const struct paginate *p);
bool seek_next(struct paginate *p, struct page *page);
/* A paging_verdict, or -1; at PAGE_REST the page says what to ask for in its place. */
int seek_learn(struct paginate *p, struct page *page, struct error *e);
/* Is the page, which has not come, one that may well lie past the end, so that no error of it counts? */
bool seek_is_past_end(const struct paginate *p, const struct page *page, long status);
int seek_failed(struct paginate *p, struct page *page, long status);

#endif
