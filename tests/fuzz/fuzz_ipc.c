/* libFuzzer target: whatever the bytes of an Arrow IPC stream, its rows are JSON objects or refused, and nothing beyond
 * the bytes is read. */
#include "arrow/rows.h"
#include "fuzz.h"
#include "json/split.h"

enum { MOST_ROWS = 50, MOST_BYTES = 1 << 16 };

static void try_rows(struct rows *rows, const struct ipc_array *batch)
{
    struct buf row = {0}, compact = {0};
    struct error e = {0};
    for (int64_t i = 0; i < batch->length && i < MOST_ROWS; i++) {
        buf_clear(&row);
        buf_clear(&compact);
        if (rows_write(rows, batch, i, i + 1, &row, &e)) {
            require(e.code == EXIT_INPUT && *e.message);
            continue;
        }
        require(row.len <= MOST_BYTES && *row.data == '{');
        require(split_compact(row.data, row.len, &compact) == 0 && compact.len == row.len);
        require(!memchr(row.data, '\n', row.len));
    }
    buf_free(&row);
    buf_free(&compact);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct slice bytes = {(const char *)data, size};
    struct ipc_stream stream = {0};
    struct rows rows = {.ignore_nulls = size % 2, .nan_as = ROWS_NAN_STRING, .most = MOST_BYTES};
    struct error e = {0};
    size_t used;
    int state;
    while ((state = ipc_read_take(&stream, bytes, &used, &e)) == IPC_BATCH) {
        require(used <= bytes.len);
        bytes = (struct slice){bytes.text + used, bytes.len - used};
        try_rows(&rows, &stream.batch);
    }
    require(state == IPC_MORE || state == IPC_END || (e.code == EXIT_INPUT && *e.message));
    ipc_read_free(&stream);
    return 0;
}
