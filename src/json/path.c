#include "json/path.h"

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
        buf_addc(&plain, !escape ? name[i] : name[++i] == '0' ? '~' : '/');
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

int path_parse(struct path *p, const char *text)
{
    memset(p, 0, sizeof *p);
    int result = add_ways(p, text);
    settle(p);
    return result;
}

void path_parse_all(struct path *p, const char *const *texts, size_t count)
{
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < count; i++)
        add_ways(p, texts[i]);
    settle(p);
}

void path_usual_records(struct path *p)
{
    static const char *const usual[] = {"",        "results",  "data",       "items",   "records", "entries",
                                        "rows",    "value",    "values",     "content", "objects", "entities",
                                        "payload", "elements", "/hits/hits", "_items"};
    path_parse_all(p, usual, sizeof usual / sizeof *usual);
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
    buf_free(&p->names);
    p->count = 0;
}

void path_show(const struct path_way *way, struct buf *out)
{
    bool pointer = way->depth == 0;
    for (unsigned d = 0; d < way->depth; d++)
        pointer |= strpbrk(way->segment[d], "./") || !*way->segment[d];
    for (unsigned d = 0; d < way->depth; d++) {
        if (pointer || d)
            buf_addc(out, pointer ? '/' : '.');
        for (const char *c = way->segment[d]; *c; c++)
            buf_adds(out, !pointer ? (char[]){*c, 0} : *c == '~' ? "~0" : *c == '/' ? "~1" : (char[]){*c, 0});
    }
}

bool path_is_index(const char *name, size_t n)
{
    char *end;
    if (*name < '0' || *name > '9' || (*name == '0' && name[1]))
        return false;
    return strtoull(name, &end, 10) == n && *end == '\0';
}

static struct slice find_element(struct slice array, const char *name)
{
    struct slice value;
    size_t n = 0;
    for (size_t at = 0; value_next(array, &at, NULL, &value); n++)
        if (path_is_index(name, n))
            return value;
    return (struct slice){0};
}

struct slice path_find_way(const struct path_way *way, const char *json, size_t len)
{
    struct slice value = {json, len};
    for (unsigned d = 0; d < way->depth && value.text; d++) {
        const char *name = way->segment[d];
        value = value.len && *value.text == '[' ? find_element(value, name) : value_member(value, name, strlen(name));
    }
    return value;
}

struct slice path_find(const struct path *p, const char *json, size_t len)
{
    for (unsigned w = 0; w < p->count; w++) {
        struct slice value = path_find_way(&p->way[w], json, len);
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
    if (path_parse(&p, name))
        return -1;
    int result = -1;
    struct slice old = path_find(&p, json->data, json->len);
    struct path_way parent = p.way[p.count - 1];
    parent.depth -= parent.depth > 0;
    struct slice object = path_find_way(&parent, json->data, json->len);
    if (old.text) {
        size_t from = (size_t)(old.text - json->data);
        replace(json, from, from + old.len, value.text, value.len);
        result = 0;
    } else if (object.text && *object.text == '{' && p.way[p.count - 1].depth) {
        insert(json, object, p.way[p.count - 1].segment[parent.depth], value);
        result = 0;
    }
    path_free(&p);
    return result;
}
