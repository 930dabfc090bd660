/* cell: a value that is not a container, from the text of a record to its column, as Spark's own JSON reader reads
 * it. Pure. */
#ifndef RESTSRC_CELL_H
#define RESTSRC_CELL_H

#include "arrow/column.h"
#include "arrow/reader.h"

/* The value at r, which is not null, to a column that is not a struct, list or map. false: it has no exact place there,
 * or is in an unusual form. */
bool cell_take(struct reader *r, struct column *c);

/* The same for a column of strings, which takes every value as it is written. */
bool cell_string(struct reader *r, struct column *c);

#endif
