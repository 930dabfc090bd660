/* token: an OAuth 2 token as JSON: as it is answered (RFC 6749, section 5.1) and as it is kept. Pure. */
#ifndef RESTSRC_TOKEN_H
#define RESTSRC_TOKEN_H

#include <stddef.h>

#include "base/buf.h"

/* A zeroed struct is not a token. */
struct token {
    struct buf access_token, refresh_token;
    double expires; /* when to get a new one, in seconds since the epoch: a minute early; 0: not said */
};

/* The answer of a token URL. -1: it has no access_token. A refresh token stays when the answer has none. */
int token_read(const char *json, size_t n, double now, struct token *token);
/* What token_save() made; anything else is not a token. */
void token_load(const char *json, size_t n, struct token *token);
void token_save(const struct token *token, struct buf *out);
void token_free(struct token *token);

#endif
