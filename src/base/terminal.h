/* terminal: one line on a terminal that is drawn over again: records, records a second, pages, retries, time to go. */
#ifndef RESTSRC_TERMINAL_H
#define RESTSRC_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
    bool wanted, shown;
    int64_t limit;
    struct timespec began, last;
};

/* limit: records wanted, negative for all. Shows nothing unless wanted and stderr is a terminal (and stdout is not). */
void terminal_progress_start(struct progress *p, bool wanted, int64_t limit);
/* Draws the line, at most five times a second. total: -1 when unknown. */
void terminal_progress_show(struct progress *p, int64_t records, int64_t pages, int64_t retries, int64_t total);
/* Takes the line away, so that something else can be printed. */
void terminal_progress_hide(struct progress *p);

#endif
