/* places: lists of objects in an answer. */
#include "discover/places.h"

#include <string.h>

#include "discover/walk.h"
#include "json/lines.h"
#include "json/path.h"
#include "json/usual.h"

enum { PLACES_DEPTH = 5 }; /* GraphQL has data.viewer.repositories.nodes */

struct places {
    unsigned count, usual, depth;
    struct buf *at, named; /* the first one; the first one with a usual name */
    struct buf names;
};

/* Lists that are beside the records in many answers. */
static bool is_aside(struct slice key)
{
    static const char *const words[] = {"error",    "warning", "link",   "column", "field",
                                        "included", "facet",   "schema", "header", NULL};
    return walk_names(key, words);
}

static bool is_usual(struct slice key)
{
    for (const struct usual *u = usual_first(USUAL_RECORDS); u; u = usual_next(u))
        if (strlen(u->name) == key.len && strncmp(u->name, key.text, key.len) == 0)
            return true;
    return false;
}

static bool visit(void *ctx, const struct walk_at *at)
{
    struct places *p = ctx;
    bool is_list = at->value.len > 2 && memcmp(at->value.text, "[{", 2) == 0;
    if (p->count && at->depth > p->depth)
        return false;
    if (!is_list || is_aside(at->key))
        return true;
    p->depth = at->depth;
    if (p->count++ == 0)
        buf_adds(p->at, at->path);
    if (is_usual(at->key) && p->usual++ == 0)
        buf_adds(&p->named, at->path);
    buf_addf(&p->names, "%s%.*s", p->names.len ? " or " : "", (int)at->key.len, at->key.text);
    return true;
}

unsigned places_find(struct slice envelope, struct buf *at)
{
    struct places p = {.at = at};
    if (!value_is_empty(path_get("error", envelope)) || !value_is_empty(path_get("errors", envelope)))
        return 0;
    walk_members(envelope, PLACES_DEPTH, visit, &p);
    if (p.count > 1 && p.usual == 1) {
        p.count = 1;
        buf_swap(at, &p.named);
    } else if (p.count > 1) {
        buf_swap(at, &p.names);
    }
    buf_free(&p.named);
    buf_free(&p.names);
    return p.count;
}

/* Two objects or more that begin with a member of the same name, and nothing else. */
static bool is_keyed(struct slice value)
{
    struct slice key, member, first = {0};
    size_t count = 0;
    for (size_t at = 0; value_is_object(value) && value_next(value, &at, NULL, &member); count++) {
        size_t in = 0;
        struct slice ignored;
        if (!value_is_object(member) || !value_next(member, &in, &key, &ignored))
            return false;
        if (count && (key.len != first.len || memcmp(key.text, first.text, key.len) != 0))
            return false;
        first = key;
    }
    return count > 1;
}

static bool visit_keyed(void *ctx, const struct walk_at *at)
{
    struct buf *found = ctx;
    if (is_keyed(at->value) && !is_aside(at->key) && !strchr(at->path, '.'))
        buf_addf(found, "%s/*", at->path);
    return !found->len;
}

bool places_find_keyed(struct slice envelope, struct buf *at)
{
    if (is_keyed(envelope)) {
        buf_adds(at, "*");
        return true;
    }
    walk_members(envelope, PLACES_DEPTH, visit_keyed, at);
    for (size_t i = 1; i < at->len; i++)
        at->data[i - 1] = at->data[i] == '/' ? '.' : at->data[i];
    at->len -= at->len > 0;
    return at->len;
}

bool places_are_pair(struct slice lines)
{
    struct slice first = lines_first(lines), rest = lines_after(lines, first), second = lines_first(rest);
    bool list = second.len > 2 && (memcmp(second.text, "[]", 2) == 0 || memcmp(second.text, "[{", 2) == 0);
    return value_is_object(first) && list && lines_after(rest, second).len == 0;
}

void places_others(struct slice envelope, struct buf *out)
{
    struct buf first = {0};
    struct places p = {.at = &first};
    walk_members(envelope, 1, visit, &p);
    buf_add(out, p.names.data, p.names.len);
    buf_free(&first);
    buf_free(&p.named);
    buf_free(&p.names);
}
