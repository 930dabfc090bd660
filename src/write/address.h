/* address: the request for records: its method, URL, headers and body. */
#ifndef RESTSRC_ADDRESS_H
#define RESTSRC_ADDRESS_H

#include "write/run.h"

enum { ADDRESS_NOTHING = 1 };

/* Fills the request of x for the piece at hand of the batch. ADDRESS_NOTHING: --method-path says that there is nothing
 * to send. -1: EXIT_INPUT, EXIT_USAGE. */
int address_request(struct write_run *w, struct held_batch *h, struct exchange *x, struct error *e);

#endif
