/* window: the styles that can ask for any offset: many pages under way, advanced by what was received. See paginate.h. */
#ifndef RESTSRC_WINDOW_H
#define RESTSRC_WINDOW_H

#include "paginate.h"

bool window_next(struct paginate *p, struct page *page);
int window_learn(struct paginate *p, struct page *page, struct request *r, struct error *e);
int window_failed(struct paginate *p, struct page *page, struct request *r, long status);

#endif
