/* terminal: what goes to standard error: notes, one a line, and on a terminal a line that is drawn over again: records,
 * records a second, pages, retries, time to go. */
#ifndef RESTSRC_TERMINAL_H
#define RESTSRC_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct terminal {
    bool quiet, progress; /* no notes; draws the line */
    bool shown;           /* the line is there */
    int64_t limit;
    struct timespec began, last;
};

/* progress: the line is wanted; it is shown only where stderr is a terminal (and stdout is not). limit: records wanted,
 * negative for all. */
void terminal_init(struct terminal *t, bool quiet, bool progress, int64_t limit);
/* Each of the lines, made safe to show, with "restsrc: " before it; unless quiet, but for what --verbose asked for. */
void terminal_note(struct terminal *t, bool verbose, const char *lines);
/* Draws the line, at most five times a second. total: -1 when unknown. */
void terminal_progress_show(struct terminal *t, int64_t records, int64_t pages, int64_t retries, int64_t total);
/* Takes the line away, so that something else can be printed. */
void terminal_progress_hide(struct terminal *t);

#endif
