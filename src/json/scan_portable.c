/* scan in plain C: eight bytes at a time in a word, whose high bits tell which of them are meant. */
#include <string.h>

#include "json/scan.h"

enum { WORDS = SCAN_BYTES / 8 };

struct words {
    uint64_t w[WORDS];
};

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
static const uint64_t TOPS = EACH(0x80), REST = EACH(0x7f);

/* The high bits of the eight bytes side by side: the product moves them to the top. */
static uint64_t gather(uint64_t tops)
{
    return ((tops & TOPS) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* A high bit for each byte that is not zero; no carry goes from byte to byte. */
static uint64_t nonzero(uint64_t w)
{
    return ((w & REST) + REST) | w;
}

static uint64_t is_masked(const struct words *v, unsigned char set, char c)
{
    uint64_t bits = 0;
    for (int i = 0; i < WORDS; i++)
        bits |= gather(~nonzero((v->w[i] | EACH(set)) ^ EACH((unsigned char)c))) << 8 * i;
    return bits;
}

static uint64_t is(const struct words *v, char c)
{
    return is_masked(v, 0, c);
}

static uint64_t is_either(const struct words *v, char c)
{
    return is_masked(v, 0x20, c);
}

static uint64_t is_foreign(const struct words *v)
{
    uint64_t bits = 0;
    for (int i = 0; i < WORDS; i++)
        bits |= gather(v->w[i]) << 8 * i;
    return bits;
}

/* ASCII bytes below c. */
static uint64_t is_below(const struct words *v, unsigned char c)
{
    uint64_t bits = 0;
    for (int i = 0; i < WORDS; i++)
        bits |= gather(~(((v->w[i] & REST) + EACH(0x80u - c)) | v->w[i])) << 8 * i;
    return bits;
}

static uint64_t is_control(const struct words *v)
{
    return is_below(v, ' ');
}

static uint64_t is_digit(const struct words *v)
{
    return is_below(v, '9' + 1) & ~is_below(v, '0');
}

static uint64_t is_blank(const struct words *v)
{
    return is(v, ' ') | is(v, '\t') | is(v, '\n') | is(v, '\r');
}

static struct words load(const unsigned char *p)
{
    struct words v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    for (int i = 0; i < WORDS; i++)
        v.w[i] = __builtin_bswap64(v.w[i]);
#endif
    return v;
}

void scan_portable(const unsigned char *p, size_t blocks, struct scan *m)
{
    for (; blocks; blocks--, p += SCAN_BYTES) {
        struct words v = load(p);
        *m++ = SCAN_OF(&v);
    }
}

void scan_portable_bits(const unsigned char *p, uint64_t bit[SCAN_BITS])
{
    struct words v = load(p);
    for (int k = 0; k < SCAN_BITS; k++) {
        bit[k] = 0;
        for (int i = 0; i < WORDS; i++)
            bit[k] |= gather(v.w[i] << (SCAN_BITS - k)) << 8 * i;
    }
}
