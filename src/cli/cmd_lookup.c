/* lookup: for each JSON object on standard input one request, made of it; it comes out with the answer in it, in order.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/output.h"
#include "base/terminal.h"
#include "cli/cmd.h"
#include "cli/lookup_known.h"
#include "http/transfer.h"
#include "write/input.h"
#include "write/settle.h"
#include "write/target.h"
#include "json/split.h"

enum { LONGEST_LINE = 16 << 20 };

/* The line in one place of the window. */
struct held_line {
    struct buf record; /* compact */
    int64_t line;
    struct buf key;             /* the request, to know an equal one by */
    struct buf answer, compact; /* as it comes; as JSON without white space */
};

struct lookup {
    const struct options *options;
    struct http_options http;
    struct target target;
    struct buf body_text;
    struct template body; /* text NULL: none */
    struct body_shape shape;
    struct input input;
    struct batch next; /* the line at hand */
    struct held_line *held;
    struct known known;
    struct output output;
    struct buf out; /* lines to be written */
    int reject_fd;
    int64_t lines, rejected;
    bool input_done;
    struct error torn; /* the input is wrong: told when what came before is done */
    struct transfer *transfer;
    struct transfer_stats stats;
    struct terminal terminal;
};

/* ---- the next request ---- */

static int make_request(struct lookup *l, struct held_line *h, struct request *r, struct error *e)
{
    struct slice record = {h->record.data, h->record.len};
    request_clear(r);
    r->method = request_options_method(&l->options->request);
    r->repeatable = true; /* it asks for something, whatever its method */
    if (target_fill(&l->target, record, h->line, r, e) ||
        (l->body.text && template_fill(&l->body, record, h->line, &r->body, e)))
        return -1;
    buf_clear(&h->key);
    buf_addf(&h->key, "%s\n%s\n", buf_text(&r->url), buf_text(&r->headers));
    return buf_add(&h->key, buf_text(&r->body), r->body.len);
}

static struct slice key_of(const struct held_line *h)
{
    return (struct slice){h->key.data, h->key.len};
}

/* A line is an object that has room for the answer. */
static int take_line(struct lookup *l, struct held_line *h, struct error *e)
{
    const char *into = l->options->write.into;
    struct slice record = batch_record(&l->next, 0);
    h->line = batch_line(&l->next, 0);
    buf_clear(&h->record);
    split_compact(record.text, record.len, &h->record);
    batch_clear(&l->next);
    record = (struct slice){h->record.data, h->record.len};
    if (*record.text != '{')
        return error_set(e, EXIT_INPUT, "input line %" PRId64 ": not an object", h->line);
    if (value_member(record, into, strlen(into)).text)
        return error_set(e, EXIT_INPUT, "input line %" PRId64 ": has a %s already: name another one with --into",
                         h->line, into);
    return 0;
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct lookup *l = ctx;
    struct held_line *h = &l->held[x->slot];
    (void)e;
    if (l->input_done)
        return TRANSFER_NONE;
    int state = input_fill(&l->input, &l->next, &l->torn);
    if (state == INPUT_WAIT)
        return TRANSFER_INPUT;
    l->input_done = state != INPUT_BATCH || take_line(l, h, &l->torn) || make_request(l, h, &x->request, &l->torn);
    if (l->input_done)
        return TRANSFER_NONE;
    x->offset = -1;
    x->first = true;
    x->nothing = !known_ask(&l->known, key_of(h));
    return TRANSFER_READY;
}

/* ---- its answer ---- */

static void on_begin(void *ctx, struct exchange *x)
{
    struct lookup *l = ctx;
    buf_clear(&l->held[x->slot].answer);
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct lookup *l = ctx;
    struct buf *answer = &l->held[x->slot].answer;
    answer->cap = (size_t)l->options->network.max_page_bytes;
    return buf_add(answer, bytes, n) ? error_set(e, EXIT_ANSWER, "the answer is larger than --max-page-bytes") : 0;
}

/* No content is null. */
static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct lookup *l = ctx;
    struct held_line *h = &l->held[x->slot];
    struct split split;
    buf_clear(&h->compact);
    if (!h->answer.len)
        return buf_adds(&h->compact, "null");
    if (split_whole(&split, h->answer.data, h->answer.len, &h->compact))
        return error_set(e, EXIT_ANSWER, "the answer is not JSON: %s at byte %llu", split.reason,
                         (unsigned long long)split.position);
    *said = (struct slice){buf_text(&h->compact), h->compact.len};
    return 0;
}

/* The line as it is, and one member more. */
static void add_line(struct lookup *l, const struct held_line *h, struct slice answer)
{
    const char *into = l->options->write.into;
    buf_add(&l->out, h->record.data, h->record.len - 1);
    buf_adds(&l->out, h->record.len > 2 ? "," : "");
    value_quote(into, strlen(into), &l->out);
    buf_addc(&l->out, ':');
    buf_add(&l->out, answer.text, answer.len);
    buf_adds(&l->out, "}\n");
    l->lines++;
}

/* As the reject file of write has it. */
static int reject(struct lookup *l, const struct held_line *h, const struct exchange *x, struct error *e)
{
    struct buf line = {0}, why = {0};
    value_quote(x->error.message, strlen(x->error.message), &why);
    settle_add_reject((struct slice){h->record.data, h->record.len}, h->line, x->status,
                      (struct slice){why.data, why.len}, &line);
    buf_free(&why);
    int result = io_write_whole(l->reject_fd, line.data, line.len, e);
    buf_free(&line);
    l->rejected++;
    return result;
}

static int on_failed(struct lookup *l, const struct held_line *h, const struct exchange *x, struct error *e)
{
    int64_t most = l->options->write.max_rejects;
    known_forget(&l->known, key_of(h));
    *e = x->error;
    if (l->reject_fd < 0 || e->code == EXIT_DENIED)
        return error_set(e, e->code, "input line %" PRId64 ": %s", h->line, x->error.message);
    if (most >= 0 && l->rejected >= most)
        return error_set(e, EXIT_REFUSED, "input line %" PRId64 ": more than --max-rejects %" PRId64 ": %s", h->line,
                         most, x->error.message);
    return reject(l, h, x, e) ? -1 : TRANSFER_DONE;
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct lookup *l = ctx;
    struct held_line *h = &l->held[x->slot];
    if (x->nothing) {
        struct slice answer = known_find(&l->known, key_of(h));
        x->nothing = false;
        if (!answer.text)
            return TRANSFER_AGAIN; /* the one before it failed, or there was no room for its answer */
        add_line(l, h, answer);
        return TRANSFER_DONE;
    }
    if (x->failed)
        return on_failed(l, h, x, e);
    if (x->action == RULE_EMPTY) {
        buf_clear(&h->compact);
        buf_adds(&h->compact, "null");
    }
    struct slice answer = {h->compact.data, h->compact.len};
    known_answer(&l->known, key_of(h), answer);
    add_line(l, h, answer);
    return TRANSFER_DONE;
}

static void wait_for_reader(void *ctx, int fd)
{
    struct lookup *l = ctx;
    transfer_wait(l->transfer, fd);
}

static int on_idle(void *ctx, struct error *e)
{
    struct lookup *l = ctx;
    size_t done = 0;
    int result = 0;
    if (l->out.len)
        result = io_write_busy(l->output.fd, l->out.data, l->out.len, wait_for_reader, l, &done, e);
    buf_clear(&l->out);
    return result;
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct lookup *l = ctx;
    terminal_note(&l->terminal, verbose, line);
}

/* ---- the whole ---- */

static int set_body(struct lookup *l, const struct request_options *o, struct error *e)
{
    if (!o->data)
        return 0;
    if (split_compact(o->data, o->data_len, &l->body_text))
        return error_set(e, EXIT_USAGE, "--data of lookup is JSON, with \"{PATH}\" for what a line has there");
    l->body = (struct template){"data", TEMPLATE_JSON, buf_text(&l->body_text)};
    return template_check(&l->body, e);
}

static int set_up(struct lookup *l, struct error *e)
{
    static const struct list none;
    const struct options *o = l->options;
    const char *output = o->output.output;
    if (target_init(&l->target, &o->request, NULL, auth_options_give_token(&o->auth), e) || set_body(l, &o->request, e))
        return -1;
    l->http.request = &l->target.common;
    if (!target_varies(&l->target) && !(l->body.text && template_varies(&l->body)))
        return error_set(e, EXIT_USAGE,
                         "a lookup needs a {PATH} in the URL, --query, --header or --data, for what a "
                         "line has there");
    if (strcmp(output, "arrow") == 0)
        return error_set(e, EXIT_USAGE, "--output arrow does not go with lookup");
    l->shape = (struct body_shape){.kind = BODY_SINGLE, .omit = &none};
    l->input.fd = STDIN_FILENO;
    l->input.shape = &l->shape;
    l->input.end_marker = o->write.end_marker;
    l->input.batch_size = 1;
    l->input.batch_bytes = LONGEST_LINE;
    input_init(&l->input);
    if (o->write.reject_file && !o->run.dry_run &&
        io_open_emptied(o->write.reject_file, 0600, &l->input.fd, 1, &l->reject_fd, e))
        return -1;
    return output_open(&l->output, strcmp(output, "ndjson") == 0 || o->run.dry_run ? NULL : output, e);
}

static int run(struct lookup *l, struct error *e)
{
    unsigned parallel = options_parallel(l->options, 4);
    struct transfer_ops ops = {.kind = RULE_CALL,
                               .next = on_next,
                               .begin = on_begin,
                               .data = on_data,
                               .said = on_said,
                               .done = on_done,
                               .idle = on_idle,
                               .note = on_note,
                               .input_fd = STDIN_FILENO};
    l->transfer = transfer_new(&l->http, parallel, &l->stats, e);
    if (!l->transfer)
        return -1;
    l->held = mem_zeroed(parallel, sizeof *l->held);
    int result = transfer_run(l->transfer, &ops, l, e);
    for (unsigned i = 0; i < parallel; i++) {
        buf_free(&l->held[i].record);
        buf_free(&l->held[i].key);
        buf_free(&l->held[i].answer);
        buf_free(&l->held[i].compact);
    }
    free(l->held);
    if (result == 0 && l->torn.code) {
        *e = l->torn;
        result = -1;
    }
    return result;
}

static void free_all(struct lookup *l)
{
    transfer_free(l->transfer);
    target_free(&l->target);
    buf_free(&l->body_text);
    input_free(&l->input);
    batch_free(&l->next);
    known_free(&l->known);
    output_free(&l->output);
    buf_free(&l->out);
    if (l->reject_fd >= 0)
        close(l->reject_fd);
}

static void note_rejects(struct lookup *l)
{
    struct buf note = {0};
    if (l->rejected)
        buf_addf(&note, "%" PRId64 " line%s rejected: see %s", l->rejected, l->rejected == 1 ? " was" : "s were",
                 l->options->write.reject_file);
    if (note.len)
        terminal_note(&l->terminal, false, buf_text(&note));
    buf_free(&note);
}

int cmd_lookup(const struct options *o, struct error *e)
{
    struct lookup l = {.options = o, .http = options_http(o), .output = {.fd = -1}, .reject_fd = -1};
    terminal_init(&l.terminal, o->run.quiet, PROGRESS_NONE, -1);
    int result = set_up(&l, e) || run(&l, e) || output_finish(&l.output, e) ? -1 : 0;
    note_rejects(&l);
    free_all(&l);
    return result;
}
