/* results: what an answer says of each record. */
#include "write/results.h"

#include <stdlib.h>
#include <string.h>

#include "json/error_in_ok.h"
#include "json/usual.h"

static size_t length(struct slice list)
{
    size_t n = 0, at = 0;
    struct slice element;
    while (value_next(list, &at, NULL, &element))
        n++;
    return n;
}

static bool fits(struct slice list, size_t count)
{
    return list.text && *list.text == '[' && length(list) == count;
}

static bool find_usual(struct results *r, size_t count)
{
    for (const struct usual *u = usual_first(USUAL_RESULTS); u; u = usual_next(u)) {
        r->list = path_get(u->name, r->body);
        r->of_errors = strcmp(u->name, "errors") == 0;
        if (fits(r->list, count))
            return true;
    }
    return false;
}

/* Elasticsearch wraps each result in the name of what was done: {"index": {...}}. */
static struct slice unwrap(struct slice element)
{
    size_t at = 0, members = 0;
    struct slice value, only = {0};
    while (value_next(element, &at, NULL, &value)) {
        only = value;
        members++;
    }
    return *element.text == '{' && members == 1 && *only.text == '{' ? only : element;
}

/* Does a list that is not as long as the batch, as of those records only that are wrong, have errors in it? */
static bool denied_elsewhere(const struct results *r)
{
    for (const struct usual *u = usual_first(USUAL_RESULTS); u; u = usual_next(u)) {
        struct slice list = path_get(u->name, r->body), element;
        for (size_t at = 0; list.len && *list.text == '[' && value_next(list, &at, NULL, &element);)
            if (error_in_ok_is(unwrap(element), (struct slice){0}))
                return true;
    }
    return false;
}

const char *results_find(struct results *r, const struct results_paths *paths, struct slice body, size_t count,
                         struct slice sent)
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
    if (!asked && error_in_ok_is(body, sent))
        return "the answer says that something is wrong";
    if (!asked && denied_elsewhere(r))
        return "the answer says that records are wrong, in a list that is not as long as the batch";
    return NULL;
}

static struct slice error_of(const struct results *r, struct slice element, struct slice sent)
{
    const struct path *path = &r->paths->error;
    struct slice error = path->count ? path_find(path, element.text, element.len) : error_in_ok_find(element, sent);
    bool by_itself = r->of_errors && !path->count && !error.text, says = by_itself || path->count;
    error = by_itself ? element : error;
    return says && !error_in_ok_says_something(error) ? (struct slice){0} : error;
}

static void read_result(const struct results *r, struct slice element, struct slice sent, struct result *result)
{
    const struct path *path = &r->paths->status;
    result->error = error_of(r, element, sent);
    result->status =
        path->count ? value_status(path_find(path, element.text, element.len)) : error_in_ok_status(element, sent);
    result->rejected = result->error.text || result->status >= 400;
}

struct result results_next(struct results *r, struct slice sent)
{
    struct result result = {0};
    struct slice element = r->body;
    const struct results_paths *paths = r->paths;
    if (r->kind == RESULTS_NONE || (r->kind == RESULTS_LIST && !value_next(r->list, &r->at, NULL, &element)))
        return result;
    if (r->kind == RESULTS_LIST && !r->of_errors && !paths->status.count && !paths->error.count)
        element = unwrap(element);
    if (r->kind == RESULTS_LIST || paths->status.count || paths->error.count)
        read_result(r, element, sent, &result);
    if (paths->ids.count)
        result.id = path_find(&paths->ids, element.text, element.len);
    return result;
}
