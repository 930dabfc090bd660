/* flat_read: FlatBuffers, read. */
#include "arrow/flat_read.h"

enum { REFERENCE = 4, VTABLE_HEAD = 4, SLOT = 2 };

uint64_t flat_read_number(const char *bytes, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = size; i-- > 0;)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

int64_t flat_read_signed(const char *bytes, unsigned size)
{
    uint64_t sign = size && size < 8 ? UINT64_C(1) << (8 * size - 1) : 0;
    return (int64_t)((flat_read_number(bytes, size) ^ sign) - sign);
}

static bool within(struct slice bytes, size_t at, size_t size)
{
    return at <= bytes.len && size <= bytes.len - at;
}

/* What the 4 bytes at `from` refer to. */
static bool follow(struct slice bytes, size_t from, size_t *to)
{
    if (!within(bytes, from, REFERENCE))
        return false;
    *to = from + (size_t)flat_read_number(bytes.text + from, REFERENCE);
    return within(bytes, *to, REFERENCE);
}

/* The vtable is as far before the table as its first 4 bytes say, or after it if that is negative. */
static bool open_table(struct slice bytes, size_t at, struct flat_table_read *t)
{
    int64_t back = (int32_t)flat_read_number(bytes.text + at, REFERENCE);
    int64_t vtable = (int64_t)at - back;
    if (vtable < 0 || !within(bytes, (size_t)vtable, VTABLE_HEAD))
        return false;
    size_t len = (size_t)flat_read_number(bytes.text + vtable, SLOT);
    *t = (struct flat_table_read){.bytes = bytes, .at = at, .vtable = (size_t)vtable + VTABLE_HEAD};
    t->size = (size_t)flat_read_number(bytes.text + vtable + SLOT, SLOT);
    if (len < VTABLE_HEAD || !within(bytes, (size_t)vtable, len) || !within(bytes, at, t->size))
        return false;
    t->entries = (len - VTABLE_HEAD) / SLOT;
    return true;
}

bool flat_read_root(struct slice bytes, struct flat_table_read *table)
{
    size_t at;
    return follow(bytes, 0, &at) && open_table(bytes, at, table);
}

/* Where a field of so many bytes is. */
static bool find(const struct flat_table_read *t, unsigned field, size_t size, size_t *at)
{
    if (field >= t->entries)
        return false;
    size_t place = (size_t)flat_read_number(t->bytes.text + t->vtable + SLOT * (size_t)field, SLOT);
    *at = t->at + place;
    return place && place <= t->size && size <= t->size - place;
}

bool flat_read_table(const struct flat_table_read *t, unsigned field, struct flat_table_read *table)
{
    size_t at;
    return find(t, field, REFERENCE, &at) && follow(t->bytes, at, &at) && open_table(t->bytes, at, table);
}

bool flat_read_list(const struct flat_table_read *t, unsigned field, size_t width, struct flat_list *list)
{
    size_t at;
    if (!find(t, field, REFERENCE, &at) || !follow(t->bytes, at, &at))
        return false;
    *list = (struct flat_list){.bytes = t->bytes, .at = at + REFERENCE};
    list->count = (size_t)flat_read_number(t->bytes.text + at, REFERENCE);
    return list->count <= (t->bytes.len - list->at) / width;
}

bool flat_read_text(const struct flat_table_read *t, unsigned field, struct slice *text)
{
    struct flat_list list;
    if (!flat_read_list(t, field, 1, &list))
        return false;
    *text = (struct slice){list.bytes.text + list.at, list.count};
    return true;
}

bool flat_read_element(const struct flat_list *list, size_t n, struct flat_table_read *table)
{
    size_t at;
    return n < list->count && follow(list->bytes, list->at + REFERENCE * n, &at) && open_table(list->bytes, at, table);
}

int64_t flat_read_integer(const struct flat_table_read *t, unsigned field, unsigned size, int64_t fallback)
{
    size_t at;
    if (!find(t, field, size, &at))
        return fallback;
    return flat_read_signed(t->bytes.text + at, size);
}
