/* body: a batch as the body of a request: --body. Pure. */
#ifndef RESTSRC_BODY_H
#define RESTSRC_BODY_H

#include "base/buf.h"
#include "base/error.h"
#include "write/batch.h"

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
/* The body of these records of b. out is emptied first. */
void body_build(const struct body_shape *shape, const struct batch *b, const size_t *which, size_t count,
                struct buf *out);
/* How many lines a record takes in a body; 0: a body is not made of lines. */
unsigned body_lines(const struct body_shape *shape);
/* How many bytes a record of that length adds to a body, at the most; and how many a body has beside its records. */
size_t body_cost(const struct body_shape *shape, size_t len);
size_t body_frame(const struct body_shape *shape);

#endif
