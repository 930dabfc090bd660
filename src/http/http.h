/* http: one HTTP request with curl's easy interface: options, headers, credentials, and its answer. Only this file,
 * failure.c, oauth.c, transfer.c and url.c include curl. */
#ifndef RESTSRC_HTTP_H
#define RESTSRC_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/auth.h"
#include "http/ca.h"
#include "http/charset.h"
#include "http/gzip.h"
#include "http/head.h"
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
    bool trace_ids, verbose, keep_origin;
};

/* What requests need to know. Nothing of it is owned. */
struct http_options {
    const struct request_options *request;
    const struct auth_options *auth;
    const struct network_options *network;
};

/* What all requests of a process have in common. */
struct http_client {
    struct http_options options;
    struct auth auth;
    char *cacert, *proxy_cacert; /* as those of the options; can be read again, also where a pipe was given */
    struct ca ca;                /* the authorities without --cacert */
    struct curl_slist *headers, *last_header; /* --header, and our own where that has none */
    bool has_type, has_auth;                  /* --header has a Content-Type, an Authorization */
    void *shared;                             /* CURLSH *: cookies; NULL: --header has a Cookie */
    unsigned generation;                      /* how often credentials were read again and were others */
    unsigned char trace[16];                  /* --trace-ids */
    unsigned short random[3];                 /* for erand48() */
    /* The caller's: something to tell people, as in transfer.h. NULL: nobody listens. */
    void (*note)(void *ctx, bool verbose, const char *line);
    void *ctx;
};

/* What o points to must outlive it. Free with http_client_free(), also after a failure. */
int http_client_init(struct http_client *c, const struct http_options *o, struct error *e);
void http_client_free(struct http_client *c);
/* Reads the files of credentials again, which another program may have renewed. false: nothing has changed. */
bool http_client_renew(struct http_client *c);
/* Tells each line of text, masked; or what warnings there are. */
void http_client_tell(const struct http_client *c, bool verbose, const struct buf *text);
void http_client_warn(struct http_client *c);

/* libcurl's memory comes from mem.h from now on: before its first use in the process. */
void http_start(void);

/* One request at a time. */
struct http {
    struct http_client *client;
    void *easy; /* CURL * */
    /* The caller's: takes the body; of every answer or of 2xx only. -1 breaks off, then `stopped` is set. */
    int (*sink)(void *user, const char *bytes, size_t n);
    void *user;
    bool any_status, stopped;
    struct buf authorization; /* to send, set before http_prepare(); empty: none */
    unsigned generation;      /* of the credentials that were sent */
    bool foreign;  /* the caller's: the request goes to another origin than ours, and no credentials go along */
    bool endless;  /* the caller's: the body may be of any length, but has to bring something */
    unsigned sent; /* how often libcurl has begun to send the request: it repeats it by itself when a reused connection
                      dies */
    /* The rest is private. */
    struct curl_slist *headers, *last_header;
    char trace[56]; /* the traceparent sent */
    struct buf error_body;
    char curl_error[256];
    int refused; /* the CURLcode of an option's text that libcurl does not take, such as one of more than 8 MB */
    struct head head;
    bool begun;         /* the body */
    bool fresh;         /* the request has a connection of its own */
    bool turned_away;   /* the server has said, in HTTP/2, that it did not take it */
    const char *broken; /* why it was broken off, when that was not the sink */
    size_t raw;         /* bytes of it as they came; where it is endless, those that brought nothing */
    struct gunzip gunzip;
    struct charset charset;
};

void http_open(struct http *h,
               struct http_client *c); /* may be wrong with an option: the first http_prepare() says so */
void http_close(struct http *h);

/* Makes the next request ready to be performed, with h->authorization. */
int http_prepare(struct http *h, const struct request *r, struct error *e);

/* For oauth.c: a URL as it is sent, past the proxy where the environment says so. */
int http_set_url(struct http *h, const char *url, struct error *e);

/* ---- about the last answer ---- */

long http_status(const struct http *h); /* 0: none */
/* As head_find(). */
const char *http_header(const struct http *h, const char *name, const char *previous);
/* Seconds for which the server wants no request, by Retry-After or, where it has none that can be read and nothing
 * remains, by RateLimit headers; 0: it does not say. */
double http_pause(const struct http *h);
/* Is there an answer, with a status and all of its headers? */
bool http_has_answer(const struct http *h);
/* A transfer that libcurl finds complete: is something missing all the same? libcurl does not look. body: how many
 * bytes were to be sent. -1: EXIT_UNAVAILABLE. */
int http_check_whole(const struct http *h, size_t body, struct error *e);
/* Does only the end of the connection say where its body ends? Then a cut looks the same. */
bool http_has_open_end(const struct http *h);

const char *http_library(void);

#endif
