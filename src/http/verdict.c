/* verdict: what became of a try. */
#include "http/verdict.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "http/failure.h"
#include "http/redirect.h"
#include "json/error_body.h"
#include "json/split.h"

enum { TOLD_PAUSE = 5 /* seconds */ };

static void network_error(struct transfer *t, struct attempt *a, int code)
{
    struct exchange *x = a->exchange;
    if (a->http.in.stopped) { /* by data(), which has set the error */
        x->unsettled = true;
        attempt_settle(a, true);
        return;
    }
    failure_of_network(&a->http, code, &x->error);
    x->unsettled = failure_was_sent(&a->http, code);
    if (failure_may_pass(&a->http, code))
        attempt_retry(t, a, x->unsettled);
    else
        attempt_settle(a, true);
}

/* No content is none: what comes all the same may be anything. */
static int check_content(const struct exchange *x, struct error *e)
{
    const char *length = http_header(&x->attempt->http, "Content-Length", NULL);
    bool has = x->bytes || (length && strcmp(length, "0") && strcmp(attempt_method(x), "HEAD"));
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
                                 .text = is_good(x) ? NULL : buf_text(&a->http.in.error_body),
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

/* Some say with 400, 403 or a status of their own that a token has expired. What a write is refused for may be in the
 * record. */
static bool says_expired(const struct transfer *t, struct attempt *a)
{
    long status = a->exchange->status;
    const char *text = buf_text(&a->http.in.error_body);
    bool names_it = strcasestr(text, "token") || strcasestr(text, "session") || strcasestr(text, "jwt");
    bool lapsed = status == 440 || status == 498; /* of IIS, of ArcGIS */
    return status / 100 == 4 && t->ops->kind != RULE_WRITE && (lapsed || (names_it && strcasestr(text, "expired")));
}

/* May another token bring another answer? A cached token may be from before its owner got the right to what is asked.
 */
static bool may_renew(const struct transfer *t, struct attempt *a)
{
    const struct exchange *x = a->exchange;
    bool cached = x->status == 403 && login_is_cached(&t->login, buf_text(&a->http.authorization));
    return (!a->renewals && (cached || says_expired(t, a))) || (x->action == RULE_RENEW && a->renewals < RENEWALS);
}

/* One cannot go on with this answer; its error is set. */
static void refuse(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    if (may_renew(t, a) && attempt_renew(t, a)) {
        a->renewals++;
        attempt_soon(a);
    } else if (x->action == RULE_RETRY || x->action == RULE_WAIT) {
        attempt_retry(t, a, true);
    } else {
        x->unsettled = x->action != RULE_REJECT && x->status / 100 != 4;
        attempt_settle(a, true);
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
    const char *says = *detail ? detail : x->status == 202 ? "it is not ready yet" : "";
    error_set(&x->error, code, "HTTP %ld%s%s (%s%s)", x->status, *says ? ": " : "", says,
              x->rule->built_in ? "" : "--on ", x->rule->text);
    refuse(t, a);
}

static void take(struct transfer *t, struct attempt *a, int verdict)
{
    struct exchange *x = a->exchange;
    if (verdict == 0 && x->ops->whole)
        verdict = x->ops->whole(x->ctx, x, &x->error);
    x->unsettled = verdict != 0;
    x->open_end = http_has_open_end(&a->http);
    if (verdict > 0)
        attempt_retry(t, a, true);
    else
        attempt_settle(a, verdict < 0);
}

/* libcurl has found nothing wrong with a success. */
static void whole(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    struct slice said = {0};
    int verdict = http_check_whole(&a->http, x->request.body.len, &x->error) ? 1 : check_content(x, &x->error);
    if (verdict == 0 && x->ops->said)
        verdict = x->ops->said(x->ctx, x, &said, &x->error);
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
    struct buf *body = &a->http.in.error_body;
    struct slice said;
    if (x->action == RULE_EMPTY) {
        attempt_settle(a, false);
    } else if (!t->ops->any_status && body->len && x->ops->data(x->ctx, x, body->data, body->len, &x->error)) {
        attempt_settle(a, true);
    } else {
        take(t, a, x->ops->said ? x->ops->said(x->ctx, x, &said, &x->error) : 0);
    }
}

static void refused(struct transfer *t, struct attempt *a, bool torn)
{
    struct exchange *x = a->exchange;
    struct buf json = {0};
    bool is_json = split_compact(a->http.in.error_body.data, a->http.in.error_body.len, &json) == 0;
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

static void tell_connection(struct transfer *t, struct attempt *a)
{
    struct buf line = {0};
    struct error proxy = {0};
    if (!t->options.network->verbose)
        return;
    http_connection(&a->http, &line);
    failure_tell_proxy(&a->http, &proxy);
    if (line.len)
        buf_adds(&line, proxy.message);
    client_tell(&t->client, true, &line);
    buf_free(&line);
}

void verdict_heed(struct transfer *t, struct attempt *a)
{
    char told[60];
    double pause = http_pause(&a->http);
    if (pause > 0 && rate_hold(&t->rate, pause) && pause >= (double)TOLD_PAUSE) {
        snprintf(told, sizeof told, ": nothing more for %.3g s, it says", pause);
        attempt_show(t, false, a->exchange, "", told);
    }
}

/* The server has not got the request. */
static void send_anew(struct transfer *t, struct attempt *a)
{
    attempt_show(t, true, a->exchange,
                 "* the server had closed the connection that was kept: again over another: ", "");
    t->stats->requests -= !a->http.sent;
    t->stats->retries += a->http.sent;
    attempt_soon(a);
}

void verdict_reach(struct transfer *t, struct attempt *a, int code)
{
    struct exchange *x = a->exchange;
    struct buf to = {0};
    char told[40];
    if (code && !a->http.in.head.lines.len && connection_was_unused(&a->http.connection, a->http.sent)) {
        send_anew(t, a);
        return;
    }
    x->status = http_has_answer(&a->http) ? http_status(&a->http) : 0;
    bool good = is_good(x), answered = x->status && !a->http.in.stopped;
    if (x->status > 0 && x->status < 600)
        t->stats->status[x->status]++;
    snprintf(told, sizeof told, "< %ld ", x->status);
    attempt_show(t, true, x, told, "");
    attempt_tell_head(t, x);
    tell_connection(t, a);
    if (a->http.sent > 1) {
        a->taken |= !a->http.connection.fresh; /* there it is REFUSED_STREAM that libcurl has met with */
        t->stats->requests += a->http.sent - 1;
        t->stats->retries += a->http.sent - 1;
    }
    if (x->status)
        solo_answer(&t->solo, a, a->http.local_port, http_waited(&a->http), io_clock());
    if (good)
        login_worked(&t->login, buf_text(&a->http.authorization));
    if (good && !x->bytes)
        verdict_heed(t, a);
    if (code && (good || !answered))
        network_error(t, a, code);
    else if (good || !answered)
        whole(t, a);
    else if (redirect_leads(x, &to))
        redirect_follow(t, a, buf_text(&to));
    else
        refused(t, a, code != 0);
    buf_free(&to);
}
