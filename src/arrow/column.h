/* column: the values of one column in Arrow's own layout, while they are gathered ("Physical Memory Layout" of the
 * Arrow columnar format): a bit a value that says whether it is there, offsets, values, and the columns below it. Pure.
 *
 * A column and those below it are a tree of the shape of the schema. Each value is added to a column in one go:
 *
 *     fixed width        column_fixed()                      strings, binary   column_bytes() ..., column_end()
 *     booleans           column_boolean()                    structs           a value to each child, column_valid()
 *     none               column_absent()                     lists, maps       values to the child, column_end() */
#ifndef RESTSRC_COLUMN_H
#define RESTSRC_COLUMN_H

#include <stdint.h>
#include <string.h>

#include "arrow/schema.h"

struct column {
    const struct schema_field *field; /* not owned */
    int64_t length, nulls;
    struct buf validity; /* a bit a value; empty while there is no null */
    struct buf offsets;  /* int32_t: where each value ends in `values` or in the child; strings, binary, lists, maps */
    struct buf values;   /* of fixed width, or the bytes of strings and binary; booleans: a bit each */
    struct column *children;
    size_t count;
    struct column_names *names; /* of a struct: its children by name */
};

/* field must outlive it. Free with column_free(). */
void column_init(struct column *c, const struct schema_field *field);
void column_free(struct column *c);
void column_clear(struct column *c); /* no values, memory kept */

/* Back to so many values: what was added since is forgotten, also where it is not complete. */
void column_cut(struct column *c, int64_t length);

/* How many bytes it holds, with those below it. */
size_t column_bytes_held(const struct column *c);

/* The child of a struct by its name; NULL: there is none. hint: where to look first. */
struct column *column_child(const struct column *c, const char *name, size_t len, size_t hint);

/* A null; where none may be, the least there is: it stands below something that is not there. */
void column_absent(struct column *c);

/* ---- the rest is called for each value, so it is here, for the compiler to put it in line ---- */

/* Room for n more bytes, at the end of b. */
inline char *column_room(struct buf *b, size_t n)
{
    if (b->room - b->len < n + 1) {
        b->room = (b->room < 128 ? 256 : b->room * 2) + n;
        b->data = mem_grown(b->data, b->room);
    }
    return b->data + b->len;
}

inline void column_bit(struct buf *b, int64_t at, bool set)
{
    if (at % 8 == 0) {
        *column_room(b, 1) = 0;
        b->len++;
    }
    b->data[at / 8] = (char)(b->data[at / 8] | set << at % 8);
}

/* The value that was begun is whole. */
inline void column_valid(struct column *c)
{
    if (c->nulls)
        column_bit(&c->validity, c->length, true);
    c->length++;
}

inline void column_fixed(struct column *c, const void *value, size_t width)
{
    memcpy(column_room(&c->values, width), value, width);
    c->values.len += width;
    column_valid(c);
}

inline void column_boolean(struct column *c, bool value)
{
    column_bit(&c->values, c->length, value);
    column_valid(c);
}

inline void column_bytes(struct column *c, const char *bytes, size_t n)
{
    memcpy(column_room(&c->values, n), bytes, n);
    c->values.len += n;
}

inline void column_offset(struct column *c)
{
    bool text = c->field->type == SCHEMA_STRING || c->field->type == SCHEMA_BINARY;
    int32_t end = (int32_t)(text ? (int64_t)c->values.len : c->children->length);
    memcpy(column_room(&c->offsets, sizeof end), &end, sizeof end);
    c->offsets.len += sizeof end;
}

inline void column_end(struct column *c)
{
    column_offset(c);
    column_valid(c);
}

#endif
