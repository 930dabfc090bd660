/* write: NDJSON from standard input, sent in batches; a JSON receipt on standard output. */
#include "cmd.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "gzip.h"
#include "input.h"
#include "io.h"
#include "keys.h"
#include "progress.h"
#include "results.h"
#include "url.h"

enum { PIECES = 64 };

/* Records [from, to) of a batch. */
struct piece {
    size_t from, to;
};

/* What is kept in one slot of the window: a batch, and the pieces of it that are still to be sent: a refused piece is halved until the
 * bad records stand alone. */
struct held {
    struct batch batch;
    struct piece now, later[PIECES];
    unsigned waiting; /* pieces in `later` */
    struct buf answer, compact;
    size_t body_bytes;
};

struct write {
    const struct options *options;
    struct buf url;
    struct input input;
    struct body_shape shape;
    struct results_paths paths;
    struct keys keys;
    struct held *held;
    struct batch filling; /* the next batch, while it waits for input */
    struct buf body;
    int reject_fd, ids_fd;
    struct receipt receipt;
    struct error failure; /* the first one, in order; nothing new is sent after it */
    bool failed, input_done;
    struct transfer_stats stats;
    struct progress progress;
};

/* ---- the next request ---- */

/* The braces of --url-template, filled from the record. */
static int fill_template(struct write *w, struct slice record, int64_t line, struct buf *url, struct error *e)
{
    struct buf filled = {0}, compact = {0};
    struct buf no_records = {0};
    struct split split;
    int result = 0;
    split_start(&split, NULL, &no_records, &compact);
    split_feed(&split, record.text, record.len);
    for (const char *p = w->options->url_template; *p && result == 0;) {
        size_t plain = strcspn(p, "{");
        buf_add(&filled, p, plain);
        p += plain;
        const char *end = *p ? strchr(p, '}') : NULL;
        if (!end)
            break;
        char *name = mem_text(p + 1, (size_t)(end - p - 1));
        struct path path;
        path_parse(&path, name);
        struct slice value = path_find(&path, compact.data, compact.len);
        if (path_is_void(value) || *value.text == '{' || *value.text == '[')
            result = error_set(e, EXIT_INPUT, "input line %" PRId64 ": the record has no %s for --url-template", line, name);
        else
            url_escape(value, &filled);
        path_free(&path);
        free(name);
        p = end + 1;
    }
    if (result == 0 && url_resolve(buf_text(&w->url), buf_text(&filled), url))
        result = error_set(e, EXIT_USAGE, "--url-template makes no URL");
    buf_free(&filled);
    buf_free(&compact);
    return result;
}

static int compress(struct request *r, struct error *e)
{
    struct buf small = {0};
    if (gzip_compress(r->body.data, r->body.len, &small))
        return error_set(e, EXIT_BUG, "cannot compress the body");
    buf_swap(&r->body, &small);
    buf_free(&small);
    buf_adds(&r->headers, "Content-Encoding: gzip\n");
    return 0;
}

/* The request for the piece at hand of the batch. */
static int address(struct write *w, struct held *h, struct exchange *x, struct error *e)
{
    const struct options *o = w->options;
    struct request *r = &x->request;
    request_clear(r);
    body_build(&w->shape, &h->batch, h->now.from, h->now.to, &r->body);
    h->body_bytes = r->body.len;
    r->method = o->method ? o->method : "POST";
    r->content_type = body_content_type(&w->shape);
    r->repeatable = strcmp(r->method, "PUT") == 0 || (o->idempotency_key && o->idempotent);
    if (o->idempotency_key)
        keys_add(&w->keys, o->idempotency_header, o->idempotency_key, &r->body, &r->headers);
    x->offset = -1;
    if (o->compress_body && compress(r, e))
        return -1;
    if (o->url_template)
        return fill_template(w, batch_record(&h->batch, h->now.from), batch_line(&h->batch, h->now.from), &r->url, e);
    buf_add(&r->url, w->url.data, w->url.len);
    return 0;
}

static void fail(struct write *w, const struct error *e)
{
    if (!w->failed)
        w->failure = *e;
    w->failed = true;
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct write *w = ctx;
    struct held *h = &w->held[x->slot];
    struct error wrong = {0};
    (void)e;
    if (w->failed || w->input_done)
        return TRANSFER_NONE;
    int state = input_fill(&w->input, &w->filling, &wrong);
    if (state == INPUT_WAIT)
        return TRANSFER_INPUT;
    if (state == INPUT_END)
        w->input_done = true;
    if (state == INPUT_BATCH) {
        struct batch sent = h->batch;
        h->batch = w->filling;
        w->filling = sent;
        batch_clear(&w->filling);
        h->now = (struct piece){0, h->batch.count};
        h->waiting = 0;
        state = address(w, h, x, &wrong) ? -1 : INPUT_BATCH;
    }
    if (state < 0)
        fail(w, &wrong);
    return state == INPUT_BATCH ? TRANSFER_READY : TRANSFER_NONE;
}

/* ---- answers ---- */

static void on_begin(void *ctx, struct exchange *x)
{
    struct write *w = ctx;
    buf_clear(&w->held[x->slot].answer);
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct write *w = ctx;
    struct held *h = &w->held[x->slot];
    h->answer.cap = (size_t)w->options->max_page_bytes;
    return buf_add(&h->answer, bytes, n) ? error_set(e, EXIT_ANSWER, "the answer is larger than --max-page-bytes") : 0;
}

static int on_whole(void *ctx, struct exchange *x, struct error *e)
{
    (void)ctx, (void)x, (void)e;
    return 0;
}

/* The answer as compact JSON; empty when it is none, which is fine: then it says nothing of single records. */
static struct slice compact_answer(struct held *h)
{
    struct split split;
    struct buf no_records = {0};
    buf_clear(&h->compact);
    split_start(&split, NULL, &no_records, &h->compact);
    if (split_feed(&split, h->answer.data, h->answer.len) || split_end(&split))
        buf_clear(&h->compact);
    return (struct slice){buf_text(&h->compact), h->compact.len};
}

static int write_id(struct write *w, struct slice id, struct error *e)
{
    struct buf line = {0};
    if (w->ids_fd < 0)
        return 0;
    buf_add(&line, id.text ? id.text : "null", id.text ? id.len : 4);
    buf_addc(&line, '\n');
    int result = io_write_lines(w->ids_fd, line.data, line.len, e);
    buf_free(&line);
    return result;
}

static int reject(struct write *w, struct held *h, size_t n, long status, struct slice why, struct error *e)
{
    struct buf line = {0};
    int64_t number = batch_line(&h->batch, n);
    int result = 0;
    w->receipt.rejected++;
    control_reject(batch_record(&h->batch, n), number, status, why, &line);
    if (w->reject_fd >= 0)
        result = io_write_lines(w->reject_fd, line.data, line.len, e);
    buf_free(&line);
    int64_t most = w->options->max_rejects >= 0 ? w->options->max_rejects : w->options->reject_file ? INT64_MAX : 0;
    if (result == 0 && w->receipt.rejected > most)
        result = error_set(e, EXIT_REFUSED, "input line %" PRId64 " was rejected%s%.*s; more rejects than --max-rejects %" PRId64, number,
                           why.len ? ": " : "", (int)(why.len < 300 ? why.len : 300), why.text ? why.text : "", most);
    return result;
}

/* A 2xx answer: the records are written, but for those that it says were not. */
static int accept_piece(struct write *w, struct held *h, struct error *e)
{
    struct slice answer = compact_answer(h);
    size_t count = h->now.to - h->now.from, at = 0;
    struct slice list = results_list(&w->paths, answer, count);
    int result = 0;
    w->receipt.bytes += (int64_t)h->body_bytes;
    for (size_t i = 0; i < count; i++) {
        struct result said = {0};
        if (list.text)
            results_next(&w->paths, list, &at, &said);
        else if (count == 1)
            said.id = results_single_id(&w->paths, answer);
        if (said.rejected) {
            if (reject(w, h, h->now.from + i, said.status, said.error, e))
                result = -1; /* go on: the other records of this answer have their fate */
            continue;
        }
        w->receipt.records++;
        if (write_id(w, said.id, e))
            result = -1;
    }
    return result;
}

static bool takes_rejects(const struct write *w)
{
    return w->options->reject_file || w->options->max_rejects > 0;
}

static bool is_refusal(long status)
{
    return status == 400 || status == 413 || status == 422;
}

static void later(struct held *h, size_t from, size_t to)
{
    h->later[h->waiting++] = (struct piece){from, to};
}

/* A piece was refused as a whole. One record: it is bad. More: halve it. */
static int refuse_piece(struct write *w, struct held *h, struct exchange *x, struct error *e)
{
    size_t from = h->now.from, to = h->now.to;
    if (to - from == 1) {
        struct buf quoted = {0};
        path_quote(x->error.message, strlen(x->error.message), &quoted);
        int result = reject(w, h, from, x->status, (struct slice){quoted.data, quoted.len}, e);
        buf_free(&quoted);
        return result;
    }
    later(h, from + (to - from) / 2, to);
    later(h, from, from + (to - from) / 2);
    return 0;
}

/* The fate of all lines of the batch is known, or will not be; in the order of the batches. */
static void settle(struct write *w, struct held *h, bool unknown)
{
    int64_t first = batch_line(&h->batch, 0), last = batch_line(&h->batch, h->batch.count - 1);
    if (unknown)
        receipt_add(&w->receipt.unknown, batch_line(&h->batch, h->now.from), batch_line(&h->batch, h->now.to - 1));
    else if (w->failed)
        receipt_add(&w->receipt.done_later, first, last);
    else
        w->receipt.lines_done = last;
    w->receipt.batches++;
}

static int fail_piece(struct write *w, struct held *h, struct exchange *x)
{
    struct error *e = &x->error;
    struct buf message = {0};
    buf_addf(&message, "input lines %" PRId64 "-%" PRId64 ": %s%s", batch_line(&h->batch, h->now.from), batch_line(&h->batch, h->now.to - 1),
             e->message, is_refusal(x->status) ? " (--reject-file finds out the bad ones)" : "");
    error_set(e, e->code, "%s", buf_text(&message));
    buf_free(&message);
    if (!w->failed && h->now.from > 0) /* what came before it in its batch is done */
        w->receipt.lines_done = batch_line(&h->batch, h->now.from - 1);
    fail(w, e);
    if (x->unsettled)
        settle(w, h, true);
    return TRANSFER_DONE;
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct write *w = ctx;
    struct held *h = &w->held[x->slot];
    struct error wrong = {0};
    int result = 0;
    if (!x->failed)
        result = accept_piece(w, h, &wrong);
    else if (takes_rejects(w) && is_refusal(x->status))
        result = refuse_piece(w, h, x, &wrong);
    else
        return fail_piece(w, h, x);
    if (result) {
        transfer_locate(x, &wrong);
        if (!w->failed) /* all of this piece has its fate */
            w->receipt.lines_done = batch_line(&h->batch, h->now.to - 1);
        fail(w, &wrong);
        return TRANSFER_DONE;
    }
    if (h->waiting == 0) {
        settle(w, h, false);
        return TRANSFER_DONE;
    }
    if (w->failed) /* an earlier batch failed: send no more */
        return TRANSFER_DONE;
    h->now = h->later[--h->waiting];
    if (address(w, h, x, e))
        return -1;
    return TRANSFER_AGAIN;
}

static int on_idle(void *ctx, struct error *e)
{
    struct write *w = ctx;
    (void)e;
    progress_show(&w->progress, w->receipt.records, w->receipt.batches, w->stats.retries, -1);
    return 0;
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct write *w = ctx;
    progress_hide(&w->progress);
    cmd_note(w->options, verbose, line);
}

/* ---- the whole ---- */

static int open_output(const char *name, int *fd, struct error *e)
{
    *fd = -1;
    if (!name)
        return 0;
    *fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return *fd < 0 ? error_set(e, EXIT_IO, "cannot write %s", name) : 0;
}

static int open_input(struct write *w, struct error *e)
{
    const struct options *o = w->options;
    struct stat in, out;
    w->input.fd = STDIN_FILENO;
    if (!o->replay)
        return 0;
    w->input.fd = open(o->replay, O_RDONLY | O_CLOEXEC);
    w->input.replay = true;
    if (w->input.fd < 0 || fstat(w->input.fd, &in))
        return error_set(e, EXIT_NO_FILE, "cannot open %s", o->replay);
    if (o->reject_file && stat(o->reject_file, &out) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
        return error_set(e, EXIT_USAGE, "--replay and --reject-file are the same file");
    return 0;
}

static int parse_path(struct path *path, const char *name, const char *text, struct error *e)
{
    return text && path_parse(path, text) ? error_set(e, EXIT_USAGE, "--%s is nested too deep", name) : 0;
}

static int set_up(struct write *w, struct error *e)
{
    const struct options *o = w->options;
    const char *method = o->method ? o->method : "POST";
    if (strcmp(method, "POST") && strcmp(method, "PUT") && strcmp(method, "PATCH"))
        return error_set(e, EXIT_USAGE, "--method of write is POST, PUT or PATCH");
    if (body_parse(&w->shape, o->body, o->ndjson_prefix, e))
        return -1;
    if (o->url_template && w->shape.kind != BODY_SINGLE)
        return error_set(e, EXIT_USAGE, "--url-template needs --body single, for each record has a URL of its own");
    if (o->ids_file && !o->ids)
        return error_set(e, EXIT_USAGE, "--ids-file needs --ids, which says where the ids are");
    w->input.shape = &w->shape;
    w->input.end_marker = o->end_marker;
    w->input.batch_size = w->shape.kind == BODY_SINGLE ? 1 : (size_t)o->batch_size;
    w->input.batch_bytes = (size_t)o->batch_bytes;
    input_init(&w->input);
    if (cmd_target(o, &w->url, e) || parse_path(&w->paths.results, "results", o->results, e) ||
        parse_path(&w->paths.status, "result-status", o->result_status, e) ||
        parse_path(&w->paths.error, "result-error", o->result_error, e) || parse_path(&w->paths.ids, "ids", o->ids, e))
        return -1;
    return open_input(w, e) || open_output(o->reject_file, &w->reject_fd, e) || open_output(o->ids_file, &w->ids_fd, e) ? -1 : 0;
}

static int run(struct write *w, struct error *e)
{
    unsigned parallel = cmd_parallel(w->options, 1);
    struct transfer_ops ops = {.next = on_next, .begin = on_begin, .data = on_data, .whole = on_whole, .done = on_done, .idle = on_idle,
                               .note = on_note, .input_fd = w->input.fd};
    struct transfer *t = transfer_new(w->options, parallel, &w->stats, e);
    if (!t)
        return -1;
    w->held = mem_zeroed(parallel, sizeof *w->held);
    int result = transfer_run(t, &ops, w, e);
    transfer_free(t);
    for (unsigned i = 0; i < parallel; i++) {
        batch_free(&w->held[i].batch);
        buf_free(&w->held[i].answer);
        buf_free(&w->held[i].compact);
    }
    free(w->held);
    if (result == 0 && w->failed) {
        *e = w->failure;
        result = -1;
    }
    return result;
}

static int give_receipt(struct write *w, const struct timespec *began, struct error *e)
{
    struct buf line = {0};
    w->receipt.requests = w->stats.requests;
    w->receipt.retries = w->stats.retries;
    w->receipt.seconds = cmd_seconds_since(began);
    control_receipt(&w->receipt, &line);
    int result = io_write_lines(STDOUT_FILENO, line.data, line.len, e);
    buf_free(&line);
    return result;
}

/* Says which lines may or may not have been stored. */
static void name_unknown(const struct write *w, struct error *e)
{
    struct buf message = {0};
    const struct receipt_ranges *unknown = &w->receipt.unknown;
    if (!unknown->count)
        return;
    buf_addf(&message, "%s; may or may not have been stored:", e->message);
    for (size_t i = 0; i < unknown->count && i < 8; i++)
        buf_addf(&message, "%s lines %" PRId64 "-%" PRId64, i ? "," : "", unknown->range[i].first, unknown->range[i].last);
    error_set(e, e->code, "%s%s", buf_text(&message), unknown->count > 8 ? ", ... (see the receipt)" : "");
    buf_free(&message);
}

int cmd_write(const struct options *o, struct error *e)
{
    struct write w = {.options = o, .reject_fd = -1, .ids_fd = -1};
    struct timespec began;
    struct error ignored = {0};
    clock_gettime(CLOCK_MONOTONIC, &began);
    progress_start(&w.progress, o->progress_meter && !o->quiet && !o->verbose, -1);
    int result = set_up(&w, e);
    if (result == 0) {
        result = run(&w, e);
        progress_hide(&w.progress);
        if (result)
            name_unknown(&w, e);
        if (!io_signalled() && give_receipt(&w, &began, result ? &ignored : e))
            result = -1;
    }
    close(w.reject_fd);
    close(w.ids_fd);
    input_free(&w.input);
    batch_free(&w.filling);
    body_free(&w.shape);
    keys_free(&w.keys);
    path_free(&w.paths.results);
    path_free(&w.paths.status);
    path_free(&w.paths.error);
    path_free(&w.paths.ids);
    free(w.receipt.unknown.range);
    free(w.receipt.done_later.range);
    buf_free(&w.url);
    return result;
}
