/* read_output: what a read writes: records in their order, lines about pages, notes. */
#ifndef RESTSRC_READ_OUTPUT_H
#define RESTSRC_READ_OUTPUT_H

#include "cli/read_run.h"

/* A callback of transfer. */
void read_output_note(void *ctx, bool verbose, const char *line);
/* What paginate.note has to tell, unless it was told of another list. */
void read_output_tell(struct read_run *r);

/* --stream: the records that are complete go out at once, as far as they belong to the range. -1: EXIT_IO; or no more
 * are wanted, which r->enough says. */
int read_output_stream(struct read_run *r, struct exchange *x, struct error *e);

/* The records of the page that belong to the range are to be written next. asked: so many it should have had. -1: none
 * of them, because the list goes round: EXIT_ANSWER. */
int read_output_take(struct read_run *r, struct held_page *h, int64_t asked, struct error *e);

/* The output that was asked for; what comes before its first record goes out. -1: EXIT_USAGE, EXIT_NO_FILE, EXIT_IO. */
int read_output_begin(struct read_run *r, struct error *e);
/* The rest of it; failed: it is not whole. */
int read_output_finish(struct read_run *r, bool failed, struct error *e);
void read_output_free(struct read_run *r);
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
/* The last line on the terminal, where progress was shown. */
void read_output_end(struct read_run *r);

#endif
