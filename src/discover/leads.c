/* leads: links and cursors that may lead on. */
#include "discover/leads.h"

#include <ctype.h>
#include <string.h>

#include "base/number.h"
#include "discover/walk.h"
#include "http/url.h"
#include "pages/link_header.h"
#include "pages/relation.h"

enum { LEADS_DEPTH = 5 };

/* ---- words in names ---- */

static bool is_number(struct slice value, int64_t *n)
{
    return number_whole(value.text, value.len, n);
}

static bool is_text(struct slice value)
{
    return value.len > 2 && value_is_text(value);
}

/* ---- links ---- */

static bool looks_like_url(struct slice value)
{
    return is_text(value) && (strchr("/?", value.text[1]) || strncmp(value.text + 1, "http", 4) == 0);
}

static void take_link(struct leads *v, const struct answer *a, const char *at, struct slice value)
{
    struct buf text = {0};
    value_scalar(value, &text);
    if (strpbrk(buf_text(&text), "/?") && url_resolve(a->url, buf_text(&text), &v->next_url) == 0)
        buf_adds(&v->next_at, at);
    buf_free(&text);
}

static void end_here(struct leads *v, enum paging_style style, const char *at, const char *parameter)
{
    if (v->ended)
        return;
    v->ended = true;
    v->end_style = style;
    buf_adds(&v->end_at, at);
    buf_adds(&v->end_parameter, parameter ? parameter : "");
}

static void find_link(struct leads *v, const struct answer *a)
{
    struct buf text = {0};
    if (link_header_find(a->header, a->headers, "next", &text) != LINK_FOUND ||
        url_resolve(a->url, buf_text(&text), &v->next_url) != 0)
        buf_clear(&v->next_url);
    for (const struct usual *u = usual_first(USUAL_LINK); u && !v->next_url.len; u = usual_next(u)) {
        struct slice value = path_get(u->name, a->envelope);
        if (is_text(value))
            take_link(v, a, u->name, value);
        else if (value.text && value_is_void(value) && *value.text != 'f')
            end_here(v, PAGING_NEXT_URL, u->name, NULL);
    }
    buf_clear(&text);
    struct slice link = relation_link(a->envelope, &text);
    if (link.text && !v->next_url.len)
        take_link(v, a, buf_text(&text), link);
    buf_free(&text);
}

/* ---- cursors ---- */

static struct cursor_lead *add_cursor(struct leads *v, const char *next, struct slice value, const char *parameter,
                                      const char *limit)
{
    for (size_t i = 0; i < v->cursor_count; i++)
        if (strcmp(buf_text(&v->cursor[i].parameter), parameter) == 0)
            return NULL;
    if (v->cursor_count == LEADS_CURSORS || !*parameter)
        return NULL;
    struct cursor_lead *c = &v->cursor[v->cursor_count++];
    buf_adds(&c->next, next);
    value_scalar(value, &c->text);
    c->number = !value_is_text(value);
    buf_adds(&c->parameter, parameter);
    c->limit = limit;
    return c;
}

/* In GraphQL a cursor is a variable of the query: the one of these that the query has. NULL: none. */
static const char *variable(const char *query, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (const char *at = strchr(query, '$'); at; at = strchr(at + 1, '$'))
            if (strncmp(at + 1, strrchr(names[i], '/') + 1, strlen(strrchr(names[i], '/') + 1)) == 0)
                return names[i];
    return NULL;
}

static void graphql_cursor(struct leads *v, const char *query, const char *next, struct slice value)
{
    static const char *const cursors[] = {"/variables/after", "/variables/cursor", "/variables/endCursor",
                                          "/variables/nextCursor"},
                             *const limits[] = {"/variables/first", "/variables/limit", "/variables/pageSize"};
    const char *parameter = variable(query, cursors, sizeof cursors / sizeof *cursors);
    if (!parameter)
        return;
    if (value_is_void(value) || v->no_more)
        end_here(v, PAGING_CURSOR, next, parameter);
    else
        add_cursor(v, next, value, parameter, variable(query, limits, sizeof limits / sizeof *limits));
}

/* next_page_token: page_token; nextCursor: cursor; next: nothing. */
static void without_next(struct slice key, struct buf *name)
{
    bool next = key.len >= 4 && strncasecmp(key.text, "next", 4) == 0;
    struct slice rest = next ? (struct slice){key.text + 4, key.len - 4} : key;
    while (next && rest.len && strchr("_-", *rest.text))
        rest.text++, rest.len--;
    if (!rest.len)
        return;
    buf_addc(name, (char)(next && key.text[0] == 'n' ? tolower((unsigned char)*rest.text) : *rest.text));
    buf_add(name, rest.text + 1, rest.len - 1);
}

/* The names that parameters have for a cursor of this name, wherever it stands; then those that its name suggests. */
static void guess_parameters(struct leads *v, const char *at, struct slice key, struct slice value)
{
    struct buf name = {0};
    for (const struct usual *u = usual_first(USUAL_CURSOR); u; u = usual_next(u)) {
        const char *slash = strrchr(u->name, '/'), *last = slash ? slash + 1 : u->name;
        if (strlen(last) == key.len && strncmp(last, key.text, key.len) == 0 && strcmp(last, "next"))
            add_cursor(v, at, value, u->parameter, u->limit);
    }
    without_next(key, &name);
    add_cursor(v, at, value, buf_text(&name), NULL);
    buf_clear(&name);
    buf_add(&name, key.text, key.len);
    add_cursor(v, at, value, buf_text(&name), NULL);
    add_cursor(v, at, value, "cursor", "limit");
    add_cursor(v, at, value, "after", "limit");
    buf_free(&name);
}

static bool is_the_link(struct leads *v, const char *at)
{
    return v->next_at.len && strcmp(buf_text(&v->next_at), at) == 0;
}

static void find_cursor(struct leads *v, const struct answer *a)
{
    const char *found = NULL;
    int64_t number;
    for (const struct usual *u = usual_first(USUAL_CURSOR); u; u = usual_next(u)) {
        struct slice value = path_get(u->name, a->envelope);
        if (value.text && value_is_void(value))
            end_here(v, PAGING_CURSOR, u->name, u->parameter);
        bool is_offset = strcmp(u->name, "offset") == 0 && is_number(value, &number);
        if (!value.text || value_is_void(value) || value_is_container(value) || is_offset || is_the_link(v, u->name) ||
            (found && strcmp(found, u->name)))
            continue;
        found = u->name;
        add_cursor(v, u->name, value, u->parameter, u->limit);
    }
}

/* A header that leads on. */
static void find_header(struct leads *v, const struct answer *a)
{
    struct buf json = {0}, next = {0};
    for (const struct usual *u = usual_first(USUAL_LEAD_HEADER); u; u = usual_next(u)) {
        const char *value = a->header(a->headers, u->name, NULL);
        if (!value || !*value)
            continue;
        if (!v->lead.len)
            buf_addf(&v->lead, "the header %s", u->name);
        if (!u->parameter)
            continue;
        buf_clear(&json);
        value_quote(value, strlen(value), &json);
        buf_clear(&next);
        buf_addf(&next, "header:%s", u->name);
        add_cursor(v, buf_text(&next), (struct slice){json.data, json.len}, u->parameter, u->limit);
    }
    buf_free(&json);
    buf_free(&next);
}

/* ---- by any other name ---- */

struct search {
    struct leads *v;
    const char *query;
    const struct answer *a;
    bool known; /* a link or cursor has been found by a usual name */
};

/* A PATH as people write it. */
static const char *shown(const struct walk_at *at)
{
    return at->depth == 1 && !memchr(at->key.text, '.', at->key.len) && !strchr("$@", *at->key.text) ? at->path + 1
                                                                                                     : at->path;
}

static bool visit_lead(void *ctx, const struct walk_at *at)
{
    static const char *const words[] = {"next",   "cursor", "token",    "continu",       "more", "after",
                                        "marker", "scroll", "bookmark", "lastevaluated", NULL};
    static const char *const pages[] = {"pages", "pagecount", "page_count", "lastpage", "last_page", NULL},
                             *const flags[] = {"hasnext", "hasmore", "has_more", "has_next", "more_records", NULL},
                             *const ends[] = {"islast", "is_last", "lastpage", "last_page", "done", NULL},
                             *const info[] = {"pageinfo", "page_info", NULL},
                             *const back[] = {"prev", "before", "has", "access", NULL},
                             *const on[] = {"next", "more", NULL}, *const cursors[] = {"cursor", NULL};
    struct search *s = ctx;
    struct leads *v = s->v;
    int64_t number;
    struct slice path = {at->path, strlen(at->path)};
    bool is_lead = walk_names(at->key, words) && !value_is_empty(at->value) && !walk_names(at->key, back);
    bool is_scalar = !strchr("{[", *at->value.text);
    if ((at->depth <= 2 || is_scalar) && !v->lead.len && !value_is_empty(at->value) &&
        (walk_names(at->key, words) || (walk_names(at->key, pages) && is_number(at->value, &number) && number > 1)))
        buf_add(&v->lead, at->key.text, at->key.len);
    bool of_list = at->depth <= 2 || walk_names(path, info);
    v->no_more |=
        of_list && walk_names(at->key, flags) && at->value.len == 5 && memcmp(at->value.text, "false", 5) == 0;
    v->no_more |= of_list && walk_names(at->key, ends) && at->value.len == 4 && memcmp(at->value.text, "true", 4) == 0;
    if (s->known || !is_scalar)
        return true;
    if (walk_names(path, on) && !walk_names(path, back) && looks_like_url(at->value)) {
        if (!v->next_url.len)
            take_link(v, s->a, shown(at), at->value);
    } else if (s->query && walk_names(at->key, cursors)) {
        graphql_cursor(v, s->query, shown(at), at->value);
    } else if (is_lead && !v->cursor_count && (is_text(at->value) || is_number(at->value, &number))) {
        if (!s->query)
            guess_parameters(v, shown(at), at->key, at->value);
    }
    return true;
}

void leads_find(struct leads *v, const char *query, const struct answer *a)
{
    find_link(v, a);
    if (!query)
        find_cursor(v, a);
    find_header(v, a);
    struct search s = {v, query, a, v->next_url.len || v->cursor_count};
    struct buf header = v->lead;
    v->lead = (struct buf){0};
    walk_members(a->envelope, LEADS_DEPTH, visit_lead, &s);
    if (!v->lead.len)
        buf_swap(&v->lead, &header);
    buf_free(&header);
}

void leads_free(struct leads *v)
{
    buf_free(&v->next_url);
    buf_free(&v->next_at);
    for (size_t i = 0; i < v->cursor_count; i++) {
        buf_free(&v->cursor[i].next);
        buf_free(&v->cursor[i].text);
        buf_free(&v->cursor[i].parameter);
    }
    buf_free(&v->lead);
    buf_free(&v->end_at);
    buf_free(&v->end_parameter);
}
