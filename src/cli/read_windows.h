/* read_windows: --window: the way from --since to --until, cut into windows of time.
 *
 * Each is asked for from one step of the API's times before it on, so that it does not matter whether {since} itself
 * belongs to a window there; what comes twice is dropped, by --since-path or by whole records. */
#ifndef RESTSRC_READ_WINDOWS_H
#define RESTSRC_READ_WINDOWS_H

#include "cli/options.h"

/* Seconds since 1970: [from, to). */
struct window {
    double from, to;
};

struct windows {
    const struct since_options *since;
    const char *format;
    double first, next, until, step;
    double length, longest; /* of the next one; as --window says */
    unsigned made;          /* windows since it was made longer */
    bool goes_on;           /* after an earlier run, which knows what it has read */
};

/* -1: EXIT_USAGE. */
int windows_init(struct windows *w, const struct options *o, struct error *e);
/* false: there are no more. */
bool windows_next(struct windows *w, struct window *to);
/* The second half of a window, which keeps the first one; false: it is as small as can be. */
bool windows_halve(const struct windows *w, struct window *one, struct window *second);
/* The API refuses windows twice as long as this one: the next ones are no longer than it, for a while. */
void windows_shorten(struct windows *w, const struct window *half);
/* What {since} and {until} stand for in its requests; where records of it begin and end, as JSON. Set. */
void windows_ask(const struct windows *w, const struct window *one, struct since_options *times);
void windows_bounds(const struct window *one, struct buf *from, struct buf *to);
/* For messages, and for the state. Appends. */
void windows_name(const struct windows *w, const struct window *one, struct buf *out);

#endif
