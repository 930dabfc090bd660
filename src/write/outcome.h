/* outcome: what became of the records of a request: what the answer says of each, what is to be sent again, and how. */
#ifndef RESTSRC_OUTCOME_H
#define RESTSRC_OUTCOME_H

#include "write/run.h"

/* The batch is handed out: no record of it has a fate. */
void outcome_begin(struct held_batch *h);
/* Nothing is to be sent for it. */
void outcome_skip(struct held_batch *h);
void outcome_free(struct held_batch *h);

/* What became of the piece at hand. 0: on to what is in `later`; -1: it failed, or nothing more may be sent after it:
 * w->failure may say why. */
int outcome_piece(struct write_run *w, struct held_batch *h, struct exchange *x);

#endif
