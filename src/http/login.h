/* login: credentials that have to be fetched before a request can be sent: OAuth 2 tokens, or what a program prints. Of
 * the processes of the user on this machine that want the same ones, one fetches them; the others get them, or learn of
 * its failure, through a locked file. Nothing here waits: the one who runs the event loop asks again. */
#ifndef RESTSRC_LOGIN_H
#define RESTSRC_LOGIN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"
#include "http/command.h"
#include "http/oauth.h"
#include "http/retry.h"
#include "http/token.h"

enum login_phase { LOGIN_IDLE, LOGIN_LOCKING, LOGIN_ASKING, LOGIN_PAUSED };

/* A file that processes share. */
struct login_file {
    int fd;       /* -1: not open */
    bool settled; /* it is locked, or cannot be, or not in time */
    int result;   /* then: 0, CACHE_BUSY, CACHE_NONE */
};

struct login {
    struct client *client;
    void *multi;                 /* CURLM * */
    struct buf key, refresh_key; /* what the credentials are good for; whose refresh token it is */
    struct buf lines;            /* the headers to send, each ended by '\n'; empty: none yet */
    struct token token;
    bool spent;    /* the token was refused */
    bool cached;   /* it was another process that asked for it, perhaps long ago */
    bool worked;   /* the server has taken it */
    bool doubtful; /* the one before was renewed without having worked */
    /* How it is fetched: */
    enum login_phase phase;
    struct retry_policy retry;
    struct login_file file, refresh_file;
    struct oauth oauth;
    struct command command;
    struct token found;           /* what is in the file, and then what was answered */
    struct token_failure failure; /* of the last try */
    bool ended;                   /* the request has, with this CURLcode */
    int code;
    double since;      /* when this try began, in seconds since the epoch */
    double began, due; /* the same, and when the next may begin, of io_clock() */
    double waited;     /* all pauses so far */
    unsigned tries;
};

/* c, which client_init() has set up, and multi must outlive it. */
void login_init(struct login *l, struct client *c, void *multi);
void login_free(struct login *l);

/* Has anything to be fetched at all? */
bool login_is_wanted(const struct login *l);
/* 1: login_lines() are what to send. 0: not yet: to be asked again after *wait seconds, or when multi has news. -1:
 * there are none to be had: EXIT_DENIED when they were refused, EXIT_REFUSED, EXIT_UNAVAILABLE, EXIT_ANSWER; whoever
 * asks again starts anew. Tells warnings and retries. */
int login_get(struct login *l, double *wait, struct error *e);
const char *login_lines(struct login *l);
/* The transfer of multi whose CURLINFO_PRIVATE is NULL has ended with this CURLcode. */
void login_ended(struct login *l, int code);

/* The credentials before were refused without ever having worked, and these have not worked yet: one request alone
 * tries them, for a server may give tokens that are good for few requests. */
bool login_on_trial(const struct login *l);
/* Are these the lines that the next request would have? */
bool login_is_current(const struct login *l, const char *lines);
/* Are they from an earlier process? Then what they may do may have changed. */
bool login_is_cached(const struct login *l, const char *lines);
/* The server took them. */
void login_worked(struct login *l, const char *lines);
/* The server refused them with 401: can there be others? Then the next login_get() gets them. Of those that never
 * worked one only is renewed; a token that did has expired. */
bool login_renew(struct login *l, const char *refused);

#endif
