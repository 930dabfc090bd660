/* write_tell: what a write says on the terminal: notes, how far it is, what became of records. */
#ifndef RESTSRC_WRITE_TELL_H
#define RESTSRC_WRITE_TELL_H

#include "write/run.h"

/* A callback of transfer. */
void write_tell_note(void *ctx, bool verbose, const char *line);
void write_tell_progress(struct write_run *w);
/* The last line on the terminal, and what is to be known of the records. failure: NULL: there is none; its message then
 * names the lines that may or may not have been stored. */
void write_tell_end(struct write_run *w, struct error *failure);

#endif
