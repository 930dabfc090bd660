/* sample: the first records of a list, with what can be seen in them: the schema, and how they write times. For check.
 */
#ifndef RESTSRC_SAMPLE_H
#define RESTSRC_SAMPLE_H

#include <stdint.h>

#include "base/buf.h"
#include "json/value.h"

/* Each is JSON. Free with sample_free(). */
struct sample {
    struct buf records; /* a list of them, byte for byte */
    struct buf schema;  /* as Spark's StructType.json() writes it; null: they have none */
    struct buf times;   /* an object: where a time is, and its form as --time-format takes it */
};

/* Of the first `most` of these lines of records, valid JSON without insignificant white space. */
void sample_take(struct sample *s, struct slice lines, int64_t most);
void sample_free(struct sample *s);

#endif
