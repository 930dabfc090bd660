/* batch: records (NDJSON lines) -> request bodies: --body. Pure. */
#ifndef RESTSRC_BATCH_H
#define RESTSRC_BATCH_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/path.h"

struct batch {
    struct buf text;    /* the records, one behind the other */
    struct buf records; /* of struct batch_record */
    size_t count;
};

struct batch_record {
    size_t at, len;
    int64_t line; /* of the input, from 1 */
};

void batch_clear(struct batch *b);
void batch_free(struct batch *b);
void batch_add(struct batch *b, const char *record, size_t len, int64_t line);
/* The n-th record; the slice is valid until the next change. */
struct slice batch_record(const struct batch *b, size_t n);
int64_t batch_line(const struct batch *b, size_t n);

/* How records make a body. */
struct body_shape {
    enum body_kind { BODY_ARRAY, BODY_OBJECT, BODY_NDJSON, BODY_SINGLE } kind;
    struct buf key;     /* as JSON text; empty: none */
    const char *prefix; /* BODY_NDJSON: a line before each record, or NULL */
};

/* array, object:KEY, ndjson, single or single:KEY; prefix, or NULL, must be JSON in one line. -1: EXIT_USAGE. Free with
 * body_free(). */
int body_parse(struct body_shape *shape, const char *text, const char *prefix, struct error *e);
void body_free(struct body_shape *shape);
const char *body_content_type(const struct body_shape *shape);
/* The body of the records [from, to) of b. out is emptied first. */
void body_build(const struct body_shape *shape, const struct batch *b, size_t from, size_t to, struct buf *out);
/* How many bytes a record of that length adds to a body, at the most; and how many a body has beside its records. */
size_t body_cost(const struct body_shape *shape, size_t len);
size_t body_frame(const struct body_shape *shape);

#endif
