/* columns: records to the columns of a schema. */
#include "arrow/columns.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrow/moments.h"
#include "arrow/numbers.h"
#include "arrow/texts.h"

/* Where the walk is. Each function below takes a value from here, and moves on to the end of it; false: the record is a
 * misfit. */
struct walk {
    const char *p, *end;
    struct columns *columns;
};

static bool take(struct walk *w, struct column *c);
static void pass(struct walk *w);

static char here(const struct walk *w)
{
    return w->p < w->end ? *w->p : '\0';
}

static bool misfit(struct walk *w, const char *why)
{
    snprintf(w->columns->why, sizeof w->columns->why, "%s", why);
    return false;
}

/* A value of this column is the first that does not fit. */
static bool unfit(struct walk *w, struct slice value, const struct column *c)
{
    int len = value.len < 60 ? (int)value.len : 60;
    bool null = len && *value.text == 'n';
    snprintf(w->columns->why, sizeof w->columns->why, "%.60s: %.*s is not a valid %s%s", c->field->name, len,
             value.text, schema_type_name(c->field->type), null ? " NOT NULL" : "");
    return false;
}

/* ---- past values ---- */

/* From the quote that begins a string to its end; the inside is from p+1 on, so many bytes. */
static size_t pass_string(struct walk *w, bool *plain)
{
    const char *from = w->p + 1, *p = from;
    *plain = true;
    while ((p = text_special(p, w->end)) < w->end && *p == '\\') {
        *plain = false;
        p += w->end - p > 1 ? 2 : 1;
    }
    w->p = p < w->end ? p + 1 : w->end;
    return (size_t)(p - from);
}

/* Over any value. */
static void pass(struct walk *w)
{
    unsigned depth = 0;
    bool plain;
    do {
        char c = here(w);
        if (c == '"') {
            pass_string(w, &plain);
        } else if (c == '{' || c == '[') {
            depth++;
            w->p++;
        } else if (c == '}' || c == ']') {
            depth--;
            w->p++;
        } else if (c == ',' || c == ':') {
            w->p++;
        } else {
            while (w->p < w->end && *w->p != ',' && *w->p != '}' && *w->p != ']')
                w->p++;
        }
    } while (depth && w->p < w->end);
}

static bool take_null(struct walk *w, struct column *c)
{
    if (!c->field->nullable)
        return false;
    column_absent(c);
    pass(w);
    return true;
}

/* ---- scalars ---- */

static bool take_boolean(struct walk *w, struct column *c)
{
    if (here(w) != 't' && here(w) != 'f')
        return false;
    column_boolean(c, here(w) == 't');
    pass(w);
    return true;
}

static bool take_integer(struct walk *w, struct column *c, unsigned bits)
{
    struct numeral n;
    int64_t value;
    if (!numeral_read(&n, w->p, w->end) || !numeral_integer(&n, bits, &value))
        return false;
    w->p += n.len;
    int32_t word = (int32_t)value;
    int16_t half = (int16_t)value;
    int8_t byte = (int8_t)value;
    const void *from = bits == 64 ? (void *)&value : bits == 32 ? (void *)&word : bits == 16 ? (void *)&half : &byte;
    column_fixed(c, from, bits / 8);
    return true;
}

/* What is a number in a string, to Spark's JSON reader. */
static bool not_finite(const char *text, size_t len, double *value)
{
    static const char *const infinities[] = {"Infinity", "INF"};
    bool sign = len && (*text == '-' || *text == '+');
    *value = NAN;
    if (len == 3 && memcmp(text, "NaN", len) == 0)
        return true;
    *value = sign && *text == '-' ? -INFINITY : INFINITY;
    for (size_t i = 0; i < 2; i++)
        if ((i == 0 || sign) && len - sign == strlen(infinities[i]) &&
            memcmp(text + sign, infinities[i], len - sign) == 0)
            return true;
    return false;
}

static bool take_double(struct walk *w, struct column *c)
{
    struct numeral n;
    bool plain, single = c->field->type == SCHEMA_FLOAT;
    double value = 0;
    float narrow = 0;
    if (here(w) == '"') {
        const char *text = w->p + 1;
        if (!not_finite(text, pass_string(w, &plain), &value))
            return false;
        narrow = (float)value;
    } else {
        if (!numeral_read(&n, w->p, w->end))
            return false;
        w->p += n.len;
        if (single)
            narrow = numeral_float(&n);
        else
            value = numeral_double(&n);
    }
    column_fixed(c, single ? (void *)&narrow : (void *)&value, single ? sizeof narrow : sizeof value);
    return true;
}

/* Also of a string, if it is just that. */
static bool take_decimal(struct walk *w, struct column *c)
{
    struct numeral n;
    struct decimal value;
    bool quoted = here(w) == '"';
    w->p += quoted;
    if (!numeral_read(&n, w->p, w->end) || !numeral_decimal(&n, c->field->precision, c->field->scale, &value))
        return false;
    w->p += n.len;
    if (quoted && (here(w) != '"' || !n.len || n.text[n.len - 1] == '.'))
        return false;
    w->p += quoted;
    column_fixed(c, value.bytes, sizeof value.bytes);
    return true;
}

static bool take_string(struct walk *w, struct column *c)
{
    bool plain;
    if (here(w) == '"') {
        const char *text = w->p + 1;
        size_t len = pass_string(w, &plain);
        if (plain)
            column_bytes(c, text, len);
        else
            text_unescape(text, len, &c->values);
    } else { /* as it is written */
        const char *text = w->p;
        pass(w);
        column_bytes(c, text, (size_t)(w->p - text));
    }
    column_end(c);
    return true;
}

/* The inside of a string that has no escapes; NULL: it is none. */
static const char *plain_string(struct walk *w, size_t *len)
{
    bool plain = false;
    const char *text = w->p + 1;
    if (here(w) == '"')
        *len = pass_string(w, &plain);
    return plain ? text : NULL;
}

static bool take_binary(struct walk *w, struct column *c)
{
    size_t len;
    const char *text = plain_string(w, &len);
    if (!text || !text_base64(text, len, &c->values))
        return false;
    column_end(c);
    return true;
}

static bool take_date(struct walk *w, struct column *c)
{
    size_t len;
    int32_t days;
    const char *text = plain_string(w, &len);
    if (!text || !moment_date(text, len, &days))
        return false;
    column_fixed(c, &days, sizeof days);
    return true;
}

/* A number is seconds, up to the year 9999. */
static bool seconds_of(struct walk *w, int64_t *micros)
{
    const int64_t last = 253402300799;
    struct numeral n;
    if (!numeral_read(&n, w->p, w->end) || !numeral_integer(&n, 64, micros) || *micros > last || *micros < -last)
        return false;
    w->p += n.len;
    *micros *= 1000000;
    return true;
}

static bool take_timestamp(struct walk *w, struct column *c)
{
    size_t len;
    int64_t micros;
    bool zoned, ntz = c->field->type == SCHEMA_TIMESTAMP_NTZ;
    int offset;
    if (here(w) != '"') {
        if (ntz || !seconds_of(w, &micros))
            return false;
    } else {
        const char *text = plain_string(w, &len);
        if (!text || !moment_time(text, len, &micros, &zoned, &offset) || (zoned && ntz))
            return false;
        if (zoned)
            micros -= (int64_t)offset * 1000000;
        else if (!ntz && !zone_utc(w->columns->zone, micros, &micros))
            return misfit(w, "a time of a zone that is not known");
    }
    column_fixed(c, &micros, sizeof micros);
    return true;
}

/* ---- containers ---- */

static bool is_told(struct columns *s, uint64_t digest)
{
    for (size_t i = 0; i < s->told_count; i++)
        if (s->told[i] == digest)
            return true;
    return false;
}

/* A member without a column. */
static bool pass_stranger(struct walk *w, const struct column *parent, const char *name, size_t len)
{
    enum { MOST_TOLD = 1000 }; /* of a list with more names than that, each record that has one is a misfit */
    struct columns *s = w->columns;
    if (s->news != COLUMNS_IGNORE && here(w) != 'n') {
        uint64_t digest = mem_digest(name, len) ^ (uint64_t)(uintptr_t)parent;
        bool old = s->news == COLUMNS_FIRST && is_told(s, digest);
        if (!old && s->told_count < MOST_TOLD) {
            s->told = mem_grown(s->told, (s->told_count + 1) * sizeof *s->told);
            s->told[s->told_count++] = digest;
        }
        if (!old) {
            snprintf(s->why, sizeof s->why, "the member %.*s has no column", (int)(len < 60 ? len : 60), name);
            return false;
        }
    }
    pass(w);
    return true;
}

/* Adds the members of the object at p to the children of a struct; *hint: the child that is likely to be next. */
static bool take_member(struct walk *w, struct column *c, size_t *hint)
{
    bool plain;
    const char *name = w->p + 1;
    size_t len = pass_string(w, &plain);
    if (!plain) {
        struct buf *unescaped = &w->columns->name;
        buf_clear(unescaped);
        text_unescape(name, len, unescaped);
        name = buf_text(unescaped);
        len = unescaped->len;
    }
    w->p += here(w) == ':';
    struct column *child = column_child(c, name, len, *hint);
    if (!child)
        return pass_stranger(w, c, name, len);
    if (child->length > c->length)
        column_cut(child, c->length); /* of equal names the last counts, as in most JSON parsers */
    *hint = (size_t)(child - c->children) + 1;
    return take(w, child);
}

/* The children that got no value. */
static bool complete(struct walk *w, struct column *c)
{
    for (struct column *child = c->children; child < c->children + c->count; child++) {
        if (child->length > c->length || child->field->role)
            continue;
        if (!child->field->nullable)
            return unfit(w, (struct slice){"null", strlen("null")}, child);
        column_absent(child);
    }
    return true;
}

static bool take_members(struct walk *w, struct column *c)
{
    size_t hint = 0;
    for (w->p++; here(w) == '"';) {
        if (!take_member(w, c, &hint))
            return false;
        w->p += here(w) == ',';
    }
    w->p += here(w) == '}';
    return complete(w, c);
}

static bool take_struct(struct walk *w, struct column *c)
{
    if (here(w) != '{')
        return false;
    if (!take_members(w, c))
        return false;
    column_valid(c);
    return true;
}

static bool take_list(struct walk *w, struct column *c)
{
    if (here(w) != '[')
        return false;
    for (w->p++; w->p < w->end && *w->p != ']';) {
        if (!take(w, c->children))
            return false;
        w->p += here(w) == ',';
    }
    w->p += here(w) == ']';
    column_end(c);
    return true;
}

static bool take_map(struct walk *w, struct column *c)
{
    struct column *entry = c->children;
    if (here(w) != '{')
        return false;
    for (w->p++; here(w) == '"';) {
        if (!take_string(w, &entry->children[0]))
            return false;
        w->p += here(w) == ':';
        if (!take(w, &entry->children[1]))
            return false;
        column_valid(entry);
        w->p += here(w) == ',';
    }
    w->p += here(w) == '}';
    column_end(c);
    return true;
}

static bool take_value(struct walk *w, struct column *c)
{
    if (here(w) == 'n')
        return take_null(w, c);
    switch (c->field->type) {
    case SCHEMA_BOOLEAN:
        return take_boolean(w, c);
    case SCHEMA_BYTE:
        return take_integer(w, c, 8);
    case SCHEMA_SHORT:
        return take_integer(w, c, 16);
    case SCHEMA_INTEGER:
        return take_integer(w, c, 32);
    case SCHEMA_LONG:
        return take_integer(w, c, 64);
    case SCHEMA_FLOAT:
    case SCHEMA_DOUBLE:
        return take_double(w, c);
    case SCHEMA_DECIMAL:
        return take_decimal(w, c);
    case SCHEMA_STRING:
        return take_string(w, c);
    case SCHEMA_BINARY:
        return take_binary(w, c);
    case SCHEMA_DATE:
        return take_date(w, c);
    case SCHEMA_TIMESTAMP:
    case SCHEMA_TIMESTAMP_NTZ:
        return take_timestamp(w, c);
    case SCHEMA_STRUCT:
        return take_struct(w, c);
    case SCHEMA_LIST:
        return take_list(w, c);
    case SCHEMA_MAP:
        return take_map(w, c);
    }
    return false;
}

static bool take(struct walk *w, struct column *c)
{
    const char *from = w->p;
    if (take_value(w, c))
        return true;
    if (*w->columns->why)
        return false;
    w->p = from;
    pass(w);
    return unfit(w, (struct slice){from, (size_t)(w->p - from)}, c);
}

/* ---- records ---- */

/* A record that is an array: its elements are the columns, in their order. */
static bool take_elements(struct walk *w, struct column *root)
{
    struct column *child = root->children, *last = child + root->count;
    for (w->p++; w->p < w->end && *w->p != ']'; child++) {
        while (child < last && child->field->role)
            child++;
        if (child == last)
            return misfit(w, "an array with more elements than there are columns");
        if (!take(w, child))
            return false;
        w->p += here(w) == ',';
    }
    while (child < last && child->field->role)
        child++;
    return child == last || misfit(w, "an array with fewer elements than there are columns");
}

void columns_init(struct columns *c, const struct schema_field *schema, const struct zone *zone, enum columns_news news)
{
    *c = (struct columns){.zone = zone, .news = news};
    column_init(&c->root, schema);
    for (size_t i = 0; i < schema->count; i++) {
        enum schema_role role = schema->children[i].role;
        c->record = role == SCHEMA_RECORD ? &c->root.children[i] : c->record;
        c->misfit = role == SCHEMA_MISFIT ? &c->root.children[i] : c->misfit;
        c->members += role == SCHEMA_MEMBER;
    }
}

void columns_free(struct columns *c)
{
    column_free(&c->root);
    buf_free(&c->name);
    free(c->told);
    *c = (struct columns){0};
}

void columns_clear(struct columns *c)
{
    column_clear(&c->root);
}

/* A record that is not an object, nor an array of values for the columns, is the value of the column `value`. */
static bool take_bare(struct walk *w, struct column *root)
{
    struct column *value = column_child(root, "value", strlen("value"), 0);
    if (!value)
        return misfit(w, "not an object");
    return take(w, value) && complete(w, root);
}

static bool take_record(struct walk *w, struct columns *c)
{
    if (!c->members)
        return true;
    bool only_value = c->members == 1 && column_child(&c->root, "value", strlen("value"), 0);
    bool by_place = c->shape == '[' && !only_value;
    if (c->shape == '{' || by_place) {
        if (here(w) != c->shape)
            return misfit(w, by_place ? "not an array" : "not an object");
        return by_place ? take_elements(w, &c->root) : take_members(w, &c->root);
    }
    return take_bare(w, &c->root);
}

static void add_text(struct column *c, struct slice text)
{
    column_bytes(c, text.text, text.len);
    column_end(c);
}

bool columns_add(struct columns *c, struct slice record)
{
    struct walk w = {.p = record.text, .end = record.text + record.len, .columns = c};
    struct column *root = &c->root;
    bool first = !c->shape;
    *c->why = '\0';
    c->shape = first ? here(&w) : c->shape;
    bool told = first && c->shape != '{' && c->misfit;
    bool fits = !told && take_record(&w, c);
    if (!fits) {
        column_cut(root, root->length);
        if (c->misfit)
            add_text(c->misfit, record);
    }
    if (c->record)
        add_text(c->record, record);
    for (struct column *child = root->children; child < root->children + root->count; child++)
        if (child->length == root->length)
            column_absent(child);
    column_valid(root);
    return fits;
}
