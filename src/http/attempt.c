/* attempt: one try of a request, and when there is another. */
#include "http/attempt.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "http/dry.h"
#include "http/failure.h"
#include "http/origin.h"
#include "http/secret.h"
#include "http/url.h"

struct attempt *attempt_nth(const struct transfer *t, unsigned n)
{
    return t->order[n];
}

void attempt_check(struct transfer *t, int code)
{
    if (code)
        t->broken = code;
}

void attempt_drop(struct transfer *t, struct attempt *a)
{
    if (a->phase == ACTIVE)
        curl_multi_remove_handle(t->multi, a->http.easy);
    a->phase = FREE;
}

void attempt_send_again(struct transfer *t, struct attempt *a)
{
    attempt_drop(t, a); /* which closes its connection */
    attempt_soon(a);
}

void attempt_show(struct transfer *t, bool verbose, struct exchange *x, const char *before, const char *after)
{
    struct buf line = {0};
    if (verbose && !t->options.network->verbose)
        return;
    buf_adds(&line, before);
    secret_redact(buf_text(&x->request.url), &line);
    buf_adds(&line, after);
    client_tell(&t->client, verbose, &line);
    buf_free(&line);
}

/* With --trace-ids: what the API's owner can look for. */
static void add_trace(const struct exchange *x, struct error *e)
{
    const char *trace = x->attempt->http.trace;
    if (*trace && !strstr(e->message, trace))
        error_set(e, e->code, "%s (traceparent: %s)", e->message, trace);
}

void attempt_locate(const struct exchange *x, struct error *e)
{
    const struct secrets *secrets = &x->attempt->transfer->client.auth.secrets;
    struct buf url = {0}, shown = {.cap = sizeof e->url - 1};
    if (e->located) {
        secret_mask(secrets, e->message);
        return;
    }
    e->located = true;
    buf_add(&url, x->request.url.data, x->request.url.len);
    secret_redact(buf_text(&url), &shown);
    snprintf(e->url, sizeof e->url, "%s", buf_text(&shown));
    buf_free(&url);
    buf_free(&shown);
    secret_mask(secrets, e->url);
    text_clean(e->url);
    secret_mask(secrets, e->message);
    if (x->attempt->phase != WAITING)
        failure_tell_proxy(&x->attempt->http, e);
    add_trace(x, e);
    e->http_status = x->status;
    e->offset = x->offset;
    e->has_offset = x->offset >= 0;
}

const char *attempt_method(const struct exchange *x)
{
    return request_method(x->request.method);
}

void attempt_schedule(struct attempt *a)
{
    a->phase = WAITING;
    a->retries = a->redirects = 0;
    a->renewals = 0;
    a->taken = false;
    a->first = a->due = io_clock();
}

void attempt_schedule_again(struct attempt *a)
{
    double first = a->first, delay = a->exchange->delay;
    attempt_schedule(a);
    a->due += delay;
    if (delay > 0)
        a->first = first;
    a->exchange->delay = 0;
}

void attempt_soon(struct attempt *a)
{
    a->phase = WAITING;
    a->due = io_clock();
}

void attempt_settle(struct attempt *a, bool failed)
{
    a->exchange->failed = failed;
    a->exchange->unsettled |= a->taken; /* whatever the last attempt met with, an earlier one may have been taken */
    a->phase = DONE;
    if (failed)
        attempt_locate(a->exchange, &a->exchange->error);
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

static bool is_foreign(struct transfer *t, struct attempt *a)
{
    return !t->options.network->location_trusted && !origin_is_ours(t->base.data, buf_text(&a->exchange->request.url));
}

bool attempt_needs_login(struct transfer *t, struct attempt *a)
{
    return login_is_wanted(&t->login) && !is_foreign(t, a);
}

/* Credentials of the request's own come before ours. */
static void authorize(struct transfer *t, struct attempt *a)
{
    struct buf *lines = &a->http.authorization;
    a->http.foreign = is_foreign(t, a);
    buf_clear(lines);
    if (!a->http.foreign && login_is_wanted(&t->login))
        buf_adds(lines, login_lines(&t->login));
    else if (!t->client.has_auth && !a->http.foreign && t->client.auth.bearer)
        client_add_token(&t->client, t->client.auth.bearer, lines);
}

/* Nothing is left of what an earlier try brought. */
static void forget(struct exchange *x)
{
    x->status = 0;
    x->spent = x->failed = x->unsettled = false;
    x->error = (struct error){0};
    x->action = RULE_NONE;
    x->rule = NULL;
    x->bytes = 0;
    x->ops->begin(x->ctx, x);
}

void attempt_fail(struct attempt *a, const struct error *e)
{
    forget(a->exchange);
    a->exchange->error = *e;
    attempt_settle(a, true);
}

static void tell_begin(struct transfer *t, struct attempt *a)
{
    struct buf line = {0}, trace = {0};
    if (!t->options.network->verbose)
        return;
    buf_addf(&line, "> %s ", attempt_method(a->exchange));
    if (*a->http.trace)
        buf_addf(&trace, " traceparent: %s", a->http.trace);
    attempt_show(t, true, a->exchange, buf_text(&line), buf_text(&trace));
    if (t->options.network->headers) {
        buf_clear(&line);
        dry_headers(&a->http, &line);
        client_tell(&t->client, true, &line);
    }
    buf_free(&trace);
    buf_free(&line);
}

void attempt_begin(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    forget(x);
    a->http.in.any_status = t->ops->any_status;
    a->http.in.endless = t->ops->endless;
    authorize(t, a);
    if (!may_ask(t, buf_text(&x->request.url), &x->error) || http_prepare(&a->http, &x->request, &x->error)) {
        attempt_settle(a, true);
        return;
    }
    tell_begin(t, a);
    attempt_check(t, curl_multi_add_handle(t->multi, a->http.easy));
    a->phase = ACTIVE;
    t->stats->requests++;
}

int attempt_dry(struct transfer *t, struct buf *out, struct error *e)
{
    for (unsigned i = 0; i < t->used; i++) {
        struct attempt *a = attempt_nth(t, i);
        struct exchange *x = a->exchange;
        if (x->nothing)
            continue;
        authorize(t, a);
        if (!may_ask(t, buf_text(&x->request.url), e) || http_prepare(&a->http, &x->request, e))
            return -1;
        dry_command(&a->http, &x->request, out);
    }
    return 0;
}

void attempt_head(const struct exchange *x, struct buf *out)
{
    const struct buf *lines = &x->attempt->http.in.head.lines;
    size_t from = out->len;
    if (!x->status)
        return;
    buf_addf(out, "HTTP %ld\n", x->status);
    for (size_t at = 0; at < lines->len; at += strlen(lines->data + at) + 1) {
        const char *line = lines->data + at;
        bool cookie = strncasecmp(line, "set-cookie:", 11) == 0;
        buf_addf(out, "%.*s%s\n", cookie ? 11 : (int)strlen(line), line, cookie ? " ***" : "");
    }
    secret_mask(&x->attempt->transfer->client.auth.secrets, buf_writable(out) + from);
}

void attempt_tell_head(struct transfer *t, const struct exchange *x)
{
    struct buf head = {0}, lines = {0};
    if (!t->options.network->headers)
        return;
    attempt_head(x, &head);
    char *rest = NULL, *line = strtok_r(buf_writable(&head), "\n", &rest);
    while (line && (line = strtok_r(NULL, "\n", &rest))) /* after the status */
        buf_addf(&lines, "< %s\n", line);
    client_tell(&t->client, true, &lines);
    buf_free(&head);
    buf_free(&lines);
}

void attempt_tell_try(struct transfer *t, struct exchange *x, const char *why, unsigned number, double wait)
{
    struct buf line = {0};
    t->stats->retries++;
    buf_addf(&line, ": %s; try %u of %llu in %.3g s", why, number, (unsigned long long)t->retry.tries + 1, wait);
    attempt_show(t, false, x, "", buf_text(&line));
    buf_free(&line);
}

static void give_up(struct attempt *a)
{
    struct error *e = &a->exchange->error;
    if (a->retries)
        error_set(e, e->code, "%s; given up after %u tries", e->message, a->retries + 1);
    attempt_settle(a, true);
}

void attempt_retry(struct transfer *t, struct attempt *a, bool taken)
{
    struct exchange *x = a->exchange;
    double after = x->status / 100 == 2 && !x->rule ? 0 : failure_pause(&a->http, x->rule);
    bool not_now = failure_not_now(&a->http, x->action);
    double wait = retry_wait(&t->retry, a->retries + 1, after, erand48(t->client.random));
    double start = io_clock() + wait;
    if (not_now) /* for all, also when this one is not tried again */
        rate_hold(&t->rate, wait);
    x->unsettled = taken && !not_now;
    bool matters = !x->ops->matters || x->ops->matters(x->ctx, x);
    if (x->spent || !matters || (taken && !not_now && !x->request.repeatable) ||
        !retry_allowed(&t->retry, a->retries + 1, start - a->first)) {
        give_up(a);
        return;
    }
    a->taken |= x->unsettled;
    a->retries++;
    a->due = start;
    a->phase = WAITING;
    attempt_tell_try(t, x, x->error.message, a->retries + 1, wait);
}

bool attempt_renew(struct transfer *t, struct attempt *a)
{
    if (a->http.foreign)
        return false;
    return login_renew(&t->login, buf_text(&a->http.authorization)) || a->http.generation != t->client.generation ||
           client_renew(&t->client);
}
