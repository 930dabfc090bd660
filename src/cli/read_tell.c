/* read_tell: what a read says on the terminal. */
#include "cli/read_tell.h"

#include <string.h>

#include "cli/read_parents.h"

void read_tell_note(void *ctx, bool verbose, const char *line)
{
    struct read_run *r = ctx;
    struct buf text = {0};
    if (r->parent)
        buf_addf(&text, "%.*s: ", (int)r->parent->name.len, r->parent->name.data);
    buf_adds(&text, line);
    terminal_note(&r->shared->terminal, verbose, buf_text(&text));
    buf_free(&text);
}

/* What has been said of one list is not said again of each. */
static bool was_told(struct read_run *r, const char *note)
{
    enum { MOST_TOLD = 100 };
    struct list *told = &r->shared->told;
    for (size_t i = 0; r->each && i < told->count; i++)
        if (strcmp(told->item[i], note) == 0)
            return true;
    if (r->each && told->count < MOST_TOLD)
        list_add(told, note);
    return false;
}

void read_tell_notes(struct read_run *r)
{
    struct buf *note = &r->paginate.note;
    if (note->len && !was_told(r, buf_text(note)))
        read_tell_note(r, false, buf_text(note));
    buf_clear(note);
}

static struct progress progress(const struct read_run *r)
{
    const struct read_shared *s = r->shared;
    return (struct progress){.records = s->written,
                             .total = r->options->each.for_each || s->windows ? -1 : r->paginate.total,
                             .bytes = s->bytes,
                             .bytes_total = -1,
                             .parts = s->pages + r->paginate.pages,
                             .part = "page",
                             .retries = s->stats.retries};
}

void read_tell_progress(struct read_run *r)
{
    struct progress done = progress(r);
    terminal_progress_show(&r->shared->terminal, &done);
}

void read_tell_end(struct read_run *r)
{
    struct progress done = progress(r);
    terminal_progress_end(&r->shared->terminal, &done);
}
