/* since: {since} and {until} in the URL, --query, --header and --data: what they stand for in this run, by --since and
 * --until or by what the state of --state knows. */
#ifndef RESTSRC_SINCE_H
#define RESTSRC_SINCE_H

#include "cli/options.h"

/* Fills them in: the last source of options but for --paginate auto. The name of the list, as --state has it, becomes
 * o->list. -1: EXIT_USAGE; EXIT_CONFIG, EXIT_NO_FILE: the state is wrong. */
int since_apply(struct options *o, enum command_bit command, struct error *e);

/* The seconds of --overlap; 0: it is not given. -1: EXIT_USAGE. */
int since_overlap(const struct since_options *s, double *seconds, struct error *e);

#endif
