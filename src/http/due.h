/* due: which requests of the window may begin: after their delay, with credentials, at the rate, and one at a time
 * where the server serves no more. */
#ifndef RESTSRC_DUE_H
#define RESTSRC_DUE_H

#include "http/attempt.h"

/* Begins what is due; returns the seconds until something else is. */
double due_begin(struct transfer *t);

#endif
