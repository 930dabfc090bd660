/* transfer: a window of requests over curl's multi interface. */
#include "http/transfer.h"

#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "http/attempt.h"
#include "http/due.h"
#include "http/login.h"
#include "http/rate.h"
#include "http/retry.h"
#include "http/secret.h"
#include "http/url.h"
#include "http/verdict.h"

/* ---- set-up ---- */

static int on_body(void *user, const char *bytes, size_t n)
{
    struct attempt *a = user;
    struct exchange *x = a->exchange;
    x->status = a->http.in.status;
    if (x->bytes == 0 && x->status / 100 == 2)
        verdict_heed(a->transfer, a);
    x->bytes += n;
    return x->ops->data(x->ctx, x, bytes, n, &x->error);
}

static int set_rate(struct transfer *t, struct error *e)
{
    const struct http_options *o = &t->options;
    struct buf origin = {0};
    bool machine = o->network->rate_scope == RATE_MACHINE;
    if (machine)
        url_origin(buf_text(&t->base), &origin);
    int result =
        rate_init(&t->rate, o->network->rate, machine ? buf_text(&origin) : NULL, o->network->connect_timeout, e);
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
    t->order = mem_zeroed(parallel, sizeof(struct attempt *));
    if (url_accept(o->request->url, &t->base, e) || rules_init(&t->rules, &o->request->on, e) ||
        client_init(&t->client, o, e) || set_rate(t, e)) {
        transfer_free(t);
        return NULL;
    }
    login_init(&t->login, &t->client, t->multi);
    for (unsigned i = 0; i < parallel; i++) {
        struct attempt *a = mem_zeroed(1, sizeof *a);
        *a = (struct attempt){.transfer = t, .exchange = &t->exchange[i]};
        t->exchange[i] = (struct exchange){.slot = i, .attempt = a};
        t->order[i] = a;
        http_open(&a->http, &t->client);
        a->http.serial = parallel == 1;
        a->http.in.sink = on_body;
        a->http.in.user = a;
        curl_easy_setopt(a->http.easy, CURLOPT_PRIVATE, a);
    }
    return t;
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
        attempt_drop(t, a);
        http_close(&a->http);
        free(a);
    }
    login_free(&t->login);
    curl_multi_cleanup(t->multi);
    rules_free(&t->rules);
    client_free(&t->client);
    rate_free(&t->rate);
    buf_free(&t->base);
    free(t->exchange);
    free((void *)t->order);
    free(t);
}

const char *transfer_header(const struct exchange *x, const char *name, const char *previous)
{
    return http_header(&x->attempt->http, name, previous);
}

void transfer_head(const struct exchange *x, struct buf *out)
{
    attempt_head(x, out);
}

const char *transfer_library(void)
{
    return http_library();
}

/* ---- messages ---- */

bool transfer_hides(const struct transfer *t, const char *text)
{
    return secret_hides(&t->client.auth.secrets, text);
}

void transfer_mask(const struct exchange *x, char *text)
{
    secret_mask(&x->attempt->transfer->client.auth.secrets, text);
}

void transfer_locate(const struct exchange *x, struct error *e)
{
    attempt_locate(x, e);
}

bool transfer_again(struct exchange *x, unsigned retry, double after)
{
    struct attempt *a = x->attempt;
    struct transfer *t = a->transfer;
    double asked = after > 0 ? after : http_pause(&a->http);
    double wait = retry_wait(&t->retry, retry, asked, erand48(t->client.random));
    if (!retry_allowed(&t->retry, retry, io_clock() + wait - a->first))
        return false;
    rate_hold(&t->rate, wait); /* for all: they would meet with the same */
    x->delay = wait;
    attempt_tell_try(t, x, "refused for now", retry + 1, wait);
    return true;
}

void transfer_drop(struct transfer *t, unsigned slot)
{
    struct attempt *a = t->exchange[slot].attempt;
    attempt_drop(t, a);
    a->exchange->failed = true;
    a->phase = DONE;
}

/* ---- the window ---- */

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
        struct attempt *a = attempt_nth(t, t->used);
        a->exchange->nothing = false;
        a->exchange->ops = t->ops;
        a->exchange->ctx = t->ctx;
        more = t->ops->next(t->ctx, a->exchange, e);
        if (more == TRANSFER_READY) {
            attempt_schedule(a);
            if (a->exchange->nothing)
                do_nothing(a);
            t->used++;
        }
    }
    t->waits_for_input = more == TRANSFER_INPUT;
    return more < 0 ? -1 : 0;
}

static void perform(struct transfer *t)
{
    int running, left;
    CURLMsg *message;
    attempt_check(t, curl_multi_perform(t->multi, &running));
    while ((message = curl_multi_info_read(t->multi, &left))) {
        struct attempt *a = NULL;
        int code = (int)message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &a);
        if (!a) {
            login_ended(&t->login, code);
            continue;
        }
        connection_ended(&a->http.connection);
        curl_multi_remove_handle(t->multi, a->http.easy);
        verdict_reach(t, a, code);
    }
}

/* Gets the requests that are due on their way, then gives the caller time. */
static int idle(struct transfer *t, struct error *e)
{
    if (fill(t, e))
        return -1;
    due_begin(t);
    perform(t);
    return t->ops->idle ? t->ops->idle(t->ctx, e) : 0;
}

static bool may_go(const struct transfer *t, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (!t->ops->apart || !t->ops->apart(t->ctx, attempt_nth(t, i)->exchange, attempt_nth(t, n)->exchange))
            return false;
    return true;
}

/* The place of the first that is done and waits for none before it; `used`: there is none. */
static unsigned first_done(const struct transfer *t)
{
    unsigned n = 0;
    while (n < t->used && !(attempt_nth(t, n)->phase == DONE && may_go(t, n)))
        n++;
    return n;
}

static void leave(struct transfer *t, unsigned n)
{
    struct attempt *a = t->order[n];
    a->phase = FREE;
    memmove((void *)(t->order + n), (void *)(t->order + n + 1), (t->slots - n - 1) * sizeof(struct attempt *));
    t->order[t->slots - 1] = a;
    t->used--;
}

/* Hands over what is done, in order. 1: stop. */
static int deliver(struct transfer *t, struct error *e)
{
    for (unsigned n; (n = first_done(t)) < t->used;) {
        struct attempt *a = attempt_nth(t, n);
        int next = t->ops->done(t->ctx, a->exchange, e);
        if (next < 0) {
            attempt_locate(a->exchange, e);
            return -1;
        }
        if (next == TRANSFER_AGAIN)
            attempt_schedule_again(a);
        else
            leave(t, n);
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
    attempt_check(t, curl_multi_poll(t->multi, wake, fd >= 0 ? 2 : 1, (int)ceil(seconds * 1000), NULL));
}

static bool is_under_way(const struct transfer *t)
{
    for (unsigned i = 0; i < t->used; i++)
        if (attempt_nth(t, i)->phase == ACTIVE)
            return true;
    return false;
}

/* Until a request may begin, or there is news of one, or input. */
static void rest(struct transfer *t, double seconds)
{
    bool under_way = is_under_way(t), idle = t->used && !under_way;
    double began = io_clock();
    if (!under_way && t->slots == 1 && connection_is_kept(&attempt_nth(t, 0)->http.connection))
        seconds = fmin(seconds, KEPT_IDLE); /* nobody else is to wait for it */
    wait_for_news(t, t->waits_for_input ? t->ops->input_fd : -1, CURL_WAIT_POLLIN, seconds);
    if (idle)
        t->stats->waited += io_clock() - began;
}

void transfer_wait(struct transfer *t, int fd)
{
    wait_for_news(t, fd, CURL_WAIT_POLLOUT, due_begin(t));
    perform(t);
}

/* Not longer than the caller waits for input. */
static double wait_at_most(const struct transfer *t, double seconds)
{
    double patience = t->waits_for_input && t->ops->patience ? t->ops->patience(t->ctx) : -1;
    return patience >= 0 ? fmin(seconds, patience) : seconds;
}

static int show_instead(struct transfer *t, struct error *e)
{
    struct buf commands = {0};
    int result = attempt_dry(t, &commands, e);
    if (result == 0)
        t->options.dry(buf_text(&commands));
    buf_free(&commands);
    return result;
}

int transfer_run(struct transfer *t, const struct transfer_ops *ops, void *ctx, struct error *e)
{
    int result;
    t->ops = ops;
    t->ctx = ctx;
    t->client.note = ops->note;
    t->client.ctx = ctx;
    client_warn(&t->client);
    result = fill(t, e);
    while (result == 0 && (t->used || t->waits_for_input)) {
        if (t->options.dry && t->used && (result = show_instead(t, e)))
            break;
        perform(t);
        if ((result = deliver(t, e)) || io_signalled() || t->broken)
            break;
        if ((result = fill(t, e))) /* what has come by now may lead on already */
            break;
        double seconds = wait_at_most(t, due_begin(t));
        bool news = first_done(t) < t->used; /* one could not begin */
        if (!news && (t->used || t->waits_for_input))
            rest(t, seconds);
    }
    while (t->used)
        attempt_drop(t, attempt_nth(t, --t->used));
    if (io_deadline_is_over())
        return error_set(e, EXIT_UNAVAILABLE, "the time of --deadline is over");
    if (io_signalled()) {
        e->quiet = true;
        return -1;
    }
    if (t->broken && result >= 0)
        return error_set(e, EXIT_BUG, "libcurl cannot go on: %s", curl_multi_strerror((CURLMcode)t->broken));
    return result < 0 ? -1 : 0;
}
