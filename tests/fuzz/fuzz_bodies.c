/* libFuzzer target: a body is the same in whatever pieces it comes: out of its compression, into UTF-8.
 *
 * A byte: the length of the pieces; a line: the Content-Type; then the body. */
#include "fuzz.h"
#include "http/charset.h"
#include "http/gzip.h"

enum { MOST = 1 << 20 };

static int keep(void *user, const char *bytes, size_t n)
{
    struct buf *out = user;
    if (out->len + n > MOST)
        return -2;
    buf_add(out, bytes, n);
    return 0;
}

static int unpack(const char *coding, const char *bytes, size_t n, size_t piece, struct buf *out)
{
    struct gunzip g = {0};
    int result = gzip_begin(&g, coding);
    for (size_t done = 0; done < n && result == 0; done += piece)
        result = gzip_feed(&g, bytes + done, n - done < piece ? n - done : piece, keep, out);
    if (result == 0)
        result = gzip_is_cut(&g) ? 1 : 0;
    gzip_end(&g);
    return result;
}

static int decode(const char *type, const char *bytes, size_t n, size_t piece, struct buf *out)
{
    struct charset c = {0};
    int result = 0;
    charset_begin(&c, type);
    for (size_t done = 0; done < n && result == 0; done += piece)
        result = charset_feed(&c, bytes + done, n - done < piece ? n - done : piece, keep, out);
    charset_end(&c);
    return result;
}

static void same(int a, int b, const struct buf *x, const struct buf *y)
{
    require(a == b);
    require(a != 0 || (x->len == y->len && (x->len == 0 || memcmp(x->data, y->data, x->len) == 0)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = {0}, pieces = {0}, packed = {0};
    if (!size)
        return 0;
    size_t piece = 1 + data[0] % 64;
    data++, size--;
    char *type = fuzz_line(&data, &size);
    const char *bytes = (const char *)data;
    static const char *const codings[] = {"gzip", "deflate"};
    for (size_t i = 0; i < 2; i++) {
        int a = unpack(codings[i], bytes, size, size + 1, &whole), b = unpack(codings[i], bytes, size, piece, &pieces);
        same(a, b, &whole, &pieces);
        buf_clear(&whole);
        buf_clear(&pieces);
    }
    int a = decode(type, bytes, size, size + 1, &whole), b = decode(type, bytes, size, piece, &pieces);
    same(a, b, &whole, &pieces);
    buf_clear(&whole);
    require(gzip_compress(bytes, size, &packed) == 0);
    require(unpack("gzip", packed.data, packed.len, piece, &whole) == 0 && whole.len == size);
    require(size == 0 || memcmp(whole.data, bytes, size) == 0);
    buf_free(&whole);
    buf_free(&pieces);
    buf_free(&packed);
    free(type);
    return 0;
}
