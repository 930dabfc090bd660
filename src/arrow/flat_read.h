/* flat_read: FlatBuffers, read from bytes that nobody has checked: what does not lie within them is not there. Pure.
 *
 * The format: https://flatbuffers.dev/internals. Nothing is copied: tables and lists point into the bytes. */
#ifndef RESTSRC_FLAT_READ_H
#define RESTSRC_FLAT_READ_H

#include <stdint.h>

#include "json/value.h"

struct flat_table_read {
    struct slice bytes;     /* the whole buffer */
    size_t at, size;        /* the table in it */
    size_t vtable, entries; /* where its fields are, each by 2 bytes */
};

struct flat_list {
    struct slice bytes;
    size_t at, count; /* of the first element */
};

/* A little-endian number of so many bytes. */
uint64_t flat_read_number(const char *bytes, unsigned size);
int64_t flat_read_signed(const char *bytes, unsigned size);

/* The table that the buffer begins with. Of all these, false: it is not there, or not within the bytes. */
bool flat_read_root(struct slice bytes, struct flat_table_read *table);
/* Fields of a table, by their number in the schema. */
bool flat_read_table(const struct flat_table_read *t, unsigned field, struct flat_table_read *table);
bool flat_read_text(const struct flat_table_read *t, unsigned field, struct slice *text);
/* width: of an element, in bytes; references to tables have 4. */
bool flat_read_list(const struct flat_table_read *t, unsigned field, size_t width, struct flat_list *list);
bool flat_read_element(const struct flat_list *list, size_t n, struct flat_table_read *table);

/* A number of so many bytes, with its sign; the schema's default where it is not there. */
int64_t flat_read_integer(const struct flat_table_read *t, unsigned field, unsigned size, int64_t fallback);

#endif
