/* plan: what the reading of a list would take: count --plan. */
#ifndef RESTSRC_PLAN_H
#define RESTSRC_PLAN_H

#include "cli/options.h"
#include "pages/ask.h"

/* Asks for the first page, to see how long pages are, and appends a line of JSON about a list of so many records. -1:
 * the page could not be had. */
int plan_make(const struct options *o, struct ask *ask, const struct path *places, int64_t records, struct buf *out,
              struct error *e);

#endif
