/* scan with NEON, which every 64-bit ARM processor has: 16 bytes at a time. */
#include "json/scan.h"

#if defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include <arm_neon.h>

/* match: all bits of a byte, or none. Each byte keeps a bit of its own, and neighbours are added until 64 bits are
 * left. */
static inline uint64_t gather(uint8x16x4_t match)
{
    static const uint8_t bit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t own = vld1q_u8(bit);
    uint8x16_t low = vpaddq_u8(vandq_u8(match.val[0], own), vandq_u8(match.val[1], own));
    uint8x16_t high = vpaddq_u8(vandq_u8(match.val[2], own), vandq_u8(match.val[3], own));
    uint8x16_t all = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static inline uint64_t is(uint8x16x4_t b, char c)
{
    for (int i = 0; i < 4; i++)
        b.val[i] = vceqq_u8(b.val[i], vdupq_n_u8((uint8_t)c));
    return gather(b);
}

static inline uint64_t is_either(uint8x16x4_t b, char c)
{
    for (int i = 0; i < 4; i++)
        b.val[i] = vorrq_u8(b.val[i], vdupq_n_u8(0x20));
    return is(b, c);
}

static inline uint64_t is_control(uint8x16x4_t b)
{
    for (int i = 0; i < 4; i++)
        b.val[i] = vcltq_u8(b.val[i], vdupq_n_u8(' '));
    return gather(b);
}

static inline uint64_t is_digit(uint8x16x4_t b)
{
    for (int i = 0; i < 4; i++)
        b.val[i] = vcltq_u8(vsubq_u8(b.val[i], vdupq_n_u8('0')), vdupq_n_u8(10));
    return gather(b);
}

static inline uint64_t is_foreign(uint8x16x4_t b)
{
    for (int i = 0; i < 4; i++)
        b.val[i] = vcgeq_u8(b.val[i], vdupq_n_u8(0x80));
    return gather(b);
}

/* The low half of a byte chooses the one blank that it could be. */
static inline uint64_t is_blank(uint8x16x4_t b)
{
    static const uint8_t could_be[16] = {[0] = ' ', [9] = '\t', [10] = '\n', [13] = '\r'};
    uint8x16_t table = vld1q_u8(could_be);
    for (int i = 0; i < 4; i++)
        b.val[i] = vceqq_u8(vqtbl1q_u8(table, vandq_u8(b.val[i], vdupq_n_u8(0x0f))), b.val[i]);
    return gather(b);
}

void scan_neon(const unsigned char *p, size_t blocks, struct scan *m)
{
    for (; blocks; blocks--, p += SCAN_BYTES) {
        uint8x16x4_t b = {{vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32), vld1q_u8(p + 48)}};
        *m++ = SCAN_OF(b);
    }
}

void scan_neon_bits(const unsigned char *p, uint64_t bit[SCAN_BITS])
{
    uint8x16x4_t b = {{vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32), vld1q_u8(p + 48)}};
    for (int k = 0; k < SCAN_BITS; k++) {
        uint8x16x4_t match;
        for (int i = 0; i < 4; i++)
            match.val[i] = vtstq_u8(b.val[i], vdupq_n_u8((uint8_t)(1 << k)));
        bit[k] = gather(match);
    }
}
#endif
