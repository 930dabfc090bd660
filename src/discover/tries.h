/* tries: readings of the first answer, each proved by a request or given up. True: it is proved, and what to set is
 * added to the finding. */
#ifndef RESTSRC_TRIES_H
#define RESTSRC_TRIES_H

#include "discover/compare.h"

/* The parameters for a place that `ways` has, one after the other, until one is proved: c->way. */
bool tries_ways(struct compare *c, const struct ways *ways);
/* A list that tells cursors only when it is asked for the first one (cursor=*). */
bool tries_opening(struct compare *c);
/* A next link, a cursor, or has_more and the id of the last record. */
bool tries_leads(struct compare *c);
/* Range headers. */
bool tries_range(struct compare *c);
/* In many ways at once, then in the one that was heeded. */
bool tries_scouts(struct compare *c);

#endif
