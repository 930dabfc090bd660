/* jsonpath_stream: what of a query can be answered while the text is still coming. */
#include <stdio.h>

#include "json/jsonpath.h"
#include "json/jsonpath_tree.h"

static const struct jsonpath_segment *segment_at(const struct jsonpath *q, unsigned level)
{
    const struct jsonpath_segment *s = q->segments;
    while (level--)
        s = s->next;
    return s;
}

static bool is_one(const struct jsonpath_selector *s)
{
    return s->kind == SELECT_NAME || s->kind == SELECT_INDEX;
}

unsigned jsonpath_base(const struct jsonpath *q)
{
    unsigned n = 0;
    for (const struct jsonpath_segment *s = q->segments; s && !s->deep && !s->selectors->next && is_one(s->selectors);
         s = s->next)
        n++;
    return n;
}

/* ---- what has to wait for the end of the text ---- */

static bool segments_use_root(const struct jsonpath_segment *s);

static bool operand_uses_root(const struct jsonpath_operand *o)
{
    return o->from_root || segments_use_root(o->segments);
}

static bool test_uses_root(const struct jsonpath_test *t)
{
    return t && (test_uses_root(t->left) || test_uses_root(t->right) || operand_uses_root(&t->a) ||
                 operand_uses_root(&t->b));
}

static bool segments_use_root(const struct jsonpath_segment *s)
{
    for (; s; s = s->next)
        for (const struct jsonpath_selector *selector = s->selectors; selector; selector = selector->next)
            if (test_uses_root(selector->test))
                return true;
    return false;
}

/* NULL: the segment can be answered as the text comes. */
static const char *why_whole(const struct jsonpath_segment *s)
{
    const struct jsonpath_selector *one = s->selectors;
    if (s->deep)
        return "'..'";
    if (one->next)
        return "several selectors in one pair of brackets";
    if (one->start < 0 || one->end < 0)
        return "counting from the end of a list";
    return one->kind == SELECT_SLICE && one->step < 0 ? "a slice that goes backwards" : NULL;
}

unsigned jsonpath_levels(const struct jsonpath *q, struct jsonpath_fault *fault)
{
    unsigned n = 0;
    const char *why = segments_use_root(q->segments) ? "$ in a filter" : NULL;
    *fault = (struct jsonpath_fault){0};
    for (const struct jsonpath_segment *s = q->segments; s && !why; s = s->next) {
        why = why_whole(s);
        n++;
        if (s->selectors->kind == SELECT_TEST)
            break;
    }
    if (why)
        snprintf(fault->text, sizeof fault->text, "%s is left out here: records are found while the answer arrives",
                 why);
    return n;
}

/* ---- on the way ---- */

static bool slice_has(const struct jsonpath_selector *s, int64_t n)
{
    return n >= s->start && (!s->has_end || n < s->end) && s->step && (n - s->start) % s->step == 0;
}

bool jsonpath_leads(const struct jsonpath *q, unsigned level, struct slice key, size_t n)
{
    const struct jsonpath_selector *s = segment_at(q, level)->selectors;
    switch (s->kind) {
    case SELECT_NAME:
        return key.text && value_spells(key, s->name.text, s->name.len);
    case SELECT_INDEX:
        return !key.text && s->start == (int64_t)n;
    case SELECT_SLICE:
        return !key.text && slice_has(s, (int64_t)n);
    default:
        return true;
    }
}

/* The first segment with a filter, which is where jsonpath_levels() ends. */
static const struct jsonpath_segment *filter_of(const struct jsonpath *q)
{
    const struct jsonpath_segment *s = q->segments;
    while (s && s->selectors->kind != SELECT_TEST)
        s = s->next;
    return s;
}

bool jsonpath_has_rest(const struct jsonpath *q)
{
    return filter_of(q);
}

void jsonpath_each_rest(const struct jsonpath *q, struct slice value, jsonpath_visit *visit, void *ctx)
{
    const struct jsonpath_segment *filter = filter_of(q);
    struct jsonpath_root root = {.json = value};
    struct jsonpath_walk w = {&root, visit, ctx};
    if (jsonpath_test_holds(filter->selectors->test, &root, value))
        jsonpath_follow(&w, filter->next, value);
}

bool jsonpath_each_name(const struct jsonpath *q, jsonpath_visit_name *visit, void *ctx)
{
    const struct jsonpath_segment *s = q->segments;
    for (unsigned n = jsonpath_base(q); n; n--, s = s->next)
        if (s->selectors->start < 0 || !visit(ctx, s->selectors->name, s->selectors->start))
            return false;
    return true;
}
