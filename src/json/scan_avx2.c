/* scan with AVX2: 32 bytes at a time. */
#include "json/scan.h"

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2"))) static inline

struct halves {
    __m256i low, high;
};

AVX2 uint64_t gather(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2 uint64_t is(struct halves b, char c)
{
    __m256i each = _mm256_set1_epi8(c);
    return gather(_mm256_cmpeq_epi8(b.low, each), _mm256_cmpeq_epi8(b.high, each));
}

AVX2 uint64_t is_either(struct halves b, char c)
{
    __m256i bit = _mm256_set1_epi8(0x20);
    return is((struct halves){_mm256_or_si256(b.low, bit), _mm256_or_si256(b.high, bit)}, c);
}

/* first <= byte <= last, without a sign */
AVX2 __m256i between(__m256i v, char first, char last)
{
    __m256i above = _mm256_sub_epi8(v, _mm256_set1_epi8(first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(above, _mm256_set1_epi8((char)(last - first))), above);
}

AVX2 uint64_t is_control(struct halves b)
{
    return gather(between(b.low, 0, ' ' - 1), between(b.high, 0, ' ' - 1));
}

AVX2 uint64_t is_digit(struct halves b)
{
    return gather(between(b.low, '0', '9'), between(b.high, '0', '9'));
}

AVX2 uint64_t is_foreign(struct halves b)
{
    return gather(b.low, b.high);
}

/* The low half of a byte chooses the one blank that it could be. */
AVX2 __m256i blank(__m256i v)
{
    __m256i could_be =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(could_be, v), v);
}

AVX2 uint64_t is_blank(struct halves b)
{
    return gather(blank(b.low), blank(b.high));
}

__attribute__((target("avx2"))) void scan_avx2(const unsigned char *p, size_t blocks, struct scan *m)
{
    for (; blocks; blocks--, p += SCAN_BYTES) {
        const __m256i *at = (const void *)p;
        struct halves b = {_mm256_loadu_si256(at), _mm256_loadu_si256(at + 1)};
        *m++ = SCAN_OF(b);
    }
}

__attribute__((target("avx2"))) void scan_avx2_bits(const unsigned char *p, uint64_t bit[SCAN_BITS])
{
    const __m256i *at = (const void *)p;
    __m256i low = _mm256_loadu_si256(at), high = _mm256_loadu_si256(at + 1);
    for (int k = SCAN_BITS - 1; k >= 0; k--) {
        low = _mm256_add_epi8(low, low); /* the next bit to the top */
        high = _mm256_add_epi8(high, high);
        bit[k] = gather(low, high);
    }
}
#endif
