/* settle: records what became of the records of a batch: the receipt, the reject file, the file of ids. */
#ifndef RESTSRC_SETTLE_H
#define RESTSRC_SETTLE_H

#include "write/run.h"

/* The batch is at its end, or the run is: what became of its records goes to the receipt, the reject file and the file
 * of ids, in the order of the lines. x: the last exchange, or NULL
 * after a signal. */
void settle_batch(struct write_run *w, struct held_batch *h, const struct exchange *x);
/* Has the batch at hand one more reject than may be? */
bool settle_has_enough(const struct write_run *w, const struct held_batch *h);
/* The first failure is the one that counts. */
void settle_fail(struct write_run *w, const struct error *e);

/* A line of a reject file, appended; record and why (text NULL: null) are JSON text and go through as they are. */
void settle_add_reject(struct slice record, int64_t line, long status, struct slice why, struct buf *out);

/* The run was broken off: what is under way in the slots of the window has no known fate. */
void settle_open(struct write_run *w, unsigned slots);

#endif
