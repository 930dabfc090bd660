/* window: the styles that can ask for any offset: many pages under way, advanced by what was received. See paginate.h. */
#ifndef RESTSRC_WINDOW_H
#define RESTSRC_WINDOW_H

#include "paginate.h"

/* Is there a short page of which only the next one will tell whether it was the last, or whether pages have another size? */
bool window_pending(const struct paginate *p);
bool window_next(struct paginate *p, struct page *page);
int window_learn(struct paginate *p, struct page *page, struct request *r, struct error *e);
int window_failed(struct paginate *p, struct page *page, struct request *r, long status);

#endif
