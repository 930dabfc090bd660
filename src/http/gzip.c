/* gzip: bodies compressed and decompressed. */
#include "http/gzip.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum { GZIP_WRAPPER = 16 + MAX_WBITS, CHUNK = 65536 };

int gzip_compress(const char *bytes, size_t n, struct buf *out)
{
    z_stream z = {.next_in = (Bytef *)bytes, .avail_in = (uInt)n};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WRAPPER, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    uLong most = deflateBound(&z, (uLong)n);
    z.next_out = (Bytef *)buf_space(out, most);
    z.avail_out = (uInt)most;
    int result = deflate(&z, Z_FINISH);
    out->len += z.total_out;
    deflateEnd(&z);
    return result == Z_STREAM_END ? 0 : -1;
}

static bool is_one_of(const char *name, size_t len, const char *const *names)
{
    while (*names && (strlen(*names) != len || strncasecmp(*names, name, len)))
        names++;
    return *names;
}

/* What is not a compression counts as none: identity, aws-chunked, and the character sets that many servers put here.
 */
static int add_coding(struct gunzip *g, const char *name, size_t len)
{
    static const char *const gzip[] = {"gzip", "x-gzip", NULL}, *const deflate[] = {"deflate", NULL},
                             *const others[] = {"br",   "zstd", "compress", "x-compress", "bzip2",  "x-bzip2",
                                                "lzma", "xz",   "lz4",      "snappy",     "exi",    "pack200-gzip",
                                                "dcb",  "dcz",  "base64",   "aes128gcm",  "brotli", NULL};
    bool is_gzip = is_one_of(name, len, gzip);
    if (!is_gzip && !is_one_of(name, len, deflate))
        return is_one_of(name, len, others) ? -1 : 0;
    if (g->z) /* twice */
        return -1;
    g->gzip = is_gzip;
    g->z = mem_zeroed(1, sizeof *g->z);
    return 0;
}

int gzip_begin(struct gunzip *g, const char *codings)
{
    static const char dividers[] = ", \t";
    for (const char *p = codings + strspn(codings, dividers); *p; p += strspn(p, dividers)) {
        size_t len = strcspn(p, dividers);
        if (add_coding(g, p, len))
            return -1;
        p += len;
    }
    return 0;
}

/* "deflate" means the zlib format (RFC 9110, section 8.4.1.2), but some servers send it bare. A zlib header begins with
 * an 8 and at most a 7; a bare stream that does so would begin with a stored block. */
static int begin_stream(struct gunzip *g, unsigned char first)
{
    bool zlib = (first & 15) == 8 && first >> 4 <= 7;
    g->begun = true;
    g->chunk = mem_zeroed(1, CHUNK);
    return inflateInit2(g->z, g->gzip ? GZIP_WRAPPER : zlib ? MAX_WBITS : -MAX_WBITS) == Z_OK ? 0 : -1;
}

/* Behind a gzip member another one may follow, or zeros to fill a block (RFC 1952, section 2.2). */
static int begin_member(struct gunzip *g)
{
    while (g->z->avail_in && (!*g->z->next_in || !g->gzip)) {
        g->z->next_in++;
        g->z->avail_in--;
    }
    if (!g->z->avail_in)
        return 0;
    g->ended = false;
    return inflateReset(g->z) == Z_OK ? 0 : -1;
}

int gzip_feed(struct gunzip *g, const char *bytes, size_t n, int (*sink)(void *user, const char *bytes, size_t n),
              void *user)
{
    if (!g->z)
        return sink(user, bytes, n);
    if (n && !g->begun && begin_stream(g, (unsigned char)*bytes))
        return -1;
    g->z->next_in = (Bytef *)bytes;
    g->z->avail_in = (uInt)n;
    do {
        if (g->ended && begin_member(g))
            return -1;
        g->z->next_out = (Bytef *)g->chunk;
        g->z->avail_out = CHUNK;
        int result = g->ended ? Z_BUF_ERROR : inflate(g->z, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return -1;
        g->ended |= result == Z_STREAM_END;
        int taken = g->z->avail_out < CHUNK ? sink(user, g->chunk, CHUNK - g->z->avail_out) : 0;
        if (taken)
            return taken;
    } while (g->z->avail_in || !g->z->avail_out);
    return 0;
}

bool gzip_is_cut(const struct gunzip *g)
{
    return g->begun && !g->ended;
}

void gzip_end(struct gunzip *g)
{
    if (g->begun)
        inflateEnd(g->z);
    free(g->z);
    free(g->chunk);
    *g = (struct gunzip){0};
}
