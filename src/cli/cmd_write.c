/* write: NDJSON from standard input, sent in batches; a JSON receipt on standard output. */
#include "write/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "cli/arrow_input.h"
#include "cli/cmd.h"
#include "cli/report.h"
#include "cli/write_tell.h"
#include "http/url.h"
#include "write/address.h"
#include "write/reply.h"
#include "write/settle.h"

/* ---- the next request ---- */

/* The batch that was filled goes into the slot. */
static int hand_out(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    struct batch sent = h->batch;
    h->batch = w->filling;
    w->filling = sent;
    batch_clear(&w->filling);
    outcome_begin(h);
    int result = h->now.to ? address_request(w, h, x, &w->torn) : ADDRESS_NOTHING;
    if (h->now.to && result == ADDRESS_NOTHING)
        outcome_skip(h);
    x->nothing = result == ADDRESS_NOTHING;
    if (result >= 0)
        return TRANSFER_READY;
    h->held = false;
    w->input_done = true;
    return TRANSFER_NONE;
}

/* Seconds until the batch at hand is to be sent as it is; negative: it waits for more. */
static double patience(void *ctx)
{
    struct write_run *w = ctx;
    if (w->options->batch_time < 0 || !w->filling.count)
        return -1;
    double left = w->options->batch_time - io_seconds_since(&w->filled);
    return left > 0 ? left : 0;
}

static bool is_over(double left)
{
    return left >= 0 && left <= 0;
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct write_run *w = ctx;
    struct held_batch *h = &w->held[x->slot];
    bool none = !w->filling.count;
    (void)e;
    if (w->failed || w->input_done)
        return TRANSFER_NONE;
    int state = input_fill(&w->input, &w->filling, &w->torn);
    if (none && w->filling.count)
        clock_gettime(CLOCK_MONOTONIC, &w->filled);
    if (state == INPUT_BATCH || (state == INPUT_WAIT && w->filling.count && is_over(patience(w))))
        return hand_out(w, h, x);
    if (state == INPUT_WAIT)
        return TRANSFER_INPUT;
    w->input_done = true;
    return TRANSFER_NONE;
}

/* ---- answers ---- */

static void on_begin(void *ctx, struct exchange *x)
{
    struct write_run *w = ctx;
    buf_clear(&w->held[x->slot].answer);
    w->held[x->slot].open = true;
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct write_run *w = ctx;
    struct held_batch *h = &w->held[x->slot];
    h->answer.cap = (size_t)w->http.network->max_page_bytes;
    return buf_add(&h->answer, bytes, n) && x->status / 100 == 2
               ? error_set(e, EXIT_ANSWER, "the answer is larger than --max-page-bytes")
               : 0;
}

static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct write_run *w = ctx;
    struct held_batch *h = &w->held[x->slot];
    int result = reply_read(h, x, e);
    *said = (struct slice){h->compact.len ? buf_text(&h->compact) : NULL, h->compact.len};
    return result;
}

static int on_whole(void *ctx, struct exchange *x, struct error *e)
{
    struct write_run *w = ctx;
    return reply_conclude(w, &w->held[x->slot], x, e);
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct write_run *w = ctx;
    struct held_batch *h = &w->held[x->slot];
    if (io_signalled())
        return TRANSFER_STOP;
    h->open = false;
    int result = outcome_piece(w, h, x);
    if (result == 0 && h->waiting && !w->failed && !settle_has_enough(w, h)) {
        h->now = h->later[--h->waiting];
        return address_request(w, h, x, e) ? -1 : TRANSFER_AGAIN;
    }
    if (result == 0 && h->waiting == 0)
        w->receipt.batches++;
    settle_batch(w, h, x); /* after a failure, here or in an earlier batch, no more is sent */
    return TRANSFER_DONE;
}

static int on_idle(void *ctx, struct error *e)
{
    (void)e;
    write_tell_progress(ctx);
    return 0;
}

/* ---- the whole ---- */

/* Not what is read, nor another output. */
static int open_output(const struct write_run *w, const char *name, mode_t mode, int *to, struct error *e)
{
    const int others[] = {w->input.fd, w->reject_fd, w->ids_fd};
    return name && !w->dry ? io_open_emptied(name, mode, others, sizeof others / sizeof *others, to, e) : 0;
}

static int open_input(struct write_run *w, struct error *e)
{
    const struct write_options *o = w->options;
    w->input.fd = STDIN_FILENO;
    if (!o->replay)
        return 0;
    w->input.fd = open(o->replay, O_RDONLY | O_CLOEXEC);
    w->input.replay = true;
    return w->input.fd < 0 ? error_set(e, EXIT_NO_FILE, "cannot open %s: %s", o->replay, strerror(errno)) : 0;
}

static int parse_path(struct path *path, const char *name, const char *text, struct error *e)
{
    return text ? path_option(path, name, text, e) : 0;
}

/* Updates are PUT, where --method does not say PATCH or POST. */
static int set_change(struct write_run *w, struct error *e)
{
    const char *path = w->options->method_path;
    if (!path)
        return 0;
    if (w->method == METHOD_DELETE)
        return error_set(e, EXIT_USAGE, "with --method-path, --method is that of updates: PUT, PATCH or POST");
    return path_option(&w->change, "method-path", path, e);
}

/* What the URL has need not be in a PATCH, and some servers refuse it there. What --method-path names is not of the
 * row.
 */
static void set_omit(struct write_run *w)
{
    const struct list *given = &w->options->body.omit;
    const char *op = w->options->method_path;
    struct slice path;
    if (op && !given->count && !strpbrk(op, "./$"))
        list_add(&w->omit, op);
    for (size_t i = 0; i < given->count; i++)
        if (*given->item[i])
            list_add(&w->omit, given->item[i]);
    for (size_t at = 0; w->method == METHOD_PATCH && !given->count && !op && w->target.path.text &&
                        template_next(&w->target.path, &at, &path);) {
        char *name = mem_text(path.text, path.len);
        list_add(&w->omit, name);
        free(name);
    }
}

static int set_up_request(struct write_run *w, const struct request_options *request, struct error *e)
{
    const struct write_options *o = w->options;
    if (w->method == METHOD_GET || w->method == METHOD_HEAD || w->method == METHOD_OPTIONS)
        return error_set(e, EXIT_USAGE, "--method of write is POST, PUT, PATCH or DELETE");
    if (target_init(&w->target, request, o->url_template, auth_options_give_token(w->http.auth), e))
        return -1;
    w->http.request = &w->target.common;
    if (set_change(w, e))
        return -1;
    set_omit(w);
    w->body = o->body;
    w->body.omit = w->omit;
    if (body_parse(&w->shape, &w->body, request->data, e) ||
        (o->idempotency_key && idempotency_check(o->idempotency_header, o->idempotency_key, e)))
        return -1;
    if (target_varies(&w->target) && !body_is_single(&w->shape))
        return error_set(e, EXIT_USAGE,
                         "a {PATH} in the URL, --url-template, --query or --header needs --body single: each record "
                         "has its own ({{ is a brace)");
    return w->change.count && !body_is_single(&w->shape)
               ? error_set(e, EXIT_USAGE, "--method-path needs --body single: each record has a request of its own")
               : 0;
}

static int set_up(struct write_run *w, const struct options *all, struct error *e)
{
    const struct write_options *o = w->options;
    if (set_up_request(w, &all->request, e))
        return -1;
    if (o->ids_file && !o->ids)
        return error_set(e, EXIT_USAGE, "--ids-file needs --ids, which says where the ids are");
    if (o->batch_time >= 0 && o->end_marker)
        return error_set(e, EXIT_USAGE, "--batch-time sends what is not known to be whole: not with --end-marker");
    w->input.shape = &w->shape;
    w->input.end_marker = o->end_marker;
    w->input.keeps_large = o->reject_file || o->max_rejects > 0;
    w->input.batch_size = body_is_single(&w->shape) ? 1 : (size_t)o->batch_size;
    w->input.batch_bytes = (size_t)o->batch_bytes;
    input_init(&w->input);
    if (open_input(w, e) || arrow_input_set(&w->input, all, e))
        return -1;
    w->input.waits = w->input.arrow;
    if (parse_path(&w->paths.results, "results", o->results, e) ||
        parse_path(&w->paths.status, "result-status", o->result_status, e) ||
        parse_path(&w->paths.error, "result-error", o->result_error, e) || parse_path(&w->paths.ids, "ids", o->ids, e))
        return -1;
    return open_output(w, o->reject_file, 0600, &w->reject_fd, e) || open_output(w, o->ids_file, 0666, &w->ids_fd, e) ||
                   open_output(w, o->answers_file, 0600, &w->answers_fd, e)
               ? -1
               : 0;
}

static int run(struct write_run *w, unsigned parallel, struct error *e)
{
    struct transfer_ops ops = {.any_status = true,
                               .next = on_next,
                               .begin = on_begin,
                               .data = on_data,
                               .kind = RULE_WRITE,
                               .said = on_said,
                               .whole = on_whole,
                               .done = on_done,
                               .idle = on_idle,
                               .note = write_tell_note,
                               .patience = patience,
                               .input_fd = w->input.fd};
    struct transfer *t = transfer_new(&w->http, parallel, &w->stats, e);
    if (!t)
        return -1;
    w->held = mem_zeroed(parallel, sizeof *w->held);
    int result = transfer_run(t, &ops, w, e);
    transfer_free(t);
    settle_open(w, parallel);
    for (unsigned i = 0; i < parallel; i++)
        outcome_free(&w->held[i]);
    free(w->held);
    if (result == 0 && (w->failed || w->torn.code)) {
        *e = w->failed ? w->failure : w->torn;
        result = -1;
    }
    return result;
}

static int give_receipt(struct write_run *w, const struct timespec *began, struct error *e)
{
    struct buf line = {0};
    w->receipt.requests = w->stats.requests;
    w->receipt.retries = w->stats.retries;
    w->receipt.waited = w->stats.waited;
    w->receipt.seconds = io_seconds_since(began);
    report_receipt(&w->receipt, &line);
    int result = io_write_whole(STDOUT_FILENO, line.data, line.len, e);
    buf_free(&line);
    return result;
}

int cmd_write(const struct options *o, struct error *e)
{
    struct write_run w = {.options = &o->write,
                          .http = options_http(o),
                          .method = o->request.method != METHOD_NOT_GIVEN ? o->request.method
                                    : o->write.method_path                ? METHOD_PUT
                                                                          : METHOD_POST,
                          .dry = o->run.dry_run,
                          .reject_fd = -1,
                          .ids_fd = -1,
                          .answers_fd = -1};
    struct timespec began;
    struct error ignored = {0};
    clock_gettime(CLOCK_MONOTONIC, &began);
    bool meter = o->run.progress_meter && !o->network.verbose;
    terminal_init(&w.terminal, o->run.quiet, meter ? PROGRESS_ALWAYS : PROGRESS_NONE, -1);
    int result = set_up(&w, o, e);
    if (result == 0) {
        result = run(&w, options_parallel(o, 1), e);
        write_tell_end(&w, result ? e : NULL);
        if (give_receipt(&w, &began, result ? &ignored : e))
            result = -1;
    }
    close(w.reject_fd);
    close(w.ids_fd);
    close(w.answers_fd);
    input_free(&w.input);
    batch_free(&w.filling);
    body_free(&w.shape);
    idempotency_free(&w.keys);
    path_free(&w.change);
    path_free(&w.paths.results);
    path_free(&w.paths.status);
    path_free(&w.paths.error);
    path_free(&w.paths.ids);
    receipt_free(&w.receipt);
    target_free(&w.target);
    list_free(&w.omit);
    return result;
}
