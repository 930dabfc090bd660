#include "results.h"

#include <stdlib.h>

static struct slice find(const char *path, struct slice json)
{
    struct path p;
    path_parse(&p, path);
    struct slice found = path_find(&p, json.text, json.len);
    path_free(&p);
    return found;
}

static size_t length(struct slice list)
{
    size_t n = 0, at = 0;
    struct slice element;
    while (path_next(list, &at, &element))
        n++;
    return n;
}

static bool fits(struct slice list, size_t count)
{
    return list.text && *list.text == '[' && length(list) == count;
}

struct slice results_list(const struct results_paths *paths, struct slice body, size_t count)
{
    static const char *const usual[] = {"", "items", "results", "errors"};
    if (!body.len)
        return (struct slice){0};
    if (paths->results.count) {
        struct slice list = path_find(&paths->results, body.text, body.len);
        return fits(list, count) ? list : (struct slice){0};
    }
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        struct slice list = find(usual[i], body);
        if (fits(list, count))
            return list;
    }
    return (struct slice){0};
}

/* Elasticsearch wraps each result in the name of what was done: {"index": {...}}. */
static struct slice unwrap(struct slice element)
{
    size_t at = 0, members = 0;
    struct slice value, only = {0};
    while (path_next(element, &at, &value)) {
        only = value;
        members++;
    }
    return *element.text == '{' && members == 1 && *only.text == '{' ? only : element;
}

static struct slice at_or_usual(const struct path *path, struct slice element, const char *const *usual)
{
    if (path->count)
        return path_find(path, element.text, element.len);
    for (; *usual; usual++) {
        struct slice found = find(*usual, element);
        if (!path_is_void(found))
            return found;
    }
    return (struct slice){0};
}

/* null, false, "", 0 and empty lists and objects say that nothing is wrong. */
static bool says_something(struct slice value)
{
    return !path_is_void(value) && !(value.len == 1 && *value.text == '0') && !(value.len == 2 && (*value.text == '[' || *value.text == '{'));
}

static long status_of(struct slice value)
{
    struct buf text = {0};
    if (value.text)
        path_scalar(value, &text);
    long status = strtol(buf_text(&text), NULL, 10);
    buf_free(&text);
    return status;
}

bool results_next(const struct results_paths *paths, struct slice list, size_t *at, struct result *r)
{
    static const char *const errors[] = {"error", "errors", NULL}, *const statuses[] = {"status", NULL};
    struct slice element;
    *r = (struct result){0};
    if (!path_next(list, at, &element))
        return false;
    struct slice inner = paths->status.count || paths->error.count ? element : unwrap(element);
    if (*inner.text == '{') {
        r->error = at_or_usual(&paths->error, inner, errors);
        r->status = status_of(at_or_usual(&paths->status, inner, statuses));
        r->rejected = says_something(r->error) || r->status >= 400;
    }
    if (paths->ids.count)
        r->id = path_find(&paths->ids, inner.text, inner.len);
    return true;
}

struct slice results_single_id(const struct results_paths *paths, struct slice body)
{
    return body.len && paths->ids.count ? path_find(&paths->ids, body.text, body.len) : (struct slice){0};
}
