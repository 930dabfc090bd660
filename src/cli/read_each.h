/* read_each: --for-each: many lists, each of which is made of a line of a file. They are under way at the same time, in
 * one window of requests, and come out in the order of the lines. */
#ifndef RESTSRC_READ_EACH_H
#define RESTSRC_READ_EACH_H

#include "cli/read_run.h"

/* Reads them all, and counts them in r->shared; r itself is no list, but has the output. -1: what the first list met
 * with that failed, in their order; or the lines are wrong: EXIT_INPUT. */
int read_each(struct read_run *r, struct error *e);

#endif
