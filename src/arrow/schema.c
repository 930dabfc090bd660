/* schema: Spark's StructType.json() to a tree of fields. */
#include "arrow/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrow/texts.h"
#include "json/split.h"

enum { WIDEST = 38 }; /* digits of a decimal in 128 bits */

static const struct {
    const char *name, *sql; /* as Spark's JSON has it; as SQL has it */
} types[] = {
    [SCHEMA_BOOLEAN] = {"boolean", "BOOLEAN"},
    [SCHEMA_BYTE] = {"byte", "TINYINT"},
    [SCHEMA_SHORT] = {"short", "SMALLINT"},
    [SCHEMA_INTEGER] = {"integer", "INT"},
    [SCHEMA_LONG] = {"long", "BIGINT"},
    [SCHEMA_FLOAT] = {"float", "FLOAT"},
    [SCHEMA_DOUBLE] = {"double", "DOUBLE"},
    [SCHEMA_DECIMAL] = {"decimal", "DECIMAL"},
    [SCHEMA_STRING] = {"string", "STRING"},
    [SCHEMA_BINARY] = {"binary", "BINARY"},
    [SCHEMA_DATE] = {"date", "DATE"},
    [SCHEMA_TIMESTAMP] = {"timestamp", "TIMESTAMP"},
    [SCHEMA_TIMESTAMP_NTZ] = {"timestamp_ntz", "TIMESTAMP_NTZ"},
    [SCHEMA_STRUCT] = {"struct", "STRUCT"},
    [SCHEMA_LIST] = {"array", "ARRAY"},
    [SCHEMA_MAP] = {"map", "MAP"},
};

const char *schema_type_name(enum schema_type type)
{
    return types[type].sql;
}

struct schema_field *schema_add(struct schema_field *parent, struct slice name, enum schema_type type)
{
    parent->children = mem_grown(parent->children, (parent->count + 1) * sizeof *parent->children);
    struct schema_field *field = &parent->children[parent->count++];
    *field = (struct schema_field){
        .name = mem_text(name.text, name.len), .name_len = name.len, .type = type, .nullable = true};
    return field;
}

static struct schema_field *add_named(struct schema_field *parent, const char *name, enum schema_type type)
{
    return schema_add(parent, (struct slice){name, strlen(name)}, type);
}

static struct schema_field *add_entry(struct schema_field *map)
{
    struct schema_field *entry = add_named(map, "entries", SCHEMA_STRUCT);
    entry->nullable = false;
    add_named(entry, "key", SCHEMA_STRING)->nullable = false;
    return entry;
}

void schema_free(struct schema_field *root)
{
    for (size_t i = 0; i < root->count; i++)
        schema_free(&root->children[i]);
    free(root->children);
    free(root->name);
    *root = (struct schema_field){0};
}

static struct slice member(struct slice object, const char *name)
{
    return value_member(object, name, strlen(name));
}

/* Appends the characters of a JSON string. false: it is none. */
static bool text_of(struct slice value, struct buf *text)
{
    if (value.len < 2 || !value_is_text(value))
        return false;
    text_unescape(value.text + 1, value.len - 2, text);
    return true;
}

static int refuse(const struct schema_field *field, struct slice type, struct error *e)
{
    int shown = type.len < 60 ? (int)type.len : 60;
    return error_set(e, EXIT_USAGE, "--schema: column %s: %.*s is no type that JSON can be read into", field->name,
                     shown, type.text ? type.text : "");
}

static int field_of(struct schema_field *field, struct slice type, unsigned depth, struct error *e);

static int by_name(const void *a, const void *b)
{
    const struct schema_field *x = *(const struct schema_field *const *)a, *y = *(const struct schema_field *const *)b;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    if (x->name_len != y->name_len)
        return x->name_len < y->name_len ? -1 : 1;
    return memcmp(x->name, y->name, x->name_len);
}

/* A column of which there is another one of its name and role; NULL: there is none. */
static const struct schema_field *twin(const struct schema_field *parent)
{
    const struct schema_field *found = NULL, **sorted = mem_zeroed(parent->count + 1, sizeof *sorted);
    for (size_t i = 0; i < parent->count; i++)
        sorted[i] = &parent->children[i];
    qsort(sorted, parent->count, sizeof *sorted, by_name);
    for (size_t i = 1; i < parent->count && !found; i++)
        if (by_name(&sorted[i - 1], &sorted[i]) == 0)
            found = sorted[i];
    free(sorted);
    return found;
}

static int children_of_struct(struct schema_field *field, struct slice type, unsigned depth, struct error *e)
{
    struct slice one, metadata, fields = member(type, "fields");
    if (!value_is_list(fields))
        return refuse(field, type, e);
    for (size_t at = 0; value_next(fields, &at, NULL, &one);) {
        struct buf name = {0};
        bool named = text_of(member(one, "name"), &name);
        struct schema_field *child = schema_add(field, (struct slice){buf_text(&name), name.len}, SCHEMA_STRING);
        buf_free(&name);
        if (!named)
            return refuse(field, one, e);
        child->nullable = !value_is(member(one, "nullable"), "false");
        metadata = member(member(one, "metadata"), "restsrc");
        child->role = value_is(metadata, "\"record\"")   ? SCHEMA_RECORD
                      : value_is(metadata, "\"misfit\"") ? SCHEMA_MISFIT
                                                         : SCHEMA_MEMBER;
        if (field_of(child, member(one, "type"), depth, e))
            return -1;
        if (child->role && (depth > 1 || child->type != SCHEMA_STRING || !child->nullable))
            return error_set(e, EXIT_USAGE, "--schema: the column %s, for texts of records, must be a nullable string",
                             child->name);
    }
    const struct schema_field *other = twin(field);
    if (other)
        return error_set(e, EXIT_USAGE, "--schema has two columns of the name %s", other->name);
    return field->count ? 0 : error_set(e, EXIT_USAGE, "--schema has no columns");
}

static int container(struct schema_field *field, struct slice type, unsigned depth, struct error *e)
{
    struct slice kind = member(type, "type");
    if (depth == SCHEMA_DEPTH)
        return error_set(e, EXIT_USAGE, "--schema is nested too deep");
    if (value_is(kind, "\"struct\"")) {
        field->type = SCHEMA_STRUCT;
        return children_of_struct(field, type, depth + 1, e);
    }
    if (value_is(kind, "\"array\"")) {
        field->type = SCHEMA_LIST;
        struct schema_field *element = add_named(field, "element", SCHEMA_STRING);
        element->nullable = !value_is(member(type, "containsNull"), "false");
        return field_of(element, member(type, "elementType"), depth + 1, e);
    }
    if (!value_is(kind, "\"map\"") || !value_is(member(type, "keyType"), "\"string\""))
        return refuse(field, type, e);
    field->type = SCHEMA_MAP;
    struct schema_field *value = add_named(add_entry(field), "value", SCHEMA_STRING);
    value->nullable = !value_is(member(type, "valueContainsNull"), "false");
    return field_of(value, member(type, "valueType"), depth + 1, e);
}

static bool decimal(struct schema_field *field, const char *name)
{
    field->type = SCHEMA_DECIMAL;
    int end = 0;
    return sscanf(name, "decimal(%2u,%2u)%n", &field->precision, &field->scale, &end) == 2 && end && !name[end] &&
           field->precision >= 1 && field->precision <= WIDEST && field->scale <= field->precision;
}

static bool scalar(struct schema_field *field, const char *name)
{
    for (enum schema_type t = 0; t < SCHEMA_STRUCT; t++)
        if (strcmp(name, types[t].name) == 0) {
            field->type = t;
            field->precision = 10; /* of a decimal that says nothing else */
            return true;
        }
    return decimal(field, name);
}

static int field_of(struct schema_field *field, struct slice type, unsigned depth, struct error *e)
{
    if (value_is_object(type))
        return container(field, type, depth, e);
    struct buf name = {0};
    bool known = text_of(type, &name) && scalar(field, buf_text(&name));
    buf_free(&name);
    return known ? 0 : refuse(field, type, e);
}

int schema_parse(struct schema_field *root, struct slice json, struct error *e)
{
    struct buf compact = {0};
    *root = (struct schema_field){.name = mem_copy(""), .type = SCHEMA_STRUCT};
    int result = split_compact(json.text, json.len, &compact);
    struct slice text = {buf_text(&compact), compact.len};
    if (result || !value_is(member(text, "type"), "\"struct\""))
        result =
            error_set(e, EXIT_USAGE, "--schema: the file does not have a schema as Spark's StructType.json() has it");
    else
        result = container(root, text, 0, e);
    buf_free(&compact);
    return result;
}

/* ---- written ---- */

static void write_type(const struct schema_field *field, struct buf *out)
{
    const struct schema_field *child = field->children;
    if (field->type == SCHEMA_STRUCT) {
        schema_write(field, out);
    } else if (field->type == SCHEMA_LIST) {
        buf_adds(out, "{\"type\":\"array\",\"elementType\":");
        write_type(child, out);
        buf_addf(out, ",\"containsNull\":%s}", child->nullable ? "true" : "false");
    } else if (field->type == SCHEMA_MAP) {
        const struct schema_field *value = &child->children[1];
        buf_adds(out, "{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":");
        write_type(value, out);
        buf_addf(out, ",\"valueContainsNull\":%s}", value->nullable ? "true" : "false");
    } else if (field->type == SCHEMA_DECIMAL) {
        buf_addf(out, "\"decimal(%u,%u)\"", field->precision, field->scale);
    } else {
        buf_addf(out, "\"%s\"", types[field->type].name);
    }
}

void schema_write(const struct schema_field *field, struct buf *out)
{
    buf_adds(out, "{\"type\":\"struct\",\"fields\":[");
    for (size_t i = 0; i < field->count; i++) {
        const struct schema_field *child = &field->children[i];
        buf_adds(out, i ? ",{\"name\":" : "{\"name\":");
        value_quote(child->name, child->name_len, out);
        buf_adds(out, ",\"type\":");
        write_type(child, out);
        buf_addf(out, ",\"nullable\":%s,\"metadata\":{}}", child->nullable ? "true" : "false");
    }
    buf_adds(out, "]}");
}
