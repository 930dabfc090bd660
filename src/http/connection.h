/* connection: which connection a request goes over. libcurl itself repeats a request when a reused connection dies
 * before the first byte of the answer. What must not be sent twice therefore gets a connection of its own, or that of
 * the one before, where that is known well enough (kept), and no repeat. */
#ifndef RESTSRC_CONNECTION_H
#define RESTSRC_CONNECTION_H

#include <stdbool.h>

#include "http/head.h"
#include "http/kept.h"

struct connection {
    void *easy;  /* CURL * */
    bool fresh;  /* the request has a connection of its own */
    bool keeps;  /* it must not be sent twice, and its connection may carry the next one */
    bool reused; /* it goes over the connection that the last one has left */
    struct kept kept;
};

/* easy: the CURL * of the requests, which must outlive it. */
void connection_init(struct connection *c, void *easy);
void connection_free(struct connection *c);

/* For the next request. serial: no other is under way meanwhile. */
void connection_choose(struct connection *c, bool repeatable, bool serial);
/* libcurl is about to send it, or to repeat it, over the connection with this local port. */
bool connection_may_send(struct connection *c, int local_port);
/* The headers of an answer have come: does the connection stay open? */
void connection_heed(struct connection *c, const struct head *head);
/* libcurl is done with the request. */
void connection_ended(struct connection *c);
/* Is one kept open that the next request may go over? One that has waited for too long is closed. */
bool connection_is_kept(struct connection *c);
/* The request, sent so often, has failed without an answer: is it certain that the server has got nothing of it? */
bool connection_was_unused(struct connection *c, unsigned sent);

#endif
