/* read_tell: what a read says on the terminal: notes, warnings, how far it is. */
#ifndef RESTSRC_READ_TELL_H
#define RESTSRC_READ_TELL_H

#include "cli/read_run.h"

/* A callback of transfer. */
void read_tell_note(void *ctx, bool verbose, const char *line);
/* What paginate.note has to tell, unless it was told of another list. */
void read_tell_notes(struct read_run *r);
void read_tell_progress(struct read_run *r);
/* The last line on the terminal, where progress was shown. */
void read_tell_end(struct read_run *r);

#endif
