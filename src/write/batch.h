/* batch: records of the input that are sent together, with the lines they came from. Pure. */
#ifndef RESTSRC_BATCH_H
#define RESTSRC_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/path.h"

struct batch {
    struct buf text;    /* the records, one after the other */
    struct buf records; /* of struct batch_record */
    size_t count;
    size_t bytes; /* of a body, as far as they are records: counted by who fills it */
};

struct batch_record {
    size_t at, len;
    int64_t line; /* of the input, from 1 */
    bool large;   /* more than a body may hold: it is in the batch to be rejected in its turn */
};

void batch_clear(struct batch *b);
void batch_free(struct batch *b);
void batch_add(struct batch *b, const char *record, size_t len, int64_t line);
void batch_add_large(struct batch *b, const char *record, size_t len, int64_t line);
bool batch_is_large(const struct batch *b, size_t n);
/* The n-th record; the slice is valid until the next change. */
struct slice batch_record(const struct batch *b, size_t n);
int64_t batch_line(const struct batch *b, size_t n);

#endif
