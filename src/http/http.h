/* http: one HTTP request with curl's easy interface: options, headers, credentials, and its answer. */
#ifndef RESTSRC_HTTP_H
#define RESTSRC_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"
#include "http/connection.h"
#include "http/incoming.h"
#include "http/request.h"

struct curl_slist;

/* One request at a time. */
struct http {
    struct client *client;
    void *easy;               /* CURL * */
    struct incoming in;       /* the answer; the caller sets what takes it */
    struct buf authorization; /* headers to send, each ended by '\n', set before http_prepare() */
    unsigned generation;      /* of the credentials that were sent */
    bool foreign; /* the caller's: the request goes to another origin than ours, and no credentials go along */
    struct connection connection;
    bool serial;    /* the caller's: no other request is under way meanwhile, so one connection can carry them all */
    unsigned sent;  /* how often libcurl has begun to send the request: it repeats it by itself when a reused connection
                       dies */
    int local_port; /* of the connection that it was sent over; 0: not yet */
    double sent_at; /* when, of io_clock() */
    /* The rest is private. */
    struct curl_slist *headers, *last_header;
    char trace[56]; /* the traceparent sent */
    char tls[80];   /* version and cipher of a connection that was opened for it; not always told */
    char curl_error[256];
    int refused;      /* the CURLcode of an option's text that libcurl does not take, such as one of more than 8 MB */
    bool challenged;  /* the last answer was the challenge of HTTP Digest */
    bool turned_away; /* the server has said, in HTTP/2, that it did not take it */
};

void http_open(struct http *h, struct client *c); /* may be wrong with an option: the first http_prepare() says so */
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
/* So many seconds passed between the request and the beginning of its answer. */
double http_waited(const struct http *h);
/* Where a connection was opened for it: its address, HTTP and TLS, for people. Appended. */
void http_connection(const struct http *h, struct buf *line);
/* Does only the end of the connection say where its body ends? Then a cut looks the same. */
bool http_has_open_end(const struct http *h);

const char *http_library(void);

#endif
