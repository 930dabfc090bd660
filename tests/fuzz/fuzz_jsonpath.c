/* libFuzzer target: whatever the query and the text, what a query names lies within the text and is a value of it, the
 * first value is the first of all, a query that names one value at the most does not name two, and the splitter takes
 * it for records.
 *
 * A line with the query, then the text. */
#include "fuzz.h"
#include "json/jsonpath.h"
#include "json/path.h"
#include "json/split.h"

struct seen {
    struct slice json, first;
    size_t count;
};

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

/* The same query as the place of records. */
static void try_records(const char *text, size_t len, const char *json, size_t n)
{
    struct path path;
    struct error e;
    struct split s;
    struct buf records = {0}, envelope = {0};
    char *query = mem_text(text, len);
    if (*query == '$' && path_records(&path, query, &e) == 0) {
        int64_t lines = 0;
        split_start(&s, &path, &records, &envelope);
        for (size_t done = 0, piece = n % 40 + 1; done < n && !s.reason; done += piece)
            split_feed(&s, json + done, n - done < piece ? n - done : piece);
        bool whole = split_end(&s) == 0;
        for (size_t i = 0; i < records.len; i++)
            lines += records.data[i] == '\n';
        require(!whole || lines == s.count);
    }
    if (*query == '$')
        path_free(&path);
    free(query);
    buf_free(&records);
    buf_free(&envelope);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = (const char *)bytes, *line = n ? memchr(text, '\n', n) : NULL;
    struct split split;
    struct buf json = {0};
    if (!line)
        return 0;
    size_t query = (size_t)(line - text), rest = n - query - 1;
    try_records(text, query, line + 1, rest);
    if (split_whole(&split, line + 1, rest, &json) == 0)
        try_query(text, query, (struct slice){buf_text(&json), json.len});
    buf_free(&json);
    return 0;
}
