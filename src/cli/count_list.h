/* count_list: the number of records of one list. */
#ifndef RESTSRC_COUNT_LIST_H
#define RESTSRC_COUNT_LIST_H

#include "cli/count_run.h"

/* Ends with count_ends(), or -1. c->by_page: the list is known to have no counting URL; set where that is found out. */
int count_list(struct count *c, struct error *e);

#endif
