/* lookup: for each JSON object on standard input what an API says to a request made of it; it comes out with the answer
 * in it, in order. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/arrow_input.h"
#include "cli/cmd.h"
#include "cli/lookup_run.h"
#include "http/answer.h"
#include "json/split.h"

enum { LONGEST_LINE = 16 << 20, LEAST_WINDOW = 64, MOST_WINDOW = 100000 };

/* ---- the next request ---- */

/* For what the call asks for, of which each line has been checked. */
static int make_request(struct lookup *l, const struct call *call, struct request *r, struct error *e)
{
    size_t count = call->ids.count;
    struct slice *records = mem_zeroed(count, sizeof *records);
    int64_t *lines = mem_zeroed(count, sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        struct buf *record = &call->ids.item[i]->record;
        records[i] = (struct slice){record->data, record->len};
        lines[i] = call->ids.item[i]->line;
    }
    request_clear(r);
    r->method = request_options_method(&l->options->request);
    r->repeatable = true; /* it asks for something, whatever its method */
    int result = target_fill_many(&l->target, records, lines, count, r, e);
    if (result == 0 && l->list.option)
        result = template_list_fill(&l->list, records, lines, count, &r->body, e);
    else if (result == 0 && l->body.text)
        result = template_fill(&l->body, records[0], lines[0], &r->body, e);
    free(records);
    free(lines);
    return result;
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct lookup *l = ctx;
    enum lines_state state = lines_take(l);
    bool calls = calls_next(l, x->slot, state);
    x->nothing = !calls && lines_are_settled(l); /* what they ask for is known: they may go out */
    if (x->nothing)
        return TRANSFER_READY;
    if (!calls)
        return state == LINES_WAIT ? TRANSFER_INPUT : TRANSFER_NONE;
    if (make_request(l, &l->calls.slot[x->slot], &x->request, e))
        return -1;
    x->offset = -1;
    x->first = true;
    return TRANSFER_READY;
}

static double patience(void *ctx)
{
    const struct lookup *l = ctx;
    return calls_patience(l);
}

/* ---- its answer ---- */

static void on_begin(void *ctx, struct exchange *x)
{
    struct lookup *l = ctx;
    buf_clear(&l->calls.slot[x->slot].answer);
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct lookup *l = ctx;
    struct buf *answer = &l->calls.slot[x->slot].answer;
    answer->cap = (size_t)l->options->network.max_page_bytes;
    return buf_add(answer, bytes, n) ? error_set(e, EXIT_ANSWER, "the answer is larger than --max-page-bytes") : 0;
}

/* No content is null. */
static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct lookup *l = ctx;
    struct call *call = &l->calls.slot[x->slot];
    struct split split;
    buf_clear(&call->compact);
    if (!call->answer.len)
        return buf_adds(&call->compact, "null");
    if (split_whole(&split, call->answer.data, call->answer.len, &call->compact)) {
        error_set(e, EXIT_ANSWER, "the answer is not JSON: %s at byte %llu", split.reason,
                  (unsigned long long)split.position);
        return split.reason == SPLIT_CUT ? 1 : -1;
    }
    *said = (struct slice){buf_text(&call->compact), call->compact.len};
    return 0;
}

static int on_whole(void *ctx, struct exchange *x, struct error *e)
{
    const struct lookup *l = ctx;
    return calls_check(l, x, e);
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
    if (l->out.len && io_write_busy(l->output.fd, l->out.data, l->out.len, wait_for_reader, l, &done, e))
        result = -1;
    buf_clear(&l->out);
    return result;
}

/* The lines before one that fails go out all the same. */
static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct lookup *l = ctx;
    struct error unwritten = {0};
    if (!x->nothing)
        calls_done(l, x);
    if (lines_settle(l, e) == 0)
        return TRANSFER_DONE;
    on_idle(l, &unwritten);
    return -1;
}

/* Lines are put into their order by who waits for them. */
static bool calls_apart(void *ctx, const struct exchange *a, const struct exchange *b)
{
    (void)ctx;
    (void)a;
    (void)b;
    return true;
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

/* --batch-size: where the ids stand, and how answers are found. */
static int set_many(struct lookup *l, struct error *e)
{
    const struct options *o = l->options;
    bool in_body = l->body.text && template_varies(&l->body);
    if (!l->many)
        return o->paging.records || options_is_given(o, "id")
                   ? error_set(e, EXIT_USAGE, "--records and --id of lookup go with --batch-size")
                   : 0;
    if (target_take_many(&l->target, e) || (in_body && template_list_init(&l->list, &l->body, e)))
        return -1;
    if (in_body && l->target.list.option)
        return error_set(e, EXIT_USAGE, "with --batch-size there is a {PATH} in one place: %s, and not in --data too",
                         l->target.list.option);
    l->ids = in_body ? &l->list : &l->target.list;
    l->match.id_name = o->paging.id;
    if (path_option(&l->match.id, "id", o->paging.id, e))
        return -1;
    return o->paging.records ? path_option(&l->match.records, "records", o->paging.records, e) : 0;
}

static int set_requests(struct lookup *l, struct error *e)
{
    const struct options *o = l->options;
    if (target_init(&l->target, &o->request, NULL, auth_options_give_token(&o->auth), e) || set_body(l, &o->request, e))
        return -1;
    l->http.request = &l->target.common;
    if (!target_varies(&l->target) && !(l->body.text && template_varies(&l->body)))
        return error_set(e, EXIT_USAGE,
                         "a lookup needs a {PATH} in the URL, --query, --header or --data, for what a "
                         "line has there");
    return set_many(l, e);
}

static int set_up(struct lookup *l, struct error *e)
{
    static const struct list none;
    const struct options *o = l->options;
    const char *output = o->output.output;
    l->many = options_is_given(o, "batch-size");
    l->calls.most = l->many ? (size_t)o->write.batch_size : 1;
    if (set_requests(l, e))
        return -1;
    if (strcmp(output, "arrow") == 0)
        return error_set(e, EXIT_USAGE, "--output arrow does not go with lookup");
    l->shape = (struct body_shape){.kind = BODY_SINGLE, .omit = &none};
    l->input.fd = STDIN_FILENO;
    l->input.shape = &l->shape;
    l->input.end_marker = o->write.end_marker;
    l->input.batch_size = 1;
    l->input.batch_bytes = LONGEST_LINE;
    input_init(&l->input);
    if (arrow_input_set(&l->input, o, e))
        return -1;
    if (o->write.reject_file && !o->run.dry_run &&
        io_open_emptied(o->write.reject_file, 0600, &l->input.fd, 1, &l->reject_fd, e))
        return -1;
    return output_open(&l->output, strcmp(output, "ndjson") == 0 || o->run.dry_run ? NULL : output, e);
}

static size_t window_of(const struct lookup *l, unsigned parallel)
{
    size_t lines = (size_t)16 * parallel * (l->calls.most < MOST_WINDOW ? l->calls.most : MOST_WINDOW);
    return lines < LEAST_WINDOW ? LEAST_WINDOW : lines > MOST_WINDOW ? MOST_WINDOW : lines;
}

static int run(struct lookup *l, struct error *e)
{
    unsigned parallel = options_parallel(l->options, 4);
    struct transfer_ops ops = {.kind = RULE_CALL,
                               .next = on_next,
                               .patience = patience,
                               .begin = on_begin,
                               .data = on_data,
                               .said = on_said,
                               .whole = on_whole,
                               .done = on_done,
                               .apart = calls_apart,
                               .idle = on_idle,
                               .note = on_note,
                               .input_fd = STDIN_FILENO};
    l->transfer = transfer_new(&l->http, parallel, &l->stats, e);
    if (!l->transfer)
        return -1;
    l->window = window_of(l, parallel);
    l->calls.slot = mem_zeroed(parallel, sizeof *l->calls.slot);
    int result = transfer_run(l->transfer, &ops, l, e);
    if (result == 0 && l->torn.code) {
        *e = l->torn;
        result = -1;
    }
    calls_free(l, parallel);
    return result;
}

static void free_all(struct lookup *l)
{
    transfer_free(l->transfer);
    target_free(&l->target);
    template_list_free(&l->list);
    path_free(&l->match.id);
    path_free(&l->match.records);
    buf_free(&l->body_text);
    input_free(&l->input);
    batch_free(&l->next);
    buf_free(&l->record);
    buf_free(&l->key);
    waiting_free(&l->waiting);
    asked_free(&l->asked);
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
