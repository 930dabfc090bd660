/* body: a batch as the body of a request: --body and what goes with it. Pure. */
#ifndef RESTSRC_BODY_H
#define RESTSRC_BODY_H

#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "write/batch.h"
#include "json/template.h"

struct body_options {
    char *body, *ndjson_prefix, *body_template, *record_template;
    struct list omit;
};

/* How records make a body. */
struct body_shape {
    enum body_kind { BODY_ARRAY, BODY_OBJECT, BODY_NDJSON, BODY_SINGLE, BODY_FORM } kind;
    struct buf before, after;       /* around the records */
    struct template prefix, record; /* BODY_NDJSON: a line before each record; what is sent for it; text NULL: none */
    struct buf prefix_text, record_text;
    const struct list *omit; /* members that are not sent */
};

/* around: the object (JSON, or NULL) that the list becomes a member of. -1: EXIT_USAGE. o must outlive the shape. Free
 * with body_free(). */
int body_parse(struct body_shape *shape, const struct body_options *o, const char *around, struct error *e);
void body_free(struct body_shape *shape);
/* One record makes a request. */
bool body_is_single(const struct body_shape *shape);
const char *body_content_type(const struct body_shape *shape);
/* The body of these records of b. out is emptied first. -1: EXIT_INPUT: a template asks for what a record lacks. */
int body_build(const struct body_shape *shape, const struct batch *b, const size_t *which, size_t count,
               struct buf *out, struct error *e);
/* How many lines a record takes in a body; 0: a body is not made of lines. */
unsigned body_lines(const struct body_shape *shape);
/* How many bytes a record adds to a body, at the most; and how many a body has beside its records. */
size_t body_cost(const struct body_shape *shape, struct slice record);
size_t body_frame(const struct body_shape *shape);

#endif
