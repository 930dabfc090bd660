/* verdict: what became of a try: an answer that is taken, another try, or a failure. */
#ifndef RESTSRC_VERDICT_H
#define RESTSRC_VERDICT_H

#include "http/attempt.h"

/* A good answer begins: does the server want no request for a while? Told, if it is long. */
void verdict_heed(struct transfer *t, struct attempt *a);

/* The transfer of a has ended with this CURLcode: settles it, or schedules another try. */
void verdict_reach(struct transfer *t, struct attempt *a, int code);

#endif
