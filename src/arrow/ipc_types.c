/* ipc_types: the schema message of an Arrow IPC stream. Numbers of fields are those of Schema.fbs. */
#include "arrow/ipc_types.h"

#include <stdio.h>
#include <stdlib.h>

#include "arrow/texts.h"
#include "base/digests.h"

enum { MOST_FIELDS = 100000, MOST_SCALE = 76 };

enum { SCHEMA_ENDIANNESS, SCHEMA_FIELDS };
enum { FIELD_NAME, FIELD_NULLABLE, FIELD_TYPE_TYPE, FIELD_TYPE, FIELD_DICTIONARY, FIELD_CHILDREN, FIELD_METADATA };
enum { DICTIONARY_ID, DICTIONARY_INDEX };

/* One walk over a schema message: references may meet, so that a few bytes stand for many fields. */
struct walk {
    const struct ipc_field *way[IPC_DEPTH + 1]; /* to the field at hand */
    size_t depth, fields;
    struct error *e;
};

static void free_field(struct ipc_field *field)
{
    for (size_t i = 0; i < field->count; i++)
        free_field(&field->children[i]);
    free(field->children);
    free(field->name);
    buf_free(&field->label);
}

void ipc_types_free(struct ipc_field *root)
{
    free_field(root);
    *root = (struct ipc_field){0};
}

/* Of any kind, but no map. */
static bool is_list(const struct ipc_field *f)
{
    return f->type == IPC_LIST || f->type == IPC_LARGE_LIST || f->type == IPC_FIXED_LIST;
}

bool ipc_types_is_string(const struct ipc_field *f)
{
    return f->type == IPC_UTF8 || f->type == IPC_LARGE_UTF8 || f->type == IPC_UTF8_VIEW;
}

bool ipc_types_is_text(const struct ipc_field *f)
{
    return f->type == IPC_UTF8 || f->type == IPC_LARGE_UTF8 || f->type == IPC_BINARY || f->type == IPC_LARGE_BINARY;
}

bool ipc_types_is_view(const struct ipc_field *f)
{
    return f->type == IPC_UTF8_VIEW || f->type == IPC_BINARY_VIEW;
}

unsigned ipc_types_offset_width(const struct ipc_field *f)
{
    return f->type == IPC_LARGE_UTF8 || f->type == IPC_LARGE_BINARY || f->type == IPC_LARGE_LIST ? 8 : 4;
}

/* ---- messages ---- */

void ipc_types_path(const struct ipc_field *const *way, size_t depth, struct buf *out)
{
    for (size_t i = 0; i < depth; i++) {
        const struct ipc_field *above = i ? way[i - 1] : NULL;
        if (above && above->type == IPC_MAP)
            buf_adds(out, "{}");
        else if (above && is_list(above))
            buf_adds(out, "[]");
        else
            buf_addf(out, "%s%.*s", i ? "." : "", (int)way[i]->name_len, way[i]->name);
    }
}

/* The column is named without the root. */
static int refuse(const struct walk *w, const char *what)
{
    struct buf name = {0};
    ipc_types_path(w->way + 1, w->depth - 1, &name);
    error_set(w->e, EXIT_INPUT, "the Arrow column %.200s %s", buf_text(&name), what);
    buf_free(&name);
    return -1;
}

static int malformed(struct walk *w)
{
    return error_set(w->e, EXIT_INPUT, "the Arrow stream is malformed: its schema message");
}

/* ---- types ---- */

static bool is_one_of(int64_t value, int64_t a, int64_t b, int64_t c)
{
    return value == a || value == b || value == c;
}

static int read_int(struct walk *w, const struct flat_table_read *type, unsigned *width, bool *is_signed)
{
    int64_t bits = flat_read_integer(type, 0, 4, 0);
    if (!is_one_of(bits, 8, 16, 32) && bits != 64)
        return refuse(w, "has integers that are not of 8, 16, 32 or 64 bits: cast it to int64 or a decimal");
    *width = (unsigned)bits / 8;
    *is_signed = flat_read_integer(type, 1, 1, 0) != 0;
    return 0;
}

static int read_decimal(struct walk *w, struct ipc_field *f, const struct flat_table_read *type)
{
    int64_t bits = flat_read_integer(type, 2, 4, 128), scale = flat_read_integer(type, 1, 4, 0);
    if (bits == 256)
        return refuse(w, "is a decimal of 256 bits, which is not taken: cast it to decimal128");
    if (!is_one_of(bits, 32, 64, 128) || scale > MOST_SCALE || scale < -MOST_SCALE)
        return malformed(w);
    f->width = (unsigned)bits / 8;
    f->scale = (int)scale;
    return 0;
}

static int read_float(struct walk *w, struct ipc_field *f, const struct flat_table_read *type)
{
    int64_t precision = flat_read_integer(type, 0, 2, 0);
    if (precision == 0)
        return refuse(w, "is float16, which is not taken: cast it to float32");
    if (precision != 1 && precision != 2)
        return malformed(w);
    f->width = precision == 1 ? 4 : 8;
    return 0;
}

/* Dates, times, timestamps and durations. */
static int read_time(struct walk *w, struct ipc_field *f, const struct flat_table_read *type)
{
    struct slice zone = {0};
    int64_t unit = flat_read_integer(type, 0, 2, f->type == IPC_TIMESTAMP ? IPC_SECONDS : IPC_MILLIS);
    if (f->type == IPC_DATE) {
        f->width = unit == 0 ? 4 : 8;
        return unit == 0 || unit == 1 ? 0 : malformed(w);
    }
    if (unit < IPC_SECONDS || unit > IPC_NANOS)
        return malformed(w);
    f->unit = (enum ipc_unit)unit;
    f->width = 8;
    f->zoned = f->type == IPC_TIMESTAMP && flat_read_text(type, 1, &zone) && zone.len;
    if (f->type == IPC_TIME)
        f->width = (unsigned)flat_read_integer(type, 1, 4, 32) / 8;
    f->last = 3;
    return f->width == 4 || f->width == 8 ? 0 : malformed(w);
}

static int read_fixed(struct walk *w, struct ipc_field *f, const struct flat_table_read *type)
{
    int64_t size = flat_read_integer(type, 0, 4, -1);
    f->size = (int32_t)size;
    f->width = f->type == IPC_FIXED_BINARY ? (unsigned)size : 0;
    return size < 0 ? malformed(w) : 0;
}

static int read_type(struct walk *w, struct ipc_field *f, const struct flat_table_read *type)
{
    switch (f->type) {
    case IPC_INT:
        return read_int(w, type, &f->width, &f->is_signed);
    case IPC_FLOAT:
        return read_float(w, f, type);
    case IPC_DECIMAL:
        return read_decimal(w, f, type);
    case IPC_DATE:
    case IPC_TIME:
    case IPC_TIMESTAMP:
    case IPC_DURATION:
        return read_time(w, f, type);
    case IPC_FIXED_BINARY:
    case IPC_FIXED_LIST:
        return read_fixed(w, f, type);
    case IPC_INTERVAL:
        return refuse(w, "is an interval of months, which can't be written: cast it to a string");
    case IPC_UNION:
        return refuse(w, "is a union, which can't be written: cast it to a string");
    case IPC_RUN_ENDS:
        return refuse(w, "is run-end encoded, which is not taken: decode it (pyarrow.compute.run_end_decode)");
    case IPC_LIST_VIEW:
    case IPC_LARGE_LIST_VIEW:
        return refuse(w, "is a list view, which is not taken: cast it to a list");
    default:
        return 0;
    }
}

/* ---- metadata ---- */

/* DAY TO SECOND and the like. */
static void read_interval(struct ipc_field *f, struct slice text)
{
    static const char *const names[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
    char both[32];
    for (int from = 0; from < 4; from++)
        for (int to = from; to < 4; to++) {
            snprintf(both, sizeof both, from == to ? "%s" : "%s TO %s", names[from], names[to]);
            if (value_is(text, both)) {
                f->first = from;
                f->last = to;
            }
        }
}

/* The canonical extension types whose values are not what their storage shows. */
static void read_extension(struct ipc_field *f, struct slice name)
{
    if (value_is(name, "arrow.json") && ipc_types_is_string(f))
        f->meaning = IPC_JSON;
    else if (value_is(name, "arrow.uuid") && f->type == IPC_FIXED_BINARY && f->width == 16)
        f->meaning = IPC_UUID;
    else if (value_is(name, "arrow.bool8") && f->type == IPC_INT && f->width == 1)
        f->meaning = IPC_BOOL8;
    else if (value_is(name, "arrow.opaque"))
        f->meaning = IPC_OPAQUE;
    else if (value_is(name, "arrow.parquet.variant") && f->type == IPC_STRUCT)
        f->meaning = IPC_VARIANT;
}

/* custom_metadata: a vector of KeyValue. */
static void read_metadata(struct ipc_field *f, const struct flat_table_read *field)
{
    struct flat_list pairs;
    struct flat_table_read pair;
    struct slice key, value;
    bool some = flat_read_list(field, FIELD_METADATA, 4, &pairs);
    for (size_t i = 0; some && i < pairs.count; i++) {
        if (!flat_read_element(&pairs, i, &pair) || !flat_read_text(&pair, 0, &key) ||
            !flat_read_text(&pair, 1, &value))
            continue;
        if (value_is(key, "ARROW:extension:name"))
            read_extension(f, value);
        else if (value_is(key, "variant") && value_is(value, "true"))
            f->meaning = IPC_VARIANT;
        else if (value_is(key, "restsrc") && f->type == IPC_DURATION)
            read_interval(f, value);
    }
}

/* ---- fields ---- */

static int read_fields(struct walk *w, struct ipc_field *parent, const struct flat_table_read *table, unsigned number);

static int read_dictionary(struct walk *w, struct ipc_field *f, const struct flat_table_read *field)
{
    struct flat_table_read encoding, index;
    if (!flat_read_table(field, FIELD_DICTIONARY, &encoding))
        return 0;
    f->encoded = true;
    f->dictionary = flat_read_integer(&encoding, DICTIONARY_ID, 8, 0);
    f->index_width = 4; /* "defaults to int32 if not specified" */
    f->index_signed = true;
    return flat_read_table(&encoding, DICTIONARY_INDEX, &index) ? read_int(w, &index, &f->index_width, &f->index_signed)
                                                                : 0;
}

/* A map's keys become names. */
static int check_map(struct walk *w, const struct ipc_field *map)
{
    if (map->count != 1 || map->children->type != IPC_STRUCT || map->children->count != 2 || map->children->encoded)
        return malformed(w);
    const struct ipc_field *key = &map->children->children[0];
    return key->count || key->type == IPC_STRUCT || key->type == IPC_NULL || key->meaning == IPC_JSON
               ? refuse(w, "is a map whose keys can't be names in JSON")
               : 0;
}

/* Two members of one name. */
static int check_names(struct walk *w, const struct ipc_field *f)
{
    struct digests names = {0};
    int result = 0;
    for (size_t i = 0; i < f->count && result == 0; i++) {
        int64_t *seen = digests_add(&names, mem_digest(f->children[i].name, f->children[i].name_len));
        w->way[w->depth] = &f->children[i];
        w->depth += *seen != 0;
        result = *seen ? refuse(w, "is there twice") : 0;
        *seen = 1;
    }
    digests_free(&names);
    return result;
}

/* A struct of value and metadata; which of its fields carries the mark is the writer's business. */
static void find_variant(struct ipc_field *f)
{
    bool marked = false;
    for (size_t i = 0; i < f->count; i++) {
        marked |= f->children[i].meaning == IPC_VARIANT;
        f->children[i].meaning = f->children[i].meaning == IPC_VARIANT ? IPC_PLAIN : f->children[i].meaning;
    }
    if (marked && f->count == 2 && f->children[0].type == IPC_BINARY && f->children[1].type == IPC_BINARY)
        f->meaning = IPC_VARIANT;
}

static int check_children(struct walk *w, struct ipc_field *f)
{
    if (f->type == IPC_MAP)
        return check_map(w, f);
    if (is_list(f))
        return f->count == 1 ? 0 : malformed(w);
    if (f->type != IPC_STRUCT)
        return f->count ? malformed(w) : 0;
    find_variant(f);
    if (f->meaning == IPC_VARIANT)
        return refuse(w, "is a VARIANT, which is not taken: cast it to a string");
    return check_names(w, f);
}

static int read_name(struct walk *w, struct ipc_field *f, const struct flat_table_read *field)
{
    struct slice name = {"", 0};
    flat_read_text(field, FIELD_NAME, &name);
    f->name = mem_text(name.text, name.len);
    f->name_len = name.len;
    return text_quote(name.text, name.len, &f->label) && buf_addc(&f->label, ':') == 0 ? 0 : malformed(w);
}

static int read_field(struct walk *w, struct ipc_field *f, const struct flat_table_read *field)
{
    struct flat_table_read type;
    int64_t number = flat_read_integer(field, FIELD_TYPE_TYPE, 1, 0) & 0xff;
    if (read_name(w, f, field))
        return -1;
    if (w->depth == IPC_DEPTH)
        return error_set(w->e, EXIT_INPUT, "the Arrow schema has more than %d levels", IPC_DEPTH);
    w->way[w->depth++] = f;
    if (!flat_read_table(field, FIELD_TYPE, &type) || number < IPC_NULL)
        return malformed(w);
    if (number >= IPC_TYPES)
        return refuse(w, "is of a type that is not known here: cast it to a string");
    f->type = (enum ipc_type)number;
    if (read_type(w, f, &type) || read_fields(w, f, field, FIELD_CHILDREN) || read_dictionary(w, f, field))
        return -1;
    read_metadata(f, field);
    if (f->meaning == IPC_OPAQUE)
        return refuse(w, "is of a type of its writer's own (arrow.opaque), which is not taken: cast it to a string");
    if (check_children(w, f))
        return -1;
    w->depth--;
    return 0;
}

static int read_fields(struct walk *w, struct ipc_field *parent, const struct flat_table_read *table, unsigned number)
{
    struct flat_list fields;
    struct flat_table_read field;
    if (!flat_read_list(table, number, 4, &fields) || !fields.count)
        return 0;
    w->fields += fields.count;
    if (w->fields > MOST_FIELDS)
        return error_set(w->e, EXIT_INPUT, "the Arrow schema has more than %d columns", MOST_FIELDS);
    parent->children = mem_zeroed(fields.count, sizeof *parent->children);
    for (size_t i = 0; i < fields.count; i++) {
        parent->count = i + 1;
        if (!flat_read_element(&fields, i, &field))
            return malformed(w);
        if (read_field(w, &parent->children[i], &field))
            return -1;
    }
    return 0;
}

int ipc_types_read(struct ipc_field *root, const struct flat_table_read *schema, struct error *e)
{
    struct walk w = {.way = {root}, .depth = 1, .e = e};
    *root = (struct ipc_field){.type = IPC_STRUCT};
    if (flat_read_integer(schema, SCHEMA_ENDIANNESS, 2, 0) != 0)
        return error_set(e, EXIT_INPUT, "the Arrow stream is big-endian, which is not taken");
    if (read_fields(&w, root, schema, SCHEMA_FIELDS))
        return -1;
    return check_names(&w, root);
}
