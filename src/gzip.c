#include "gzip.h"

#include <zlib.h>

enum { GZIP_WRAPPER = 16 + MAX_WBITS, CHUNK = 65536 };

int gzip_compress(const char *bytes, size_t n, struct buf *out)
{
    z_stream z = {.next_in = (Bytef *)bytes, .avail_in = (uInt)n};
    unsigned char chunk[CHUNK];
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WRAPPER, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    int result;
    do {
        z.next_out = chunk;
        z.avail_out = sizeof chunk;
        result = deflate(&z, Z_FINISH);
        buf_add(out, chunk, sizeof chunk - z.avail_out);
    } while (result == Z_OK);
    deflateEnd(&z);
    return result == Z_STREAM_END ? 0 : -1;
}
