/* call: one request, with the same authentication, retries, redaction and exit codes as the rest; the answer's body on
 * stdout, whatever its status. */
#include "cli/cmd.h"

#include <unistd.h>

#include "base/io.h"
#include "base/terminal.h"
#include "http/answer.h"
#include "http/transfer.h"
#include "write/idempotency.h"

struct call {
    const struct options *options;
    struct buf url, body, compact;
    struct transfer_stats stats;
    struct terminal terminal;
    bool asked;
};

static bool repeatable(const struct options *o, enum method method)
{
    return (method != METHOD_POST && method != METHOD_PATCH) || (o->write.idempotency_key && o->write.idempotent);
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct call *c = ctx;
    const struct options *o = c->options;
    struct request *r = &x->request;
    (void)e;
    if (c->asked)
        return TRANSFER_NONE;
    c->asked = true;
    request_clear(r);
    buf_swap(&r->url, &c->url);
    buf_add(&r->body, o->request.data, o->request.data_len);
    if (o->write.idempotency_key)
        buf_addf(&r->headers, "%s: %s\n", o->write.idempotency_header, o->write.idempotency_key);
    r->method = request_options_method(&o->request);
    r->repeatable = repeatable(o, r->method);
    x->offset = -1;
    x->first = true;
    return TRANSFER_READY;
}

static void on_begin(void *ctx, struct exchange *x)
{
    struct call *c = ctx;
    (void)x;
    buf_clear(&c->body);
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct call *c = ctx;
    (void)x;
    c->body.cap = (size_t)c->options->network.max_page_bytes;
    return buf_add(&c->body, bytes, n) ? error_set(e, EXIT_ANSWER, "the answer is larger than --max-page-bytes") : 0;
}

static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct call *c = ctx;
    struct split split;
    (void)x, (void)e;
    buf_clear(&c->compact);
    if (split_whole(&split, c->body.data, c->body.len, &c->compact) == 0)
        *said = (struct slice){buf_text(&c->compact), c->compact.len};
    return 0;
}

static int on_whole(void *ctx, struct exchange *x, struct error *e)
{
    (void)ctx, (void)x, (void)e;
    return 0;
}

static void say_unsettled(struct error *e)
{
    error_set(e, e->code, "%s; the server may have acted on it", e->message);
}

/* JSON shows by itself that it is whole. */
static void doubt_end(struct call *c, const struct exchange *x)
{
    struct split split;
    struct buf compact = {0};
    if (x->open_end && split_whole(&split, c->body.data, c->body.len, &compact))
        terminal_note(&c->terminal, false, ANSWER_OPEN_END);
    buf_free(&compact);
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct call *c = ctx;
    bool torn = x->failed && x->status / 100 == 2 && !x->rule; /* a rule has seen all of it */
    if (!torn && io_write_lines(STDOUT_FILENO, c->body.data, c->body.len, e))
        return -1;
    if (!x->failed) {
        doubt_end(c, x);
        return TRANSFER_DONE;
    }
    *e = x->error;
    if (x->unsettled && !x->request.repeatable)
        say_unsettled(e);
    return -1;
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct call *c = ctx;
    terminal_note(&c->terminal, verbose, line);
}

static const struct transfer_ops call_ops = {
    .any_status = true,
    .kind = RULE_CALL,
    .said = on_said,
    .next = on_next,
    .begin = on_begin,
    .data = on_data,
    .whole = on_whole,
    .done = on_done,
    .note = on_note,
};

int cmd_call(const struct options *o, struct error *e)
{
    struct http_options http = options_http(o);
    struct call c = {.options = o};
    terminal_init(&c.terminal, o->run.quiet, false, -1);
    int result = request_url(&o->request, &c.url, e);
    if (result == 0 && o->write.idempotency_key)
        result = idempotency_check(o->write.idempotency_header, o->write.idempotency_key, e);
    struct transfer *t = result ? NULL : transfer_new(&http, 1, &c.stats, e);
    result = t ? transfer_run(t, &call_ops, &c, e) : -1;
    transfer_free(t);
    buf_free(&c.url);
    buf_free(&c.body);
    buf_free(&c.compact);
    return result;
}
