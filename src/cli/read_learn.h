/* read_learn: what a page that has come means for the read: can it be trusted, which of its records are wanted, what
 * comes next. */
#ifndef RESTSRC_READ_LEARN_H
#define RESTSRC_READ_LEARN_H

#include "cli/read_run.h"

/* A callback of transfer, in the order of the pages. A transfer_next, or -1. */
int read_learn_done(void *ctx, struct exchange *x, struct error *e);

#endif
