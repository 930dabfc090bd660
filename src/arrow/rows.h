/* rows: the rows of Arrow arrays as JSON objects, as Spark's to_json writes them, but for what loses something: times
 * keep the digits of their unit, decimals are plain numbers, and what JSON has no form for is an error. Pure. */
#ifndef RESTSRC_ROWS_H
#define RESTSRC_ROWS_H

#include "arrow/ipc_read.h"
#include "arrow/shortest.h"
#include "arrow/zone.h"

enum rows_nan { ROWS_NAN_ERROR, ROWS_NAN_NULL, ROWS_NAN_STRING }; /* what NaN and infinity become */

struct rows {
    bool ignore_nulls; /* members that are null are left out */
    enum rows_nan nan_as;
    struct zone zone; /* in which instants are written; owned by who sets it */
    size_t most;      /* bytes that a row may have */

    struct shortest shortest;
    const struct ipc_field *way[2 * IPC_DEPTH]; /* to the value at hand */
    size_t depth;
};

/* Appends the row, whose number in messages is `number`. -1: EXIT_INPUT: a value has no form in JSON, or lies outside
 * of the array's buffers, or the row is too long; what was added is not whole. */
int rows_write(struct rows *rows, const struct ipc_array *batch, int64_t row, int64_t number, struct buf *out,
               struct error *e);

#endif
