/* flat: FlatBuffers written from front to back: tables, vectors and strings, as far as Arrow's metadata need them.
 * Pure.
 *
 * The format: https://flatbuffers.dev/internals. A table comes before what it refers to; flat_refer() fills in where
 * that is. All is little-endian and aligned to its size from the start of the buf, which holds nothing else. */
#ifndef RESTSRC_FLAT_H
#define RESTSRC_FLAT_H

#include <stdint.h>

#include "base/buf.h"

/* A field of a table, by its number in the schema. size: 1, 2, 4 or 8 bytes; 0: it is not there. */
struct flat_field {
    unsigned size;
    uint64_t value;
};

/* Each appends, and returns the place, by which it is referred to. */
size_t flat_table(struct buf *b, const struct flat_field *fields, size_t count);
size_t flat_string(struct buf *b, const char *text, size_t len);
/* A vector of so many references, to be filled in by flat_refer(), or of structs of `size` bytes, to be appended by
 * flat_number(). */
size_t flat_vector(struct buf *b, size_t count, size_t size);
void flat_number(struct buf *b, uint64_t value, unsigned size);

/* Zeros up to a multiple of so many bytes. */
void flat_align(struct buf *b, size_t to);

/* The 4 bytes at `from` now refer to the place `to`, which comes after it. */
void flat_refer(struct buf *b, size_t from, size_t to);
/* Where the field of a table, or the element of a vector of references, is. */
size_t flat_field_at(const struct buf *b, size_t table, size_t number);
size_t flat_element_at(size_t vector, size_t n);

#endif
