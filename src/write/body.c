/* body: a batch as the body of a request. */
#include "write/body.h"

#include <string.h>

#include "json/split.h"
#include "json/value.h"

static bool is_json_line(const char *text)
{
    struct split split;
    struct buf compact = {0};
    bool is = !strpbrk(text, "\r\n") && split_whole(&split, text, strlen(text), &compact) == 0;
    buf_free(&compact);
    return is;
}

int body_parse(struct body_shape *shape, const char *text, const char *prefix, struct error *e)
{
    static const char *const names[] = {"array", "object", "ndjson", "single"};
    size_t len = strcspn(text, ":");
    const char *key = text[len] ? text + len + 1 : NULL;
    int kind = 0;
    *shape = (struct body_shape){.prefix = prefix};
    while (kind < 4 && (strlen(names[kind]) != len || strncmp(names[kind], text, len)))
        kind++;
    bool wants_key = kind == BODY_OBJECT, takes_key = wants_key || kind == BODY_SINGLE;
    if (kind == 4 || (key && (!takes_key || !*key)) || (!key && wants_key))
        return error_set(e, EXIT_USAGE, "--body takes array, object:KEY, ndjson, single or single:KEY");
    if (prefix && kind != BODY_NDJSON)
        return error_set(e, EXIT_USAGE, "--ndjson-prefix goes with --body ndjson");
    if (prefix && !is_json_line(prefix))
        return error_set(e, EXIT_USAGE, "--ndjson-prefix takes a JSON text in one line");
    shape->kind = (enum body_kind)kind;
    if (key)
        value_quote(key, strlen(key), &shape->key);
    return 0;
}

void body_free(struct body_shape *shape)
{
    buf_free(&shape->key);
}

const char *body_content_type(const struct body_shape *shape)
{
    return shape->kind == BODY_NDJSON ? "application/x-ndjson" : "application/json";
}

size_t body_cost(const struct body_shape *shape, size_t len)
{
    return len + 1 + (shape->prefix ? strlen(shape->prefix) + 1 : 0);
}

size_t body_frame(const struct body_shape *shape)
{
    return (shape->kind == BODY_ARRAY || shape->kind == BODY_OBJECT ? 2 : 0) +
           (shape->key.len ? shape->key.len + 3 : 0);
}

static void add_all(const struct body_shape *shape, const struct batch *b, const size_t *which, size_t count,
                    struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        struct slice record = batch_record(b, which[i]);
        if (shape->prefix)
            buf_addf(out, "%s\n", shape->prefix);
        if (shape->kind != BODY_NDJSON && i)
            buf_addc(out, ',');
        buf_add(out, record.text, record.len);
        if (shape->kind == BODY_NDJSON)
            buf_addc(out, '\n');
    }
}

unsigned body_lines(const struct body_shape *shape)
{
    return shape->kind != BODY_NDJSON ? 0 : shape->prefix ? 2 : 1;
}

void body_build(const struct body_shape *shape, const struct batch *b, const size_t *which, size_t count,
                struct buf *out)
{
    bool list = shape->kind == BODY_ARRAY || shape->kind == BODY_OBJECT;
    buf_clear(out);
    if (shape->key.len) {
        buf_addc(out, '{');
        buf_add(out, shape->key.data, shape->key.len);
        buf_addc(out, ':');
    }
    if (list)
        buf_addc(out, '[');
    add_all(shape, b, which, count, out);
    if (list)
        buf_addc(out, ']');
    if (shape->key.len)
        buf_addc(out, '}');
}
