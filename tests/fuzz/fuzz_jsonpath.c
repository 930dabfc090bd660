/* libFuzzer target: whatever the query and the text, what a query names lies within the text and is a value of it, the
 * first value is the first of all, and a query that names one value at the most does not name two.
 *
 * A line with the query, then the text. */
#include <stdlib.h>
#include <string.h>

#include "json/jsonpath.h"
#include "json/split.h"

struct seen {
    struct slice json, first;
    size_t count;
};

static void require(bool true_)
{
    if (!true_)
        abort();
}

static bool look(void *ctx, struct slice value)
{
    struct seen *s = ctx;
    require(value.text >= s->json.text && value.text + value.len <= s->json.text + s->json.len);
    if (s->count++ == 0) {
        struct split split;
        struct buf again = {0};
        require(split_whole(&split, value.text, value.len, &again) == 0 && again.len == value.len);
        buf_free(&again);
        s->first = value;
    }
    return s->count < 1000;
}

static void try_query(const char *text, size_t len, struct slice json)
{
    struct jsonpath_fault fault;
    struct jsonpath *q = jsonpath_parse(text, len, &fault);
    struct seen seen = {.json = json};
    require(q || (*fault.text && fault.at <= len));
    if (q) {
        jsonpath_each(q, json, look, &seen);
        require(seen.count < 2 || !jsonpath_is_singular(q));
        require(jsonpath_first(q, json).text == seen.first.text);
    }
    jsonpath_free(q);
    q = jsonpath_parse_test(text, len, &fault);
    if (q)
        jsonpath_holds(q, json);
    jsonpath_free(q);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = (const char *)bytes, *line = n ? memchr(text, '\n', n) : NULL;
    struct split split;
    struct buf json = {0};
    if (!line)
        return 0;
    if (split_whole(&split, line + 1, n - (size_t)(line + 1 - text), &json) == 0)
        try_query(text, (size_t)(line - text), (struct slice){buf_text(&json), json.len});
    buf_free(&json);
    return 0;
}
