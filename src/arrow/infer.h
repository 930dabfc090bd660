/* infer: a schema from sample records, in which no value of theirs is altered. Pure.
 *
 * Integers become LONG, beyond 64 bits DECIMAL; numbers with a fraction or an exponent DOUBLE, mixed with integers only
 * where a double holds those exactly. Texts become STRING, never dates. Where kinds are mixed, or nothing but null was
 * seen, the column is STRING and takes the JSON text as it is written; so it does where objects below the top have too
 * many names. Columns stand in the order in which they first appear. Arrow's twin of rows/infer.py. */
#ifndef RESTSRC_INFER_H
#define RESTSRC_INFER_H

#include "arrow/schema.h"

/* The schema that all of these lines fit, each of them valid JSON without insignificant white space. -1: EXIT_ANSWER:
 * one is not an object, or they have no members, or too many. Free root with schema_free(), in both cases. */
int infer_schema(struct slice lines, struct schema_field *root, struct error *e);

#endif
