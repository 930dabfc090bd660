/* libFuzzer target: what is read for a write is, batch for batch, the lines of the input, none lost or doubled.
 *
 * A byte: how many records a batch may have; then the input. */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "write/input.h"
#include "json/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    struct body_options options = {.body = (char[]){"array"}};
    struct body_shape shape = {0};
    struct batch batch = {0};
    if (!size)
        return 0;
    struct input in = {.shape = &shape, .batch_size = 1 + data[0] % 16, .batch_bytes = 200};
    require(body_parse(&shape, &options, NULL, &e) == 0);
    in.fd = memfd_create("input", MFD_CLOEXEC);
    require(in.fd >= 0 && write(in.fd, data + 1, size - 1) == (ssize_t)(size - 1) && lseek(in.fd, 0, SEEK_SET) == 0);
    input_init(&in);
    int64_t line = 0;
    int state;
    while ((state = input_fill(&in, &batch, &e)) == INPUT_BATCH) {
        require(batch.count > 0 && batch.count <= in.batch_size);
        for (size_t i = 0; i < batch.count; i++) {
            struct split split;
            struct buf again = {0};
            struct slice record = batch_record(&batch, i);
            require(batch_line(&batch, i) > line);
            line = batch_line(&batch, i);
            require(split_whole(&split, record.text, record.len, &again) == 0 && again.len <= record.len);
            require(!memchr(record.text, '\n', record.len));
            buf_free(&again);
        }
        batch_clear(&batch);
    }
    require(state == INPUT_END || (state < 0 && e.code && *e.message));
    require(in.line >= line);
    close(in.fd);
    input_free(&in);
    batch_free(&batch);
    body_free(&shape);
    return 0;
}
