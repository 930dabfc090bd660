/* flat: FlatBuffers, written. */
#include "arrow/flat.h"

enum { REFERENCE = 4, VTABLE_HEAD = 4, SLOT = 2, MOST_FIELDS = 8 };

static void put(struct buf *b, size_t at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        b->data[at + i] = (char)(value >> 8 * i);
}

static uint64_t get(const struct buf *b, size_t at, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = size; i-- > 0;)
        value = value << 8 | (unsigned char)b->data[at + i];
    return value;
}

void flat_number(struct buf *b, uint64_t value, unsigned size)
{
    static const char zeros[8];
    size_t at = b->len;
    buf_add(b, zeros, size);
    put(b, at, value, size);
}

void flat_align(struct buf *b, size_t to)
{
    while (b->len % to)
        buf_addc(b, '\0');
}

/* The vtable comes before the table, which begins with the way back to it. Larger fields come first, so that none needs
 * padding but for the 8 bytes at the start. */
size_t flat_table(struct buf *b, const struct flat_field *fields, size_t count)
{
    unsigned place[MOST_FIELDS] = {0}, end = REFERENCE;
    for (unsigned size = 8; size; size /= 2)
        for (size_t i = 0; i < count; i++)
            if (fields[i].size == size) {
                end = (end + size - 1) / size * size;
                place[i] = end;
                end += size;
            }
    flat_align(b, SLOT);
    size_t vtable = b->len;
    flat_number(b, VTABLE_HEAD + SLOT * count, SLOT);
    flat_number(b, end, SLOT);
    for (size_t i = 0; i < count; i++)
        flat_number(b, place[i], SLOT);
    flat_align(b, 8);
    size_t table = b->len;
    flat_number(b, table - vtable, REFERENCE);
    while (b->len < table + end)
        buf_addc(b, '\0');
    for (size_t i = 0; i < count; i++)
        if (fields[i].size)
            put(b, table + place[i], fields[i].value, fields[i].size);
    return table;
}

size_t flat_string(struct buf *b, const char *text, size_t len)
{
    flat_align(b, REFERENCE);
    size_t at = b->len;
    flat_number(b, len, REFERENCE);
    buf_add(b, text, len);
    buf_addc(b, '\0');
    return at;
}

size_t flat_vector(struct buf *b, size_t count, size_t size)
{
    flat_align(b, REFERENCE);
    while (size % 8 == 0 && (b->len + REFERENCE) % 8)
        buf_addc(b, '\0');
    size_t at = b->len;
    flat_number(b, count, REFERENCE);
    for (size_t i = 0; size == REFERENCE && i < count; i++)
        flat_number(b, 0, REFERENCE);
    return at;
}

void flat_refer(struct buf *b, size_t from, size_t to)
{
    put(b, from, to - from, REFERENCE);
}

size_t flat_field_at(const struct buf *b, size_t table, size_t number)
{
    size_t vtable = table - (size_t)get(b, table, REFERENCE);
    return table + (size_t)get(b, vtable + VTABLE_HEAD + SLOT * number, SLOT);
}

size_t flat_element_at(size_t vector, size_t n)
{
    return vector + REFERENCE + REFERENCE * n;
}
