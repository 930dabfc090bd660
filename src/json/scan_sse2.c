/* scan with SSE2, which every x86-64 processor has: 16 bytes at a time. */
#include "json/scan.h"

#ifdef __x86_64__
#include <emmintrin.h>

enum { PARTS = 4 };

struct parts {
    __m128i v[PARTS];
};

static inline uint64_t gather(const __m128i *match)
{
    uint64_t bits = 0;
    for (int i = 0; i < PARTS; i++)
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(match[i]) << 16 * i;
    return bits;
}

static inline uint64_t is(const struct parts *b, char c)
{
    __m128i match[PARTS];
    for (int i = 0; i < PARTS; i++)
        match[i] = _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8(c));
    return gather(match);
}

static inline uint64_t is_either(const struct parts *b, char c)
{
    __m128i match[PARTS];
    for (int i = 0; i < PARTS; i++)
        match[i] = _mm_cmpeq_epi8(_mm_or_si128(b->v[i], _mm_set1_epi8(0x20)), _mm_set1_epi8(c));
    return gather(match);
}

/* first <= byte <= last, without a sign */
static inline uint64_t is_between(const struct parts *b, char first, char last)
{
    __m128i match[PARTS];
    for (int i = 0; i < PARTS; i++) {
        __m128i above = _mm_sub_epi8(b->v[i], _mm_set1_epi8(first));
        match[i] = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8((char)(last - first))), above);
    }
    return gather(match);
}

static inline uint64_t is_control(const struct parts *b)
{
    return is_between(b, 0, ' ' - 1);
}

static inline uint64_t is_digit(const struct parts *b)
{
    return is_between(b, '0', '9');
}

static inline uint64_t is_foreign(const struct parts *b)
{
    return gather(b->v);
}

static inline uint64_t is_blank(const struct parts *b)
{
    __m128i match[PARTS];
    for (int i = 0; i < PARTS; i++) {
        __m128i blank = _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8(' ')), tab = _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8('\t'));
        __m128i feed = _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8('\n')), cr = _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8('\r'));
        match[i] = _mm_or_si128(_mm_or_si128(blank, tab), _mm_or_si128(feed, cr));
    }
    return gather(match);
}

static inline struct parts load(const unsigned char *p)
{
    const __m128i *at = (const void *)p;
    return (struct parts){
        {_mm_loadu_si128(at), _mm_loadu_si128(at + 1), _mm_loadu_si128(at + 2), _mm_loadu_si128(at + 3)}};
}

void scan_sse2(const unsigned char *p, size_t blocks, struct scan *m)
{
    for (; blocks; blocks--, p += SCAN_BYTES) {
        struct parts b = load(p);
        *m++ = SCAN_OF(&b);
    }
}

void scan_sse2_bits(const unsigned char *p, uint64_t bit[SCAN_BITS])
{
    struct parts b = load(p);
    for (int k = SCAN_BITS - 1; k >= 0; k--) {
        for (int i = 0; i < PARTS; i++)
            b.v[i] = _mm_add_epi8(b.v[i], b.v[i]); /* the next bit to the top */
        bit[k] = gather(b.v);
    }
}
#endif
