/* since: {since} and {until} in the URL, --query, --header and --data: what they stand for in this run, by --since and
 * --until or by what the state of --state knows. */
#ifndef RESTSRC_SINCE_H
#define RESTSRC_SINCE_H

#include "cli/options.h"
#include "pages/state.h"

/* Fills them in: the last source of options but for --paginate auto. The name of the list, as --state has it, becomes
 * o->list. -1: EXIT_USAGE; EXIT_CONFIG, EXIT_NO_FILE: the state is wrong. */
int since_apply(struct options *o, enum command_bit command, struct error *e);

/* The seconds of --overlap; 0: it is not given. -1: EXIT_USAGE. */
int since_overlap(const struct since_options *s, double *seconds, struct error *e);

/* What the state of a list knows takes the place of what --since and --until say. -1: EXIT_USAGE. */
int since_take(struct since_options *s, const struct state *state, struct error *e);

/* A copy of a request with these times filled in; headers that have one become lines of their own, appended to
 * headers. -1: EXIT_USAGE. Free it with since_request_free(), in any case. */
int since_request(const struct request_options *from, struct since_options *times, struct request_options *to,
                  struct buf *headers, struct error *e);
void since_request_free(struct request_options *r);

#endif
