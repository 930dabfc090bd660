/* jsonpath: JSONPath evaluated. */
#include "json/jsonpath.h"

#include <stdlib.h>

#include "json/jsonpath_tree.h"
#include "json/order.h"

void jsonpath_free(struct jsonpath *q)
{
    while (q && q->blocks) {
        struct jsonpath_block *block = q->blocks;
        q->blocks = block->next;
        free(block);
    }
    free(q);
}

const char *jsonpath_text(const struct jsonpath *q)
{
    return q->text;
}

bool jsonpath_segments_singular(const struct jsonpath_segment *s)
{
    for (; s; s = s->next)
        if (s->deep || s->selectors->next || (s->selectors->kind != SELECT_NAME && s->selectors->kind != SELECT_INDEX))
            return false;
    return true;
}

bool jsonpath_is_singular(const struct jsonpath *q)
{
    return jsonpath_segments_singular(q->segments);
}

/* ---- tests ---- */

static bool take_first(void *ctx, struct slice value)
{
    struct slice *first = ctx;
    *first = value;
    return false;
}

static struct slice find_operand(const struct jsonpath_operand *o, struct jsonpath_root *root, struct slice at)
{
    struct slice found = {0};
    struct jsonpath_walk w = {root, take_first, &found};
    jsonpath_follow(&w, o->segments, at);
    return found;
}

static struct slice operand_value(const struct jsonpath_operand *o, struct jsonpath_root *root, struct slice at)
{
    if (o->literal.text)
        return o->literal;
    if (!o->from_root)
        return find_operand(o, root, at);
    for (size_t i = 0; i < root->count; i++)
        if (root->known[i].of == o)
            return root->known[i].value;
    struct slice found = find_operand(o, root, root->json);
    if (root->count < sizeof root->known / sizeof *root->known) {
        root->known[root->count].of = o;
        root->known[root->count++].value = found;
    }
    return found;
}

bool jsonpath_test_holds(const struct jsonpath_test *t, struct jsonpath_root *root, struct slice at)
{
    switch (t->op) {
    case TEST_OR:
        return jsonpath_test_holds(t->left, root, at) || jsonpath_test_holds(t->right, root, at);
    case TEST_AND:
        return jsonpath_test_holds(t->left, root, at) && jsonpath_test_holds(t->right, root, at);
    case TEST_NOT:
        return !jsonpath_test_holds(t->left, root, at);
    default:
        break;
    }
    struct slice a = operand_value(&t->a, root, at);
    if (t->op == TEST_EXISTS)
        return a.text;
    struct slice b = operand_value(&t->b, root, at);
    switch (t->op) {
    case TEST_LT:
        return order_less(a, b);
    case TEST_GT:
        return order_less(b, a);
    case TEST_LE:
        return order_less(a, b) || order_equal(a, b);
    case TEST_GE:
        return order_less(b, a) || order_equal(a, b);
    default:
        return order_equal(a, b) == (t->op == TEST_EQ);
    }
}

/* ---- selectors ---- */

static int64_t list_length(struct slice list)
{
    struct slice value;
    int64_t n = 0;
    for (size_t at = 0; value_next(list, &at, NULL, &value);)
        n++;
    return n;
}

static int64_t bound(int64_t n, int64_t least, int64_t most)
{
    return n < least ? least : n > most ? most : n;
}

/* RFC 9535, section 2.3.4.2.2. */
static void slice_bounds(const struct jsonpath_selector *s, int64_t length, int64_t *from, int64_t *to)
{
    bool forward = s->step > 0;
    int64_t start = s->has_start ? s->start : forward ? 0 : length - 1;
    int64_t end = s->has_end ? s->end : forward ? length : -length - 1;
    start += start < 0 ? length : 0;
    end += end < 0 ? length : 0;
    *from = forward ? bound(start, 0, length) : bound(start, -1, length - 1);
    *to = forward ? bound(end, 0, length) : bound(end, -1, length - 1);
}

static bool select_slice(const struct jsonpath_walk *w, const struct jsonpath_selector *s,
                         const struct jsonpath_segment *rest, struct slice list)
{
    int64_t length = list_length(list), from, to, n = 0;
    struct slice value, *all = mem_zeroed((size_t)length + 1, sizeof *all);
    bool more = true;
    for (size_t at = 0; value_next(list, &at, NULL, &value);)
        all[n++] = value;
    slice_bounds(s, length, &from, &to);
    for (n = from; more && s->step && (s->step > 0 ? n < to : n > to); n += bound(s->step, -length - 1, length + 1))
        more = jsonpath_follow(w, rest, all[n]);
    free(all);
    return more;
}

static bool select_index(const struct jsonpath_walk *w, const struct jsonpath_selector *s,
                         const struct jsonpath_segment *rest, struct slice list)
{
    struct slice value;
    int64_t n = s->start < 0 ? s->start + list_length(list) : s->start;
    for (size_t at = 0; value_next(list, &at, NULL, &value); n--)
        if (n == 0)
            return jsonpath_follow(w, rest, value);
    return true;
}

static bool select_children(const struct jsonpath_walk *w, const struct jsonpath_selector *s,
                            const struct jsonpath_segment *rest, struct slice container)
{
    struct slice value;
    for (size_t at = 0; value_next(container, &at, NULL, &value);)
        if ((s->kind == SELECT_ALL || jsonpath_test_holds(s->test, w->root, value)) && !jsonpath_follow(w, rest, value))
            return false;
    return true;
}

static bool select_values(const struct jsonpath_walk *w, const struct jsonpath_selector *s,
                          const struct jsonpath_segment *rest, struct slice at)
{
    bool list = value_is_list(at);
    switch (s->kind) {
    case SELECT_NAME: {
        struct slice value = value_member(at, s->name.text, s->name.len);
        return !value.text || jsonpath_follow(w, rest, value);
    }
    case SELECT_INDEX:
        return !list || select_index(w, s, rest, at);
    case SELECT_SLICE:
        return !list || select_slice(w, s, rest, at);
    default:
        return select_children(w, s, rest, at);
    }
}

bool jsonpath_follow(const struct jsonpath_walk *w, const struct jsonpath_segment *s, struct slice at)
{
    if (!s)
        return w->visit(w->ctx, at);
    for (const struct jsonpath_selector *selector = s->selectors; selector; selector = selector->next)
        if (!select_values(w, selector, s->next, at))
            return false;
    struct slice value;
    for (size_t next = 0; s->deep && value_next(at, &next, NULL, &value);)
        if (!jsonpath_follow(w, s, value))
            return false;
    return true;
}

/* ---- the whole ---- */

void jsonpath_each(const struct jsonpath *q, struct slice json, jsonpath_visit *visit, void *ctx)
{
    struct jsonpath_root root = {.json = json};
    struct jsonpath_walk w = {&root, visit, ctx};
    jsonpath_follow(&w, q->segments, json);
}

struct slice jsonpath_first(const struct jsonpath *q, struct slice json)
{
    struct slice first = {0};
    jsonpath_each(q, json, take_first, &first);
    return first;
}

bool jsonpath_holds(const struct jsonpath *q, struct slice json)
{
    struct jsonpath_root root = {.json = json};
    return jsonpath_test_holds(q->test, &root, json);
}
