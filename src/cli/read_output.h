/* read_output: pages go out in their order, those that wait for other lists, too; the state follows. */
#ifndef RESTSRC_READ_OUTPUT_H
#define RESTSRC_READ_OUTPUT_H

#include "cli/read_run.h"

/* --stream: the records that are complete go out at once, as far as they belong to the range. -1: EXIT_IO; or no more
 * are wanted, which r->enough says. */
int read_output_stream(struct read_run *r, struct exchange *x, struct error *e);

/* The records of the page that belong to the range are to be written next. asked: so many it should have had. -1: none
 * of them, because the list goes round: EXIT_ANSWER. */
int read_output_take(struct read_run *r, struct held_page *h, int64_t asked, struct error *e);

/* What is known of r is in the state, but not in its file yet. */
void read_output_note_place(struct read_run *r);
/* Writes the state when it is worth the time. */
int read_output_save_at_times(struct read_run *r, struct error *e);
/* Writes the state, after what it knows of is written. durable: it is on the disk. -1: EXIT_IO. */
int read_output_save(struct read_run *r, bool durable, struct error *e);

/* A callback of transfer: the page goes out while the requests for the following ones are under way. -1: EXIT_IO. */
int read_output_write(void *ctx, struct error *e);
/* --for-each: the lists before this one are out: what waits goes out now. -1: EXIT_IO. */
int read_output_release(struct read_run *r, struct error *e);
/* What waits is not wanted. */
void read_output_forget(struct read_run *r);

#endif
