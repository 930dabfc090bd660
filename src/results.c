#include "results.h"

#include <stdlib.h>
#include <string.h>

#include "split.h"

static const char *const ERRORS[] = {"error", "errors", NULL}, *const STATUSES[] = {"status", NULL};

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

static bool find_usual(struct results *r, size_t count)
{
    static const char *const usual[] = {"", "items", "results", "errors"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        r->list = find(usual[i], r->body);
        r->of_errors = strcmp(usual[i], "errors") == 0;
        if (fits(r->list, count))
            return true;
    }
    return false;
}

/* null, false, "", 0 and empty lists and objects say that nothing is wrong. */
static bool says_something(struct slice value)
{
    return !path_is_void(value) && !(value.len == 1 && *value.text == '0') && !(value.len == 2 && (*value.text == '[' || *value.text == '{'));
}

static bool same(struct slice a, struct slice b)
{
    struct buf x = {0}, y = {0};
    path_scalar(a, &x);
    path_scalar(b, &y);
    bool is = strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_free(&x);
    buf_free(&y);
    return is;
}

/* Does the record that was sent have this member too, with this value? */
static bool echoes(struct slice sent, const char *name, struct slice value)
{
    struct split split;
    struct buf compact = {0};
    split_whole(&split, sent.text, sent.len, &compact);
    struct slice own = find(name, (struct slice){buf_text(&compact), compact.len});
    bool is = own.text && same(own, value);
    buf_free(&compact);
    return is;
}

/* At the path, when there is one; else the first of the usual names that says something and is no echo. */
static struct slice at_or_usual(const struct path *path, struct slice element, const char *const *usual, struct slice sent)
{
    if (path->count)
        return path_find(path, element.text, element.len);
    for (; *usual; usual++) {
        struct slice found = find(*usual, element);
        if (says_something(found) && !echoes(sent, *usual, found))
            return found;
    }
    return (struct slice){0};
}

const char *results_find(struct results *r, const struct results_paths *paths, struct slice body, size_t count, struct slice sent)
{
    *r = (struct results){.paths = paths, .body = body};
    if (!body.len)
        return NULL;
    if (paths->results.count) {
        r->list = path_find(&paths->results, body.text, body.len);
        if (!fits(r->list, count))
            return "the answer has no list at --results that is as long as the batch";
    }
    if (paths->results.count || find_usual(r, count)) {
        r->kind = RESULTS_LIST;
        return NULL;
    }
    if (count == 1 && *body.text == '{' && (paths->status.count || paths->error.count || paths->ids.count))
        r->kind = RESULTS_WHOLE;
    bool asked = r->kind == RESULTS_WHOLE && paths->error.count;
    if (*body.text == '{' && !asked && at_or_usual(&(struct path){0}, body, ERRORS, sent).text)
        return "the answer says that something is wrong";
    return NULL;
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

static long status_of(struct slice value)
{
    struct buf text = {0};
    if (value.text)
        path_scalar(value, &text);
    long status = strtol(buf_text(&text), NULL, 10);
    buf_free(&text);
    return status;
}

static void read_result(const struct results *r, struct slice element, struct slice sent, struct result *result)
{
    const struct results_paths *paths = r->paths;
    if (r->of_errors && !paths->error.count && says_something(element)) {
        result->error = element;
        result->rejected = true;
    }
    if (*element.text != '{')
        return;
    struct slice found = at_or_usual(&paths->error, element, ERRORS, sent);
    result->status = status_of(at_or_usual(&paths->status, element, STATUSES, sent));
    if (says_something(found))
        result->error = found;
    result->rejected |= says_something(found) || result->status >= 400;
}

struct result results_next(struct results *r, struct slice sent)
{
    struct result result = {0};
    struct slice element = r->body;
    const struct results_paths *paths = r->paths;
    if (r->kind == RESULTS_NONE || (r->kind == RESULTS_LIST && !path_next(r->list, &r->at, &element)))
        return result;
    if (r->kind == RESULTS_LIST && !r->of_errors && !paths->status.count && !paths->error.count)
        element = unwrap(element);
    if (r->kind == RESULTS_LIST || paths->status.count || paths->error.count)
        read_result(r, element, sent, &result);
    if (paths->ids.count)
        result.id = path_find(&paths->ids, element.text, element.len);
    return result;
}
