/* read_list: one list of a read: its requests, and whether it is all there in the end. */
#ifndef RESTSRC_READ_LIST_H
#define RESTSRC_READ_LIST_H

#include "cli/read_run.h"

/* r->range and r->paging say which part of it, http how it is asked for; both must outlive the list.
 * -1: EXIT_USAGE. Free with read_list_free(), also after a failure. */
int read_list_begin(struct read_run *r, const struct http_options *http, struct error *e);
void read_list_free(struct read_run *r);

/* The next request of the list. false: none at this time. */
bool read_list_next(struct read_run *r, struct exchange *x);
/* Callbacks of transfer: ctx is the list. */
extern const struct transfer_ops read_list_ops;

/* It has ended: is it all here? -1: EXIT_ANSWER. */
int read_list_check(struct read_run *r, struct error *e);

#endif
