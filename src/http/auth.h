/* auth: credentials: where they come from. It also knows every secret by its value, to keep it out of messages. */
#ifndef RESTSRC_AUTH_H
#define RESTSRC_AUTH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "http/secret.h"

enum oauth_auth { OAUTH_BASIC, OAUTH_BODY };

struct auth_options {
    char *bearer, *bearer_file, *user, *user_file; /* NAME and NAME_file: the secret itself, or where it is */
    bool digest, netrc;
    char *netrc_file;
    struct list query_secret;      /* NAME=VALUE */
    struct list query_secret_file; /* NAME=FILE, of those that are read from a file: for --dry-run */
    char *oauth_token_url, *oauth_client_id, *oauth_client_secret, *oauth_client_secret_file;
    char *oauth_refresh_token, *oauth_refresh_token_file, *oauth_scope, *oauth_audience;
    enum oauth_auth oauth_auth;
    struct list oauth_param;
    char *oauth_data, *oauth_token_path;
    bool oauth_write_refresh_token;
    char *auth_command;
    char *cert, *key, *key_password, *key_password_file, *aws_sigv4;
};

struct auth {
    const struct auth_options *options;
    char *user, *password; /* HTTP Basic, or the key pair of SigV4; NULL: none */
    bool user_of_url;      /* they are those of the URL */
    char *bearer, *client_secret, *key_password;
    char *cert, *key, *netrc_file; /* NULL: none; names that can be read again, also where a pipe was given */
    char *refresh_token;           /* the latest; login.c keeps it so */
    struct buf oauth_data;         /* the body of a token request; empty: not given */
    struct secrets secrets;        /* every secret value */
    struct buf warning;            /* lines, for the caller to tell and clear; they come up at any time */
};

/* Is there a token, by which {token} in a --header is filled? */
bool auth_options_give_token(const struct auth_options *o);

/* Reads the secret files. EXIT_NO_FILE, EXIT_CONFIG or EXIT_USAGE. o must outlive a. Free with auth_free(), also after
 * a failure. */
int auth_init(struct auth *a, const struct auth_options *o, struct error *e);
/* Name and password of url, if it has some, take the place of others: links and redirects within its origin don't
 * repeat them. An error where --digest then has nobody to log in. */
int auth_take_url(struct auth *a, const char *url, struct error *e);
/* Reads --bearer-file and --user-file again, if they are not pipes. true: they hold something else now. */
bool auth_renew(struct auth *a);
void auth_free(struct auth *a);

#endif
