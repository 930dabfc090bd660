/* batch: records that are sent together. */
#include "write/batch.h"

#include <string.h>

void batch_clear(struct batch *b)
{
    buf_clear(&b->text);
    buf_clear(&b->records);
    b->count = b->bytes = 0;
}

void batch_free(struct batch *b)
{
    buf_free(&b->text);
    buf_free(&b->records);
    b->count = b->bytes = 0;
}

static void add(struct batch *b, const char *record, size_t len, int64_t line, bool large)
{
    struct batch_record added = {b->text.len, len, line, large};
    buf_add(&b->text, record, len);
    buf_add(&b->records, &added, sizeof added);
    b->count++;
}

void batch_add(struct batch *b, const char *record, size_t len, int64_t line)
{
    add(b, record, len, line, false);
}

void batch_add_large(struct batch *b, const char *record, size_t len, int64_t line)
{
    add(b, record, len, line, true);
}

static struct batch_record get(const struct batch *b, size_t n)
{
    struct batch_record record;
    memcpy(&record, b->records.data + n * sizeof record, sizeof record);
    return record;
}

struct slice batch_record(const struct batch *b, size_t n)
{
    struct batch_record record = get(b, n);
    return (struct slice){b->text.data + record.at, record.len};
}

int64_t batch_line(const struct batch *b, size_t n)
{
    return get(b, n).line;
}

bool batch_is_large(const struct batch *b, size_t n)
{
    return get(b, n).large;
}
