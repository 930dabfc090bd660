/* ipc: messages of the Arrow IPC stream format. Numbers of fields are those of Schema.fbs and Message.fbs. */
#include "arrow/ipc.h"

#include <string.h>

#include "arrow/flat.h"

enum { ALIGNMENT = 8, CONTINUATION = 4, PREFIX = 8 };

/* ---- "Encapsulated message format" ---- */

enum { MESSAGE_VERSION, MESSAGE_TYPE, MESSAGE_HEADER, MESSAGE_BODY_LENGTH, MESSAGE_FIELDS };
enum { VERSION_5 = 4, HEADER_SCHEMA = 1, HEADER_RECORD_BATCH = 3 };

/* A FlatBuffer begins with a reference to its root table. Returns the place of the header's reference. */
static size_t begin_message(struct buf *b, uint64_t header_type, uint64_t body)
{
    const struct flat_field fields[MESSAGE_FIELDS] = {
        [MESSAGE_VERSION] = {2, VERSION_5},
        [MESSAGE_TYPE] = {1, header_type},
        [MESSAGE_HEADER] = {4, 0},
        [MESSAGE_BODY_LENGTH] = {8, body},
    };
    buf_clear(b);
    flat_number(b, 0, 4);
    size_t message = flat_table(b, fields, MESSAGE_FIELDS);
    flat_refer(b, 0, message);
    return flat_field_at(b, message, MESSAGE_HEADER);
}

/* 0xFFFFFFFF, the length of the metadata with its padding, the metadata. */
static void end_message(struct buf *metadata, struct buf *out)
{
    flat_align(metadata, ALIGNMENT);
    flat_number(out, UINT32_MAX, CONTINUATION);
    flat_number(out, metadata->len, PREFIX - CONTINUATION);
    buf_add(out, metadata->data, metadata->len);
}

void ipc_end(struct buf *out)
{
    flat_number(out, UINT32_MAX, CONTINUATION);
    flat_number(out, 0, PREFIX - CONTINUATION);
}

/* ---- "Schema message" ---- */

enum { FIELD_NAME, FIELD_NULLABLE, FIELD_TYPE_TYPE, FIELD_TYPE, FIELD_DICTIONARY, FIELD_CHILDREN, FIELD_FIELDS };
enum { SCHEMA_ENDIANNESS, SCHEMA_FIELDS_, SCHEMA_COUNT };
enum {
    TYPE_INT = 2,
    TYPE_FLOAT = 3,
    TYPE_BINARY = 4,
    TYPE_UTF8 = 5,
    TYPE_BOOL = 6,
    TYPE_DECIMAL = 7,
    TYPE_DATE = 8,
    TYPE_TIMESTAMP = 10,
    TYPE_LIST = 12,
    TYPE_STRUCT = 13,
    TYPE_MAP = 17,
};

/* The table of the type: its number in the union Type, and up to two fields. Most have none. */
struct type_row {
    unsigned type, count;
    struct flat_field fields[2];
};

enum { SINGLE = 1, DOUBLE = 2, DAYS = 0, MICROSECONDS = 2 };

static const struct type_row type_rows[] = {
    [SCHEMA_BOOLEAN] = {TYPE_BOOL, 0, {{0}}},
    [SCHEMA_BYTE] = {TYPE_INT, 2, {{4, 8}, {1, true}}},
    [SCHEMA_SHORT] = {TYPE_INT, 2, {{4, 16}, {1, true}}},
    [SCHEMA_INTEGER] = {TYPE_INT, 2, {{4, 32}, {1, true}}},
    [SCHEMA_LONG] = {TYPE_INT, 2, {{4, 64}, {1, true}}},
    [SCHEMA_FLOAT] = {TYPE_FLOAT, 1, {{2, SINGLE}}},
    [SCHEMA_DOUBLE] = {TYPE_FLOAT, 1, {{2, DOUBLE}}},
    [SCHEMA_DECIMAL] = {TYPE_DECIMAL, 2, {{4, 0}, {4, 0}}},
    [SCHEMA_STRING] = {TYPE_UTF8, 0, {{0}}},
    [SCHEMA_BINARY] = {TYPE_BINARY, 0, {{0}}},
    [SCHEMA_DATE] = {TYPE_DATE, 1, {{2, DAYS}}},
    [SCHEMA_TIMESTAMP] = {TYPE_TIMESTAMP, 2, {{2, MICROSECONDS}, {4, 0}}},
    [SCHEMA_TIMESTAMP_NTZ] = {TYPE_TIMESTAMP, 1, {{2, MICROSECONDS}}},
    [SCHEMA_STRUCT] = {TYPE_STRUCT, 0, {{0}}},
    [SCHEMA_LIST] = {TYPE_LIST, 0, {{0}}},
    [SCHEMA_MAP] = {TYPE_MAP, 1, {{1, false}}},
};

static void add_fields(struct buf *b, size_t from, const struct schema_field *parent, bool all_nullable);

static size_t add_type(struct buf *b, const struct schema_field *field)
{
    struct type_row row = type_rows[field->type];
    if (field->type == SCHEMA_DECIMAL) {
        row.fields[0].value = field->precision;
        row.fields[1].value = field->scale;
    }
    size_t type = flat_table(b, row.fields, row.count);
    if (field->type == SCHEMA_TIMESTAMP)
        flat_refer(b, flat_field_at(b, type, 1), flat_string(b, "UTC", strlen("UTC")));
    return type;
}

static size_t add_field(struct buf *b, const struct schema_field *field, bool nullable)
{
    const struct flat_field fields[FIELD_FIELDS] = {
        [FIELD_NAME] = {4, 0}, [FIELD_NULLABLE] = {1, nullable}, [FIELD_TYPE_TYPE] = {1, type_rows[field->type].type},
        [FIELD_TYPE] = {4, 0}, [FIELD_CHILDREN] = {4, 0},
    };
    size_t table = flat_table(b, fields, FIELD_FIELDS);
    flat_refer(b, flat_field_at(b, table, FIELD_NAME), flat_string(b, field->name, field->name_len));
    flat_refer(b, flat_field_at(b, table, FIELD_TYPE), add_type(b, field));
    add_fields(b, flat_field_at(b, table, FIELD_CHILDREN), field, false);
    return table;
}

/* A vector of the children's fields, to which `from` refers then. */
static void add_fields(struct buf *b, size_t from, const struct schema_field *parent, bool all_nullable)
{
    size_t vector = flat_vector(b, parent->count, 4);
    flat_refer(b, from, vector);
    for (size_t i = 0; i < parent->count; i++) {
        const struct schema_field *child = &parent->children[i];
        flat_refer(b, flat_element_at(vector, i), add_field(b, child, child->nullable || all_nullable));
    }
}

void ipc_schema(const struct schema_field *root, struct buf *out)
{
    const struct flat_field fields[SCHEMA_COUNT] = {
        [SCHEMA_ENDIANNESS] = {2, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__},
        [SCHEMA_FIELDS_] = {4, 0},
    };
    struct buf metadata = {0};
    bool misfits = false;
    for (size_t i = 0; i < root->count; i++)
        misfits |= root->children[i].role == SCHEMA_MISFIT;
    size_t header = begin_message(&metadata, HEADER_SCHEMA, 0);
    size_t schema = flat_table(&metadata, fields, SCHEMA_COUNT);
    flat_refer(&metadata, header, schema);
    add_fields(&metadata, flat_field_at(&metadata, schema, SCHEMA_FIELDS_), root, misfits);
    end_message(&metadata, out);
    buf_free(&metadata);
}

/* ---- "RecordBatch message" ---- */

enum { BATCH_LENGTH, BATCH_NODES, BATCH_BUFFERS, BATCH_FIELDS };

/* What each column has, in depth-first order: a node, and where its buffers are in the body. */
struct layout {
    struct buf nodes, buffers; /* pairs of 8 bytes */
    struct buf *body;
};

static void add_buffer(struct layout *l, const struct buf *b)
{
    size_t at = l->body->len;
    buf_add(l->body, b->data, b->len);
    flat_number(&l->buffers, at, 8);
    flat_number(&l->buffers, b->len, 8);
    flat_align(l->body, ALIGNMENT);
}

static void lay_out(struct layout *l, const struct column *c)
{
    enum schema_type type = c->field->type;
    bool nested = type == SCHEMA_STRUCT || type == SCHEMA_LIST || type == SCHEMA_MAP;
    flat_number(&l->nodes, (uint64_t)c->length, 8);
    flat_number(&l->nodes, (uint64_t)c->nulls, 8);
    add_buffer(l, &c->validity);
    if (type == SCHEMA_STRING || type == SCHEMA_BINARY || type == SCHEMA_LIST || type == SCHEMA_MAP)
        add_buffer(l, &c->offsets);
    if (!nested)
        add_buffer(l, &c->values);
    for (size_t i = 0; i < c->count; i++)
        lay_out(l, &c->children[i]);
}

static void add_pairs(struct buf *b, size_t from, const struct buf *pairs)
{
    enum { PAIR = 16 };
    flat_refer(b, from, flat_vector(b, pairs->len / PAIR, PAIR));
    buf_add(b, pairs->data, pairs->len);
}

void ipc_batch(const struct columns *columns, struct buf *out)
{
    const struct column *root = &columns->root;
    struct buf body = {0}, metadata = {0};
    struct layout l = {.body = &body};
    for (size_t i = 0; i < root->count; i++)
        lay_out(&l, &root->children[i]);
    const struct flat_field fields[BATCH_FIELDS] = {
        [BATCH_LENGTH] = {8, (uint64_t)root->length},
        [BATCH_NODES] = {4, 0},
        [BATCH_BUFFERS] = {4, 0},
    };
    size_t header = begin_message(&metadata, HEADER_RECORD_BATCH, body.len);
    size_t batch = flat_table(&metadata, fields, BATCH_FIELDS);
    flat_refer(&metadata, header, batch);
    add_pairs(&metadata, flat_field_at(&metadata, batch, BATCH_NODES), &l.nodes);
    add_pairs(&metadata, flat_field_at(&metadata, batch, BATCH_BUFFERS), &l.buffers);
    end_message(&metadata, out);
    buf_add(out, body.data, body.len);
    buf_free(&body);
    buf_free(&metadata);
    buf_free(&l.nodes);
    buf_free(&l.buffers);
}
