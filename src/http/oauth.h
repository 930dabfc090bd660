/* oauth: one request for an OAuth 2 token (RFC 6749, sections 4.4 and 6) at the token URL, beside the other transfers.
 */
#ifndef RESTSRC_OAUTH_H
#define RESTSRC_OAUTH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"
#include "http/http.h"
#include "http/token.h"

/* A zeroed struct is not a request. */
struct oauth {
    struct client *client; /* while a request is under way */
    void *multi;
    struct http http;
    struct buf form, answer;
    bool refreshes; /* by a refresh token */
};

/* What a token is good for, appended: two processes that agree in this share it. */
void oauth_key(const struct client *c, struct buf *key);

/* Sends the request over multi (a CURLM *), where it is the one whose CURLINFO_PRIVATE is NULL. refresh_token: NULL:
 * the client's own credentials. c and multi must outlive it. -1: it could not begin. */
int oauth_begin(struct oauth *o, struct client *c, void *multi, const char *refresh_token, struct error *e);
/* The request has ended with this CURLcode. 0: token has what was answered; -1: why says how it failed. */
int oauth_end(struct oauth *o, int code, struct token *token, struct token_failure *why);
/* Whatever is under way is given up. */
void oauth_drop(struct oauth *o);

#endif
