/* ask: one request at a time, which returns its answer: for commands that look before they read. */
#ifndef RESTSRC_ASK_H
#define RESTSRC_ASK_H

#include "http/transfer.h"
#include "pages/paginate.h"
#include "json/split.h"

/* Requests may be made by the caller's own window, several at a time, before they are asked for in their turn. */
enum ask_when {
    ASK_NOW,
    ASK_LATER, /* the request is only made ready, and counts as one that has failed */
    ASK_DONE   /* it has been made, with ask_ops, and its answer is here */
};

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

    enum ask_when when;
    bool wanted; /* with ASK_LATER: there is a request */

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
/* The same for a plain GET of url. */
int ask_get(struct ask *p, const char *url, const struct path *places);

/* About the answer. */
struct answer ask_answer(struct ask *p);
/* The target of the link with that relation, made absolute; false when there is none. */
bool ask_link(struct ask *p, const char *relation, struct buf *url);

#endif
