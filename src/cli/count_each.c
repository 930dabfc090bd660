/* count_each: count --for-each.
 *
 * The counts of several lists are under way at the same time, each in one slot of the window with one request after the
 * other. They are written in the order of their lines. */
#include "cli/count_each.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/count_list.h"
#include "cli/each_rejects.h"
#include "cli/read_parents.h"
#include "http/answer.h"

enum { WAITING_PER_SLOT = 64 }; /* so many lists wait for one before them at the most */

struct counted {
    struct count count;
    struct parent parent;
    bool ended;
    struct error error; /* code 0: it has been counted */
};

struct each {
    const struct options *options;
    struct terminal *terminal;
    struct parents parents;
    unsigned slots;
    struct counted **owner; /* by the slot of the window */
    struct counted **line;  /* those that are not written yet, in order */
    size_t lines, most;
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

/* ---- a list ---- */

static int start(struct each *a, struct counted *l, struct error *e)
{
    struct count *c = &l->count;
    const struct since_options *since = a->options->since.filled ? &a->options->since : NULL;
    if (parents_fill(&a->parents, &l->parent, since, e) || count_begin(c, a->options, e))
        return -1;
    c->headers = (struct slice){l->parent.headers.data, l->parent.headers.len};
    return count_start(c, e);
}

/* It takes the parent over. Where its line is wrong it has ended: its turn comes all the same. */
static struct counted *open_list(struct each *a, const struct parent *parent)
{
    struct counted *l = mem_zeroed(1, sizeof *l);
    l->parent = *parent;
    l->count = (struct count){.by_page = a->learned.by_page,
                              .learned = &a->learned,
                              .ask = {.http = options_http(a->options), .note = terminal_tell, .ctx = a->terminal}};
    l->count.ask.http.request = &l->parent.request;
    l->ended = start(a, l, &l->error) != COUNT_ASKS;
    l->error.located = l->ended; /* it is about no answer */
    a->line[a->lines++] = l;
    return l;
}

static void free_list(struct counted *l)
{
    count_free(&l->count);
    parent_free(&l->parent);
    free(l);
}

static void learn(struct each *a, const struct counted *l)
{
    const char *date = answer_header(l->count.ask.exchange, "Date", NULL);
    a->learned.by_page |= l->count.by_page;
    buf_clear(&a->date);
    buf_adds(&a->date, date ? date : "");
}

/* ---- what is written ---- */

static int write_list(struct each *a, const struct counted *l, struct error *e)
{
    const struct error *wrong = &l->error;
    struct buf text = {0};
    if (wrong->quiet) {
        *e = *wrong;
        return -1;
    }
    if (wrong->code && each_rejects_take(&a->rejects, &l->parent, 0, wrong->http_status, wrong, e))
        return -1;
    if (wrong->code)
        buf_adds(&text, "null\n");
    else
        buf_addf(&text, "%" PRId64 "\n", l->count.records);
    a->records += l->count.records;
    int result = io_write_lines(STDOUT_FILENO, text.data, text.len, e);
    buf_free(&text);
    return result;
}

/* Those that have ended and wait for none before them. */
static int write_lists(struct each *a, struct error *e)
{
    size_t n = 0;
    int result = 0;
    while (result == 0 && n < a->lines && a->line[n]->ended) {
        result = write_list(a, a->line[n], e);
        free_list(a->line[n++]);
    }
    memmove((void *)a->line, (void *)(a->line + n), (a->lines - n) * sizeof *a->line);
    a->lines -= n;
    return result;
}

/* ---- the window ---- */

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct each *a = ctx;
    while (!a->input_done && a->lines < a->most) {
        struct parent parent;
        int state = parents_next(&a->parents, &parent, &a->torn);
        if (state != INPUT_BATCH) {
            parent_free(&parent);
            a->input_done = state != INPUT_WAIT;
            return a->input_done ? TRANSFER_NONE : TRANSFER_INPUT;
        }
        struct counted *l = open_list(a, &parent);
        if (!l->ended) {
            a->owner[x->slot] = l;
            return ask_ops.next(&l->count.ask, x, e);
        }
        if (write_lists(a, e))
            return -1;
    }
    return TRANSFER_NONE;
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct each *a = ctx;
    struct counted *l = a->owner[x->slot];
    ask_ops.done(&l->count.ask, x, e);
    int step = count_take(&l->count, &l->error);
    if (step == COUNT_ASKS)
        return ask_ops.next(&l->count.ask, x, e) == TRANSFER_READY ? TRANSFER_AGAIN : -1;
    l->ended = true;
    if (step == COUNT_ENDS)
        learn(a, l);
    ask_free(&l->count.ask); /* it may wait for long */
    return write_lists(a, e) ? -1 : TRANSFER_DONE;
}

/* No list waits for another one. */
static bool on_apart(void *ctx, const struct exchange *x, const struct exchange *y)
{
    (void)ctx;
    return x != y;
}

static const struct transfer_ops each_ops = {
    .next = on_next,
    .kind = RULE_READ,
    .done = on_done,
    .apart = on_apart,
    .note = on_note,
};

/* ---- the whole ---- */

static int run(struct each *a, struct error *e)
{
    struct transfer_ops ops = each_ops;
    struct transfer *transfer = parents_window(&a->parents, a->slots, &ops, &a->stats, e);
    int result = transfer ? transfer_run(transfer, &ops, a, e) : -1;
    transfer_free(transfer);
    if (result == 0 && a->torn.code) {
        *e = a->torn;
        result = -1;
    }
    return result;
}

static int summarize(const struct each *a, struct error *e)
{
    struct report_count summary = {
        .records = a->records, .requests = a->stats.requests, .date = a->date.len ? a->date.data : NULL};
    return count_summarize(a->options, &summary, e);
}

int count_each(const struct options *o, struct terminal *terminal, struct error *e)
{
    struct each a = {.options = o, .terminal = terminal, .rejects = {.fd = -1}, .slots = options_parallel(o, 4)};
    if (o->run.plan)
        return error_set(e, EXIT_USAGE, "--plan does not go with --for-each");
    a.most = (size_t)a.slots * WAITING_PER_SLOT;
    a.owner = mem_zeroed(a.slots, sizeof(struct counted *));
    a.line = mem_zeroed(a.most, sizeof(struct counted *));
    int result = parents_init(&a.parents, o, e) || each_rejects_begin(&a.rejects, o, &a.parents.input, e) ||
                         run(&a, e) || summarize(&a, e)
                     ? -1
                     : 0;
    while (a.lines)
        free_list(a.line[--a.lines]);
    buf_free(&a.date);
    buf_free(&a.learned.path);
    each_rejects_end(&a.rejects);
    parents_free(&a.parents);
    free((void *)a.owner);
    free((void *)a.line);
    return result;
}
