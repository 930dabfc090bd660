/* lookup_asked: what the lines of a lookup ask for. */
#include "cli/lookup_asked.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MOST_BYTES = 64 << 20, MOST = 1 << 15, LEAST_ROOM = 1 << 10 };

static void release(struct asked *a)
{
    buf_free(&a->key);
    buf_free(&a->record);
    buf_free(&a->answer);
    free(a->failed);
    free(a);
}

void asked_free(struct asked_table *t)
{
    for (size_t i = 0; i < t->room; i++)
        if (t->entry[i])
            release(t->entry[i]);
    free((void *)t->entry);
    *t = (struct asked_table){0};
}

/* Where the key is, or would go. */
static struct asked **place_of(const struct asked_table *t, struct slice key)
{
    for (size_t at = mem_digest(key.text, key.len) % t->room;; at = (at + 1) % t->room) {
        struct asked **e = &t->entry[at];
        if (!*e || ((*e)->key.len == key.len && (!key.len || memcmp((*e)->key.data, key.text, key.len) == 0)))
            return e;
    }
}

static size_t size_of(const struct asked *a)
{
    return sizeof *a + a->key.len + a->answer.len;
}

static void insert(struct asked_table *t, struct asked *a)
{
    *place_of(t, (struct slice){a->key.data, a->key.len}) = a;
    t->count++;
    t->bytes += size_of(a);
}

/* Room for one more: what no line waits for is forgotten, when there is too much of it. */
static void make_room(struct asked_table *t)
{
    bool full = t->room && (t->count >= t->most || t->bytes >= t->most_bytes);
    if (t->room && !full && t->count < t->room / 2)
        return;
    struct asked_table old = *t;
    size_t stay = 0;
    for (size_t i = 0; i < old.room; i++)
        stay += old.entry[i] && (!full || old.entry[i]->waiting);
    *t = (struct asked_table){.room = LEAST_ROOM};
    while (t->room < stay * 4)
        t->room *= 2;
    t->entry = mem_zeroed(t->room, sizeof(struct asked *));
    for (size_t i = 0; i < old.room; i++)
        if (old.entry[i] && full && !old.entry[i]->waiting)
            release(old.entry[i]);
        else if (old.entry[i])
            insert(t, old.entry[i]);
    free((void *)old.entry);
    t->most = t->count > MOST / 2 ? 2 * t->count : MOST;
    t->most_bytes = t->bytes > MOST_BYTES / 2 ? 2 * t->bytes : MOST_BYTES;
}

static void open_again(struct asked *a, struct slice record, int64_t line)
{
    a->state = ASKED_OPEN;
    a->line = line;
    buf_clear(&a->record);
    buf_add(&a->record, record.text, record.len);
}

struct asked *asked_want(struct asked_table *t, struct slice key, struct slice record, int64_t line, bool *ask)
{
    struct asked *a = asked_find(t, key);
    *ask = !a || (a->state == ASKED_FAILED && !a->waiting);
    if (!a) {
        make_room(t);
        a = mem_zeroed(1, sizeof *a);
        buf_add(&a->key, key.text, key.len);
        insert(t, a);
    }
    if (*ask)
        open_again(a, record, line);
    a->waiting++;
    return a;
}

struct asked *asked_find(const struct asked_table *t, struct slice key)
{
    return t->room ? *place_of(t, key) : NULL;
}

void asked_answer(struct asked_table *t, struct asked *a, struct slice answer)
{
    a->state = ASKED_ANSWERED;
    buf_free(&a->record);
    buf_add(&a->answer, answer.text, answer.len);
    t->bytes += answer.len;
}

void asked_fail(struct asked *a, const struct error *why)
{
    a->state = ASKED_FAILED;
    buf_free(&a->record);
    free(a->failed);
    a->failed = mem_new(sizeof *why);
    *a->failed = *why;
}

/* ---- the lines that wait ---- */

void waiting_add(struct waiting_lines *w, struct slice record, int64_t line, struct asked *asked)
{
    if (w->end == w->room && w->first > w->room / 2) {
        memmove(w->line, w->line + w->first, (w->end - w->first) * sizeof *w->line);
        w->end -= w->first;
        w->first = 0;
    }
    if (w->end == w->room) {
        w->room = w->room ? 2 * w->room : 64;
        w->line = mem_grown(w->line, w->room * sizeof *w->line);
    }
    struct waiting_line *added = &w->line[w->end++];
    *added = (struct waiting_line){.line = line, .asked = asked};
    buf_add(&added->record, record.text, record.len);
    w->bytes += record.len;
}

size_t waiting_count(const struct waiting_lines *w)
{
    return w->end - w->first;
}

struct waiting_line *waiting_first(const struct waiting_lines *w)
{
    return w->first < w->end ? &w->line[w->first] : NULL;
}

void waiting_drop(struct waiting_lines *w)
{
    struct waiting_line *first = &w->line[w->first++];
    w->bytes -= first->record.len;
    first->asked->waiting--;
    buf_free(&first->record);
}

void waiting_free(struct waiting_lines *w)
{
    while (waiting_count(w))
        waiting_drop(w);
    free(w->line);
    *w = (struct waiting_lines){0};
}
