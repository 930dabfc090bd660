/* each_window: the windows of --window as lists. */
#include "cli/each_window.h"

#include <inttypes.h>

#include "base/moment.h"
#include "cli/read_output.h"

bool each_window_is_cut(struct each_list *l)
{
    int64_t most = l->run.range.result_limit, total = l->run.paginate.total;
    l->cut = most > 0 && total >= most && l->run.waits && l->run.range.on_drift != DRIFT_IGNORE;
    if (l->cut)
        error_set(&l->error, EXIT_ANSWER, "it has %" PRId64 " records, and the API gives no more than --result-limit",
                  total);
    return l->cut;
}

static void take_bounds(struct each *a, const struct each_list *l)
{
    struct newer *n = &a->whole->newer;
    const struct window *w = &l->parent.window;
    if (!n->path.count)
        return;
    windows_bounds(w, &n->from, &n->to);
    outside_begin(&n->outside, w->from, w->to, a->parents.windows.step);
}

static int check_outside(struct each *a, const struct each_list *l, struct error *e)
{
    if (outside_end(&a->whole->newer.outside) || l->run.range.on_drift == DRIFT_IGNORE)
        return 0;
    return error_set(e, EXIT_ANSWER,
                     "%s: by --since-path it and windows before it have records of each other, and lack these "
                     "themselves: does the API take times in another time zone, or those of another member?",
                     l->parent.name.data);
}

int each_window_finish(struct each *a, struct each_list *l, struct error *e)
{
    struct read_run *whole = a->whole;
    take_bounds(a, l);
    int result = l->run.waits ? read_output_release(&l->run, e) : 0;
    if (result == 0 && whole->newer.path.count)
        result = check_outside(a, l, e);
    newer_turn(&whole->newer);
    buf_clear(&whole->state.since);
    moment_format(l->parent.window.to, a->parents.windows.format, &whole->state.since);
    return result;
}

int each_window_stream(struct each *a, struct error *e)
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
    if (!old->cut)
        windows_shorten(w, &halves[0]);
    each_list_drop(a, n);
    for (size_t i = 0; i < 2; i++) {
        struct each_list *l = each_list_new(a, &(struct parent){.window = halves[i]});
        each_list_put(a, n + i, l);
        if (each_list_begin(a, l, e) < 0)
            return -1;
    }
    return 0;
}

int each_window_split(struct each *a, struct error *e)
{
    for (size_t i = 0; i < a->count; i++) {
        struct each_list *l = a->list[i];
        if (!l->ended)
            continue;
        each_list_check(l);
        if (is_too_much(l) && l->run.waits && split(a, i, e))
            return -1;
    }
    return 0;
}
