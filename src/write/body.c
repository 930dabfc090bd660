/* body: a batch as the body of a request. */
#include "write/body.h"

#include <string.h>

#include "base/text.h"
#include "json/path.h"
#include "json/split.h"

static const char RECORDS[] = "\"{records}\"";

/* ---- the options ---- */

/* text, compact, as a template. */
static int parse_template(struct template *t, const char *option, const char *text, struct buf *compact,
                          struct error *e)
{
    if (strpbrk(text, "\r\n") || split_compact(text, strlen(text), compact))
        return error_set(e, EXIT_USAGE, "--%s takes a JSON text in one line", option);
    *t = (struct template){option, TEMPLATE_JSON, buf_text(compact)};
    return template_check(t, e);
}

/* Divides the object where the records go. */
static int divide(struct body_shape *shape, struct buf *object, const char *option, struct error *e)
{
    const char *text = buf_text(object), *at = strstr(text, RECORDS);
    if (!at || strstr(at + 1, RECORDS))
        return error_set(e, EXIT_USAGE, "--%s takes JSON that has \"{records}\" in it, once", option);
    buf_add(&shape->before, text, (size_t)(at - text));
    buf_addc(&shape->before, '[');
    buf_addc(&shape->after, ']');
    buf_adds(&shape->after, at + strlen(RECORDS));
    return 0;
}

static int parse_around(struct body_shape *shape, const char *key, const char *around, struct error *e)
{
    struct buf object = {0};
    int result = 0;
    if (split_compact(around, strlen(around), &object) || *buf_text(&object) != '{')
        result = error_set(e, EXIT_USAGE, "--data of write takes an object, which the list becomes a member of");
    else if (path_set(&object, key, (struct slice){RECORDS, strlen(RECORDS)}))
        result = error_set(e, EXIT_USAGE, "--body object:%s: --data has no place for it", key);
    else
        result = divide(shape, &object, "data", e);
    buf_free(&object);
    return result;
}

static int parse_body_template(struct body_shape *shape, const char *text, struct error *e)
{
    struct buf object = {0};
    int result = split_compact(text, strlen(text), &object)
                     ? error_set(e, EXIT_USAGE, "--body-template takes a JSON text")
                     : divide(shape, &object, "body-template", e);
    buf_free(&object);
    return result;
}

static void wrap(struct body_shape *shape, const char *key, bool list)
{
    if (key) {
        buf_addc(&shape->before, '{');
        value_quote(key, strlen(key), &shape->before);
        buf_addc(&shape->before, ':');
    }
    if (list)
        buf_addc(&shape->before, '[');
    if (list)
        buf_addc(&shape->after, ']');
    if (key)
        buf_addc(&shape->after, '}');
}

static int parse_kind(struct body_shape *shape, const char *text, const char **key, struct error *e)
{
    static const char *const names[] = {"array", "object", "ndjson", "single", "form"};
    enum { KINDS = sizeof names / sizeof *names };
    size_t len = strcspn(text, ":");
    int kind = 0;
    *key = text[len] ? text + len + 1 : NULL;
    while (kind < KINDS && (strlen(names[kind]) != len || strncmp(names[kind], text, len)))
        kind++;
    bool wants_key = kind == BODY_OBJECT, takes_key = wants_key || kind == BODY_SINGLE;
    if (kind == KINDS || (*key && (!takes_key || !**key)) || (!*key && wants_key))
        return error_set(e, EXIT_USAGE, "--body takes array, object:KEY, ndjson, single, single:KEY or form");
    shape->kind = (enum body_kind)kind;
    return 0;
}

static int check_together(const struct body_shape *shape, const struct body_options *o, const char *around,
                          struct error *e)
{
    bool list = shape->kind == BODY_ARRAY || shape->kind == BODY_OBJECT;
    if (o->ndjson_prefix && shape->kind != BODY_NDJSON)
        return error_set(e, EXIT_USAGE, "--ndjson-prefix goes with --body ndjson");
    if (o->body_template && (shape->kind != BODY_ARRAY || around))
        return error_set(e, EXIT_USAGE, "--body-template says all of the body: no --body and no --data with it");
    if (around && (!list || shape->kind != BODY_OBJECT))
        return error_set(e, EXIT_USAGE, "--data of write goes with --body object:KEY");
    if (o->record_template && shape->kind == BODY_FORM)
        return error_set(e, EXIT_USAGE, "--record-template makes JSON: it does not go with --body form");
    return 0;
}

int body_parse(struct body_shape *shape, const struct body_options *o, const char *around, struct error *e)
{
    const char *key;
    *shape = (struct body_shape){.omit = &o->omit};
    if (parse_kind(shape, o->body, &key, e) || check_together(shape, o, around, e))
        return -1;
    if (o->ndjson_prefix && parse_template(&shape->prefix, "ndjson-prefix", o->ndjson_prefix, &shape->prefix_text, e))
        return -1;
    if (o->record_template &&
        parse_template(&shape->record, "record-template", o->record_template, &shape->record_text, e))
        return -1;
    if (o->body_template)
        return parse_body_template(shape, o->body_template, e);
    if (around)
        return parse_around(shape, key, around, e);
    wrap(shape, key, shape->kind == BODY_ARRAY || shape->kind == BODY_OBJECT);
    return 0;
}

void body_free(struct body_shape *shape)
{
    buf_free(&shape->before);
    buf_free(&shape->after);
    buf_free(&shape->prefix_text);
    buf_free(&shape->record_text);
}

bool body_is_single(const struct body_shape *shape)
{
    return shape->kind == BODY_SINGLE || shape->kind == BODY_FORM;
}

const char *body_content_type(const struct body_shape *shape)
{
    return shape->kind == BODY_NDJSON ? "application/x-ndjson"
           : shape->kind == BODY_FORM ? "application/x-www-form-urlencoded"
                                      : "application/json";
}

unsigned body_lines(const struct body_shape *shape)
{
    return shape->kind != BODY_NDJSON ? 0 : shape->prefix.text ? 2 : 1;
}

size_t body_frame(const struct body_shape *shape)
{
    return shape->before.len + shape->after.len;
}

/* ---- records ---- */

static bool is_omitted(const struct body_shape *shape, struct slice key)
{
    for (size_t i = 0; i < shape->omit->count; i++)
        if (value_spells(key, shape->omit->item[i], strlen(shape->omit->item[i])))
            return true;
    return false;
}

/* The record (compact) without the members that are not sent. */
static void omit(const struct body_shape *shape, struct slice record, struct buf *out)
{
    struct slice key, value;
    buf_addc(out, '{');
    for (size_t at = 0; value_next(record, &at, &key, &value);)
        if (!is_omitted(shape, key))
            buf_addf(out, "%s\"%.*s\":%.*s", out->len > 1 ? "," : "", (int)key.len, key.text, (int)value.len,
                     value.text);
    buf_addc(out, '}');
}

static void add_form(struct slice value, const struct buf *name, struct buf *out)
{
    struct slice key, inner;
    struct buf plain = {0}, deeper = {0};
    bool container = value.len && strchr("{[", *value.text);
    size_t n = 0;
    for (size_t at = 0; container && value_next(value, &at, &key, &inner); n++) {
        buf_clear(&deeper);
        buf_add(&deeper, name->len ? name->data : "", name->len);
        buf_adds(&deeper, name->len ? "%5B" : "");
        buf_clear(&plain);
        if (key.text)
            value_scalar((struct slice){key.text - 1, key.len + 2}, &plain);
        else
            buf_addf(&plain, "%zu", n);
        text_percent(buf_text(&plain), plain.len, &deeper);
        buf_adds(&deeper, name->len ? "%5D" : "");
        add_form(inner, &deeper, out);
    }
    if (!container) {
        buf_clear(&plain);
        if (value.len != 4 || *value.text != 'n') /* null is an empty value */
            value_scalar(value, &plain);
        buf_adds(out, out->len ? "&" : "");
        buf_add(out, name->data, name->len);
        buf_addc(out, '=');
        text_percent(buf_text(&plain), plain.len, out);
    }
    buf_free(&plain);
    buf_free(&deeper);
}

/* Is the record sent as it stands? */
static bool is_plain(const struct body_shape *shape)
{
    bool varies = shape->prefix.text && template_varies(&shape->prefix);
    return !shape->record.text && !shape->omit->count && shape->kind != BODY_FORM && !varies;
}

static int add_made(const struct body_shape *shape, struct slice record, int64_t line, struct buf *out, struct error *e)
{
    struct buf compact = {0}, kept = {0};
    split_compact(record.text, record.len, &compact);
    struct slice whole = {buf_text(&compact), compact.len}, sent = whole;
    int result = 0;
    if (shape->omit->count && value_is_object(whole)) {
        omit(shape, whole, &kept);
        sent = (struct slice){buf_text(&kept), kept.len};
    }
    if (shape->prefix.text) {
        result = template_fill(&shape->prefix, whole, line, out, e);
        buf_addc(out, '\n');
    }
    if (result == 0 && shape->record.text)
        result = template_fill(&shape->record, sent, line, out, e);
    else if (result == 0 && shape->kind == BODY_FORM)
        add_form(sent, &(struct buf){0}, out);
    else
        buf_add(out, sent.text, sent.len);
    buf_free(&compact);
    buf_free(&kept);
    return result;
}

/* A record as it stands in a body, with the line before it. */
static int add_record(const struct body_shape *shape, struct slice record, int64_t line, struct buf *out,
                      struct error *e)
{
    if (!is_plain(shape))
        return add_made(shape, record, line, out, e);
    if (shape->prefix.text)
        buf_addf(out, "%s\n", shape->prefix.text);
    return buf_add(out, record.text, record.len);
}

size_t body_cost(const struct body_shape *shape, struct slice record)
{
    struct buf made = {0};
    struct error ignored;
    if (is_plain(shape))
        return record.len + 1 + (shape->prefix.text ? strlen(shape->prefix.text) + 1 : 0);
    add_record(shape, record, 0, &made, &ignored); /* what is wrong with it is told when it is sent */
    size_t cost = made.len + 1;
    buf_free(&made);
    return cost;
}

int body_build(const struct body_shape *shape, const struct batch *b, const size_t *which, size_t count,
               struct buf *out, struct error *e)
{
    int result = 0;
    buf_clear(out);
    if (shape->before.len)
        buf_add(out, shape->before.data, shape->before.len);
    for (size_t i = 0; i < count && result == 0; i++) {
        if (shape->kind != BODY_NDJSON && i)
            buf_addc(out, ',');
        result = add_record(shape, batch_record(b, which[i]), batch_line(b, which[i]), out, e);
        if (shape->kind == BODY_NDJSON)
            buf_addc(out, '\n');
    }
    if (shape->after.len)
        buf_add(out, shape->after.data, shape->after.len);
    return result;
}
