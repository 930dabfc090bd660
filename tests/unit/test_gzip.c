/* gzip: bodies in and out of their compression, in pieces of every size. */
#include "http/gzip.h"

#include <zlib.h>

#include "tap.h"

static const char PLAIN[] = "{\"results\":[1,2,3,\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]}\n";
enum { PLAIN_LEN = sizeof PLAIN - 1 };

static int keep(void *user, const char *bytes, size_t n)
{
    return buf_add(user, bytes, n);
}

static int refuse(void *user, const char *bytes, size_t n)
{
    (void)user, (void)bytes, (void)n;
    return -1;
}

/* As zlib's deflateInit2() has it: bits > 15: gzip, negative: bare. */
static void pack(int bits, const char *text, size_t n, int flush, struct buf *out)
{
    unsigned char bytes[1024];
    z_stream z = {.next_in = (Bytef *)text, .avail_in = (uInt)n, .next_out = bytes, .avail_out = sizeof bytes};
    deflateInit2(&z, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, flush);
    deflateEnd(&z);
    buf_add(out, bytes, sizeof bytes - z.avail_out);
}

/* 'w': whole, 'c': cut short, 'x': no such bytes; in pieces of this size. The plain text is in out. */
static char unpack(const char *encoding, const struct buf *body, size_t piece, struct buf *out)
{
    struct gunzip g = {0};
    char said = gzip_begin(&g, encoding) ? 'x' : 'w';
    buf_clear(out);
    for (size_t at = 0; at < body->len && said == 'w'; at += piece)
        if (gzip_feed(&g, body->data + at, body->len - at < piece ? body->len - at : piece, keep, out))
            said = 'x';
    if (said == 'w' && gzip_is_cut(&g))
        said = 'c';
    gzip_end(&g);
    return said;
}

static void gives(const char *encoding, const struct buf *body, char verdict, size_t copies, const char *name)
{
    struct buf out = {0};
    bool right = true;
    for (size_t piece = 1; piece <= 40; piece++) {
        right &= unpack(encoding, body, piece, &out) == verdict && (verdict == 'x' || out.len == copies * PLAIN_LEN);
        for (size_t i = 0; verdict != 'x' && right && i < copies; i++)
            right &= memcmp(out.data + i * PLAIN_LEN, PLAIN, PLAIN_LEN) == 0;
    }
    ok(right, "%s", name);
    buf_free(&out);
}

static void forms(void)
{
    struct buf body = {0};
    buf_adds(&body, PLAIN);
    gives("", &body, 'w', 1, "no encoding");
    gives("identity", &body, 'w', 1, "identity");
    gives("utf-8", &body, 'w', 1, "a character set");
    gives(" ISO-8859-1 , aws-chunked", &body, 'w', 1, "several things that are no compression");
    gives("br", &body, 'x', 0, "an encoding that is not known");
    gives("gzip, gzip", &body, 'x', 0, "one in another");
    gives("identity,zstd", &body, 'x', 0, "one that is not known after one that is none");
    gives("gzip", &body, 'x', 0, "plain text that is called gzip");
    gives("deflate", &body, 'x', 0, "plain text that is called deflate");
    buf_clear(&body);
    gives("gzip", &body, 'w', 0, "no bytes at all");
    pack(31, PLAIN, PLAIN_LEN, Z_FINISH, &body);
    gives("gzip", &body, 'w', 1, "gzip");
    gives("X-GZIP", &body, 'w', 1, "gzip by its old name");
    gives("aws-chunked, gzip", &body, 'w', 1, "gzip beside what is no compression");
    pack(31, PLAIN, PLAIN_LEN, Z_FINISH, &body);
    gives("gzip", &body, 'w', 2, "two members");
    buf_add(&body, (char[100]){0}, 100);
    gives("gzip", &body, 'w', 2, "zeros behind them");
    buf_adds(&body, "more");
    gives("gzip", &body, 'x', 0, "something else behind them");
    buf_clear(&body);
    pack(15, PLAIN, PLAIN_LEN, Z_FINISH, &body);
    gives("deflate", &body, 'w', 1, "deflate");
    buf_clear(&body);
    pack(-15, PLAIN, PLAIN_LEN, Z_FINISH, &body);
    gives("deflate", &body, 'w', 1, "deflate without its header");
    buf_free(&body);
}

static void ends(void)
{
    struct buf body = {0}, out = {0};
    struct gunzip g = {0};
    pack(31, PLAIN, PLAIN_LEN, Z_SYNC_FLUSH, &body);
    gives("gzip", &body, 'c', 1, "all of the text, but not of the gzip");
    buf_clear(&body);
    pack(31, PLAIN, PLAIN_LEN, Z_FINISH, &body);
    bool right = true;
    for (size_t len = 1; len < body.len; len++)
        right &= unpack("gzip", &(struct buf){.data = body.data, .len = len}, 7, &out) == 'c';
    ok(right, "a cut anywhere is seen");
    body.data[body.len - 6] ^= 1;
    gives("gzip", &body, 'x', 0, "a wrong checksum");
    gzip_begin(&g, "gzip");
    ok(gzip_feed(&g, body.data, body.len, refuse, NULL) == -1, "a sink that takes no more");
    gzip_end(&g);
    buf_free(&body);
    buf_free(&out);
}

static void round_trip(void)
{
    struct buf body = {0};
    ok(gzip_compress(PLAIN, PLAIN_LEN, &body) == 0, "compressed");
    gives("gzip", &body, 'w', 1, "what we compress we can read");
    buf_free(&body);
}

int main(void)
{
    forms();
    ends();
    round_trip();
    return tap_end();
}
