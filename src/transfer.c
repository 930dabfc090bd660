#include "transfer.h"

#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "io.h"
#include "retry.h"
#include "url.h"

enum { ERROR_BODY = 16384, RECEIVE_BYTES = 256 * 1024, POLL_MS = 60000 };

enum phase { FREE, WAITING, ACTIVE, DONE };

struct attempt {
    struct transfer *transfer;
    struct exchange *exchange;
    CURL *easy;
    enum phase phase;
    unsigned retries, redirects;
    double first, due; /* when the first attempt began; when the next may begin */
    bool stopped;      /* data() refused the body: exchange->error says why */
    struct curl_slist *headers; /* those of this request, then those of all */
    struct buf error_body;
    char curl_error[CURL_ERROR_SIZE];
};

struct transfer {
    const struct options *options;
    struct transfer_stats *stats;
    struct retry_policy retry;
    CURLM *multi;
    struct curl_slist *headers;
    bool typed; /* they have a Content-Type */
    struct exchange *exchange;
    unsigned slots, head, used; /* a ring: `used` exchanges from `head` on, in order */
    bool waits_for_input;
    double hold;                /* no attempt begins before this: a server asked us to slow down */
    unsigned short random[3];
    const struct transfer_ops *ops;
    void *ctx;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- set-up ---- */

static int add_header(struct transfer *t, const char *line, struct error *e)
{
    const char *colon = strpbrk(line, ":;");
    if (!colon || colon == line || strpbrk(line, "\r\n"))
        return error_set(e, EXIT_USAGE, "a header must be 'Name: value'");
    t->headers = curl_slist_append(t->headers, line);
    return 0;
}

static int add_header_file(struct transfer *t, const char *name, struct error *e)
{
    struct buf text = {0};
    int result = io_read_file(name, &text, e);
    char *rest = result ? NULL : (char *)buf_text(&text);
    for (char *line; result == 0 && (line = strsep(&rest, "\n"));) {
        line[strcspn(line, "\r")] = '\0';
        if (*line && add_header(t, line, e))
            result = error_set(e, EXIT_CONFIG, "%s: a header must be 'Name: value'", name);
    }
    buf_free(&text);
    return result;
}

static bool has_header(const struct transfer *t, const char *name)
{
    for (struct curl_slist *h = t->headers; h; h = h->next)
        if (strncasecmp(h->data, name, strlen(name)) == 0 && strchr(":;", h->data[strlen(name)]))
            return true;
    return false;
}

static int add_headers(struct transfer *t, struct error *e)
{
    const struct list *list = &t->options->header;
    for (size_t i = 0; i < list->count; i++) {
        const char *text = list->item[i];
        if (*text == '@' ? add_header_file(t, text + 1, e) : add_header(t, text, e))
            return -1;
    }
    t->typed = has_header(t, "Content-Type");
    if (!has_header(t, "Accept"))
        t->headers = curl_slist_append(t->headers, "Accept: application/json, */*;q=0.5");
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct attempt *a = user;
    struct exchange *x = a->exchange;
    n *= size;
    if (!x->status)
        curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &x->status);
    if (x->status / 100 != 2) {
        size_t room = ERROR_BODY - a->error_body.len;
        buf_add(&a->error_body, bytes, n < room ? n : room);
        if (!a->transfer->ops->any_status)
            return n;
    }
    if (a->transfer->ops->data(a->transfer->ctx, x, bytes, n, &x->error) == 0)
        return n;
    a->stopped = true;
    return CURL_WRITEFUNC_ERROR;
}

/* Every curl option that a command-line option sets. */
static void set_up(struct transfer *t, struct attempt *a)
{
    const struct options *o = t->options;
    CURL *c = a->easy;
    curl_easy_setopt(c, CURLOPT_PRIVATE, a);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, a->curl_error);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(c, CURLOPT_USERAGENT, o->user_agent ? o->user_agent : PACKAGE_NAME "/" PACKAGE_VERSION);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, o->compressed ? "" : NULL);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, lround(o->connect_timeout * 1000));
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, lround(o->max_time * 1000));
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)o->speed_limit);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)ceil(o->speed_time));
    if (o->cacert)
        curl_easy_setopt(c, CURLOPT_CAINFO, o->cacert);
}

struct transfer *transfer_new(const struct options *o, unsigned parallel, struct transfer_stats *stats, struct error *e)
{
    struct transfer *t = mem_zeroed(1, sizeof *t);
    struct timespec seed;
    clock_gettime(CLOCK_REALTIME, &seed);
    *t = (struct transfer){.options = o, .stats = stats, .slots = parallel};
    t->retry = (struct retry_policy){.tries = (long)o->retry, .delay = o->retry_delay, .longest = o->retry_max_time};
    t->random[0] = (unsigned short)getpid();
    t->random[1] = (unsigned short)(seed.tv_nsec >> 4);
    t->multi = curl_multi_init();
    t->exchange = mem_zeroed(parallel, sizeof *t->exchange);
    if (add_headers(t, e)) {
        transfer_free(t);
        return NULL;
    }
    for (unsigned i = 0; i < parallel; i++) {
        struct attempt *a = mem_zeroed(1, sizeof *a);
        *a = (struct attempt){.transfer = t, .exchange = &t->exchange[i], .easy = curl_easy_init()};
        t->exchange[i] = (struct exchange){.slot = i, .attempt = a};
        set_up(t, a);
    }
    return t;
}

static void drop(struct transfer *t, struct attempt *a)
{
    if (a->phase == ACTIVE)
        curl_multi_remove_handle(t->multi, a->easy);
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
        curl_easy_cleanup(a->easy);
        curl_slist_free_all(a->headers);
        buf_free(&a->error_body);
        free(a);
    }
    curl_multi_cleanup(t->multi);
    curl_slist_free_all(t->headers);
    free(t->exchange);
    free(t);
}

const char *transfer_header(const struct exchange *x, const char *name, size_t n)
{
    struct curl_header *header;
    return curl_easy_header(x->attempt->easy, name, n, CURLH_HEADER, -1, &header) ? NULL : header->value;
}

/* ---- messages ---- */

static void show(struct transfer *t, bool verbose, struct exchange *x, const char *before, const char *after)
{
    struct buf line = {0};
    if (verbose && !t->options->verbose)
        return;
    buf_adds(&line, before);
    url_redact(buf_text(&x->request.url), &line);
    buf_adds(&line, after);
    t->ops->note(t->ctx, verbose, buf_text(&line));
    buf_free(&line);
}

void transfer_locate(const struct exchange *x, struct error *e)
{
    struct buf url = {.cap = sizeof e->url - 1};
    url_redact(x->request.url.data, &url);
    snprintf(e->url, sizeof e->url, "%s", buf_text(&url));
    buf_free(&url);
    e->http_status = x->status;
    e->offset = x->offset;
    e->has_offset = x->offset >= 0;
}

static void status_error(struct attempt *a, struct error *e)
{
    long status = a->exchange->status;
    char detail[300];
    control_error_detail(a->error_body.data, a->error_body.len, detail, sizeof detail);
    enum exit_code code = status == 401 || status == 403                     ? EXIT_DENIED
                          : status == 429 || status / 100 == 5 || retry_status(status) ? EXIT_UNAVAILABLE
                          : status / 100 == 4                                ? EXIT_REFUSED
                                                                             : EXIT_ANSWER;
    error_set(e, code, "HTTP %ld%s%s", status, *detail ? ": " : "", detail);
}

/* ---- attempts ---- */

/* The request's own headers, and behind them those that all requests share. */
static void set_headers(struct transfer *t, struct attempt *a)
{
    curl_slist_free_all(a->headers);
    a->headers = NULL;
    for (const char *line = buf_text(&a->exchange->request.headers), *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        char *text = mem_text(line, (size_t)(end - line));
        a->headers = curl_slist_append(a->headers, text);
        free(text);
    }
    for (struct curl_slist *h = t->headers; h; h = h->next)
        a->headers = curl_slist_append(a->headers, h->data);
}

static const char *method(const struct exchange *x)
{
    return x->request.method ? x->request.method : "GET";
}

static void add_own_header(struct attempt *a, const char *name, const char *value)
{
    struct buf line = {0};
    buf_addf(&line, "%s:%s%s", name, *value ? " " : "", value);
    a->headers = curl_slist_append(a->headers, buf_text(&line));
    buf_free(&line);
}

static void set_body(struct transfer *t, struct attempt *a)
{
    struct request *r = &a->exchange->request;
    curl_easy_setopt(a->easy, CURLOPT_POSTFIELDS, buf_text(&r->body));
    curl_easy_setopt(a->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    add_own_header(a, "Expect", ""); /* many servers make curl wait a second for their 100 Continue */
    if (!t->typed)
        add_own_header(a, "Content-Type", r->content_type ? r->content_type : "application/json");
}

/* libcurl itself repeats a request when a reused connection dies before the first byte of the answer. What must not be sent twice
 * therefore gets a connection of its own. */
static void set_request(struct transfer *t, struct attempt *a)
{
    struct request *r = &a->exchange->request;
    const char *verb = method(a->exchange);
    set_headers(t, a);
    curl_easy_setopt(a->easy, CURLOPT_HTTPGET, 1L);
    if (r->body.len || strcmp(verb, "GET"))
        set_body(t, a);
    curl_easy_setopt(a->easy, CURLOPT_URL, buf_text(&r->url));
    curl_easy_setopt(a->easy, CURLOPT_CUSTOMREQUEST, verb);
    curl_easy_setopt(a->easy, CURLOPT_NOBODY, strcmp(verb, "HEAD") == 0 ? 1L : 0L);
    curl_easy_setopt(a->easy, CURLOPT_FRESH_CONNECT, r->repeatable ? 0L : 1L);
    curl_easy_setopt(a->easy, CURLOPT_FORBID_REUSE, r->repeatable ? 0L : 1L);
    curl_easy_setopt(a->easy, CURLOPT_HTTPHEADER, a->headers);
}

static void begin(struct transfer *t, struct attempt *a)
{
    struct exchange *x = a->exchange;
    struct buf line = {0};
    x->status = 0;
    x->spent = false;
    x->failed = x->unsettled = a->stopped = false;
    x->error = (struct error){0};
    buf_clear(&a->error_body);
    *a->curl_error = '\0';
    t->ops->begin(t->ctx, x);
    buf_addf(&line, "> %s ", method(x));
    show(t, true, x, buf_text(&line), "");
    buf_free(&line);
    set_request(t, a);
    curl_multi_add_handle(t->multi, a->easy);
    a->phase = ACTIVE;
    t->stats->requests++;
}

static void schedule(struct attempt *a)
{
    a->phase = WAITING;
    a->retries = a->redirects = 0;
    a->first = a->due = now();
}

static void settle(struct attempt *a, bool failed)
{
    a->exchange->failed = failed;
    a->phase = DONE;
    if (failed)
        transfer_locate(a->exchange, &a->exchange->error);
}

static void give_up(struct attempt *a)
{
    struct error *e = &a->exchange->error;
    struct buf message = {0};
    buf_adds(&message, e->message);
    if (a->retries)
        error_set(e, e->code, "%s; given up after %u tries", buf_text(&message), a->retries + 1);
    buf_free(&message);
    settle(a, true);
}

/* Another try later, when the policy has one left and the request may be repeated; else the exchange has failed with its error.
 * taken: the server may have acted on it. */
static void retry(struct transfer *t, struct attempt *a, bool taken)
{
    struct exchange *x = a->exchange;
    curl_off_t after = 0;
    curl_easy_getinfo(a->easy, CURLINFO_RETRY_AFTER, &after);
    if (x->status / 100 == 2)
        after = 0;
    double wait = retry_wait(&t->retry, a->retries + 1, (double)after, erand48(t->random));
    double start = now() + wait;
    bool safe = x->request.repeatable || !taken || x->status == 429 || (x->status == 503 && after > 0);
    if (x->spent || !safe || !retry_allowed(&t->retry, a->retries + 1, start - a->first)) {
        x->unsettled = taken && x->status != 429;
        give_up(a);
        return;
    }
    a->retries++;
    t->stats->retries++;
    a->due = start;
    a->phase = WAITING;
    if (x->status == 429 || (x->status == 503 && after > 0))
        t->hold = fmax(t->hold, start);
    struct buf line = {0};
    buf_addf(&line, ": %s; try %u of %ld in %.3g s", x->error.message, a->retries + 1, t->retry.tries + 1, wait);
    show(t, false, x, "", buf_text(&line));
    buf_free(&line);
}

/* Redirects are followed by hand: libcurl cannot be told to stay within the origin. */
static void redirect(struct transfer *t, struct attempt *a, const char *to)
{
    struct exchange *x = a->exchange;
    struct buf shown = {0};
    url_redact(to, &shown);
    if (strcmp(method(x), "GET") && strcmp(method(x), "HEAD") && x->status < 307)
        error_set(&x->error, EXIT_ANSWER, "HTTP %ld redirects a %s to %s: use that URL", x->status, method(x), buf_text(&shown));
    else if (!url_same_origin(buf_text(&x->request.url), to) &&
             !url_is_trusted(to, t->options->trust_host.item, t->options->trust_host.count))
        error_set(&x->error, EXIT_ANSWER, "HTTP %ld redirects to another origin: %s (--trust-host)", x->status, buf_text(&shown));
    else if (a->redirects++ >= t->options->max_redirs)
        error_set(&x->error, EXIT_ANSWER, "more than %lld redirects", (long long)t->options->max_redirs);
    buf_free(&shown);
    if (x->error.code) {
        settle(a, true);
        return;
    }
    buf_clear(&x->request.url);
    buf_adds(&x->request.url, to);
    a->phase = WAITING;
    a->due = now();
}

/* It failed before anything could be sent. */
static bool not_sent(CURLcode code)
{
    static const CURLcode early[] = {CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_SSL_CONNECT_ERROR,
                                     CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE};
    for (size_t i = 0; i < sizeof early / sizeof *early; i++)
        if (early[i] == code)
            return true;
    return false;
}

static bool may_pass(CURLcode code)
{
    static const CURLcode passing[] = {CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING,
                                       CURLE_SEND_ERROR,      CURLE_RECV_ERROR,         CURLE_PARTIAL_FILE,
                                       CURLE_HTTP2,           CURLE_HTTP2_STREAM,       CURLE_AGAIN};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (passing[i] == code)
            return true;
    return false;
}

static void network_error(struct transfer *t, struct attempt *a, CURLcode code)
{
    struct exchange *x = a->exchange;
    if (a->stopped) {
        settle(a, true);
        return;
    }
    error_set(&x->error, EXIT_UNAVAILABLE, "%s", *a->curl_error ? a->curl_error : curl_easy_strerror(code));
    if (code == CURLE_BAD_CONTENT_ENCODING || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL)
        x->error.code = EXIT_ANSWER;
    x->unsettled = !not_sent(code);
    if (may_pass(code))
        retry(t, a, x->unsettled);
    else
        settle(a, true);
}

static void whole(struct transfer *t, struct attempt *a)
{
    int verdict = t->ops->whole(t->ctx, a->exchange, &a->exchange->error);
    if (verdict > 0)
        retry(t, a, true);
    else
        settle(a, verdict < 0);
}

static void finish(struct transfer *t, struct attempt *a, CURLcode code)
{
    struct exchange *x = a->exchange;
    char *to = NULL;
    char told[40];
    curl_multi_remove_handle(t->multi, a->easy);
    curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &x->status);
    curl_easy_getinfo(a->easy, CURLINFO_REDIRECT_URL, &to);
    if (x->status > 0 && x->status < 600)
        t->stats->status[x->status]++;
    snprintf(told, sizeof told, "< %ld ", x->status);
    show(t, true, x, told, "");
    if (code != CURLE_OK) {
        network_error(t, a, code);
    } else if (x->status / 100 == 2) {
        whole(t, a);
    } else if (x->status / 100 == 3 && to) {
        redirect(t, a, to);
    } else {
        status_error(a, &x->error);
        x->unsettled = x->status / 100 == 5;
        if (retry_status(x->status))
            retry(t, a, true);
        else
            settle(a, true);
    }
}

/* ---- the window ---- */

static struct attempt *nth(struct transfer *t, unsigned n)
{
    return t->exchange[(t->head + n) % t->slots].attempt;
}

static int fill(struct transfer *t, struct error *e)
{
    int more = TRANSFER_READY;
    while (t->used < t->slots && more == TRANSFER_READY) {
        struct attempt *a = nth(t, t->used);
        more = t->ops->next(t->ctx, a->exchange, e);
        if (more == TRANSFER_READY) {
            schedule(a);
            t->used++;
        }
    }
    t->waits_for_input = more == TRANSFER_INPUT;
    return more < 0 ? -1 : 0;
}

/* Begins what is due; returns the seconds until something else is. */
static double begin_due(struct transfer *t)
{
    double time = now(), next = time + POLL_MS / 1000;
    for (unsigned i = 0; i < t->used; i++) {
        struct attempt *a = nth(t, i);
        if (a->phase != WAITING)
            continue;
        double due = fmax(a->due, t->hold);
        if (due <= time)
            begin(t, a);
        else if (due < next)
            next = due;
    }
    return next - time;
}

static void perform(struct transfer *t)
{
    int running, left;
    CURLMsg *message;
    curl_multi_perform(t->multi, &running);
    while ((message = curl_multi_info_read(t->multi, &left))) {
        struct attempt *a;
        CURLcode code = message->data.result;
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
            schedule(a);
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

static void wait_for_news(struct transfer *t, double seconds)
{
    struct curl_waitfd wake[] = {{.fd = io_signal_fd(), .events = CURL_WAIT_POLLIN},
                                 {.fd = t->ops->input_fd, .events = CURL_WAIT_POLLIN}};
    curl_multi_poll(t->multi, wake, t->waits_for_input ? 2 : 1, (int)ceil(seconds * 1000), NULL);
}

int transfer_run(struct transfer *t, const struct transfer_ops *ops, void *ctx, struct error *e)
{
    int result;
    t->ops = ops;
    t->ctx = ctx;
    while ((result = fill(t, e)) == 0 && (t->used || t->waits_for_input)) {
        perform(t);
        if ((result = deliver(t, e)) || io_signalled())
            break;
        if (t->used || t->waits_for_input)
            wait_for_news(t, begin_due(t));
    }
    while (t->used)
        drop(t, nth(t, --t->used));
    if (io_signalled()) {
        e->quiet = true;
        return -1;
    }
    return result < 0 ? -1 : 0;
}

const char *transfer_library(void)
{
    return curl_version();
}
