/* url: URLs, with libcurl's URL API. Includes curl. */
#ifndef RESTSRC_URL_H
#define RESTSRC_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/pair.h"
#include "json/path.h"

/* A URL that a person gave, made fit to send: http or https, no fragment, bytes that no URL may hold percent-encoded
 * (a space is %20). Sets url. -1: EXIT_USAGE. */
int url_accept(const char *text, struct buf *url, struct error *e);

/* Does text name a host without a scheme: api.example.com/v1, localhost:8080, but not a bare word? Then the scheme that
 * belongs in front of it: https://, or http:// for this machine. Else NULL. */
const char *url_missing_scheme(const char *text);

/* Does it begin with https: ? */
bool url_is_secure(const char *url);

/* libcurl takes no URL of more than 8 MB. -1: EXIT_ANSWER. */
int url_check_length(const char *url, struct error *e);

/* Adds each of these NAME=VALUE to the query of url. -1: EXIT_USAGE. */
int url_add_queries(struct buf *url, char *const *queries, size_t count, struct error *e);
/* Adds name=value to the query of url, percent-encoded once as opaque bytes. */
void url_add_query(struct buf *url, const char *name, const char *value, size_t value_len);
/* Where the query of url begins, with its '?'; the end of url when it has none. */
const char *url_queries(const char *url);
/* The query parameters one by one, decoded: *rest is url_queries() at first. false: no more. */
bool url_next_query(const char **rest, struct buf *name, struct buf *value);
/* The value of the first query parameter of that name, decoded; false when there is none. */
bool url_query(const char *url, const char *name, struct buf *value);
/* The same for a pair, in the place of all parameters of its name. */
void url_set_query(struct buf *url, const struct pair *pair);
/* The same in the body of a form. */
void url_set_field(struct buf *form, const char *name, const char *value, size_t value_len);
/* Drops every query parameter of that name (compared after decoding). */
void url_drop_query(struct buf *url, const char *name);
/* The same for the names of these NAME=VALUE. */
void url_drop_queries(struct buf *url, char *const *queries, size_t count);
/* Adds "/segment" to the path, after dropping its trailing slash. */
int url_add_segment(struct buf *url, const char *segment, struct error *e);

/* Where reference leads from base (RFC 3986, section 5). -1 when that is not a URL. */
int url_resolve(const char *base, const char *reference, struct buf *url);
/* scheme://host:port of url, appended; nothing when that is not a URL. */
void url_origin(const char *url, struct buf *out);

/* The user info of url, decoded; false when it has none. */
bool url_user(const char *url, struct buf *name, struct buf *password);
/* What percent-encoded text stands for; takes the place of what plain holds. */
void url_unescape(const char *text, size_t len, struct buf *plain);

#endif
