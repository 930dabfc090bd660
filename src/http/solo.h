/* solo: a server that serves one connection at a time, as many development servers do. It accepts the others, and lets
 * them wait for as long as the first one is kept alive. That is found out by one request: silent on a connection of its
 * own, it is sent again over the one that is served, and answered at once. Pure. */
#ifndef RESTSRC_SOLO_H
#define RESTSRC_SOLO_H

#include <stdbool.h>

struct solo {
    int served;          /* the one connection, by its local port, that has brought an answer; 0: none yet */
    double answered;     /* when it last did */
    double slowest;      /* so many seconds passed at most before an answer began */
    bool many;           /* so have others, or it was found not to be so */
    bool found;          /* it is so: one request at a time */
    const void *sent;    /* the request that was sent again, or NULL */
    double when, silent; /* when that was, and for how many seconds it had been silent before */
};

/* An answer to a request has come over the connection with this local port, and begun after so many seconds. */
void solo_answer(struct solo *s, const void *request, int port, double waited, double now);

/* The state of one request under way. */
struct solo_request {
    int port;       /* 0: it has not been sent yet */
    double sent;    /* when it was */
    bool begun;     /* something of its answer has come */
    bool may_again; /* sending it twice does no harm */
};
/* Of these, which are all that is under way: may they be waiting for one another? Then the first is to be sent again,
 * and solo_again() to be called. */
bool solo_suspects(const struct solo *s, const struct solo_request *request, unsigned count, double now);
void solo_again(struct solo *s, const void *request, double sent, double now);

#endif
