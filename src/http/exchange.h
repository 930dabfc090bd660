/* exchange: one request and its answer, and what is asked of the one who has requests. */
#ifndef RESTSRC_EXCHANGE_H
#define RESTSRC_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/request.h"
#include "json/rules.h"

struct transfer_ops;

/* One request and its answer. The caller fills request and offset; the rest is for reading. */
struct exchange {
    struct request request;
    /* Whose begin, data, said, whole and matters are called for it: those of the window, unless next() puts others
     * here. */
    const struct transfer_ops *ops;
    void *ctx;
    bool nothing;   /* set by next(): there is nothing to send; done() comes in its turn all the same */
    double delay;   /* seconds before it is sent again: transfer_again() sets it */
    bool spent;     /* set by the caller: part of the answer has been used, so there is no second try */
    bool unsettled; /* it failed, and the server may or may not have acted on it */
    int64_t offset; /* the first record asked for, for messages; -1: none */
    unsigned slot;  /* which place in the window: 0 .. parallel - 1; the caller keeps its page by it */
    long status;    /* of the last attempt; 0: no answer */
    size_t bytes;   /* of the body, decompressed, that data() was given */
    bool open_end;  /* only the end of the connection says where the body ends */
    bool first;     /* set by the caller: a list begins here, and a rule may say that it is empty */
    bool failed;    /* after the retries; then error says why */
    /* What the rules made of the answer: RULE_NONE, _OK, _EMPTY or _PARTIAL, where it has not failed; else perhaps
     * RULE_REJECT. And the rule, or NULL. */
    enum rule_action action;
    const struct rule *rule;
    struct error error;
    struct attempt *attempt; /* private */
};

enum transfer_next {
    TRANSFER_DONE,  /* on to the next exchange */
    TRANSFER_AGAIN, /* request was changed: send this one again in the same place */
    TRANSFER_STOP,  /* whatever else is under way does not count */
};

enum { TRANSFER_NONE, TRANSFER_READY, TRANSFER_INPUT }; /* what next() says */

struct transfer_ops {
    bool any_status; /* data() is given the body of every answer, not of 2xx only */
    bool endless;    /* bodies may be larger than --max-page-bytes: what data() was given is gone */
    /* The next request: filled in; none at this time; or none before input_fd is readable. -1: error. */
    int (*next)(void *ctx, struct exchange *x, struct error *e);
    int input_fd;
    /* When next() waits for input: the seconds after which it is asked again without any; negative: never. May be
     * NULL. */
    double (*patience)(void *ctx);
    /* An attempt begins: forget what an earlier one brought. */
    void (*begin)(void *ctx, struct exchange *x);
    /* Bytes of the body of an answer. -1 ends the exchange with that error. */
    int (*data)(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e);
    enum rule_request kind;
    /* A good answer is complete. *said: its body as compact JSON, for the rules; text NULL where it is none. 0: it is
     * whole; 1: it is cut short, try again, e says how it ended; -1 error. May be NULL. */
    int (*said)(void *ctx, struct exchange *x, struct slice *said, struct error *e);
    /* It is, and no rule is against it. As said(). */
    int (*whole)(void *ctx, struct exchange *x, struct error *e);
    /* Is a request that failed worth another try? NULL: all are. */
    bool (*matters)(void *ctx, const struct exchange *x);
    /* In the order of the requests: a whole answer, or a failed exchange. A transfer_next, or -1. */
    int (*done)(void *ctx, struct exchange *x, struct error *e);
    /* Need b not wait for a, which was asked for before it? NULL: all wait. */
    bool (*apart)(void *ctx, const struct exchange *a, const struct exchange *b);
    /* After each done(), when the following requests are on their way: time for slow work. May be NULL. */
    int (*idle)(void *ctx, struct error *e);
    /* Something to tell people: retries, and with --verbose each request. One line, redacted. */
    void (*note)(void *ctx, bool verbose, const char *line);
};

struct transfer_stats {
    int64_t requests, retries;
    double waited;       /* seconds without a request under way: for the rate, another try, a token */
    int64_t status[600]; /* answers by HTTP status */
};

#endif
