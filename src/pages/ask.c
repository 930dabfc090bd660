/* ask: one request at a time, with its answer at hand. */
#include "pages/ask.h"

#include <inttypes.h>

#include "http/answer.h"
#include "http/secret.h"
#include "http/url.h"
#include "pages/link_header.h"

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct ask *p = ctx;
    (void)e;
    if (p->asked)
        return TRANSFER_NONE;
    struct request made = x->request;
    x->request = p->request;
    p->request = made;
    p->asked = true;
    p->exchange = x;
    x->ops = &ask_ops;
    x->ctx = p;
    x->offset = -1;
    x->first = p->first;
    return TRANSFER_READY;
}

static void on_begin(void *ctx, struct exchange *x)
{
    struct ask *p = ctx;
    x->spent = p->once;
    buf_clear(&p->records);
    buf_clear(&p->envelope);
    buf_clear(&p->body);
    p->bytes = 0;
    split_start(&p->split, p->places, &p->records, &p->envelope);
    p->split.lines = p->lines;
    p->split.guarded = true;
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct ask *p = ctx;
    if (p->bytes == 0 && p->lines && answer_is_ndjson(x))
        split_many(&p->split);
    p->bytes += n;
    if (p->bytes > (size_t)p->http.network->max_page_bytes)
        return error_set(e, EXIT_ANSWER, "the answer is larger than --max-page-bytes %" PRId64,
                         p->http.network->max_page_bytes);
    if (p->raw)
        return buf_add(&p->body, bytes, n);
    if (split_feed(&p->split, bytes, n) == 0)
        return 0;
    answer_split_error(&p->split, x, (struct slice){bytes, n}, p->bytes, e);
    return -1;
}

static int say_raw(struct ask *p, struct slice *said)
{
    if (split_whole(&p->split, p->body.data, p->body.len, &p->envelope) == 0)
        *said = (struct slice){buf_text(&p->envelope), p->envelope.len};
    return 0;
}

static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct ask *p = ctx;
    if (p->raw)
        return say_raw(p, said);
    if (x->status == 204 || x->status == 205)
        return 0;
    if (split_end(&p->split) == 0) {
        *said = (struct slice){buf_text(&p->envelope), p->envelope.len};
        return 0;
    }
    answer_split_error(&p->split, x, (struct slice){0}, 0, e);
    return p->split.reason == SPLIT_CUT ? 1 : -1;
}

static bool on_matters(void *ctx, const struct exchange *x)
{
    const struct ask *p = ctx;
    return !p->guessed || x->status != 500;
}

static void note_made(struct ask *p, struct exchange *x)
{
    struct buf url = {0};
    secret_redact(buf_text(&x->request.url), &url);
    transfer_mask(x, buf_writable(&url));
    buf_addf(&p->made, "%s %s %ld\n", request_method(x->request.method), buf_text(&url), x->status);
    buf_free(&url);
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct ask *p = ctx;
    (void)e;
    note_made(p, x);
    buf_text(&x->request.url); /* for those who only read it */
    p->failed = x->failed;
    p->error = x->error;
    p->empty = !x->failed && x->action == RULE_EMPTY;
    p->no_content = !x->failed && (x->status == 204 || x->status == 205);
    return TRANSFER_DONE;
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct ask *p = ctx;
    p->note(p->ctx, verbose, line);
}

const struct transfer_ops ask_ops = {
    .next = on_next,
    .begin = on_begin,
    .data = on_data,
    .kind = RULE_READ,
    .said = on_said,
    .matters = on_matters,
    .done = on_done,
    .note = on_note,
};

int ask_init(struct ask *p, struct error *e)
{
    p->transfer = transfer_new(&p->http, 1, &p->stats, e);
    return p->transfer ? 0 : -1;
}

void ask_free(struct ask *p)
{
    transfer_free(p->transfer);
    request_free(&p->request);
    buf_free(&p->records);
    buf_free(&p->envelope);
    buf_free(&p->body);
    buf_free(&p->made);
}

void ask_ready(struct ask *p, const struct path *places)
{
    p->places = places;
    p->guessed = p->guess;
    p->asked = false;
    p->failed = p->empty = false;
    p->error = (struct error){0};
}

int ask_request(struct ask *p, const struct path *places)
{
    struct transfer_ops ops = ask_ops;
    ask_ready(p, places);
    ops.any_status = p->raw;
    ops.kind = p->raw ? RULE_CALL : RULE_READ;
    if (transfer_run(p->transfer, &ops, p, &p->error))
        p->failed = true;
    return p->failed ? -1 : 0;
}

void ask_to_get(struct ask *p, const char *url)
{
    request_clear(&p->request);
    buf_adds(&p->request.url, url);
    p->request.method = METHOD_GET;
    p->request.repeatable = true;
}

int ask_get(struct ask *p, const char *url, const struct path *places)
{
    ask_to_get(p, url);
    return ask_request(p, places);
}

struct answer ask_answer(struct ask *p)
{
    return (struct answer){
        .url = p->exchange->request.url.data,
        .header = answer_header,
        .headers = p->exchange,
        .envelope = {buf_text(&p->envelope), p->envelope.len},
        .records = {buf_text(&p->records), p->records.len},
    };
}

bool ask_link(struct ask *p, const char *relation, struct buf *url)
{
    struct buf target = {0};
    bool found = link_header_find(answer_header, p->exchange, relation, &target) == LINK_FOUND &&
                 url_resolve(p->exchange->request.url.data, buf_text(&target), url) == 0;
    buf_free(&target);
    return found;
}
