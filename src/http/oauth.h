/* oauth: OAuth 2 tokens (RFC 6749, sections 4.4 and 6), asked for at the token URL over HTTP, again by the policy of
 * --retry, and shared by the processes of the user on this machine. */
#ifndef RESTSRC_OAUTH_H
#define RESTSRC_OAUTH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"

struct oauth {
    struct client *client;
    struct auth *auth; /* of client */
    struct buf key;    /* what a cached token is good for: two processes that agree in this share it */
    struct buf token;  /* the access token; empty: none yet */
    double expires;    /* when to get a new one, in seconds since the epoch; 0: not said; -1: at once */
    bool cached;       /* it was another process that asked for it, perhaps long ago */
    bool worked;       /* the server has taken it */
    bool doubtful;     /* the one before was renewed without having worked */
    /* About the last try at the token URL: */
    bool may_pass;
    double pause; /* seconds that the server asked for */
};

/* c, which client_init() has set up, must outlive it. */
void oauth_init(struct oauth *a, struct client *c);
void oauth_free(struct oauth *a);

/* The value of the Authorization header of the next request, appended; nothing without --oauth-token-url. Everything
 * else waits meanwhile, for nothing can be sent without it; a signal ends it. Tells warnings and retries. -1: no token
 * to be had: EXIT_DENIED when the server refused one, EXIT_REFUSED, EXIT_UNAVAILABLE, EXIT_ANSWER. The lock that makes
 * one of many processes ask is held only while one try runs. */
int oauth_authorize(struct oauth *a, struct buf *authorization, struct error *e);

/* The token before was refused without ever having worked, and this one has not worked yet: one request alone tries it,
 * for a server may give tokens that are good for few requests. */
bool oauth_on_trial(const struct oauth *a);
/* Is it the value that the next request would have? */
bool oauth_is_current(const struct oauth *a, const char *authorization);
/* Was this value asked for by an earlier process? Then what it may do may have changed. */
bool oauth_is_cached(const struct oauth *a, const char *authorization);
/* The server took this value. */
void oauth_worked(struct oauth *a, const char *authorization);
/* The server refused this value with 401: can there be another one? Then the next oauth_authorize() gets it. Of tokens
 * that never worked one only is renewed; a token that did has expired. */
bool oauth_renew(struct oauth *a, const char *refused);

#endif
