/* plan: what the reading of a list would take: --plan of read and count. */
#ifndef RESTSRC_PLAN_H
#define RESTSRC_PLAN_H

#include "cli/options.h"

/* Counts the list and reads its first two pages, in one window, and prints a line of JSON. counted: that the API gives
 * no count is an error (EXIT_ANSWER). -1: also what counting or reading fails with. */
int plan_make(const struct options *o, bool counted, struct error *e);

#endif
