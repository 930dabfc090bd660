/* count_each: count --for-each.
 *
 * What a count asks for first is known before anything has come: of many lists these requests are under way at the same
 * time. Whatever else a count asks for, it asks for in its turn. */
#include "cli/count_each.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/count_list.h"
#include "cli/each_rejects.h"
#include "cli/read_parents.h"
#include "cli/report.h"
#include "http/answer.h"

/* A list, by the slot of its first request. */
struct counted {
    struct count count;
    struct parent parent;
    struct error error; /* code 0: nothing is wrong with its line */
};

struct each {
    const struct options *options;
    struct terminal *terminal;
    struct parents parents;
    struct counted *list;
    struct ask later; /* has the window of the requests that come in their turn */
    struct transfer_stats stats;
    struct each_rejects rejects;
    struct buf date; /* the server's clock, when it counted last */
    int64_t records; /* of all */
    struct count_learned learned;
    bool input_done;
    struct error torn; /* the input is wrong: told when what came before is done */
};

static void on_note(void *ctx, bool verbose, const char *line)
{
    const struct each *a = ctx;
    terminal_note(a->terminal, verbose, line);
}

static void tell(void *ctx, bool verbose, const char *line)
{
    terminal_note(ctx, verbose, line);
}

/* ---- a list ---- */

/* Makes its first request ready. */
static int begin(struct each *a, struct counted *l, struct error *e)
{
    struct count *c = &l->count;
    const struct since_options *since = a->options->since.filled ? &a->options->since : NULL;
    struct error ignored = {0};
    if (parents_fill(&a->parents, &l->parent, since, e) || count_begin(c, a->options, e))
        return -1;
    c->headers = (struct slice){l->parent.headers.data, l->parent.headers.len};
    c->ask.when = ASK_LATER;
    count_list(c, &ignored);
    c->ask.when = ASK_NOW;
    if (!c->ask.wanted)
        *e = ignored;
    return c->ask.wanted ? 0 : -1;
}

static void end(struct counted *l)
{
    l->count.ask.transfer = NULL; /* all lists share it */
    count_free(&l->count);
    parent_free(&l->parent);
}

/* Also where its line is wrong: its turn comes all the same. */
static void open_list(struct each *a, struct counted *l, const struct parent *parent)
{
    *l = (struct counted){.parent = *parent};
    l->count = (struct count){.by_page = a->learned.by_page, .learned = &a->learned, .ask = a->later};
    l->count.ask.http.request = &l->parent.request;
    if (begin(a, l, &l->error) && !l->error.code)
        l->error.code = EXIT_BUG;
}

static int finish(struct each *a, struct counted *l, struct exchange *x, struct error *e)
{
    struct count *c = &l->count;
    struct error wrong = l->error;
    if (!wrong.code && !x->nothing) {
        ask_ops.done(&c->ask, x, e);
        c->ask.when = ASK_DONE;
    }
    int result = wrong.code ? -1 : count_list(c, &wrong);
    if (result == 0) {
        a->learned.by_page |= c->by_page;
        const char *date = answer_header(c->ask.exchange, "Date", NULL);
        buf_clear(&a->date);
        buf_adds(&a->date, date ? date : "");
        a->records += c->records;
        return 0;
    }
    if (wrong.quiet || wrong.code == EXIT_IO || io_signalled()) {
        *e = wrong;
        return -1;
    }
    return each_rejects_take(&a->rejects, &l->parent, 0, wrong.http_status, &wrong, e) ||
                   io_write_lines(STDOUT_FILENO, "null\n", strlen("null\n"), e)
               ? -1
               : 0;
}

/* ---- the window ---- */

static struct ask *ask_of(void *ctx, const struct exchange *x)
{
    struct each *a = ctx;
    return &a->list[x->slot].count.ask;
}

/* With --rate nothing is asked for but in its turn: one window keeps to it. */
static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct each *a = ctx;
    struct counted *l = &a->list[x->slot];
    struct parent parent;
    int state = a->input_done ? INPUT_END : parents_next(&a->parents, &parent, &a->torn);
    if (state == INPUT_BATCH) {
        open_list(a, l, &parent);
        x->nothing = l->error.code || a->options->network.rate;
        return x->nothing ? TRANSFER_READY : ask_ops.next(&l->count.ask, x, e);
    }
    if (!a->input_done)
        parent_free(&parent);
    a->input_done = state != INPUT_WAIT;
    return a->input_done ? TRANSFER_NONE : TRANSFER_INPUT;
}

static void on_begin(void *ctx, struct exchange *x)
{
    ask_ops.begin(ask_of(ctx, x), x);
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    return ask_ops.data(ask_of(ctx, x), x, bytes, n, e);
}

static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    return ask_ops.said(ask_of(ctx, x), x, said, e);
}

static bool on_matters(void *ctx, const struct exchange *x)
{
    return ask_ops.matters(ask_of(ctx, x), x);
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct each *a = ctx;
    struct counted *l = &a->list[x->slot];
    int result = finish(a, l, x, e);
    end(l);
    *l = (struct counted){0};
    return result ? -1 : TRANSFER_DONE;
}

static const struct transfer_ops each_ops = {
    .next = on_next,
    .begin = on_begin,
    .data = on_data,
    .kind = RULE_READ,
    .said = on_said,
    .done = on_done,
    .note = on_note,
    .matters = on_matters,
};

/* ---- the whole ---- */

static int run(struct each *a, unsigned slots, struct error *e)
{
    struct http_options http = options_http(a->options);
    struct transfer_ops ops = each_ops;
    http.request = &a->parents.target.common;
    ops.input_fd = a->parents.input.fd;
    a->later = (struct ask){.http = http, .note = tell, .ctx = a->terminal};
    struct transfer *transfer = transfer_new(&http, slots, &a->stats, e);
    int result = !transfer || ask_init(&a->later, e) || transfer_run(transfer, &ops, a, e) ? -1 : 0;
    for (struct counted *l = a->list; l < a->list + slots; l++)
        end(l);
    transfer_free(transfer);
    if (result == 0 && a->torn.code) {
        *e = a->torn;
        result = -1;
    }
    return result;
}

static int summarize(const struct each *a, struct error *e)
{
    struct buf line = {0};
    int64_t fd = a->options->run.summary_fd;
    report_count(a->records, a->stats.requests + a->later.stats.requests, a->date.len ? a->date.data : NULL, &line);
    int result = fd >= 0 ? io_write_lines((int)fd, line.data, line.len, e) : 0;
    buf_free(&line);
    return result;
}

int count_each(const struct options *o, struct terminal *terminal, struct error *e)
{
    struct each a = {.options = o, .terminal = terminal, .rejects = {.fd = -1}};
    unsigned slots = options_parallel(o, 4);
    if (o->run.plan)
        return error_set(e, EXIT_USAGE, "--plan does not go with --for-each");
    a.list = mem_zeroed(slots, sizeof *a.list);
    int result = parents_init(&a.parents, o, e) || each_rejects_begin(&a.rejects, o, &a.parents.input, e) ||
                         run(&a, slots, e) || summarize(&a, e)
                     ? -1
                     : 0;
    buf_free(&a.date);
    buf_free(&a.learned.path);
    ask_free(&a.later);
    each_rejects_end(&a.rejects);
    parents_free(&a.parents);
    free(a.list);
    return result;
}
