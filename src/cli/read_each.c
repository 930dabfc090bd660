/* read_each: the lists of --for-each.
 *
 * The first of the lists that are open is the one that is written; the pages of the others wait for it to end. When too
 * much waits, only the first one asks for more. */
#include "cli/read_each.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/moment.h"
#include "cli/read_learn.h"
#include "cli/read_list.h"
#include "cli/read_output.h"
#include "cli/read_page.h"
#include "cli/read_parents.h"
#include "cli/read_state.h"
#include "cli/since.h"
#include "write/settle.h"

enum { LISTS_PER_SLOT = 8, MOST_WAITING = 64 << 20 /* bytes */ };

struct each_list {
    struct read_run run;
    struct parent parent;
    struct http_options http;
    unsigned under_way;
    bool begun, ended, checked;
    bool cut; /* the API does not give all of it */
    long status;
    struct error error; /* code 0: it has not failed */
};

struct each {
    struct read_run *whole;
    struct parents parents;
    struct each_list **list;  /* those that are open, in order */
    size_t count, room, most; /* so many new ones at the most */
    struct each_list **owner; /* by the slot of the window; NULL: what comes there does not count */
    unsigned slots;
    struct each_list *learned; /* a page of it is to be written */
    bool input_done;
    struct error torn; /* the input is wrong: told when what came before is done */
    int reject_fd;
};

/* ---- a list begins and ends ---- */

static struct each_list *open_list(struct each *a, struct parent *parent)
{
    const struct options *o = a->whole->options;
    struct each_list *l = mem_zeroed(1, sizeof *l);
    l->parent = *parent;
    l->run = (struct read_run){.options = o,
                               .shared = a->whole->shared,
                               .range = o->range,
                               .paging = o->paging,
                               .each = &a->parents,
                               .parent = &l->parent,
                               .waits = a->count > 0 || a->whole->shared->windows};
    l->http = options_http(o);
    l->http.request = &l->parent.request;
    return l;
}

static void put_list(struct each *a, size_t n, struct each_list *l)
{
    if (a->count == a->room)
        a->list = mem_grown((void *)a->list, (a->room += 64) * sizeof *a->list);
    memmove(a->list + n + 1, a->list + n, (a->count - n) * sizeof *a->list);
    a->list[n] = l;
    a->count++;
}

static void free_list(struct each *a, struct each_list *l)
{
    struct read_shared *s = a->whole->shared;
    s->pages += l->run.paginate.pages;
    if (l->begun)
        read_output_note_place(&l->run);
    read_output_forget(&l->run);
    read_list_free(&l->run);
    parent_free(&l->parent);
    free(l);
}

static struct state_line *line_of(const struct each *a, const struct each_list *l)
{
    const struct buf *parent = &l->run.state.parent;
    return states_find(a->whole->shared->states, (struct slice){parent->data, parent->len});
}

/* --state: is there something to read? What is known of the list is taken, and *since becomes its own. 0: no; -1:
 * EXIT_CONFIG, EXIT_INPUT. */
static int take_state(struct each *a, struct each_list *l, struct since_options *since, struct error *e)
{
    struct state *s = &l->run.state;
    int64_t run = a->whole->state.run;
    buf_addf(&s->parent, "{%.*s}", (int)l->parent.kept.len - 1, l->parent.kept.data);
    struct state_line *line = line_of(a, l);
    if (line && line->met)
        return error_set(e, EXIT_INPUT,
                         "input line %" PRId64 ": --keep keeps the same of it as of line %" PRId64
                         ": keep what tells them apart, for --state",
                         l->parent.line, line->met);
    if (states_take(a->whole->shared->states, s, e))
        return -1;
    if (line && s->found && s->done && (s->run == run || a->whole->options->each.new_only)) {
        line->met = l->parent.line;
        return 0;
    }
    s->run = run;
    return (since->filled || since->since_path) && since_take(since, s, e) ? -1 : 1;
}

/* As take_state(). */
static int begin(struct each *a, struct each_list *l, struct since_options *since, struct error *e)
{
    bool windows = a->whole->shared->windows, keeps_state = a->whole->shared->states && !windows;
    if (windows)
        windows_ask(&a->parents.windows, &l->parent.window, since);
    read_state_begin(&l->run);
    int result = keeps_state ? take_state(a, l, since, e) : 1;
    if (result <= 0)
        return result;
    if ((!windows && read_state_resume(&l->run, since, e)) ||
        parents_fill(&a->parents, &l->parent, since->filled ? since : NULL, e) || read_list_begin(&l->run, &l->http, e))
        return -1;
    buf_add(&l->run.paginate.headers, l->parent.headers.data, l->parent.headers.len);
    l->begun = true;
    l->run.state.done = false;
    read_output_note_place(&l->run);
    if (keeps_state)
        line_of(a, l)->met = l->parent.line;
    return 1;
}

static int begin_list(struct each *a, struct each_list *l, struct error *e)
{
    const struct since_options *of_all = &a->whole->options->since;
    struct since_options since = *of_all;
    since.from = since.to = (struct buf){0};
    buf_add(&since.from, of_all->from.data, of_all->from.len);
    buf_add(&since.to, of_all->to.data, of_all->to.len);
    int result = begin(a, l, &since, e);
    buf_free(&since.from);
    buf_free(&since.to);
    return result;
}

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
    struct each_list *l = open_list(a, &parent);
    int begun = begin_list(a, l, &a->torn);
    if (begun > 0)
        put_list(a, a->count, *to = l);
    else
        free_list(a, l);
    a->input_done = begun < 0;
    return a->input_done ? INPUT_END : state;
}

/* Nothing that is under way for it counts any more. */
static void end_list(struct each *a, struct each_list *l)
{
    l->ended = true;
    for (unsigned i = 0; l->under_way && i < a->slots; i++) {
        if (a->owner[i] != l)
            continue;
        a->owner[i] = NULL;
        l->under_way--;
        transfer_drop(a->whole->shared->transfer, i);
    }
}

/* ---- the next request ---- */

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

static void on_begin(void *ctx, struct exchange *x)
{
    struct each *a = ctx;
    read_page_begin(&a->owner[x->slot]->run, x);
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct each *a = ctx;
    return read_page_data(&a->owner[x->slot]->run, x, bytes, n, e);
}

static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct each *a = ctx;
    return read_page_said(&a->owner[x->slot]->run, x, said, e);
}

static int on_whole(void *ctx, struct exchange *x, struct error *e)
{
    struct each *a = ctx;
    return read_page_whole(&a->owner[x->slot]->run, x, e);
}

static bool on_matters(void *ctx, const struct exchange *x)
{
    struct each *a = ctx;
    struct read_run *r = &a->owner[x->slot]->run;
    return read_list_ops.matters(r, x);
}

/* A window that has as many records as the API gives or counts at the most need not be read to its end. */
static bool doubt_count(struct each_list *l)
{
    int64_t most = l->run.range.result_limit, total = l->run.paginate.total;
    l->cut = most > 0 && total >= most && l->run.waits && l->run.range.on_drift != DRIFT_IGNORE;
    if (l->cut)
        error_set(&l->error, EXIT_ANSWER, "it has %" PRId64 " records, and the API gives no more than --result-limit",
                  total);
    return l->cut;
}

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
    if (next >= 0 && a->whole->shared->windows && doubt_count(l))
        next = TRANSFER_STOP;
    if (next != TRANSFER_DONE)
        end_list(a, l);
    return TRANSFER_DONE;
}

/* Only pages of the same list wait for each other. */
static bool on_apart(void *ctx, const struct exchange *x, const struct exchange *y)
{
    struct each *a = ctx;
    return a->owner[x->slot] != a->owner[y->slot] || !a->owner[y->slot];
}

/* ---- what is written ---- */

static int reject(struct each *a, const struct each_list *l, struct error *e)
{
    struct buf line = {0}, why = {0};
    const struct error *wrong = &l->error;
    value_quote(wrong->message, strlen(wrong->message), &why);
    settle_add_reject((struct slice){l->parent.record.data, l->parent.record.len}, l->parent.line, l->status,
                      (struct slice){why.data, why.len}, &line);
    buf_free(&why);
    line.len -= 2; /* the end of the object */
    buf_addf(&line, ",\"records\":%" PRId64 "}\n", l->run.written);
    int result = io_write_lines(a->reject_fd, line.data, line.len, e);
    buf_free(&line);
    a->whole->shared->rejected++;
    return result;
}

/* It has failed. What is refused to one list alone is a reject; credentials that are wrong are wrong for all. */
static int give_up(struct each *a, const struct each_list *l, struct error *e)
{
    int64_t most = a->whole->options->write.max_rejects;
    const char *name = l->parent.name.data;
    bool many = most >= 0 && a->whole->shared->rejected >= most;
    bool of_all = l->error.code == EXIT_USAGE || (l->error.code == EXIT_DENIED && l->status != 403);
    if (a->reject_fd >= 0 && !of_all && !many)
        return reject(a, l, e);
    *e = l->error;
    if (a->reject_fd >= 0 && !of_all && most > 0)
        return error_set(e, EXIT_REFUSED, "%s: more than --max-rejects %" PRId64 ": %s", name, most, l->error.message);
    return error_set(e, e->code, "%s: %s", name, l->error.message);
}

/* ---- windows ---- */

static void take_bounds(struct each *a, const struct each_list *l)
{
    struct newer *n = &a->whole->newer;
    if (n->path.count)
        windows_bounds(&l->parent.window, &n->from, &n->to);
}

/* It is whole: its records go out, and a run that is stopped goes on after it. */
static int finish_window(struct each *a, struct each_list *l, struct error *e)
{
    struct read_run *whole = a->whole;
    take_bounds(a, l);
    int result = l->run.waits ? read_output_release(&l->run, e) : 0;
    newer_turn(&whole->newer);
    buf_clear(&whole->state.since);
    moment_format(l->parent.window.to, a->parents.windows.format, &whole->state.since);
    return result;
}

/* The first one has more than may wait: it goes out as it comes, and can't be halved any more. */
static int stream_first(struct each *a, struct error *e)
{
    struct each_list *l = a->count ? a->list[0] : NULL;
    if (!l || l->ended || !l->run.waits || a->whole->shared->waiting_bytes < MOST_WAITING)
        return 0;
    take_bounds(a, l);
    return read_output_release(&l->run, e);
}

/* Refused as a whole, or cut. */
static bool is_too_much(const struct each_list *l)
{
    static const long refusals[] = {400, 413, 414, 416, 422};
    bool refused = false;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        refused |= l->status == refusals[i];
    return l->error.code && (refused || l->cut);
}

/* In the place of the n-th window two come that are half as long; it stays, with its error, where that can't be. */
static int split(struct each *a, size_t n, struct error *e)
{
    struct each_list *old = a->list[n];
    struct windows *w = &a->parents.windows;
    struct window halves[2] = {old->parent.window};
    if (!windows_halve(w, &halves[0], &halves[1])) {
        error_set(&old->error, old->error.code, "%s; it can't be made smaller", old->error.message);
        return 0;
    }
    if (!old->cut && w->length > halves[0].to - halves[0].from) /* so long ones are refused */
        w->length = halves[0].to - halves[0].from;
    a->count--;
    memmove(a->list + n, a->list + n + 1, (a->count - n) * sizeof *a->list);
    free_list(a, old);
    for (size_t i = 0; i < 2; i++) {
        struct each_list *l = open_list(a, &(struct parent){.window = halves[i]});
        put_list(a, n + i, l);
        if (begin_list(a, l, e) < 0)
            return -1;
    }
    return 0;
}

static void check(struct each_list *l)
{
    if (!l->error.code && !l->checked)
        read_list_check(&l->run, &l->error);
    l->cut |= l->run.paginate.late.code != 0;
    l->checked = true;
}

/* The first list has ended. */
static int finish_first(struct each *a, struct error *e)
{
    struct each_list *l = a->list[0];
    struct read_shared *s = a->whole->shared;
    check(l);
    int result = l->error.code ? give_up(a, l, e) : s->windows ? finish_window(a, l, e) : 0;
    l->run.state.done = !l->error.code;
    s->lists++;
    a->count--;
    memmove(a->list, a->list + 1, a->count * sizeof *a->list);
    free_list(a, l);
    if (result == 0)
        result = read_output_save_at_times(a->whole, e);
    return result || !a->count || s->windows ? result : read_output_release(&a->list[0]->run, e);
}

/* Windows that are too much for the API become two. */
static int split_windows(struct each *a, struct error *e)
{
    for (size_t i = 0; i < a->count; i++) {
        struct each_list *l = a->list[i];
        if (!l->ended)
            continue;
        check(l);
        if (is_too_much(l) && l->run.waits && split(a, i, e))
            return -1;
    }
    return 0;
}

static int on_idle(void *ctx, struct error *e)
{
    struct each *a = ctx;
    int result = a->learned ? read_output_write(&a->learned->run, e) : 0;
    a->learned = NULL;
    if (result == 0 && a->whole->shared->windows)
        result = split_windows(a, e) || stream_first(a, e) ? -1 : 0;
    while (result == 0 && a->count && a->list[0]->ended)
        result = finish_first(a, e);
    return result;
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct each *a = ctx;
    read_output_note(a->whole, verbose, line);
}

/* ---- the whole ---- */

static const struct transfer_ops each_ops = {
    .next = on_next,
    .begin = on_begin,
    .data = on_data,
    .kind = RULE_READ,
    .said = on_said,
    .whole = on_whole,
    .done = on_done,
    .apart = on_apart,
    .idle = on_idle,
    .note = on_note,
    .matters = on_matters,
};

static int run(struct each *a, struct error *e)
{
    struct read_shared *s = a->whole->shared;
    struct http_options http = options_http(a->whole->options);
    struct transfer_ops ops = each_ops;
    http.request = &a->parents.target.common;
    ops.input_fd = a->parents.input.fd;
    s->transfer = transfer_new(&http, a->slots, &s->stats, e);
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
    int64_t n = a->whole->shared->rejected;
    if (n)
        buf_addf(&note, "%" PRId64 " list%s: see %s", n, n == 1 ? " has failed" : "s have failed",
                 a->whole->options->write.reject_file);
    if (note.len)
        read_output_note(a->whole, false, buf_text(&note));
    buf_free(&note);
}

int read_each(struct read_run *r, struct error *e)
{
    unsigned slots = r->shared->slots;
    const char *reject_file = r->options->write.reject_file;
    struct each a = {.whole = r, .slots = slots, .most = (size_t)slots * LISTS_PER_SLOT, .reject_fd = -1};
    a.list = mem_zeroed(a.room = a.most, sizeof(struct each_list *));
    r->shared->whole = r;
    r->shared->windows = r->options->since.window;
    a.owner = mem_zeroed(slots, sizeof(struct each_list *));
    int result = parents_init(&a.parents, r->options, e);
    a.parents.windows.goes_on = r->state.found;
    if (result == 0 && reject_file)
        result = io_open_emptied(reject_file, 0600, &a.parents.input.fd, 1, &a.reject_fd, e);
    if (result == 0)
        result = run(&a, e);
    while (a.count)
        free_list(&a, a.list[--a.count]);
    note_rejects(&a);
    if (a.reject_fd >= 0)
        close(a.reject_fd);
    parents_free(&a.parents);
    free((void *)a.list);
    free((void *)a.owner);
    return result;
}
