/* each_rejects: lists of --for-each that fail: lines of --reject-file, or the end of the run. */
#ifndef RESTSRC_EACH_REJECTS_H
#define RESTSRC_EACH_REJECTS_H

#include "cli/read_parents.h"

/* Zeroed, but for fd -1: a list that fails ends the run. */
struct each_rejects {
    int fd;
    const char *file;
    int64_t most; /* -1: any number */
    int64_t count;
};

/* -1: EXIT_NO_FILE and others. Free with each_rejects_end(), also after a failure. */
int each_rejects_begin(struct each_rejects *r, const struct options *o, const struct input *input, struct error *e);
void each_rejects_end(struct each_rejects *r);

/* The list of p has failed after so many records, with this status. -1: that ends the run. */
int each_rejects_take(struct each_rejects *r, const struct parent *p, int64_t records, long status,
                      const struct error *wrong, struct error *e);
/* How many there were; nothing where there were none. */
void each_rejects_note(const struct each_rejects *r, struct buf *note);

#endif
