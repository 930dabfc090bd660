/* count_list: the number of records of one list. */
#ifndef RESTSRC_COUNT_LIST_H
#define RESTSRC_COUNT_LIST_H

#include "cli/count_run.h"

/* c->by_page: the list is known to have no counting URL; set where that is found out.
 *
 * The first step. The answer to what it asks for goes to count_take(). */
int count_start(struct count *c, struct error *e);
/* All of them, by c->ask alone. */
int count_list(struct count *c, struct error *e);

#endif
