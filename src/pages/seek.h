/* seek: the styles that can ask for any offset: many pages under way, advanced by what was received. See paginate.h. */
#ifndef RESTSRC_SEEK_H
#define RESTSRC_SEEK_H

#include "pages/paginate.h"

/* Is there a short page of which only the next one will tell whether it was the last, or whether pages have another
 * size? */
bool seek_pending(const struct paginate *p);
bool seek_next(struct paginate *p, struct page *page);
int seek_learn(struct paginate *p, struct page *page, struct request *r, struct error *e);
int seek_failed(struct paginate *p, struct page *page, struct request *r, long status);

#endif
