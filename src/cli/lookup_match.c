/* lookup_match: the answer to a call for many ids, taken apart. */
#include "cli/lookup_match.h"

#include <string.h>
#include <strings.h>

#include "discover/walk.h"
#include "json/order.h"
#include "json/refusal.h"
#include "json/usual.h"

enum { DEPTH = 3 };

/* The call at hand. */
struct calling {
    const struct match *match;
    const struct asked_table *asked;
    const struct call_ids *ids;
    unsigned call;
};

void match_key(struct slice value, struct buf *out)
{
    if (value_is_number(value))
        order_number(value, out);
    else
        value_scalar(value, out);
}

static bool has_same_letters(const struct asked *a, const struct buf *key)
{
    return a->key.len == key->len && strncasecmp(a->key.data, key->data, key->len) == 0;
}

/* What was asked for by this id; or by one with other capitals, when only one is like it. NULL: nothing. */
static struct asked *find(const struct calling *c, const struct buf *key)
{
    struct asked *like = NULL, *a = asked_find(c->asked, (struct slice){key->data, key->len});
    if (a && a->state == ASKED_OPEN && a->call == c->call && a->place < c->ids->count && c->ids->item[a->place] == a)
        return a;
    for (size_t i = 0; i < c->ids->count && key->len; i++)
        if (has_same_letters(c->ids->item[i], key)) {
            if (like)
                return NULL;
            like = c->ids->item[i];
        }
    return like;
}

static struct asked *find_value(const struct calling *c, struct slice value)
{
    struct buf key = {0};
    match_key(value, &key);
    struct asked *a = find(c, &key);
    buf_free(&key);
    return a;
}

static struct asked *find_name(const struct calling *c, struct slice name)
{
    struct buf key = {0};
    value_unescape(name.text, name.len, NULL, &key);
    struct asked *a = find(c, &key);
    buf_free(&key);
    return a;
}

static struct slice id_of(const struct calling *c, struct slice element)
{
    struct slice id = path_find(&c->match->id, element.text, element.len);
    return id.len && strchr("{[n", *id.text) ? (struct slice){0} : id;
}

/* ---- where the answers are ---- */

/* An object, by ids that were asked for. */
static bool is_map(const struct calling *c, struct slice v)
{
    struct slice key, value;
    for (size_t at = 0; value_is_object(v) && value_next(v, &at, &key, &value);)
        if (find_name(c, key))
            return true;
    return false;
}

static bool has_ids(const struct calling *c, struct slice list)
{
    struct slice element;
    for (size_t at = 0; value_next(list, &at, NULL, &element);) {
        struct slice id = value_is_object(element) ? id_of(c, element) : (struct slice){0};
        if (id.len && find_value(c, id))
            return true;
    }
    return false;
}

static bool is_empty(struct slice v)
{
    return v.len == 2 && strchr("{[", *v.text);
}

struct looking {
    const struct calling *calling;
    struct slice found, other; /* with ids that were asked for; a list of objects, or an empty one */
    unsigned depth, found_count, others;
};

static bool visit(void *ctx, const struct walk_at *at)
{
    struct looking *l = ctx;
    if (l->found_count && at->depth > l->depth)
        return false;
    if (value_is_list(at->value) ? has_ids(l->calling, at->value) : is_map(l->calling, at->value)) {
        l->depth = at->depth;
        l->found = at->value;
        l->found_count++;
    } else if (is_empty(at->value) || (value_is_list(at->value) && strchr("{n", at->value.text[1]))) {
        l->other = l->other.len > 2 ? l->other : at->value;
        l->others += at->value.len > 2;
    }
    return true;
}

/* The only place of the least depth that has ids; or the only list, where nothing is said to be wrong. */
static int look_for(const struct calling *c, struct slice body, struct slice *place, struct error *e)
{
    struct looking l = {.calling = c};
    walk_members(body, DEPTH, visit, &l);
    if (!l.found_count && refusal_is(body, (struct slice){0}))
        return 0;
    if (l.found_count > 1 || (!l.found_count && l.others > 1))
        return error_set(e, EXIT_ANSWER, "the answer has several lists: say with --records which has the answers");
    *place = l.found_count ? l.found : l.other;
    return 0;
}

static int find_place(const struct calling *c, struct slice body, struct slice *place, struct buf *listed,
                      struct error *e)
{
    const struct path *records = &c->match->records;
    *place = (struct slice){0};
    if (records->count && records->many) {
        path_list(records, body, listed);
        *place = (struct slice){buf_text(listed), listed->len};
    } else if (records->count) {
        *place = path_find(records, body.text, body.len);
    } else if (value_is_list(body) || is_empty(body) || is_map(c, body)) {
        *place = body;
    } else {
        for (const struct usual *u = usual_first(USUAL_RECORDS); u && !place->text; u = usual_next(u)) {
            struct slice there = path_get(u->name, body);
            *place = value_is_list(there) || is_map(c, there) ? there : (struct slice){0};
        }
        if (!place->text)
            return look_for(c, body, place, e);
    }
    return 0;
}

/* ---- what is there ---- */

static int wrong_id(const struct calling *c, struct slice id, const char *what, struct error *e)
{
    struct buf shown = {0};
    match_key(id, &shown);
    error_set(e, EXIT_ANSWER, "the answer has the %s %.100s %s", c->match->id_name, buf_text(&shown), what);
    buf_free(&shown);
    return -1;
}

static int take(const struct calling *c, struct asked *a, struct slice id, struct slice answer, struct error *e)
{
    if (!a)
        return wrong_id(c, id, "that was not asked for: is --id right, and the parameter for the ids?", e);
    bool other = a->found.text && (a->found.len != answer.len || memcmp(a->found.text, answer.text, answer.len) != 0);
    if (other)
        return wrong_id(c, id, "twice, with different answers: read --for-each takes lists", e);
    a->found = answer;
    return 0;
}

static int take_list(const struct calling *c, struct slice list, struct error *e)
{
    struct slice element;
    for (size_t at = 0; value_next(list, &at, NULL, &element);) {
        if (*element.text == 'n')
            continue;
        struct slice id = id_of(c, element);
        if (!id.len)
            return error_set(e, EXIT_ANSWER, "one of the answers has no %s: say with --id where its id is",
                             c->match->id_name);
        if (take(c, find_value(c, id), id, element, e))
            return -1;
    }
    return 0;
}

/* Beside the answers there may be other things, which are not objects. */
static int take_map(const struct calling *c, struct slice map, struct error *e)
{
    struct slice key, value;
    for (size_t at = 0; value_next(map, &at, &key, &value);) {
        struct slice id = {key.text - 1, key.len + 2};
        struct asked *a = find_name(c, key);
        if (*value.text == 'n' || (!a && !value_is_object(value)))
            continue;
        if (take(c, a, id, value, e))
            return -1;
    }
    return 0;
}

static int take_place(const struct calling *c, struct slice body, struct slice place, struct error *e)
{
    if (value_is_list(place))
        return take_list(c, place, e);
    if (value_is_object(place))
        return take_map(c, place, e);
    if (place.len == 4 && *place.text == 'n')
        return 0;
    if (value_is_object(body) && refusal_is(body, (struct slice){0}))
        return MATCH_REFUSED;
    return error_set(e, EXIT_ANSWER, "the answer has no list%s: say with --records where it is",
                     c->match->records.count ? " at --records" : "");
}

int match_answers(const struct match *m, const struct asked_table *asked, const struct call_ids *ids, unsigned call,
                  struct slice body, struct buf *listed, struct error *e)
{
    struct calling c = {m, asked, ids, call};
    struct slice place;
    buf_clear(listed);
    for (size_t i = 0; i < ids->count; i++) {
        ids->item[i]->found = (struct slice){0};
        ids->item[i]->call = call;
        ids->item[i]->place = i;
    }
    return find_place(&c, body, &place, listed, e) ? -1 : take_place(&c, body, place, e);
}
