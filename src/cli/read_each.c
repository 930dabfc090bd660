/* read_each: the lists of --for-each.
 *
 * The first of the lists that are open is the one that is written; the pages of the others wait for it to end. When too
 * much waits, only the first one asks for more. */
#include "cli/read_each.h"

#include <stdlib.h>

#include "cli/each_list.h"
#include "cli/each_window.h"
#include "cli/read_learn.h"
#include "cli/read_list.h"
#include "cli/read_output.h"
#include "cli/read_parents.h"
#include "cli/read_tell.h"

enum { LISTS_PER_SLOT = 8 };

/* ---- the next request ---- */

/* The next line becomes a list. An input_state; *to stays NULL where there is nothing to read. */
static int open_next(struct each *a, struct each_list **to)
{
    struct parent parent;
    *to = NULL;
    if (a->input_done)
        return INPUT_END;
    int state = parents_next(&a->parents, &parent, &a->torn);
    a->input_done = state != INPUT_BATCH && state != INPUT_WAIT;
    if (state != INPUT_BATCH) {
        parent_free(&parent);
        return a->input_done ? INPUT_END : state;
    }
    struct each_list *l = each_list_new(a, &parent);
    int begun = each_list_begin(a, l, &a->torn);
    if (begun > 0)
        each_list_put(a, a->count, *to = l);
    else
        each_list_free(a, l);
    a->input_done = begun < 0;
    return a->input_done ? INPUT_END : state;
}

static bool may_ask(const struct each *a, size_t n)
{
    return !a->list[n]->ended && (n == 0 || a->whole->shared->waiting_bytes < MOST_WAITING);
}

static bool ask(struct each *a, struct each_list *l, struct exchange *x)
{
    if (!read_list_next(&l->run, x)) {
        l->ended = !l->under_way;
        return false;
    }
    a->owner[x->slot] = l;
    l->under_way++;
    return true;
}

/* idle: of the lists that have no request under way; else of those that have. */
static bool ask_open(struct each *a, struct exchange *x, bool idle)
{
    for (size_t i = 0; i < a->count; i++)
        if (may_ask(a, i) && !a->list[i]->under_way == idle && ask(a, a->list[i], x))
            return true;
    return false;
}

/* Each list has a request first, then there are new lists, and then those that can have more than one. */
static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct each *a = ctx;
    struct each_list *opened;
    int state = INPUT_BATCH;
    (void)e;
    if (ask_open(a, x, true))
        return TRANSFER_READY;
    while (a->count < a->most && a->whole->shared->waiting_bytes < MOST_WAITING && state == INPUT_BATCH) {
        state = open_next(a, &opened);
        if (opened && ask(a, opened, x))
            return TRANSFER_READY;
    }
    if (ask_open(a, x, false))
        return TRANSFER_READY;
    return state == INPUT_WAIT ? TRANSFER_INPUT : TRANSFER_NONE;
}

/* ---- its answer ---- */

/* An error is kept until the lists before this one are out. */
static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct each *a = ctx;
    struct each_list *l = a->owner[x->slot];
    struct error wrong = {0};
    (void)e;
    if (!l)
        return TRANSFER_DONE;
    int next = read_learn_done(&l->run, x, &wrong);
    if (next == TRANSFER_AGAIN)
        return next;
    a->owner[x->slot] = NULL;
    a->learned = l;
    l->under_way--;
    if (next < 0) {
        l->error = wrong;
        l->status = x->status;
        transfer_locate(x, &l->error);
    }
    if (next >= 0 && a->whole->shared->windows && each_window_is_cut(l))
        next = TRANSFER_STOP;
    if (next != TRANSFER_DONE)
        each_list_end(a, l);
    return TRANSFER_DONE;
}

/* Only pages of the same list wait for each other. */
static bool on_apart(void *ctx, const struct exchange *x, const struct exchange *y)
{
    struct each *a = ctx;
    return a->owner[x->slot] != a->owner[y->slot] || !a->owner[y->slot];
}

/* ---- what is written ---- */

static int give_up(struct each *a, const struct each_list *l, struct error *e)
{
    int result = each_rejects_take(&a->rejects, &l->parent, l->run.written, l->status, &l->error, e);
    a->whole->shared->rejected = a->rejects.count;
    return result;
}

/* The first list has ended. */
static int finish_first(struct each *a, struct error *e)
{
    struct each_list *l = a->list[0];
    struct read_shared *s = a->whole->shared;
    each_list_check(l);
    int result = l->error.code ? give_up(a, l, e) : s->windows ? each_window_finish(a, l, e) : 0;
    l->run.state.done = !l->error.code;
    s->lists++;
    each_list_drop(a, 0);
    if (result == 0)
        result = read_output_save_at_times(a->whole, e);
    return result || !a->count || s->windows ? result : read_output_release(&a->list[0]->run, e);
}

static int on_idle(void *ctx, struct error *e)
{
    struct each *a = ctx;
    int result = a->learned ? read_output_write(&a->learned->run, e) : 0;
    a->learned = NULL;
    if (result == 0 && a->whole->shared->windows)
        result = each_window_split(a, e) || each_window_stream(a, e) ? -1 : 0;
    while (result == 0 && a->count && a->list[0]->ended)
        result = finish_first(a, e);
    return result;
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct each *a = ctx;
    read_tell_note(a->whole, verbose, line);
}

/* ---- the whole ---- */

static const struct transfer_ops each_ops = {
    .next = on_next,
    .kind = RULE_READ,
    .done = on_done,
    .apart = on_apart,
    .idle = on_idle,
    .note = on_note,
};

static int run(struct each *a, struct error *e)
{
    struct read_shared *s = a->whole->shared;
    struct transfer_ops ops = each_ops;
    s->transfer = parents_window(&a->parents, a->slots, &ops, &s->stats, e);
    int result = s->transfer ? 0 : -1;
    do /* the end of a list may be what another one waits for */
        result = result || transfer_run(s->transfer, &ops, a, e) || on_idle(a, e) ? -1 : 0;
    while (result == 0 && a->count);
    transfer_free(s->transfer); /* which has what follows by reference */
    s->transfer = NULL;
    if (result == 0 && a->torn.code) {
        *e = a->torn;
        result = -1;
    }
    return result;
}

static void note_rejects(const struct each *a)
{
    struct buf note = {0};
    each_rejects_note(&a->rejects, &note);
    if (note.len)
        read_tell_note(a->whole, false, buf_text(&note));
    buf_free(&note);
}

int read_each(struct read_run *r, struct error *e)
{
    unsigned slots = r->shared->slots;
    struct each a = {.whole = r, .slots = slots, .most = (size_t)slots * LISTS_PER_SLOT, .rejects = {.fd = -1}};
    a.list = mem_zeroed(a.room = a.most, sizeof(struct each_list *));
    r->shared->whole = r;
    r->shared->windows = r->options->since.window;
    a.owner = mem_zeroed(slots, sizeof(struct each_list *));
    int result = parents_init(&a.parents, r->options, e);
    a.parents.windows.goes_on = r->state.found;
    if (result == 0)
        result = each_rejects_begin(&a.rejects, r->options, &a.parents.input, e);
    if (result == 0)
        result = run(&a, e);
    while (a.count)
        each_list_drop(&a, a.count - 1);
    note_rejects(&a);
    each_rejects_end(&a.rejects);
    parents_free(&a.parents);
    free((void *)a.list);
    free((void *)a.owner);
    return result;
}
