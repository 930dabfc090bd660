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
    struct buf headers; /* in the place of an access token: lines, each ended by '\n' */
    double expires;     /* when to get a new one, in seconds since the epoch: a minute early; 0: not said */
};

/* A try that brought none. A zeroed struct: there was none. */
struct token_failure {
    double at;    /* when it ended, in seconds since the epoch */
    double pause; /* seconds that the server asked for */
    bool may_pass;
    struct error error;
};

/* The answer of a token URL: JSON, or a form. path: where the token is; NULL: access_token; "$": it is the answer.
 * -1: it is not there. A refresh token stays when the answer has none. */
int token_read(const char *answer, size_t n, const char *path, double now, struct token *token);
/* What --auth-command printed: header lines, or {"headers": {NAME: VALUE}, "expires_in": N}, or as a token URL answers.
 * -1: none of these. */
int token_read_command(const char *text, size_t n, double now, struct token *token);
/* What an answer without a token has instead, in a few words: an error (true), or the names of its members. */
bool token_instead(const char *answer, size_t n, char *detail, size_t room);
/* Empties what is to be told of an answer where it may be a token, or have one in it. */
void token_conceal(const char *answer, size_t n, char *detail);

/* What stays the same in all JWTs that are made for one purpose (not exp, iat, nbf, jti), appended; nothing of what is
 * not a JWT. */
void token_claims(const char *jwt, struct buf *out);
/* Calls found() for every text in JSON with the name that it stands under. */
void token_texts(const char *json, size_t n, void (*found)(void *ctx, const char *name, const char *value), void *ctx);

/* What token_save() made; anything else is not a token, nor a failure. */
void token_load(const char *json, size_t n, struct token *token, struct token_failure *failure);
/* failure: NULL: there is none. Appends. */
void token_save(const struct token *token, const struct token_failure *failure, struct buf *out);
void token_free(struct token *token);

#endif
