/* path: a PATH looked up in JSON text. */
#include "json/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Segments are kept as offsets while names grows, for growing moves it; this turns them into pointers. */
static void settle(struct path *p)
{
    const char *base = buf_text(&p->names);
    for (unsigned w = 0; w < p->count; w++)
        for (unsigned d = 0; d < p->way[w].depth; d++)
            p->way[w].segment[d] = base + (size_t)p->way[w].segment[d];
}

static int add_segment(struct path *p, struct path_way *way, const char *name, size_t len)
{
    if (way->depth == PATH_DEPTH)
        return -1;
    way->segment[way->depth++] = (const char *)p->names.len;
    buf_add(&p->names, name, len);
    buf_addc(&p->names, '\0');
    return 0;
}

/* ~1 is '/', ~0 is '~' (RFC 6901, section 4). */
static int add_pointer_segment(struct path *p, struct path_way *way, const char *name, size_t len)
{
    struct buf plain = {0};
    for (size_t i = 0; i < len; i++) {
        bool escape = name[i] == '~' && i + 1 < len && (name[i + 1] == '0' || name[i + 1] == '1');
        buf_addc(&plain, (char)(!escape ? name[i] : name[++i] == '0' ? '~' : '/'));
    }
    int result = add_segment(p, way, buf_text(&plain), plain.len);
    buf_free(&plain);
    return result;
}

static int add_split(struct path *p, const char *text, char separator,
                     int (*add)(struct path *, struct path_way *, const char *, size_t))
{
    struct path_way *way = &p->way[p->count++];
    for (;;) {
        const char *end = strchr(text, separator);
        size_t len = end ? (size_t)(end - text) : strlen(text);
        if (add(p, way, text, len))
            return -1;
        if (!end)
            return 0;
        text = end + 1;
    }
}

static int add_ways(struct path *p, const char *text)
{
    if (p->count + 2 > PATH_WAYS)
        return -1;
    if (text[0] == '\0') {
        p->count++;
        return 0;
    }
    if (text[0] == '/')
        return add_split(p, text + 1, '/', add_pointer_segment);
    if (strchr(text, '.') && add_segment(p, &p->way[p->count++], text, strlen(text)))
        return -1;
    return add_split(p, text, '.', add_segment);
}

/* ---- JSONPath ---- */

/* The names that a query begins with. */
static bool add_name(void *ctx, struct slice name, int64_t index)
{
    struct path *p = ctx;
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)index);
    return add_segment(p, &p->way[p->count - 1], name.text ? name.text : digits,
                       name.text ? name.len : strlen(digits)) == 0;
}

static int add_query(struct path *p, const char *text, struct jsonpath_fault *fault)
{
    struct path_way *way = &p->way[p->count];
    way->query = jsonpath_parse(text, strlen(text), fault);
    if (!way->query)
        return -1;
    p->count++;
    p->many = !jsonpath_is_singular(way->query);
    p->base = jsonpath_base(way->query);
    if (!jsonpath_each_name(way->query, add_name, p))
        way->depth = 0;
    return 0;
}

/* A path with a * between its dots, as a JSONPath; end: "[*]" for the records in the lists that it names. */
static void starred(const char *text, const char *end, struct buf *query)
{
    buf_addc(query, '$');
    for (;;) {
        size_t len = strcspn(text, ".");
        buf_addc(query, '[');
        if (len == 1 && *text == '*')
            buf_addc(query, '*');
        else
            value_quote(text, len, query);
        buf_addc(query, ']');
        if (!text[len])
            break;
        text += len + 1;
    }
    buf_adds(query, end);
}

static bool has_star(const char *text)
{
    for (; *text; text += strcspn(text, ".") + (text[strcspn(text, ".")] == '.'))
        if (*text == '*' && (text[1] == '.' || !text[1]))
            return true;
    return false;
}

/* ---- any ---- */

static int add_any(struct path *p, const char *text, const char *end, struct jsonpath_fault *fault)
{
    *fault = (struct jsonpath_fault){"nested too deep", 0};
    if (*text == '$' && p->count < PATH_WAYS)
        return add_query(p, text, fault);
    if (*text == '/' || !has_star(text) || p->count == PATH_WAYS)
        return add_ways(p, text);
    struct buf query = {0};
    const char *point = strrchr(text, '.');
    starred(text, end, &query);
    p->spread = *end;
    p->keyed = p->spread && strcmp(point ? point + 1 : text, "*") == 0;
    int result = add_query(p, buf_text(&query), fault);
    buf_free(&query);
    return result;
}

static int parse(struct path *p, const char *text, const char *end, struct jsonpath_fault *fault)
{
    memset(p, 0, sizeof *p);
    int result = add_any(p, text, end, fault);
    settle(p);
    return result;
}

int path_parse(struct path *p, const char *text)
{
    struct jsonpath_fault fault;
    return parse(p, text, "", &fault);
}

static int refuse(const char *option, const char *text, const struct jsonpath_fault *fault, struct error *e)
{
    if (fault->at)
        return error_set(e, EXIT_USAGE, "--%s %s: %s (at byte %zu)", option, text, fault->text, fault->at);
    return error_set(e, EXIT_USAGE, "--%s %s: %s", option, text, fault->text);
}

int path_option(struct path *p, const char *option, const char *text, struct error *e)
{
    struct jsonpath_fault fault;
    return parse(p, text, "", &fault) ? refuse(option, text, &fault, e) : 0;
}

int path_records(struct path *p, const char *text, struct error *e)
{
    struct jsonpath_fault fault;
    if (parse(p, text, "[*]", &fault))
        return refuse("records", text, &fault, e);
    if (!p->way[0].query)
        return 0;
    p->way[0].depth = jsonpath_levels(p->way[0].query, &fault);
    if (p->way[0].depth > PATH_DEPTH)
        snprintf(fault.text, sizeof fault.text, "nested too deep");
    return *fault.text ? refuse("records", text, &fault, e) : 0;
}

void path_parse_all(struct path *p, const char *const *texts, size_t count)
{
    memset(p, 0, sizeof *p);
    struct jsonpath_fault ignored;
    for (size_t i = 0; i < count; i++)
        add_any(p, texts[i], "", &ignored);
    settle(p);
}

void path_only(struct path *p, const struct path *from, unsigned way)
{
    memset(p, 0, sizeof *p);
    struct path_way *to = &p->way[p->count++];
    for (unsigned d = 0; d < from->way[way].depth; d++)
        add_segment(p, to, from->way[way].segment[d], strlen(from->way[way].segment[d]));
    settle(p);
}

void path_free(struct path *p)
{
    for (unsigned w = 0; w < p->count; w++)
        jsonpath_free(p->way[w].query);
    buf_free(&p->names);
    p->count = 0;
}

void path_show(const struct path *p, unsigned w, struct buf *out)
{
    const struct path_way *way = &p->way[w];
    bool pointer = way->depth == 0;
    if (way->query) {
        buf_adds(out, jsonpath_text(way->query));
        return;
    }
    for (unsigned d = 0; d < way->depth; d++)
        pointer |= strpbrk(way->segment[d], "./*") || !*way->segment[d] || (d == 0 && *way->segment[d] == '$');
    for (unsigned d = 0; d < way->depth; d++) {
        if (pointer || d)
            buf_addc(out, pointer ? '/' : '.');
        for (const char *c = way->segment[d]; *c; c++)
            buf_adds(out, !pointer ? (char[]){*c, 0} : *c == '~' ? "~0" : *c == '/' ? "~1" : (char[]){*c, 0});
    }
}

/* Is name the array index n? */
static bool is_index(const char *name, size_t n)
{
    char *end;
    if (*name < '0' || *name > '9' || (*name == '0' && name[1]))
        return false;
    return strtoull(name, &end, 10) == n && *end == '\0';
}

bool path_leads(const struct path *p, unsigned way, unsigned level, struct slice key, size_t n)
{
    if (p->way[way].query)
        return jsonpath_leads(p->way[way].query, level, key, n);
    const char *name = p->way[way].segment[level];
    return key.text ? value_spells(key, name, strlen(name)) : is_index(name, n);
}

static struct slice find_element(struct slice array, const char *name)
{
    struct slice value;
    size_t n = 0;
    for (size_t at = 0; value_next(array, &at, NULL, &value); n++)
        if (is_index(name, n))
            return value;
    return (struct slice){0};
}

static struct slice find_way(const struct path_way *way, unsigned depth, struct slice value)
{
    for (unsigned d = 0; d < depth && value.text; d++) {
        const char *name = way->segment[d];
        value = value_is_list(value) ? find_element(value, name) : value_member(value, name, strlen(name));
    }
    return value;
}

struct slice path_find_part(const struct path *p, unsigned way, unsigned depth, struct slice json)
{
    return find_way(&p->way[way], depth, json);
}

struct slice path_find_way(const struct path *p, unsigned way, struct slice json)
{
    const struct path_way *it = &p->way[way];
    return it->query ? jsonpath_first(it->query, json) : find_way(it, it->depth, json);
}

static bool add_to_list(void *ctx, struct slice value)
{
    struct buf *list = ctx;
    if (list->data[list->len - 1] != '[')
        buf_addc(list, ',');
    buf_add(list, value.text, value.len);
    return true;
}

void path_list(const struct path *p, struct slice json, struct buf *list)
{
    struct slice one = {0};
    buf_addc(list, '[');
    if (p->count == 1 && p->way[0].query)
        jsonpath_each(p->way[0].query, json, add_to_list, list);
    else if ((one = path_find(p, json.text, json.len)).text)
        add_to_list(list, one);
    buf_addc(list, ']');
}

bool path_finds_choice(const struct path *p, struct slice json)
{
    for (unsigned w = 0; w < p->count; w++) {
        const struct path_way *way = &p->way[w];
        if (way->query && !jsonpath_is_singular(way->query) && !value_is_empty(find_way(way, way->depth, json)))
            return true;
    }
    return false;
}

struct slice path_find(const struct path *p, const char *json, size_t len)
{
    for (unsigned w = 0; w < p->count; w++) {
        struct slice value = path_find_way(p, w, (struct slice){json, len});
        if (value.text)
            return value;
    }
    return (struct slice){0};
}

struct slice path_get(const char *text, struct slice json)
{
    struct path p;
    path_parse(&p, text);
    struct slice value = path_find(&p, json.text, json.len);
    path_free(&p);
    return value;
}

static void replace(struct buf *json, size_t from, size_t to, const char *text, size_t len)
{
    struct buf whole = {0};
    buf_add(&whole, json->data, from);
    buf_add(&whole, text, len);
    buf_add(&whole, json->data + to, json->len - to);
    buf_swap(json, &whole);
    buf_free(&whole);
}

/* A new last member of the object. */
static void insert(struct buf *json, struct slice object, const char *name, struct slice value)
{
    struct buf member = {0};
    size_t at = (size_t)(object.text - json->data) + object.len - 1;
    if (object.len > 2)
        buf_addc(&member, ',');
    value_quote(name, strlen(name), &member);
    buf_addc(&member, ':');
    buf_add(&member, value.text, value.len);
    replace(json, at, at, member.data, member.len);
    buf_free(&member);
}

int path_set(struct buf *json, const char *name, struct slice value)
{
    struct path p;
    if (path_parse(&p, name)) {
        path_free(&p);
        return -1;
    }
    int result = -1;
    struct slice old = path_find(&p, json->data, json->len);
    const struct path_way *way = &p.way[p.count - 1];
    struct slice object = way->depth ? find_way(way, way->depth - 1, (struct slice){json->data, json->len}) : old;
    if (old.text) {
        size_t from = (size_t)(old.text - json->data);
        replace(json, from, from + old.len, value.text, value.len);
        result = 0;
    } else if (!p.many && value_is_object(object)) {
        insert(json, object, way->segment[way->depth - 1], value);
        result = 0;
    }
    path_free(&p);
    return result;
}
