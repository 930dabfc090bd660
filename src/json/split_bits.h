/* split_bits: arithmetic on words whose bits stand for the bytes of a block, the lowest for the first; and blocks
 * copied as such a word says. For split_lane.c, and inline, because it becomes part of functions for several kinds of
 * processors. Pure. */
#ifndef RESTSRC_SPLIT_BITS_H
#define RESTSRC_SPLIT_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "json/scan.h"
#include "json/split_steps.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define LANE static inline __attribute__((always_inline))

LANE uint64_t below(unsigned n)
{
    return n >= SCAN_BYTES ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

LANE unsigned lowest(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

LANE unsigned highest(uint64_t bits)
{
    return (unsigned)(SCAN_BYTES - 1 - __builtin_clzll(bits));
}

/* Each bit becomes the parity of those up to it: from a quote to before the next one, all bits. */
typedef uint64_t parity(uint64_t bits);

LANE uint64_t parity_by_shifts(uint64_t bits)
{
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

/* From the i-th byte on bits are as the container open there is. */
LANE uint64_t from_here(uint64_t bits, unsigned i, bool set)
{
    return (bits & below(i)) | ((0 - (uint64_t)set) & ~below(i));
}

/* RFC 3629, section 4: the bits of the bytes, and what may follow what. */
LANE bool is_utf8(uint64_t foreign, const uint64_t *bit)
{
    uint64_t lead = foreign & bit[6], more = lead & bit[5], two = lead & ~bit[5], three = more & ~bit[4];
    uint64_t four = more & bit[4];
    uint64_t never = (four & (bit[3] | (bit[2] & (bit[1] | bit[0])))) | (two & ~(bit[4] | bit[3] | bit[2] | bit[1]));
    uint64_t e0 = three & ~(bit[3] | bit[2] | bit[1] | bit[0]), ed = three & bit[3] & bit[2] & ~bit[1] & bit[0];
    uint64_t f0 = four & ~(bit[2] | bit[1] | bit[0]), f4 = four & bit[2];
    uint64_t second =
        (e0 << 1 & ~bit[5]) | (ed << 1 & bit[5]) | (f0 << 1 & ~(bit[5] | bit[4])) | (f4 << 1 & (bit[5] | bit[4]));
    uint64_t continues = lead << 1 | more << 2 | four << 3;
    return !(never | second | (continues ^ (foreign & ~bit[6])));
}

/* The bytes after runs whose first bytes are `first`, or that go on from the block before. */
LANE uint64_t after_run(uint64_t first, uint64_t run, uint64_t *carry)
{
    uint64_t sum = (first | *carry) + run;
    *carry = sum < run;
    return sum & ~run;
}

/* The tokens that come next after these bytes. blank: where it is known to be 0 there are no runs to be added up. */
LANE uint64_t next_after(uint64_t tokens, uint64_t blank, uint64_t *carry)
{
    if (__builtin_constant_p(blank) && !blank) {
        uint64_t next = tokens << 1 | *carry;
        *carry = tokens >> (SCAN_BYTES - 1);
        return next;
    }
    uint64_t next = after_run(tokens << 1, blank, carry);
    *carry |= tokens >> (SCAN_BYTES - 1);
    return next;
}

/* To copy the bytes whose bits are set. More bytes may be read and written than are meant: PIECE after a block, and a
 * block in all. Returns the end of those that are meant. */
typedef char *copier(char *out, bytes p, uint64_t kept);

enum { PIECE = 16 };

LANE char *copy_kept(char *out, bytes p, uint64_t kept)
{
    if (kept == ~UINT64_C(0)) {
        memcpy(out, p, SCAN_BYTES);
        return out + SCAN_BYTES;
    }
    while (kept) {
        uint64_t after = kept + (kept & -kept); /* the first run is gone from it, and the bit after it is set */
        unsigned from = lowest(kept), n = (after ? lowest(after) : SCAN_BYTES) - from;
        memcpy(out, p + from, PIECE);
        for (unsigned done = PIECE; done < n; done += PIECE)
            memcpy(out + done, p + from + done, PIECE);
        out += n;
        kept &= after;
    }
    return out;
}

#ifdef __x86_64__
#define TARGET_BITS "bmi,bmi2,lzcnt,popcnt,pclmul"
#define TARGET_PACK TARGET_BITS ",avx512vbmi2," SCAN_AVX512

/* A product without carries, by all bits, adds up what is below. */
__attribute__((target(TARGET_BITS))) static inline uint64_t parity_by_product(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Through a register, because some processors are slow to write packed bytes to memory. */
__attribute__((target(TARGET_PACK))) static inline char *copy_packed(char *out, bytes p, uint64_t kept)
{
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(kept, _mm512_loadu_si512(p)));
    return out + __builtin_popcountll(kept);
}
#endif

#endif
