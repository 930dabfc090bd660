/* count_links: how many records a list has by the number in the link to its last page. */
#ifndef RESTSRC_COUNT_LINKS_H
#define RESTSRC_COUNT_LINKS_H

#include "cli/count_run.h"

/* The first page is the last answer. */
int count_by_links(struct count *c, struct error *e);

#endif
