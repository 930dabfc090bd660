/* call: one request, with the same authentication, retries, redaction and exit codes as the rest; the answer's body on
 * stdout, whatever its status. */
#include "cli/cmd.h"

#include <unistd.h>

#include "base/io.h"
#include "base/terminal.h"
#include "http/answer.h"
#include "pages/ask.h"
#include "write/idempotency.h"

static bool repeatable(const struct options *o, enum method method)
{
    return (method != METHOD_POST && method != METHOD_PATCH) || (o->write.idempotency_key && o->write.idempotent);
}

static int make_request(const struct options *o, struct request *r, struct error *e)
{
    if (request_url(&o->request, &r->url, e))
        return -1;
    buf_add(&r->body, o->request.data, o->request.data_len);
    if (o->write.idempotency_key)
        buf_addf(&r->headers, "%s: %s\n", o->write.idempotency_header, o->write.idempotency_key);
    r->method = request_options_method(&o->request);
    r->repeatable = repeatable(o, r->method);
    return o->write.idempotency_key ? idempotency_check(o->write.idempotency_header, o->write.idempotency_key, e) : 0;
}

/* JSON shows by itself that it is whole. */
static void doubt_end(struct ask *ask, struct terminal *terminal)
{
    struct buf compact = {0};
    if (ask->exchange->open_end && split_compact(ask->body.data, ask->body.len, &compact))
        terminal_note(terminal, false, ANSWER_OPEN_END);
    buf_free(&compact);
}

static int write_head(const struct exchange *x, struct error *e)
{
    struct buf head = {0};
    transfer_head(x, &head);
    buf_addc(&head, '\n');
    int result = io_write_lines(STDOUT_FILENO, head.data, head.len, e);
    buf_free(&head);
    return result;
}

/* The body goes out whatever its status. A rule has seen all of it; without one a success that failed is torn. */
static int show(struct ask *ask, bool include, struct terminal *terminal, struct error *e)
{
    const struct exchange *x = ask->exchange;
    bool torn = ask->failed && x->status / 100 == 2 && !x->rule;
    if (include && !torn && write_head(x, e))
        return -1;
    if (!torn && io_write_lines(STDOUT_FILENO, ask->body.data, ask->body.len, e))
        return -1;
    if (!ask->failed) {
        doubt_end(ask, terminal);
        return 0;
    }
    *e = ask->error;
    return x->unsettled && !x->request.repeatable
               ? error_set(e, e->code, "%s; the server may have acted on it", e->message)
               : -1;
}

int cmd_call(const struct options *o, struct error *e)
{
    struct terminal terminal;
    struct ask ask = {.http = options_http(o), .note = terminal_tell, .ctx = &terminal, .first = true, .raw = true};
    terminal_init(&terminal, o->run.quiet, PROGRESS_NONE, -1);
    int result = make_request(o, &ask.request, e) || ask_init(&ask, e) ? -1 : 0;
    if (result == 0 && ask_request(&ask, NULL) && !ask.failed) {
        *e = ask.error; /* a signal, or curl cannot go on */
        result = -1;
    }
    if (result == 0)
        result = show(&ask, o->run.include, &terminal, e);
    ask_free(&ask);
    return result;
}
