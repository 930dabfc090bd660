/* read_ahead: the next page, asked for before the one that leads to it is whole: see pages/ahead.h. */
#ifndef RESTSRC_READ_AHEAD_H
#define RESTSRC_READ_AHEAD_H

#include "cli/read_run.h"

/* Where does the page under way lead, as far as it has come? */
void read_ahead_look(struct read_run *r);
/* The turn of a page has come. If it was asked for early, does it stand? true: it does not, and is asked for now. */
bool read_ahead_asks(struct read_run *r, struct exchange *x);

#endif
