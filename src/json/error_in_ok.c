/* error_in_ok: a good status whose body says that something went wrong. */
#include "json/error_in_ok.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json/split.h"

/* Members that ought to say nothing, and those that ought not to say false. */
static const char *const wrong[] = {"error",
                                    "errors",
                                    "hasErrors",
                                    "errorCode",
                                    "ErrorCode",
                                    "failed",
                                    "failures",
                                    "failedCount", /* Kinesis */
                                    "FailedRecordCount",
                                    "FailedPutCount",
                                    "FailedEntryCount",
                                    "insertErrors", /* BigQuery */
                                    "UnprocessedItems",
                                    "UnprocessedRecords", /* DynamoDB */
                                    "timed_out"};         /* Elasticsearch */
static const char *const right[] = {"ok", "success", "succeeded"};
static const char *const statuses[] = {"status", "statusCode", "httpStatusCode"};

static bool is(struct slice value, const char *text)
{
    return value.len == strlen(text) && memcmp(value.text, text, value.len) == 0;
}

bool error_in_ok_says_something(struct slice value)
{
    if (value_is_empty(value) || is(value, "0"))
        return false;
    return *value.text != '{' || !is(path_get("code", value), "0");
}

static bool same(struct slice a, struct slice b)
{
    struct buf x = {0}, y = {0};
    value_scalar(a, &x);
    value_scalar(b, &y);
    bool equal = strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_free(&x);
    buf_free(&y);
    return equal;
}

/* Does the record that was sent have this member too, with this value? */
static bool echoes(struct slice sent, const char *name, struct slice value)
{
    struct split split;
    struct buf compact = {0};
    if (!sent.len)
        return false;
    split_whole(&split, sent.text, sent.len, &compact);
    struct slice own = path_get(name, (struct slice){buf_text(&compact), compact.len});
    bool echo = own.text && same(own, value);
    buf_free(&compact);
    return echo;
}

static struct slice status_of(struct slice json, struct slice sent)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct slice found = path_get(statuses[i], json);
        if (value_status(found) && !echoes(sent, statuses[i], found))
            return found;
    }
    return (struct slice){0};
}

long error_in_ok_status(struct slice json, struct slice sent)
{
    return value_status(status_of(json, sent));
}

struct slice error_in_ok_find(struct slice json, struct slice sent)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct slice found = path_get(wrong[i], json);
        if (error_in_ok_says_something(found) && !echoes(sent, wrong[i], found))
            return found;
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct slice found = path_get(right[i], json);
        if (is(found, "false") && !echoes(sent, right[i], found))
            return found;
    }
    struct slice word = path_get("status", json); /* JSend's */
    bool bad = is(word, "\"error\"") || is(word, "\"fail\"");
    return bad && !echoes(sent, "status", word) ? word : (struct slice){0};
}

bool error_in_ok_is(struct slice json, struct slice sent)
{
    return error_in_ok_find(json, sent).text || error_in_ok_status(json, sent) >= 400;
}
