/* template_list: a template that is filled from several records at once. */
#include "json/template_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The bytes from one place of a text to another. */
struct span {
    size_t from, to;
};

static int wrong(const struct template *t, const char *what, struct error *e)
{
    return error_set(e, EXIT_USAGE, "--%s %s", t->option, what);
}

/* A piece of a template that has no {PATH}: only doubled braces are to be changed. */
static void add_literal(enum template_kind kind, const char *text, struct span part, struct buf *out)
{
    struct error ignored = {0};
    char *piece = mem_text(text + part.from, part.to - part.from);
    struct template t = {"", kind, piece};
    template_fill(&t, (struct slice){"{}", 2}, 0, out, &ignored);
    free(piece);
}

/* Where the n-th {PATH} is, braces and all. false: there is none. */
static bool find_path(const struct template *t, unsigned n, struct span *at, struct slice *path)
{
    *at = (struct span){0};
    for (size_t place = 0;; n--) {
        if (!template_next(t, &place, path))
            return false;
        *at = (struct span){(size_t)(path->text - t->text) - 1, (size_t)(path->text - t->text) + path->len + 1};
        if (n == 0)
            return true;
    }
}

static bool same(const char *text, struct span a, struct span b)
{
    return a.to - a.from == b.to - b.from && memcmp(text + a.from, text + b.from, a.to - a.from) == 0;
}

/* What is repeated, and what stands between, by the text alone. */
static int take_text(struct template_list *l, const struct template *t, struct error *e)
{
    struct span first, last, next, between = {0};
    struct slice path;
    size_t len = strlen(t->text);
    find_path(t, 0, &first, &path);
    last = first;
    for (unsigned n = 1; find_path(t, n, &next, &path); n++) {
        struct span gap = {last.to, next.from};
        if (n > 1 && !same(t->text, gap, between))
            return wrong(t, "has different things between its {PATH}s, so what is between two values is not clear", e);
        between = gap;
        last = next;
    }
    l->kind = t->kind;
    add_literal(t->kind, t->text, (struct span){0, first.from}, &l->before);
    buf_add(&l->each, t->text + first.from, first.to - first.from);
    add_literal(t->kind, t->text, between, &l->between);
    if (last.to == first.to)
        buf_addc(&l->between, ',');
    add_literal(t->kind, t->text, (struct span){last.to, len}, &l->after);
    return l->between.len ? 0 : wrong(t, "has nothing between two {PATH}s", e);
}

static bool is_in(const char *text, struct slice part, struct span all)
{
    return text + all.from >= part.text && text + all.to <= part.text + part.len;
}

/* The element of the innermost list that has all of it in it; text NULL: there is none. */
static struct slice find_element(const char *text, struct slice value, struct span all)
{
    struct slice key, inner;
    for (size_t at = 0; value_next(value, &at, &key, &inner);) {
        if (!is_in(text, inner, all))
            continue;
        struct slice deeper = find_element(text, inner, all);
        return deeper.text || !value_is_list(value) ? deeper : inner;
    }
    return (struct slice){0};
}

/* The string of JSON that has all of it in it, with its quotes. */
static bool find_string(const char *text, struct span all, struct span *string)
{
    for (size_t at = 0; text[at];) {
        size_t end = at + 1;
        if (text[at] == '"') {
            for (; text[end] != '"'; end++)
                end += text[end] == '\\';
            end++;
            *string = (struct span){at, end};
            if (all.from > at && all.from < end)
                return all.to < end;
        }
        at = end;
    }
    return false;
}

/* opens, closes: of the list, where it is none yet. */
static void take_element(struct template_list *l, const struct template *t, struct span element, const char *opens,
                         const char *closes)
{
    l->kind = TEMPLATE_JSON;
    add_literal(TEMPLATE_JSON, t->text, (struct span){0, element.from}, &l->before);
    buf_adds(&l->before, opens);
    buf_add(&l->each, t->text + element.from, element.to - element.from);
    buf_addc(&l->between, ',');
    buf_adds(&l->after, closes);
    add_literal(TEMPLATE_JSON, t->text, (struct span){element.to, strlen(t->text)}, &l->after);
}

/* The inside of a string is a text of its own. */
static int take_string(struct template_list *l, const struct template *t, struct span string, struct error *e)
{
    char *inside = mem_text(t->text + string.from + 1, string.to - string.from - 2);
    struct template text = {t->option, TEMPLATE_STRING, inside};
    add_literal(TEMPLATE_JSON, t->text, (struct span){0, string.from}, &l->before);
    buf_addc(&l->before, '"');
    int result = take_text(l, &text, e);
    buf_addc(&l->after, '"');
    add_literal(TEMPLATE_JSON, t->text, (struct span){string.to, strlen(t->text)}, &l->after);
    free(inside);
    return result;
}

static int take_json(struct template_list *l, const struct template *t, struct span all, struct error *e)
{
    struct span string;
    struct slice element = find_element(t->text, (struct slice){t->text, strlen(t->text)}, all);
    if (element.text) {
        size_t from = (size_t)(element.text - t->text);
        take_element(l, t, (struct span){from, from + element.len}, "", "");
        return 0;
    }
    if (!find_string(t->text, all, &string))
        return wrong(t, "has {PATH}s that are not in one element of a list: {\"ids\":[\"{id}\"]}", e);
    if (string.from + 1 != all.from || string.to != all.to + 1)
        return take_string(l, t, string, e);
    take_element(l, t, string, "[", "]");
    return 0;
}

int template_list_init(struct template_list *l, const struct template *t, struct error *e)
{
    struct span at, all;
    struct slice path, other;
    *l = (struct template_list){.option = t->option};
    find_path(t, 0, &all, &path);
    for (unsigned n = 1; find_path(t, n, &at, &other); n++) {
        if (other.len != path.len || memcmp(other.text, path.text, path.len) != 0)
            return wrong(t, "has different {PATH}s: a request that asks for many things has one", e);
        all.to = at.to;
    }
    char *name = mem_text(path.text, path.len);
    int result = path_option(&l->path, t->option, name, e);
    free(name);
    return result ? -1 : t->kind == TEMPLATE_JSON ? take_json(l, t, all, e) : take_text(l, t, e);
}

void template_list_free(struct template_list *l)
{
    buf_free(&l->before);
    buf_free(&l->after);
    buf_free(&l->each);
    buf_free(&l->between);
    path_free(&l->path);
}

static bool has(struct slice text, const struct buf *part)
{
    return memmem(text.text, text.len, part->data, part->len);
}

/* A value with a comma in it would be taken for two. */
static int check_between(const struct template_list *l, struct slice record, int64_t line, struct slice filled,
                         struct error *e)
{
    struct buf plain = {0};
    value_scalar(path_find(&l->path, record.text, record.len), &plain);
    bool torn = has(filled, &l->between) || has((struct slice){buf_text(&plain), plain.len}, &l->between);
    buf_free(&plain);
    return torn ? error_set(e, EXIT_INPUT,
                            "input line %" PRId64 ": the value has a %s in it, which stands between two in --%s", line,
                            l->between.data, l->option)
                : 0;
}

int template_list_fill(const struct template_list *l, const struct slice *records, const int64_t *lines, size_t count,
                       struct buf *out, struct error *e)
{
    struct template each = {l->option, l->kind, l->each.data};
    buf_add(out, l->before.data, l->before.len);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add(out, l->between.data, l->between.len);
        size_t at = out->len;
        if (template_fill(&each, records[i], lines[i], out, e))
            return -1;
        struct slice filled = {out->data + at, out->len - at};
        if (l->kind != TEMPLATE_JSON && check_between(l, records[i], lines[i], filled, e))
            return -1;
    }
    return buf_add(out, l->after.data, l->after.len);
}
