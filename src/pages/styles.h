/* styles: the pagination styles, a table: what asks for a page, and where its answer leads on to. For paginate.c. */
#ifndef RESTSRC_STYLES_H
#define RESTSRC_STYLES_H

#include "pages/paging.h"

const struct style *styles_find(enum paging_style style);

/* Where answers have the next cursor or link, has_more and ids: --next, --has-more, --id, or the usual places. */
int styles_set_paths(struct paginate *p, struct error *e);

/* The names of the parameters that say where a page begins and how long it is; empty: none is sent. */
const char *styles_place_name(const struct paginate *p);
const char *styles_limit_name(const struct paginate *p);
/* Does a request say how many records it wants? */
bool styles_sends_limit(const struct paginate *p);

#endif
