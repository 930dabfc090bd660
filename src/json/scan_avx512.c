/* scan with AVX-512: 64 bytes at a time, and comparisons that give the bits themselves. */
#include "json/scan.h"

#ifdef __x86_64__
#include <immintrin.h>

#define TARGET __attribute__((target(SCAN_AVX512)))
#define AVX512 TARGET static inline

AVX512 uint64_t is(__m512i v, char c)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

AVX512 uint64_t is_either(__m512i v, char c)
{
    return is(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), c);
}

AVX512 uint64_t is_control(__m512i v)
{
    return _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(' '));
}

AVX512 uint64_t is_digit(__m512i v)
{
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
}

AVX512 uint64_t is_foreign(__m512i v)
{
    return _mm512_movepi8_mask(v);
}

/* The low half of a byte chooses the one blank that it could be. */
AVX512 uint64_t is_blank(__m512i v)
{
    __m512i could_be = _mm512_broadcast_i32x4(_mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));
    return _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(could_be, v), v);
}

TARGET void scan_avx512(const unsigned char *p, size_t blocks, struct scan *m)
{
    for (; blocks; blocks--, p += SCAN_BYTES) {
        __m512i v = _mm512_loadu_si512(p);
        *m++ = SCAN_OF(v);
    }
}

TARGET void scan_avx512_bits(const unsigned char *p, uint64_t bit[SCAN_BITS])
{
    __m512i v = _mm512_loadu_si512(p);
    for (int k = 0; k < SCAN_BITS; k++)
        bit[k] = _mm512_test_epi8_mask(v, _mm512_set1_epi8((char)(1 << k)));
}
#endif
