/* ask: one request at a time, which returns its answer: for commands that look before they read. */
#ifndef RESTSRC_ASK_H
#define RESTSRC_ASK_H

#include "http/transfer.h"
#include "pages/paginate.h"
#include "json/split.h"

struct ask {
    struct http_options http;
    struct transfer *transfer;
    struct transfer_stats stats;
    void (*note)(void *ctx, bool verbose, const char *line);
    void *ctx;

    bool once;  /* a request that fails is not tried again */
    bool guess; /* nor is 500: the URL may be none of the server's */
    bool lines; /* NDJSON is welcome */
    bool first; /* the next request asks for the beginning of a list: a rule may say that it is empty */
    bool raw;   /* the request is a call: an answer of any status is welcome, of any kind, and `body` is its bytes */

    struct request request; /* to make next */
    bool asked, guessed;
    const struct path *places; /* where records are; NULL: all is envelope */

    /* the answer */
    struct split split;
    struct buf records, envelope; /* NDJSON; compact JSON */
    struct buf body;              /* with raw */
    struct buf made;              /* all requests so far: lines of method, URL without secrets, and status */
    size_t bytes;
    const struct exchange *exchange; /* for answer_header() */
    bool failed;
    bool empty;      /* a rule says that the list is */
    bool no_content; /* 204 or 205 */
    struct error error;
};

/* Callbacks of transfer; ctx is the struct ask. */
extern const struct transfer_ops ask_ops;

/* The members up to ctx are set, in a zeroed struct, but for transfer. */
int ask_init(struct ask *p, struct error *e);
void ask_free(struct ask *p);

/* Makes p->request. places: see above; they must outlive the answer. -1: it failed, p->error says why; or the JSON is
 * wrong. */
int ask_request(struct ask *p, const struct path *places);
/* The same for a caller that makes it by a window of its own, with ask_ops: it only is made ready. */
void ask_ready(struct ask *p, const struct path *places);
/* p->request becomes a plain GET of url; ask_get() makes it, too. */
void ask_to_get(struct ask *p, const char *url);
int ask_get(struct ask *p, const char *url, const struct path *places);

/* About the answer. */
struct answer ask_answer(struct ask *p);
/* The target of the link with that relation, made absolute; false when there is none. */
bool ask_link(struct ask *p, const char *relation, struct buf *url);

#endif
