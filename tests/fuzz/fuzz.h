/* What the fuzz targets share. Each is a file fuzz_NAME.c; tests/fuzz/run builds and runs them. */
#ifndef RESTSRC_FUZZ_H
#define RESTSRC_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool it_holds)
{
    if (!it_holds)
        abort();
}

/* What is fuzzed, in parts: up to the next newline, or all that is left. A copy that ends with a NUL; free it. */
static inline char *fuzz_line(const uint8_t **data, size_t *size)
{
    const uint8_t *end = memchr(*data, '\n', *size);
    size_t len = end ? (size_t)(end - *data) : *size, past = len + (end ? 1 : 0);
    char *line = malloc(len + 1);
    memcpy(line, *data, len);
    line[len] = '\0';
    *data += past;
    *size -= past;
    return line;
}

#endif
