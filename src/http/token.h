/* token: credentials that were fetched, as JSON: as they are answered (RFC 6749, section 5.1) and as they are kept,
 * with what went wrong when there were none to be had. Pure. */
#ifndef RESTSRC_TOKEN_H
#define RESTSRC_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* A zeroed struct is not a token. */
struct token {
    struct buf access_token, refresh_token;
    double expires; /* when to get a new one, in seconds since the epoch: a minute early; 0: not said */
};

/* A try that brought none. A zeroed struct: there was no such try. */
struct token_failure {
    double at;    /* when it ended, in seconds since the epoch */
    double pause; /* seconds that the server asked for */
    bool may_pass;
    struct error error;
};

/* The answer of a token URL. -1: it has no access_token. A refresh token stays when the answer has none. */
int token_read(const char *json, size_t n, double now, struct token *token);
/* What token_save() made; anything else is not a token, nor a failure. */
void token_load(const char *json, size_t n, struct token *token, struct token_failure *failure);
/* failure: NULL: there is none. Appends. */
void token_save(const struct token *token, const struct token_failure *failure, struct buf *out);
void token_free(struct token *token);

#endif
