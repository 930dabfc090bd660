/* reply: the answer to the records of a request, read: what it says of each of them, in h->results and h->said. */
#ifndef RESTSRC_REPLY_H
#define RESTSRC_REPLY_H

#include "write/run.h"

/* The answer as compact JSON, in h->compact: empty when it is none, which is fine, for then it says nothing of single
 * records. But JSON cut short (1) and what claims to be JSON (-1) may have said that records were refused, and a web
 * page comes from something else than an API. */
int reply_read(struct held_batch *h, const struct exchange *x, struct error *e);

/* That answer is good by its status and the rules. -1: it is not an answer to what was sent. */
int reply_conclude(struct write_run *w, struct held_batch *h, const struct exchange *x, struct error *e);

/* It refuses the whole. Is a part stored all the same, as with Mixpanel's 400 and InfluxDB's "partial write"? Halves
 * would store that again. Then h has what it says of each record. */
bool reply_is_partial(struct write_run *w, struct held_batch *h, const struct exchange *x);

#endif
