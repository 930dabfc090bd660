/* each_list: a list of a run with many begins and ends. */
#include "cli/each_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/read_list.h"
#include "cli/read_output.h"
#include "cli/read_state.h"
#include "cli/since.h"

struct each_list *each_list_new(struct each *a, const struct parent *parent)
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

void each_list_put(struct each *a, size_t n, struct each_list *l)
{
    if (a->count == a->room)
        a->list = mem_grown((void *)a->list, (a->room += 64) * sizeof *a->list);
    memmove(a->list + n + 1, a->list + n, (a->count - n) * sizeof *a->list);
    a->list[n] = l;
    a->count++;
}

void each_list_free(struct each *a, struct each_list *l)
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

void each_list_drop(struct each *a, size_t n)
{
    struct each_list *l = a->list[n];
    a->count--;
    memmove(a->list + n, a->list + n + 1, (a->count - n) * sizeof *a->list);
    each_list_free(a, l);
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

int each_list_begin(struct each *a, struct each_list *l, struct error *e)
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

void each_list_check(struct each_list *l)
{
    if (!l->error.code && !l->checked)
        read_list_check(&l->run, &l->error);
    l->cut |= l->run.paginate.late.code != 0;
    l->checked = true;
}

void each_list_end(struct each *a, struct each_list *l)
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
