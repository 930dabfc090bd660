/* origin: where requests may go, whatever names the URL (a link, a redirect, an option, a record): to the origin that
 * we were given, and to trusted hosts. */
#ifndef RESTSRC_ORIGIN_H
#define RESTSRC_ORIGIN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "http/client.h"

/* Same scheme, host and port? false when one of them is not a URL. */
bool origin_is_same(const char *a, const char *b);

/* Is url of the origin of base, its host by https where base is http, or on one of these hosts (--trust-host)? Those
 * not over http where base is https: what must not be read on the way is not sent in the clear. */
bool origin_allows(const struct list *trusted, const char *base, const char *url);
/* Do our credentials go there? Of the same origin, or from http to https of the same host, at the usual ports. */
bool origin_is_ours(const char *base, const char *url);
/* Does a redirect from one URL to the other lead to a page where people log in? */
bool origin_is_login(const char *from, const char *to);
/* When url differs from the origin of base only by http for https, makes it https; otherwise false. */
bool origin_upgrade(const char *base, struct buf *url);

/* Where a link of the server's leads from base. With --keep-origin, the origin is that of base, and a path that base's
 * path ends with is that path. 1: it said http, and https is used, as for servers behind a proxy. -1:
 * EXIT_ANSWER: it is not a URL, or not an allowed one. */
int origin_link(const struct http_options *o, const char *base, const char *reference, struct buf *to, struct error *e);

#endif
