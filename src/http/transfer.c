/* transfer: a window of requests over curl's multi interface. */
#include "http/transfer.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "http/failure.h"
#include "http/oauth.h"
#include "http/origin.h"
#include "http/rate.h"
#include "http/retry.h"
#include "http/secret.h"
#include "http/url.h"
#include "json/error_body.h"
#include "json/split.h"

enum { POLL_MS = 60000, RENEWALS = 10, TOLD_PAUSE = 5 /* seconds */ };

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
    struct http_client client;
    struct oauth oauth;
    struct retry_policy retry;
    struct rules rules;
    struct rate rate;
    CURLM *multi;
    struct exchange *exchange;
    unsigned slots, head, used; /* a ring: `used` exchanges from `head` on, in order */
    bool waits_for_input;
    CURLMcode broken; /* libcurl cannot go on */
    bool told_alone;  /* that the rate cannot be shared */
    bool told_secure; /* that the URL should be https */
    struct buf base;  /* the URL that we were given: what all requests share their origin with */
    const struct transfer_ops *ops;
    void *ctx;
};

static void check(struct transfer *t, CURLMcode code)
{
    if (code)
        t->broken = code;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- set-up ---- */

static int on_body(void *user, const char *bytes, size_t n)
{
    struct attempt *a = user;
    struct exchange *x = a->exchange;
    x->status = http_status(&a->http);
    x->bytes += n;
    return a->transfer->ops->data(a->transfer->ctx, x, bytes, n, &x->error);
}

static int set_rate(struct transfer *t, struct error *e)
{
    const struct http_options *o = &t->options;
    struct buf origin = {0};
    bool machine = o->network->rate_scope == RATE_MACHINE;
    if (machine)
        url_origin(buf_text(&t->base), &origin);
    int result = rate_init(&t->rate, o->network->rate, machine ? buf_text(&origin) : NULL, e);
    buf_free(&origin);
    return result;
}

struct transfer *transfer_new(const struct http_options *o, unsigned parallel, struct transfer_stats *stats,
                              struct error *e)
{
    struct transfer *t = mem_zeroed(1, sizeof *t);
    *t = (struct transfer){.options = *o, .stats = stats, .slots = parallel};
    t->retry = retry_policy(o->network->retry, o->network->retry_delay, o->network->retry_max_time);
    t->multi = mem_there(curl_multi_init());
    t->exchange = mem_zeroed(parallel, sizeof *t->exchange);
    if (url_accept(o->request->url, &t->base, e) || rules_init(&t->rules, &o->request->on, e) ||
        http_client_init(&t->client, o, e) || set_rate(t, e)) {
        transfer_free(t);
        return NULL;
    }
    oauth_init(&t->oauth, &t->client);
    for (unsigned i = 0; i < parallel; i++) {
        struct attempt *a = mem_zeroed(1, sizeof *a);
        *a = (struct attempt){.transfer = t, .exchange = &t->exchange[i]};
        t->exchange[i] = (struct exchange){.slot = i, .attempt = a};
        http_open(&a->http, &t->client);
        a->http.sink = on_body;
        a->http.user = a;
        curl_easy_setopt(a->http.easy, CURLOPT_PRIVATE, a);
    }
    return t;
}

static void drop(struct transfer *t, struct attempt *a)
{
    if (a->phase == ACTIVE)
        curl_multi_remove_handle(t->multi, a->http.easy);
    a->phase = FREE;
}

void transfer_free(struct transfer *t)
{
    if (!t)
        return;
    for (unsigned i = 0; i < t->slots; i++) {
        struct attempt *a = t->exchange[i].attempt;
        request_free(&t->exchange[i].request);
        if (!a)
            continue;
        drop(t, a);
        http_close(&a->http);
        free(a);
    }
    curl_multi_cleanup(t->multi);
    rules_free(&t->rules);
    oauth_free(&t->oauth);
    http_client_free(&t->client);
    rate_free(&t->rate);
    buf_free(&t->base);
    free(t->exchange);
    free(t);
}

const char *transfer_header(const struct exchange *x, const char *name, const char *previous)
{
    return http_header(&x->attempt->http, name, previous);
}

const char *transfer_library(void)
{
    return http_library();
}

/* ---- messages ---- */

static void show(struct transfer *t, bool verbose, struct exchange *x, const char *before, const char *after)
{
    struct buf line = {0};
    if (verbose && !t->options.network->verbose)
        return;
    buf_adds(&line, before);
    secret_redact(buf_text(&x->request.url), &line);
    buf_adds(&line, after);
    http_client_tell(&t->client, verbose, &line);
    buf_free(&line);
}

bool transfer_hides(const struct transfer *t, const char *text)
{
    char *masked = mem_text(text, strlen(text));
    secret_mask(&t->client.auth.secrets, masked);
    bool hides = strcmp(masked, text) != 0;
    free(masked);
    return hides;
}

void transfer_mask(const struct exchange *x, char *text)
{
    secret_mask(&x->attempt->transfer->client.auth.secrets, text);
}

/* With --trace-ids: what the API's owner can look for. */
static void add_trace(const struct exchange *x, struct error *e)
{
    const char *trace = x->attempt->http.trace;
    if (*trace && !strstr(e->message, trace))
        error_set(e, e->code, "%s (traceparent: %s)", e->message, trace);
}

void transfer_locate(const struct exchange *x, struct error *e)
{
    struct buf url = {0}, shown = {.cap = sizeof e->url - 1};
    buf_add(&url, x->request.url.data, x->request.url.len);
    secret_redact(buf_text(&url), &shown);
    snprintf(e->url, sizeof e->url, "%s", buf_text(&shown));
    buf_free(&url);
    buf_free(&shown);
    transfer_mask(x, e->url);
    text_clean(e->url);
    transfer_mask(x, e->message);
    add_trace(x, e);
    e->http_status = x->status;
    e->offset = x->offset;
    e->has_offset = x->offset >= 0;
}

/* ---- attempts ---- */

static const char *method(const struct exchange *x)
{
    return request_method(x->request.method);
}

static void schedule(struct attempt *a)
{
    a->phase = WAITING;
    a->retries = a->redirects = 0;
    a->renewals = 0;
    a->taken = false;
    a->first = a->due = now();
}

/* The same place in the window, the same patience. */
static void schedule_again(struct attempt *a)
{
    double first = a->first, delay = a->exchange->delay;
    schedule(a);
    a->due += delay;
    if (delay > 0)
        a->first = first;
    a->exchange->delay = 0;
}

static void soon(struct attempt *a)
{
    a->phase = WAITING;
    a->due = now();
}

static void settle(struct attempt *a, bool failed)
{
    a->exchange->failed = failed;
    a->exchange->unsettled |= a->taken; /* whatever the last attempt met with, an earlier one may have been taken */
    a->phase = DONE;
    if (failed)
        transfer_locate(a->exchange, &a->exchange->error);
}

/* Whatever names the URL (a link, an option, a record), credentials go to the origin that we were given, and to trusted
 * hosts. */
static bool may_ask(const struct transfer *t, const char *url, struct error *e)
{
    struct buf shown = {0};
    if (url_check_length(url, e))
        return false;
    if (origin_allows(&t->options.network->trust_host, t->base.data, url))
        return true;
    secret_redact(url, &shown);
    error_set(e, EXIT_ANSWER, "this would be sent to another origin than the URL's (--trust-host): %s",
              buf_text(&shown));
    buf_free(&shown);
    return false;
}

/* Credentials of the request's own come before ours. -1: no token to be had. */
static int authorize(struct transfer *t, struct attempt *a)
{
    struct buf *authorization = &a->http.authorization;
    buf_clear(authorization);
    a->http.foreign =
        !t->options.network->location_trusted && !origin_is_ours(t->base.data, buf_text(&a->exchange->request.url));
    if (t->client.has_auth || a->http.foreign)
        return 0;
    if (t->client.auth.bearer)
        return buf_addf(authorization, "Bearer %s", t->client.auth.bearer);
    return oauth_authorize(&t->oauth, authorization, &a->exchange->error);
}

static void begin(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    struct buf line = {0}, trace = {0};
    x->status = 0;
    x->spent = x->failed = x->unsettled = false;
    x->error = (struct error){0};
    x->action = RULE_NONE;
    x->rule = NULL;
    a->http.any_status = t->ops->any_status;
    a->http.endless = t->ops->endless;
    x->bytes = 0;
    buf_text(&x->request.url); /* ends it with a NUL, for transfer_locate() */
    t->ops->begin(t->ctx, x);
    if (!may_ask(t, buf_text(&x->request.url), &x->error) || authorize(t, a) ||
        http_prepare(&a->http, &x->request, &x->error)) {
        settle(a, true);
        return;
    }
    buf_addf(&line, "> %s ", method(x));
    if (*a->http.trace)
        buf_addf(&trace, " traceparent: %s", a->http.trace);
    show(t, true, x, buf_text(&line), buf_text(&trace));
    buf_free(&trace);
    buf_free(&line);
    check(t, curl_multi_add_handle(t->multi, a->http.easy));
    a->phase = ACTIVE;
    t->stats->requests++;
}

static void give_up(struct attempt *a)
{
    struct error *e = &a->exchange->error;
    if (a->retries)
        error_set(e, e->code, "%s; given up after %u tries", e->message, a->retries + 1);
    settle(a, true);
}

/* Another try later, when the policy has one left and the request may be repeated; else the exchange has failed with
 * its error. taken: the server may have acted on it. */
static void retry(struct transfer *t, struct attempt *a, bool taken)
{
    struct exchange *x = a->exchange;
    double after = x->status / 100 == 2 && !x->rule ? 0 : failure_pause(&a->http, x->rule);
    bool not_now = failure_not_now(&a->http, x->action);
    double wait = retry_wait(&t->retry, a->retries + 1, after, erand48(t->client.random));
    double start = now() + wait;
    if (not_now) /* for all, also when this one is not tried again */
        rate_hold(&t->rate, wait);
    x->unsettled = taken && !not_now;
    bool matters = !t->ops->matters || t->ops->matters(t->ctx, x);
    if (x->spent || !matters || (taken && !not_now && !x->request.repeatable) ||
        !retry_allowed(&t->retry, a->retries + 1, start - a->first)) {
        give_up(a);
        return;
    }
    a->taken |= x->unsettled;
    a->retries++;
    t->stats->retries++;
    a->due = start;
    a->phase = WAITING;
    struct buf line = {0};
    buf_addf(&line, ": %s; try %u of %llu in %.3g s", x->error.message, a->retries + 1,
             (unsigned long long)t->retry.tries + 1, wait);
    show(t, false, x, "", buf_text(&line));
    buf_free(&line);
}

/* Where a redirect leads. false: it is none. */
static bool leads_on(struct exchange *x, struct buf *to)
{
    const char *location = x->status / 100 == 3 ? transfer_header(x, "Location", NULL) : NULL;
    return location && url_resolve(buf_text(&x->request.url), location, to) == 0;
}

bool transfer_again(struct exchange *x, unsigned retry, double after)
{
    struct attempt *a = x->attempt;
    struct transfer *t = a->transfer;
    struct buf line = {0};
    double asked = after > 0 ? after : http_pause(&a->http);
    double wait = retry_wait(&t->retry, retry, asked, erand48(t->client.random));
    if (!retry_allowed(&t->retry, retry, now() + wait - a->first))
        return false;
    rate_hold(&t->rate, wait); /* for all: they would meet with the same */
    t->stats->retries++;
    x->delay = wait;
    buf_addf(&line, ": refused for now; try %u of %llu in %.3g s", retry + 1, (unsigned long long)t->retry.tries + 1,
             wait);
    show(t, false, x, "", buf_text(&line));
    buf_free(&line);
    return true;
}

/* Who asks by http should know that https is meant: the first request went in the clear. */
static void tell_secure(struct transfer *t, struct exchange *x, const char *to, const char *shown)
{
    struct buf line = {0};
    if (t->told_secure || strncasecmp(buf_text(&x->request.url), "http:", 5) || strncasecmp(to, "https:", 6))
        return;
    t->told_secure = true;
    buf_addf(&line, ": redirects to %s: use https in the URL", shown);
    show(t, false, x, "warning: ", buf_text(&line));
    buf_free(&line);
}

/* Can there be other credentials than those that were refused? */
static bool renew(struct transfer *t, struct attempt *a)
{
    if (a->http.foreign)
        return false;
    return oauth_renew(&t->oauth, buf_text(&a->http.authorization)) || a->http.generation != t->client.generation ||
           http_client_renew(&t->client);
}

/* Nothing was done, and nothing is to be asked there. */
static void login(struct transfer *t, struct attempt *a, const char *shown)
{
    struct exchange *x = a->exchange;
    if (a->renewals < RENEWALS && renew(t, a)) {
        a->renewals++;
        soon(a);
        return;
    }
    error_set(&x->error, EXIT_DENIED,
              "HTTP %ld redirects to a login: %s (the API wants credentials, or others than these: --bearer-file, "
              "--user-file, --header @FILE)",
              x->status, shown);
    x->unsettled = false;
    settle(a, true);
}

/* Redirects are followed by hand: libcurl cannot be told to stay within the origin. */
static void redirect(struct transfer *t, struct attempt *a, const char *to)
{
    struct exchange *x = a->exchange;
    struct buf shown = {0}, target = {0};
    buf_adds(&target, to);
    origin_upgrade(buf_text(&x->request.url), &target);
    url_drop_queries(&target, t->options.auth->query_secret.item,
                     t->options.auth->query_secret.count); /* the server's echo of ours */
    secret_redact(buf_text(&target), &shown);
    to = buf_text(&target);
    if (origin_is_login(buf_text(&x->request.url), to)) {
        login(t, a, buf_text(&shown));
        goto out;
    }
    if (x->request.method != METHOD_GET && x->request.method != METHOD_HEAD && x->status < 307)
        error_set(&x->error, EXIT_ANSWER, "HTTP %ld redirects a %s to %s: use that URL", x->status, method(x),
                  buf_text(&shown));
    else if (!origin_allows(&t->options.network->trust_host, buf_text(&x->request.url), to))
        error_set(&x->error, EXIT_ANSWER, "HTTP %ld redirects to another origin (--trust-host): %s", x->status,
                  buf_text(&shown));
    else if (a->redirects++ >= t->options.network->max_redirs)
        error_set(&x->error, EXIT_ANSWER, "more than %lld redirects", (long long)t->options.network->max_redirs);
    if (x->error.code) {
        x->unsettled =
            x->status <
            307; /* 307 and 308 ask for the request itself elsewhere; the others come when it has been taken */
        settle(a, true);
    } else {
        tell_secure(t, x, buf_text(&target), buf_text(&shown));
        buf_swap(&x->request.url, &target);
        soon(a);
    }
out:
    buf_free(&shown);
    buf_free(&target);
}

static void network_error(struct transfer *t, struct attempt *a, int code)
{
    struct exchange *x = a->exchange;
    if (a->http.stopped) { /* by data(), which has set the error */
        x->unsettled = true;
        settle(a, true);
        return;
    }
    failure_of_network(&a->http, code, &x->error);
    x->unsettled = failure_was_sent(&a->http, code);
    if (failure_may_pass(&a->http, code))
        retry(t, a, x->unsettled);
    else
        settle(a, true);
}

/* No content is none: what comes all the same may be anything. */
static int check_content(const struct exchange *x, struct error *e)
{
    const char *length = transfer_header(x, "Content-Length", NULL);
    bool has = x->bytes || (length && strcmp(length, "0") && strcmp(method(x), "HEAD"));
    return (x->status == 204 || x->status == 205) && has
               ? error_set(e, EXIT_ANSWER, "HTTP %ld, which has no content, came with some", x->status)
               : 0;
}

/* ---- what an answer means ---- */

static bool is_good(const struct exchange *x)
{
    return x->status / 100 == 2;
}

static void judge(struct transfer *t, struct attempt *a, struct slice json)
{
    struct exchange *x = a->exchange;
    struct rule_answer answer = {.status = x->status,
                                 .text = is_good(x) ? NULL : buf_text(&a->http.error_body),
                                 .json = json,
                                 .first = x->first,
                                 .request = t->ops->kind};
    x->rule = rules_find(&t->rules, &answer);
    x->action = failure_action(&a->http, x->rule);
}

static bool is_taken(const struct exchange *x)
{
    return x->action == RULE_OK || x->action == RULE_EMPTY || x->action == RULE_PARTIAL ||
           (x->action == RULE_NONE && is_good(x));
}

/* May another token bring another answer? A cached token may be from before its owner got the right to what is asked.
 */
static bool may_renew(const struct transfer *t, struct attempt *a)
{
    const struct exchange *x = a->exchange;
    bool cached = x->status == 403 && !a->renewals && oauth_is_cached(&t->oauth, buf_text(&a->http.authorization));
    return cached || (x->action == RULE_RENEW && a->renewals < RENEWALS);
}

/* It is no answer to go on with; its error is set. */
static void refuse(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    if (may_renew(t, a) && renew(t, a)) {
        a->renewals++;
        soon(a);
    } else if (x->action == RULE_RETRY || x->action == RULE_WAIT) {
        retry(t, a, true);
    } else {
        x->unsettled = x->action != RULE_REJECT && x->status / 100 != 4;
        settle(a, true);
    }
}

/* A good status, and a rule that is against it. */
static void deny(struct transfer *t, struct attempt *a, struct slice said)
{
    struct exchange *x = a->exchange;
    char detail[200];
    error_body_detail(said.text, said.len, detail, sizeof detail);
    enum exit_code code = x->action == RULE_RENEW    ? EXIT_DENIED
                          : x->action == RULE_REJECT ? EXIT_REFUSED
                          : x->action == RULE_FAIL   ? EXIT_ANSWER
                                                     : EXIT_UNAVAILABLE;
    error_set(&x->error, code, "HTTP %ld%s%s (%s%s)", x->status, *detail ? ": " : "", detail,
              x->rule->built_in ? "" : "--on ", x->rule->text);
    refuse(t, a);
}

static void take(struct transfer *t, struct attempt *a, int verdict)
{
    struct exchange *x = a->exchange;
    if (verdict == 0)
        verdict = t->ops->whole(t->ctx, x, &x->error);
    x->unsettled = verdict != 0;
    x->open_end = http_has_open_end(&a->http);
    if (verdict > 0)
        retry(t, a, true);
    else
        settle(a, verdict < 0);
}

/* libcurl has found nothing wrong with a success. */
static void whole(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    struct slice said = {0};
    int verdict = http_check_whole(&a->http, x->request.body.len, &x->error) ? 1 : check_content(x, &x->error);
    if (verdict == 0 && t->ops->said)
        verdict = t->ops->said(t->ctx, x, &said, &x->error);
    if (verdict == 0)
        judge(t, a, said);
    if (verdict == 0 && !is_taken(x))
        deny(t, a, said);
    else
        take(t, a, verdict);
}

/* No success by its status, but one by a rule: then its body, which nobody was given, is the answer. */
static void take_refused(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    struct buf *body = &a->http.error_body;
    struct slice said;
    if (x->action == RULE_EMPTY) {
        settle(a, false);
    } else if (!t->ops->any_status && body->len && t->ops->data(t->ctx, x, body->data, body->len, &x->error)) {
        settle(a, true);
    } else {
        take(t, a, t->ops->said ? t->ops->said(t->ctx, x, &said, &x->error) : 0);
    }
}

static void refused(struct transfer *t, struct attempt *a, bool torn)
{
    struct exchange *x = a->exchange;
    struct split split;
    struct buf json = {0};
    bool is_json = split_whole(&split, a->http.error_body.data, a->http.error_body.len, &json) == 0;
    judge(t, a, is_json ? (struct slice){json.data, json.len} : (struct slice){0});
    buf_free(&json);
    if (is_taken(x) && !torn) {
        take_refused(t, a);
        return;
    }
    failure_of_status(&a->http, x->action, &x->error);
    if (torn && t->ops->any_status)
        error_set(&x->error, x->error.code, "%s; its body is cut short", x->error.message);
    refuse(t, a);
}

static void finish(struct transfer *t, struct attempt *a, int code)
{
    struct exchange *x = a->exchange;
    struct buf to = {0};
    char told[40];
    curl_multi_remove_handle(t->multi, a->http.easy);
    x->status = http_has_answer(&a->http) ? http_status(&a->http) : 0;
    if (x->status > 0 && x->status < 600)
        t->stats->status[x->status]++;
    snprintf(told, sizeof told, "< %ld ", x->status);
    show(t, true, x, told, "");
    if (a->http.sent > 1) {
        a->taken |= !a->http.fresh; /* there it is REFUSED_STREAM that libcurl has met with */
        t->stats->requests += a->http.sent - 1;
        t->stats->retries += a->http.sent - 1;
    }
    if (x->status / 100 == 2)
        oauth_worked(&t->oauth, buf_text(&a->http.authorization));
    double pause = x->status / 100 == 2 ? http_pause(&a->http) : 0;
    if (pause > 0 && rate_hold(&t->rate, pause) && pause >= (double)TOLD_PAUSE) {
        snprintf(told, sizeof told, ": nothing more for %.3g s, it says", pause);
        show(t, false, x, "", told);
    }
    bool good = x->status / 100 == 2, answered = http_has_answer(&a->http) && !a->http.stopped;
    if (code && (good || !answered))
        network_error(t, a, code);
    else if (good || !answered)
        whole(t, a);
    else if (leads_on(x, &to))
        redirect(t, a, buf_text(&to));
    else
        refused(t, a, code != 0);
    buf_free(&to);
}

/* ---- the window ---- */

static struct attempt *nth(struct transfer *t, unsigned n)
{
    return t->exchange[(t->head + n) % t->slots].attempt;
}

static void do_nothing(struct attempt *a)
{
    struct exchange *x = a->exchange;
    x->status = 0;
    x->failed = x->unsettled = false;
    x->error = (struct error){0};
    a->phase = DONE;
}

static int fill(struct transfer *t, struct error *e)
{
    int more = TRANSFER_READY;
    while (t->used < t->slots && more == TRANSFER_READY) {
        struct attempt *a = nth(t, t->used);
        a->exchange->nothing = false;
        more = t->ops->next(t->ctx, a->exchange, e);
        if (more == TRANSFER_READY) {
            schedule(a);
            if (a->exchange->nothing)
                do_nothing(a);
            t->used++;
        }
    }
    t->waits_for_input = more == TRANSFER_INPUT;
    return more < 0 ? -1 : 0;
}

/* A rate that each process keeps for itself is not what was asked for. */
static void warn_alone(struct transfer *t)
{
    struct buf line = {0};
    if (t->told_alone || !t->rate.alone)
        return;
    t->told_alone = true;
    buf_adds(&line,
             "warning: no private cache folder can be written: --rate-scope machine holds for this process only");
    http_client_tell(&t->client, false, &line);
    buf_free(&line);
}

/* Is a token to be tried by one request alone, which is under way? */
static bool awaits_proof(const struct transfer *t)
{
    if (!oauth_on_trial(&t->oauth))
        return false;
    for (unsigned i = 0; i < t->slots; i++) {
        struct attempt *a = t->exchange[i].attempt;
        if (a->phase == ACTIVE && oauth_is_current(&t->oauth, buf_text(&a->http.authorization)))
            return true;
    }
    return false;
}

/* Begins what is due; returns the seconds until something else is. */
static double begin_due(struct transfer *t)
{
    double time = now(), next = time + (double)POLL_MS / 1000;
    for (unsigned i = 0; i < t->used; i++) {
        struct attempt *a = nth(t, i);
        if (a->phase != WAITING || awaits_proof(t))
            continue;
        double wait = a->due - time;
        if (wait <= 0)
            wait = rate_take(&t->rate);
        if (wait <= 0)
            begin(t, a);
        else
            next = fmin(next, time + wait);
    }
    warn_alone(t);
    return next - time;
}

static void perform(struct transfer *t)
{
    int running, left;
    CURLMsg *message;
    check(t, curl_multi_perform(t->multi, &running));
    while ((message = curl_multi_info_read(t->multi, &left))) {
        struct attempt *a;
        int code = (int)message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &a);
        finish(t, a, code);
    }
}

/* Gets the requests that are due on their way, then gives the caller time. */
static int idle(struct transfer *t, struct error *e)
{
    if (fill(t, e))
        return -1;
    begin_due(t);
    perform(t);
    return t->ops->idle ? t->ops->idle(t->ctx, e) : 0;
}

/* Hands over what is done, in order. 1: stop. */
static int deliver(struct transfer *t, struct error *e)
{
    while (t->used && nth(t, 0)->phase == DONE) {
        struct attempt *a = nth(t, 0);
        int next = t->ops->done(t->ctx, a->exchange, e);
        if (next < 0) {
            transfer_locate(a->exchange, e);
            return -1;
        }
        if (next == TRANSFER_AGAIN) {
            schedule_again(a);
        } else {
            a->phase = FREE;
            t->head = (t->head + 1) % t->slots;
            t->used--;
        }
        if (next == TRANSFER_STOP)
            return t->ops->idle && t->ops->idle(t->ctx, e) ? -1 : 1;
        if (idle(t, e))
            return -1;
    }
    return 0;
}

/* fd: besides the requests and a signal; -1: nothing. */
static void wait_for_news(struct transfer *t, int fd, short events, double seconds)
{
    struct curl_waitfd wake[] = {{.fd = io_signal_fd(), .events = CURL_WAIT_POLLIN}, {.fd = fd, .events = events}};
    check(t, curl_multi_poll(t->multi, wake, fd >= 0 ? 2 : 1, (int)ceil(seconds * 1000), NULL));
}

void transfer_wait(struct transfer *t, int fd)
{
    wait_for_news(t, fd, CURL_WAIT_POLLOUT, begin_due(t));
    perform(t);
}

/* Not longer than the caller waits for input. */
static double wait_at_most(const struct transfer *t, double seconds)
{
    double patience = t->waits_for_input && t->ops->patience ? t->ops->patience(t->ctx) : -1;
    return patience >= 0 ? fmin(seconds, patience) : seconds;
}

int transfer_run(struct transfer *t, const struct transfer_ops *ops, void *ctx, struct error *e)
{
    int result;
    t->ops = ops;
    t->ctx = ctx;
    t->client.note = ops->note;
    t->client.ctx = ctx;
    http_client_warn(&t->client);
    while ((result = fill(t, e)) == 0 && (t->used || t->waits_for_input)) {
        perform(t);
        if ((result = deliver(t, e)) || io_signalled() || t->broken)
            break;
        double seconds = wait_at_most(t, begin_due(t));
        bool news = t->used && nth(t, 0)->phase == DONE; /* one could not begin */
        if (!news && (t->used || t->waits_for_input))
            wait_for_news(t, t->waits_for_input ? t->ops->input_fd : -1, CURL_WAIT_POLLIN, seconds);
    }
    while (t->used)
        drop(t, nth(t, --t->used));
    if (io_signalled()) {
        e->quiet = true;
        return -1;
    }
    if (t->broken && result >= 0)
        return error_set(e, EXIT_BUG, "libcurl cannot go on: %s", curl_multi_strerror(t->broken));
    return result < 0 ? -1 : 0;
}
