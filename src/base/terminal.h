/* terminal: what goes to standard error: notes, one a line, and on a terminal a line that is drawn over again: how much
 * is done, of how much, how fast, how long it still takes. */
#ifndef RESTSRC_TERMINAL_H
#define RESTSRC_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"

struct terminal {
    bool quiet, progress; /* no notes; draws the line */
    bool shown, drawn;    /* the line is there; it has been there */
    int64_t limit;
    struct timespec began, last;
};

/* What is done so far. */
struct progress {
    int64_t records, total;     /* total: -1 when unknown */
    int64_t bytes, bytes_total; /* of what is read or written; bytes_total: -1 when unknown */
    int64_t parts, retries;     /* pages or batches */
    const char *part;           /* what one of them is called: "page" */
};

enum terminal_progress {
    PROGRESS_NONE,
    PROGRESS_ALONE, /* only where nobody else writes to the terminal: stdout is none, nor a pipe, maybe to a pager */
    PROGRESS_ALWAYS /* stdout gets nothing before the end */
};

/* The line is drawn only where stderr is a terminal. limit: records wanted, negative for all. */
void terminal_init(struct terminal *t, bool quiet, enum terminal_progress progress, int64_t limit);
/* Each of the lines, made safe to show, with "restsrc: " before it; unless quiet, but for what --verbose asked for. */
void terminal_note(struct terminal *t, bool verbose, const char *lines);
/* The same as a callback, whose context is the terminal. */
void terminal_tell(void *terminal, bool verbose, const char *lines);
/* Draws the line, at most five times a second, in the width of the terminal. */
void terminal_progress_show(struct terminal *t, const struct progress *p);
/* Takes the line away, and leaves a last one, if there was any: what was done in how long. */
void terminal_progress_end(struct terminal *t, const struct progress *p);

/* The line itself, at most width columns; for tests. */
void terminal_progress_line(const struct progress *p, double seconds, int width, struct buf *out);

#endif
