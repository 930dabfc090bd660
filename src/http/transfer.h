/* transfer: a window of HTTP requests over curl's multi interface: retry, back-off, redirects within the origin, and
 * completion in the order of the requests. The caller is asked for requests and given answers by callbacks:
 *
 *     static int on_next(void *ctx, struct exchange *x, struct error *e)
 *     {
 *         struct pages *p = ctx;
 *         if (p->asked == 10)
 *             return TRANSFER_NONE;
 *         request_clear(&x->request);
 *         buf_addf(&x->request.url, "https://api.example.com/orders?page=%d", ++p->asked);
 *         x->request.repeatable = true;
 *         x->offset = -1;
 *         return TRANSFER_READY;
 *     }
 *     ...
 *     struct transfer_ops ops = {.next = on_next, .begin = on_begin, .data = on_data, .whole = on_whole,
 *                                .done = on_done, .note = on_note};
 *     struct transfer *t = transfer_new(&http, 4, &stats, e);    up to four requests under way
 *     int result = t ? transfer_run(t, &ops, &pages, e) : -1;    on_done() is called for page 1, 2, 3...
 *     transfer_free(t);
 */
#ifndef RESTSRC_TRANSFER_H
#define RESTSRC_TRANSFER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"
#include "http/exchange.h"

struct transfer;

/* What o points to, and stats, must outlive it. NULL with an error: a header or file is wrong. */
struct transfer *transfer_new(const struct http_options *o, unsigned parallel, struct transfer_stats *stats,
                              struct error *e);
void transfer_free(struct transfer *t);

/* Runs until next() has no more and all is done, or TRANSFER_STOP. -1: error; or a signal came, then e->quiet. */
int transfer_run(struct transfer *t, const struct transfer_ops *ops, void *ctx, struct error *e);

/* For done(): what the answer refused for a reason that passes is to be sent again as try number `retry` (from 1),
 * after the seconds that it asked for (0: none), the header Retry-After or the usual delay. false: that is one too
 * many. The request may be changed; then TRANSFER_AGAIN. */
bool transfer_again(struct exchange *x, unsigned retry, double after);

/* For done(): what becomes of another exchange of the window does not count any more. It is not sent, or broken off,
 * and handed to done() in its turn, failed. */
void transfer_drop(struct transfer *t, unsigned slot);

/* For idle(): lets the requests go on until fd may be written to, or something else happens. */
void transfer_wait(struct transfer *t, int fd);

/* Status and headers of the last answer of x, a line each, as HTTP has them, with *** for secrets. Appends. */
void transfer_head(const struct exchange *x, struct buf *out);

/* A header of the last answer of x: the first of that name, or the next after the one of which previous is the value;
 * or NULL. Valid until the exchange is sent again. */
const char *transfer_header(const struct exchange *x, const char *name, const char *previous);

/* The linked libcurl and what it is built with. */
const char *transfer_library(void);

/* Puts *** for every secret in text, in place. To be done before a text of the server's is cut short. */
void transfer_mask(const struct exchange *x, char *text);
/* Is one of the secrets in text? */
bool transfer_hides(const struct transfer *t, const char *text);

/* Says in e where it happened: the redacted URL, status and offset of x. */
void transfer_locate(const struct exchange *x, struct error *e);

#endif
