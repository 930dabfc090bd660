/* kept: the connection that a request which must not be sent twice has left open for the next one. A server may close
 * it just as that is on its way. Linux knows then whether the server's side had got anything of the request; where the
 * system does not tell, no connection is kept. The sockets are libcurl's, and stay so. */
#ifndef RESTSRC_KEPT_H
#define RESTSRC_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#define KEPT_IDLE 0.5 /* seconds at most */

struct kept {
    int socket, port;         /* -1: none is kept; its local port */
    double opened, used;      /* when, of io_clock(); used: by the last answer */
    double missed;            /* seconds that went into opening connections */
    bool tried;               /* one was watched for a while: it stayed open */
    bool never;               /* the server has closed one without a word: none is kept any more */
    int watched;              /* the same socket, while a request is under way over it; else -1 */
    uint64_t acked, received; /* bytes that the server's side had acknowledged and sent before that request */
};

void kept_init(struct kept *k);
/* A connection was opened for a request; that took so many seconds. */
void kept_missed(struct kept *k, double seconds);
/* Is one to be kept? Not before opening them has taken as long as it takes to watch one: a server that says that it
 * keeps connections, and does not, closes them soon. */
bool kept_is_worth_it(const struct kept *k);
/* An answer has come over the socket, which is open; -1: it was closed. */
void kept_take(struct kept *k, int socket, double now);
/* May the next request go over it? Else it is dropped: it has ended, or waited or served for too long. Others may wait
 * for their turn at a server that serves one connection at a time. */
bool kept_is_good(struct kept *k, double now);
/* A request is about to be sent over the connection with this local port. false: not over this one. */
bool kept_begin(struct kept *k, int port);
/* The request has no answer: is it certain that the server's side ended the connection before it got anything of it? */
bool kept_ended_before(struct kept *k);
void kept_end(struct kept *k);

#endif
