/* rate: when the next request may begin: --rate, and what servers ask for. With --rate-scope machine the restsrc
 * processes of the user share both, by origin, in a locked file: a token bucket of one token. */
#ifndef RESTSRC_RATE_H
#define RESTSRC_RATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

enum rate_scope { RATE_PROCESS, RATE_MACHINE };

struct rate_state {
    double next;     /* no request before this, for the sake of the rate */
    double hold;     /* none before this, because the server asked for it */
    double interval; /* seconds between requests, of the lowest rate in use */
    double stamp;    /* when a process with that rate last asked */
};

struct rate {
    double interval;         /* our own; 0: no limit */
    struct rate_state state; /* of this process; seconds since the epoch */
    char *shared;            /* the key of the machine's, or NULL */
    const char *alone;       /* why it cannot be shared; NULL: it can */
    double patience;         /* seconds for which another process may hold the state */
    double busy_since, held; /* since when one does; a hold that it could not be told meanwhile */
};

/* text: N/s, N/m, N/h or N/d; NULL: no limit. origin: what the machine's state is kept by; NULL: this process only.
 * patience: as above. EXIT_USAGE. */
int rate_init(struct rate *r, const char *text, const char *origin, double patience, struct error *e);
void rate_free(struct rate *r);

/* May a request begin now? Then 0, and it is counted; otherwise the seconds until it is worth asking again. Waits for
 * nothing itself. */
double rate_take(struct rate *r);

/* The server wants no request for that many seconds. true: that is much longer than was known. */
bool rate_hold(struct rate *r, double seconds);

#endif
