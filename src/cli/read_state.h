/* read_state: --state and --output: a read that was stopped goes on where it was left. */
#ifndef RESTSRC_READ_STATE_H
#define RESTSRC_READ_STATE_H

#include "cli/read_run.h"

/* What --state knows of the list becomes r->range and r->paging: what is left to read. -1: EXIT_NO_FILE, EXIT_CONFIG.
 */
int read_state_load(struct read_run *r, struct error *e);
/* The parts of it, for a list of --for-each. A state that knows nothing. */
void read_state_begin(struct read_run *r);
/* What r->state knows becomes what is left to read, with these times. -1: EXIT_USAGE. */
int read_state_resume(struct read_run *r, const struct since_options *since, struct error *e);

/* Opens --output, at the length that the state knows of. -1: EXIT_IO, EXIT_NO_FILE, EXIT_UNAVAILABLE. */
int read_state_output(struct read_run *r, struct error *e);

/* Writes the state. whole: the run is complete, and the file of --output gets its name. -1: EXIT_IO. */
int read_state_end(struct read_run *r, bool whole, struct error *e);

/* The server's clock, as the Date of an answer has it. */
void read_state_heed_clock(struct read_run *r, const char *date);

#endif
