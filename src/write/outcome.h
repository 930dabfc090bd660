/* outcome: what became of the records of a request: what the answer says of each, what is to be sent again, and how. */
#ifndef RESTSRC_OUTCOME_H
#define RESTSRC_OUTCOME_H

#include "write/run.h"

/* The batch is handed out: no record of it has a fate. */
void outcome_begin(struct held_batch *h);
void outcome_free(struct held_batch *h);

/* The answer as compact JSON, in h->compact: empty when it is none, which is fine, for then it says nothing of single
 * records. But JSON cut short (1) and what claims to be JSON (-1) may have said that records were refused, and a web
 * page comes from something else than an API. */
int outcome_read(struct held_batch *h, const struct exchange *x, struct error *e);

/* That answer is good by its status and the rules. -1: it is not an answer to what was sent. */
int outcome_answer(struct write_run *w, struct held_batch *h, const struct exchange *x, struct error *e);

/* What became of the piece at hand. 0: on to what is in `later`; -1: it failed, or nothing more may be sent after it:
 * w->failure may say why. */
int outcome_piece(struct write_run *w, struct held_batch *h, struct exchange *x);

#endif
