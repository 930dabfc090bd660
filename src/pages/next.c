/* next: where a page says how the list goes on. */
#include "pages/next.h"

#include <stdlib.h>
#include <string.h>

#include "pages/relation.h"
#include "json/usual.h"

bool next_same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (!a->len || memcmp(a->data, b->data, a->len) == 0);
}

void next_cursor_free(struct cursor *c)
{
    buf_free(&c->text);
    buf_free(&c->json);
}

void next_cursor_clear(struct cursor *c)
{
    buf_clear(&c->text);
    buf_clear(&c->json);
}

void next_cursor_set(struct cursor *c, struct slice json)
{
    next_cursor_clear(c);
    value_scalar(json, &c->text);
    buf_add(&c->json, json.text, json.len);
}

/* The NAME of NAME=PATH; 0 where the whole text is a PATH, which may have an equals sign in a filter. */
static size_t name_length(const char *text)
{
    size_t len = strcspn(text, "=");
    return text[len] && !strchr("$/", *text) && strncmp(text, "header:", 7) ? len : 0;
}

static int parse_part(struct next *n, const char *text, struct error *e)
{
    struct next_part *part = &n->part[n->count++];
    size_t len = name_length(text);
    if (len) {
        part->name = mem_text(text, len);
        text += len + 1;
    }
    if (strncmp(text, "header:", 7) == 0) {
        part->header = text + 7;
        return 0;
    }
    return path_option(&part->path, "next", text, e);
}

static int parse_usual(struct next *n)
{
    n->part = mem_zeroed(1, sizeof *n->part);
    n->count = 1;
    usual_paths(&n->part->path, n->kind == NEXT_LINK ? USUAL_LINK : USUAL_CURSOR);
    return 0;
}

/* One part may go without a name: --param-cursor is its name. */
static int name_parts(struct next *n, const char *param_cursor, struct error *e)
{
    bool several = n->count > 1 || n->part->name;
    unsigned unnamed = 0;
    for (size_t i = 0; several && i < n->count; i++)
        if (!n->part[i].name) {
            n->part[i].name = mem_text(param_cursor, strlen(param_cursor));
            unnamed++;
        }
    if (unnamed > 1)
        return error_set(e, EXIT_USAGE, "--next is given once, or for each part of the cursor as NAME=PATH");
    return several && n->kind == NEXT_LINK
               ? error_set(e, EXIT_USAGE, "--next NAME=PATH goes with --paginate cursor: a link has no parts")
               : 0;
}

int next_parse(struct next *n, const struct list *given, enum next_kind kind, const char *param_cursor, struct error *e)
{
    *n = (struct next){.kind = kind, .given = given->count > 0};
    if (!given->count)
        return parse_usual(n);
    n->part = mem_zeroed(given->count, sizeof *n->part);
    for (size_t i = 0; i < given->count; i++)
        if (parse_part(n, given->item[i], e))
            return -1;
    return name_parts(n, param_cursor, e);
}

void next_free(struct next *n)
{
    for (size_t i = 0; i < n->count; i++) {
        free(n->part[i].name);
        path_free(&n->part[i].path);
    }
    free(n->part);
    *n = (struct next){0};
}

static bool is_one_of(struct slice value, const char *const *texts)
{
    while (*texts && !value_is(value, *texts))
        texts++;
    return *texts;
}

/* The end of the list, beside null, false and "": the names of nothing as a text, by servers that write it so. Scans
 * and Twitter's lists end with cursor 0, which would lead to their beginning, others with -1. */
static bool is_end(const struct next *n, struct slice value)
{
    static const char *const nothing[] = {"\"null\"", "\"None\"", "\"nil\"", "\"undefined\"", NULL};
    static const char *const zero[] = {"0", "\"0\"", "-1", "\"-1\"", NULL};
    return value_is_void(value) || is_one_of(value, nothing) || (n->kind != NEXT_LINK && is_one_of(value, zero));
}

/* Nobody told us where the next cursor or link is: does this value look like one? A link has a path or a query;
 * datasette has {"next": "100", "next_url": "http://..."}. */
static bool is_plausible(const struct next *n, struct slice value)
{
    if (value_is_container(value))
        return false;
    return n->kind != NEXT_LINK || memchr(value.text, '/', value.len) || memchr(value.text, '?', value.len);
}

static const char *kind_of(struct slice value)
{
    switch (*value.text) {
    case '{':
        return "an object";
    case '[':
        return "a list";
    case 't':
        return "true";
    default:
        return "a number";
    }
}

/* Can what the user named lead on? */
static int check_kind(const struct next *n, struct slice value, struct error *e)
{
    bool fits =
        n->kind == NEXT_JSON || value_is_text(value) || (n->kind != NEXT_LINK && strchr("-0123456789", *value.text));
    return fits ? 0
                : error_set(e, EXIT_ANSWER, "what is at --next is %s, which is not a %s", kind_of(value),
                            n->kind == NEXT_LINK ? "link" : "cursor");
}

/* A header, or the first of the places in the body that says something. A place of a fixed name that says nothing, as a
 * null does, says that no link is to be looked for in lists of them. */
static int find_part(const struct next *n, const struct next_part *part, const struct answer *a, struct buf *json,
                     struct error *e)
{
    const char *header = part->header ? a->header(a->headers, part->header, NULL) : NULL;
    if (header && *header)
        value_quote(header, strlen(header), json);
    if (is_end(n, (struct slice){json->data, json->len}))
        buf_clear(json);
    bool there = false;
    for (unsigned w = 0; !part->header && w < part->path.count && !json->len; w++) {
        struct slice found = path_find_way(&part->path, w, a->envelope);
        if (there && part->path.way[w].query)
            break;
        there |= found.text != NULL;
        found = relation_next(&part->path, w, found, a->envelope);
        if (is_end(n, found) || (!n->given && !is_plausible(n, found)))
            continue;
        if (n->given && check_kind(n, found, e))
            return -1;
        buf_add(json, found.text, found.len);
    }
    if (!n->given && n->kind == NEXT_LINK && !there) {
        struct slice link = relation_link(a->envelope, NULL);
        if (!is_end(n, link) && is_plausible(n, link))
            buf_add(json, link.text, link.len);
    }
    return 0;
}

/* The page leads nowhere: of the usual places none says that this is the end, and one has something else. */
static int check_odd(const struct next *n, const struct answer *a, struct error *e)
{
    bool odd = false;
    for (unsigned w = 0; !n->given && w < n->part->path.count; w++) {
        struct slice found = path_find_way(&n->part->path, w, a->envelope);
        if (found.text && (value_is_empty(found) || is_end(n, found)))
            return 0;
        odd |= found.text != NULL;
    }
    return odd ? error_set(e, EXIT_ANSWER,
                           "the page has a next that is not a %s: say with --next where it is, or with --paginate how "
                           "the list goes on",
                           n->kind == NEXT_LINK ? "link" : "cursor")
               : 0;
}

/* The parts that are there, as an object. */
static int find_parts(const struct next *n, const struct answer *a, struct buf *object, struct error *e)
{
    struct buf value = {0};
    int result = 0;
    for (size_t i = 0; i < n->count && !result; i++) {
        buf_clear(&value);
        result = find_part(n, &n->part[i], a, &value, e);
        if (!value.len)
            continue;
        buf_addc(object, object->len ? ',' : '{');
        value_quote(n->part[i].name, strlen(n->part[i].name), object);
        buf_addc(object, ':');
        buf_add(object, value.data, value.len);
    }
    if (object->len)
        buf_addc(object, '}');
    buf_free(&value);
    return result;
}

int next_find(const struct next *n, const struct answer *a, struct cursor *to, struct error *e)
{
    struct buf json = {0};
    int result = n->part->name ? find_parts(n, a, &json, e) : find_part(n, n->part, a, &json, e);
    if (!result && json.len)
        next_cursor_set(to, (struct slice){json.data, json.len});
    if (!result && n->kind == NEXT_LINK && memchr(buf_text(&to->text), '\0', to->text.len))
        result = error_set(e, EXIT_ANSWER, "the link to the next page has the character U+0000 in it, as no URL may");
    else if (!result && !json.len)
        result = check_odd(n, a, e);
    buf_free(&json);
    return result;
}

bool next_is_there(const struct next *n, const struct answer *a)
{
    for (size_t i = 0; i < n->count; i++) {
        const struct next_part *part = &n->part[i];
        if (part->header ? a->header(a->headers, part->header, NULL) != NULL
                         : path_find(&part->path, a->envelope.text, a->envelope.len).text ||
                               path_finds_choice(&part->path, a->envelope))
            return true;
    }
    return false;
}
