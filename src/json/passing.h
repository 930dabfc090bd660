/* passing: refusals for a reason that passes: throttled, busy, not its turn. Pure. */
#ifndef RESTSRC_PASSING_H
#define RESTSRC_PASSING_H

#include <stdbool.h>

#include "json/value.h"

/* Is part, with this HTTP-like status (0: none), such a refusal? */
bool passing_is(struct slice part, long status);
/* Seconds after which the part wants to be asked again; 0: it does not say. */
double passing_pause(struct slice part);

#endif
