/* column: values in Arrow's own layout. */
#include "arrow/column.h"

#include <stdlib.h>

/* For calls that are not put in line. */
extern inline char *column_room(struct buf *b, size_t n);
extern inline void column_bit(struct buf *b, int64_t at, bool set);
extern inline void column_valid(struct column *c);
extern inline void column_fixed(struct column *c, const void *value, size_t width);
extern inline void column_boolean(struct column *c, bool value);
extern inline void column_bytes(struct column *c, const char *bytes, size_t n);
extern inline void column_offset(struct column *c);
extern inline void column_end(struct column *c);

/* Children by name: open addressing, with more than half of the places free. */
struct column_names {
    size_t mask;
    size_t *place; /* 1 + the number of the child; 0: free */
};

static size_t width_of(const struct schema_field *field)
{
    static const size_t widths[] = {
        [SCHEMA_BYTE] = 1,      [SCHEMA_SHORT] = 2,         [SCHEMA_INTEGER] = 4,  [SCHEMA_LONG] = 8,
        [SCHEMA_FLOAT] = 4,     [SCHEMA_DOUBLE] = 8,        [SCHEMA_DECIMAL] = 16, [SCHEMA_DATE] = 4,
        [SCHEMA_TIMESTAMP] = 8, [SCHEMA_TIMESTAMP_NTZ] = 8,
    };
    return field->type <= SCHEMA_TIMESTAMP_NTZ ? widths[field->type] : 0;
}

static bool has_offsets(const struct schema_field *field)
{
    return field->type == SCHEMA_STRING || field->type == SCHEMA_BINARY || field->type == SCHEMA_LIST ||
           field->type == SCHEMA_MAP;
}

static struct column_names *names_of(const struct schema_field *field)
{
    struct column_names *names = mem_zeroed(1, sizeof *names);
    size_t places = 4;
    while (places < field->count * 2)
        places *= 2;
    names->mask = places - 1;
    names->place = mem_zeroed(places, sizeof *names->place);
    for (size_t i = 0; i < field->count; i++) {
        if (field->children[i].role != SCHEMA_MEMBER)
            continue;
        const char *name = field->children[i].name;
        size_t at = mem_digest(name, strlen(name)) & names->mask;
        while (names->place[at])
            at = (at + 1) & names->mask;
        names->place[at] = i + 1;
    }
    return names;
}

void column_init(struct column *c, const struct schema_field *field)
{
    *c = (struct column){.field = field, .count = field->count};
    if (field->type == SCHEMA_STRUCT)
        c->names = names_of(field);
    if (field->count)
        c->children = mem_zeroed(field->count, sizeof *c->children);
    for (size_t i = 0; i < field->count; i++)
        column_init(&c->children[i], &field->children[i]);
    column_clear(c);
}

void column_free(struct column *c)
{
    for (size_t i = 0; i < c->count; i++)
        column_free(&c->children[i]);
    buf_free(&c->validity);
    buf_free(&c->offsets);
    buf_free(&c->values);
    free(c->children);
    if (c->names)
        free(c->names->place);
    free(c->names);
    *c = (struct column){0};
}

void column_clear(struct column *c)
{
    c->length = c->nulls = 0;
    buf_clear(&c->validity);
    buf_clear(&c->offsets);
    buf_clear(&c->values);
    for (size_t i = 0; i < c->count; i++)
        column_clear(&c->children[i]);
    if (has_offsets(c->field))
        column_offset(c); /* the first value begins at 0 */
}

static bool bit_at(const struct buf *b, int64_t at)
{
    return b->data[at / 8] >> at % 8 & 1;
}

/* A bitmap of so many bits; those after them are 0, because more bits are added by or. */
static void cut_bits(struct buf *b, int64_t length)
{
    size_t bytes = (size_t)(length + 7) / 8;
    if (bytes >= b->len && length % 8 == 0)
        return;
    b->len = bytes;
    if (length % 8)
        b->data[bytes - 1] = (char)(b->data[bytes - 1] & ((1 << length % 8) - 1));
}

void column_cut(struct column *c, int64_t length)
{
    int32_t end = 0;
    for (int64_t i = length; c->nulls && i < c->length; i++)
        c->nulls -= !bit_at(&c->validity, i);
    if (c->validity.len)
        cut_bits(&c->validity, length);
    if (!c->nulls)
        buf_clear(&c->validity);
    c->length = length;
    if (c->field->type == SCHEMA_BOOLEAN) {
        if (c->values.len)
            cut_bits(&c->values, length);
    } else if (!has_offsets(c->field)) {
        c->values.len = (size_t)length * width_of(c->field);
    } else {
        c->offsets.len = (size_t)(length + 1) * sizeof end;
        memcpy(&end, c->offsets.data + c->offsets.len - sizeof end, sizeof end);
        c->values.len = c->count ? 0 : (size_t)end;
    }
    for (size_t i = 0; i < c->count; i++)
        column_cut(&c->children[i], has_offsets(c->field) ? end : length);
}

size_t column_bytes_held(const struct column *c)
{
    size_t bytes = c->validity.len + c->offsets.len + c->values.len;
    for (size_t i = 0; i < c->count; i++)
        bytes += column_bytes_held(&c->children[i]);
    return bytes;
}

static bool is_named(const struct column *c, const char *name, size_t len)
{
    const struct schema_field *f = c->field;
    return f->name_len == len && memcmp(f->name, name, len) == 0 && f->role == SCHEMA_MEMBER;
}

struct column *column_child(const struct column *c, const char *name, size_t len, size_t hint)
{
    if (hint < c->count && is_named(&c->children[hint], name, len))
        return &c->children[hint];
    for (size_t at = mem_digest(name, len) & c->names->mask; c->names->place[at]; at = (at + 1) & c->names->mask) {
        struct column *child = &c->children[c->names->place[at] - 1];
        if (is_named(child, name, len))
            return child;
    }
    return NULL;
}

/* The value that is under way is a null. */
static void add_null(struct column *c)
{
    if (!c->nulls)
        for (int64_t i = 0; i < c->length; i++)
            column_bit(&c->validity, i, true);
    c->nulls++;
    column_bit(&c->validity, c->length, false);
    c->length++;
}

void column_absent(struct column *c)
{
    static const char zeros[16];
    if (c->field->type == SCHEMA_BOOLEAN)
        column_bit(&c->values, c->length, false);
    else if (has_offsets(c->field))
        column_offset(c);
    else
        column_bytes(c, zeros, width_of(c->field));
    for (size_t i = 0; c->field->type == SCHEMA_STRUCT && i < c->count; i++)
        column_absent(&c->children[i]);
    if (c->field->nullable)
        add_null(c);
    else
        column_valid(c);
}
