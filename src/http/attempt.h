/* attempt: one try of a request of the window, and when there is another. Private to transfer, due, redirect
 * and verdict. */
#ifndef RESTSRC_ATTEMPT_H
#define RESTSRC_ATTEMPT_H

#include <stdbool.h>

#include "http/exchange.h"
#include "http/http.h"
#include "http/login.h"
#include "http/rate.h"
#include "http/retry.h"
#include "http/solo.h"
#include "json/rules.h"

enum { RENEWALS = 10 };

enum phase { FREE, WAITING, ACTIVE, DONE };

struct attempt {
    struct transfer *transfer;
    struct exchange *exchange;
    struct http http;
    enum phase phase;
    unsigned retries, redirects;
    unsigned renewals; /* how often a 401 was answered with another token */
    bool taken;        /* the server may have acted on one of the attempts */
    double first, due; /* when the first attempt began; when the next may begin */
};

struct transfer {
    struct http_options options;
    struct transfer_stats *stats;
    struct client client;
    struct login login;
    struct retry_policy retry;
    struct rules rules;
    struct rate rate;
    void *multi; /* CURLM * */
    struct exchange *exchange;
    struct attempt **order; /* those of the window first, as they were asked for, then the free ones */
    unsigned slots, used;   /* so many are in the window */
    bool waits_for_input;
    int broken; /* libcurl cannot go on: its CURLMcode */
    struct solo solo;
    bool told_solo;   /* that one request at a time is sent */
    bool told_alone;  /* that the rate cannot be shared */
    bool told_secure; /* that the URL should be https */
    struct buf base;  /* the URL that we were given: what all requests share their origin with */
    const struct transfer_ops *ops;
    void *ctx;
};

/* As transfer_head(). */
void attempt_head(const struct exchange *x, struct buf *out);
/* Tells them, where --verbose is given twice. */
void attempt_tell_head(struct transfer *t, const struct exchange *x);
/* Says what the requests of the window would be, as commands of curl. -1: a request is wrong. */
int attempt_dry(struct transfer *t, struct buf *out, struct error *e);
/* Of the window, in the order of the requests. */
struct attempt *attempt_nth(const struct transfer *t, unsigned n);
/* A CURLMcode: an error ends the run. */
void attempt_check(struct transfer *t, int code);
const char *attempt_method(const struct exchange *x);

/* To be begun as soon as it may. */
void attempt_schedule(struct attempt *a);
/* The same place in the window, the same patience. */
void attempt_schedule_again(struct attempt *a);
/* Another try, at once, of the same request. */
void attempt_soon(struct attempt *a);
/* Are there credentials to be fetched for it first (login)? */
bool attempt_needs_login(struct transfer *t, struct attempt *a);
/* It can't begin, because of e. */
void attempt_fail(struct attempt *a, const struct error *e);
/* Sends it; or it could not begin, and has failed. */
void attempt_begin(struct transfer *t, struct attempt *a);
/* Counts and tells of another try, the number-th, after so many seconds. */
void attempt_tell_try(struct transfer *t, struct exchange *x, const char *why, unsigned number, double wait);
/* Another try later, when the policy has one left and the request may be repeated; else the exchange has failed with
 * its error. taken: the server may have acted on it. */
void attempt_retry(struct transfer *t, struct attempt *a, bool taken);
/* Can there be other credentials than those that were refused? */
bool attempt_renew(struct transfer *t, struct attempt *a);
/* Whatever it was about to do, it does not. */
void attempt_drop(struct transfer *t, struct attempt *a);
/* The same, but it is to begin anew. */
void attempt_send_again(struct transfer *t, struct attempt *a);
/* The exchange is done. */
void attempt_settle(struct attempt *a, bool failed);

/* Tells the URL, between these texts. */
void attempt_show(struct transfer *t, bool verbose, struct exchange *x, const char *before, const char *after);
/* As transfer_locate(). */
void attempt_locate(const struct exchange *x, struct error *e);

#endif
