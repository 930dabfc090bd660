/* client: what all requests of a process have in common: the options of the network, headers, credentials, cookies. */
#ifndef RESTSRC_CLIENT_H
#define RESTSRC_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/auth.h"
#include "http/ca.h"
#include "http/rate.h"
#include "http/request.h"

struct curl_slist;

struct network_options {
    double connect_timeout, max_time, speed_time; /* seconds */
    int64_t speed_limit;                          /* bytes per second */
    int64_t retry;
    double retry_delay, retry_max_time; /* seconds; negative: not given */
    int64_t max_redirs, max_page_bytes;
    char *cacert, *proxy, *proxy_cacert, *rate;
    bool http1; /* HTTP/1.1 alone */
    enum rate_scope rate_scope;
    struct list trust_host;
    bool location_trusted; /* credentials go to trusted hosts, too */
    bool trace_ids, verbose, headers /* verbose twice */, keep_origin;
};

/* What requests need to know. Nothing of it is owned. */
struct http_options {
    const struct request_options *request;
    const struct auth_options *auth;
    const struct network_options *network;
    /* What is to be sent first goes there, as commands of curl, and is not sent: the run ends. NULL: it is. */
    void (*dry)(const char *commands);
};

/* What all requests of a process have in common. */
struct client {
    struct http_options options;
    struct auth auth;
    char *cacert, *proxy_cacert; /* as those of the options; can be read again, also where a pipe was given */
    struct ca ca;                /* the authorities without --cacert */
    struct curl_slist *headers, *last_header; /* --header, and our own where that has none */
    struct curl_slist *token_headers;         /* those of --header with {token}, where there is a token */
    bool has_type, has_auth;                  /* --header has a Content-Type, an Authorization */
    void *shared;                             /* CURLSH *: cookies; NULL: --header has a Cookie */
    unsigned generation;                      /* how often credentials were read again and were others */
    unsigned char trace[16];                  /* --trace-ids */
    unsigned short random[3];                 /* for erand48() */
    /* The caller's: something to tell people, as in transfer.h. NULL: nobody listens. */
    void (*note)(void *ctx, bool verbose, const char *line);
    void *ctx;
};

/* What o points to must outlive it. Free with client_free(), also after a failure. */
int client_init(struct client *c, const struct http_options *o, struct error *e);
void client_free(struct client *c);
/* Reads the files of credentials again, which another program may have renewed. false: nothing has changed. */
bool client_renew(struct client *c);
/* The headers that carry the token: those with {token}, else Authorization: Bearer. Lines, each ended by '\n',
 * appended.
 */
void client_add_token(const struct client *c, const char *token, struct buf *lines);
/* HTTP/1.1 alone? HTTP/2 through a proxy that speaks TLS stalls: libcurl does not see what is left in the buffer of the
 * outer TLS (its issue 6936). */
bool client_speaks_http1(const struct client *c);
/* Tells each line of text, masked; or what warnings there are. */
void client_tell(const struct client *c, bool verbose, const struct buf *text);
void client_warn(struct client *c);

/* curl_slist_append(), which goes through the whole list each time, from `last` on: its end or NULL. The new end. */
struct curl_slist *client_append(struct curl_slist **list, struct curl_slist *last, const char *line);

/* libcurl's memory comes from mem.h from now on: before its first use in the process. */
void client_start(void);

#endif
