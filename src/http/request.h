/* request: what is sent, apart from what all requests have in common. */
#ifndef RESTSRC_REQUEST_H
#define RESTSRC_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"

enum method {
    METHOD_NOT_GIVEN = -1,
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_HEAD,
    METHOD_OPTIONS,
};

/* What all requests of a run are made of. */
struct request_options {
    char *url, *base_url; /* base_url: before a url that begins with / */
    struct list header;   /* 'NAME: VALUE', or @FILE */
    size_t typed_headers; /* so many of them, the first ones, stand on the command line, where everybody can see them */
    struct list query;    /* NAME=VALUE */
    struct list on;       /* WHEN=ACTION: json/rules */
    enum method method;
    char *data;
    char *base_data; /* a preset's; NULL: none, or data is the preset's itself */
    size_t data_len; /* data may hold NUL bytes */
    bool compressed;
    char *user_agent;
};

struct request {
    struct buf url;
    struct buf headers; /* 'Name: value' lines, each ended by '\n'; they come on top of --header */
    struct buf body;
    enum method method;
    const char *content_type; /* of the body, unless --header has one; NULL: application/json */
    bool repeatable; /* sending it twice does no harm, so it is tried again even when the server may have taken it */
};

/* --method, or what goes with --data. */
enum method request_options_method(const struct request_options *o);
/* Does --header say that the body is a form (application/x-www-form-urlencoded)? */
bool request_sends_form(const struct request_options *o);
/* The URL with --query. -1: EXIT_USAGE. */
int request_url(const struct request_options *o, struct buf *url, struct error *e);

void request_clear(struct request *r); /* url, headers and body emptied */
void request_free(struct request *r);

const char *request_method(enum method method); /* as HTTP writes it */

#endif
