/* walk: the members of an answer's objects. */
#include "discover/walk.h"

#include <string.h>

struct walk {
    bool (*visit)(void *ctx, const struct walk_at *at);
    void *ctx;
    struct buf path;
    unsigned depth; /* that is visited */
    bool deeper, over;
};

static bool is_plain(struct slice key)
{
    return key.len && !memchr(key.text, '/', key.len) && !memchr(key.text, '~', key.len) &&
           !memchr(key.text, '\\', key.len);
}

static void walk_object(struct walk *w, struct slice object, unsigned depth)
{
    struct slice key, value;
    size_t before = w->path.len;
    if (!value_is_object(object))
        return;
    for (size_t at = 0; !w->over && value_next(object, &at, &key, &value);) {
        if (!is_plain(key))
            continue;
        buf_addf(&w->path, "/%.*s", (int)key.len, key.text);
        if (depth == w->depth)
            w->over = !w->visit(w->ctx, &(struct walk_at){buf_text(&w->path), depth, key, value});
        else
            walk_object(w, value, depth + 1);
        w->deeper |= depth == w->depth && value_is_object(value);
        w->path.len = before;
    }
}

void walk_members(struct slice json, unsigned depth, bool (*visit)(void *ctx, const struct walk_at *at), void *ctx)
{
    struct walk w = {.visit = visit, .ctx = ctx, .deeper = true};
    for (w.depth = 1; w.depth <= depth && w.deeper && !w.over; w.depth++) {
        w.deeper = false;
        walk_object(&w, json, 1);
    }
    buf_free(&w.path);
}

bool walk_names(struct slice key, const char *const *words)
{
    char name[64];
    size_t len = key.len < sizeof name - 1 ? key.len : sizeof name - 1;
    memcpy(name, key.text, len);
    name[len] = '\0';
    for (; *words; words++)
        if (strcasestr(name, *words))
            return true;
    return false;
}
