/* auth: credentials: where they come from, the Authorization header of a request, and OAuth 2 tokens (RFC 6749,
 * sections 4.4 and 6), which the processes of the user on this machine share. It also knows every secret by its value,
 * to keep it out of messages. */
#ifndef RESTSRC_AUTH_H
#define RESTSRC_AUTH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "http/secret.h"

/* Posts a form to the token URL, once. user and password: for HTTP Basic, or NULL. status: of the answer. -1: no
 * answer. */
typedef int (*auth_fetch)(void *ctx, const char *url, const char *user, const char *password, const struct buf *form,
                          struct buf *answer, long *status, struct error *e);

struct auth {
    const struct options *options;
    char *user, *password; /* HTTP Basic, or the key pair of SigV4; NULL: none */
    char *bearer, *client_secret;
    char *refresh_token;    /* the latest */
    struct buf key;         /* what a cached token is good for: two processes that agree in this share it */
    struct buf token;       /* OAuth's access token; empty: none yet */
    double expires;         /* when to get a new one, in seconds since the epoch; 0: not said; -1: at once */
    bool worked;            /* the server has taken it */
    bool doubtful;          /* the one before was renewed without having worked */
    struct secrets secrets; /* every secret value */
    struct buf warning;     /* lines, for the caller to tell and clear; they come up at any time */
};

/* Reads the secret files. EXIT_NO_FILE, EXIT_CONFIG or EXIT_USAGE. o must outlive a. Free with auth_free(), also after
 * a failure. */
int auth_init(struct auth *a, const struct options *o, struct error *e);
void auth_free(struct auth *a);

/* The value of the Authorization header for the next request, appended to value; nothing when there is none. -1: no
 * token to be had: EXIT_DENIED when the server refused one, EXIT_REFUSED, EXIT_UNAVAILABLE, EXIT_ANSWER. The lock that
 * makes one of many processes ask is held only while this runs. */
int auth_value(struct auth *a, auth_fetch fetch, void *ctx, struct buf *value, struct error *e);

/* The server took this value. */
void auth_worked(struct auth *a, const char *value);
/* The server refused this value with 401: can there be another one? Then the next auth_value() gets it. Of tokens that
 * never worked one only is renewed; a token that did has expired. */
bool auth_renew(struct auth *a, const char *refused);

#endif
