/* scan: which bytes of a text are what, 64 at a time: a bit a byte, the lowest for the first. For split_lane.c, whose
 * arithmetic goes on with these bits. Each kind of processor has its own way to find them, with the widest loads that
 * it has; all say the same, as scan_portable() does, which is plain C. */
#ifndef RESTSRC_SCAN_H
#define RESTSRC_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_BYTES = 64, SCAN_BITS = 7 };

/* Quotes, and so on, wherever they are: in a string, too. */
struct scan {
    uint64_t quote, backslash;
    uint64_t control; /* below the blank */
    uint64_t foreign; /* not ASCII */
    uint64_t blank;   /* insignificant white space: blank, tab, line feed, carriage return */
    uint64_t open, close, comma, colon;
    uint64_t digit, zero, minus, point;
};

/* What the processor has besides: instructions for single bits (BMI2); and for packed bytes, too (VBMI2). */
enum scan_extra { SCAN_PLAIN, SCAN_BMI, SCAN_PACK };

struct scan_kind {
    const char *name;
    bool (*runs)(void); /* on this processor? */
    enum scan_extra extra;
    /* Fills m[0] to m[blocks - 1] from blocks * SCAN_BYTES bytes. */
    void (*scan)(const unsigned char *p, size_t blocks, struct scan *m);
    /* Of a block, the lowest bit of each byte in bit[0], and so on. */
    void (*bits)(const unsigned char *p, uint64_t bit[SCAN_BITS]);
};

/* Those that this program has, the fastest first. The last is the portable one. */
extern const struct scan_kind scan_kinds[];
extern const size_t scan_kind_count;

/* The fastest that runs here. */
const struct scan_kind *scan_best(void);

#define SCAN_KIND(name)                                                                                                \
    void scan_##name(const unsigned char *p, size_t blocks, struct scan *m);                                           \
    void scan_##name##_bits(const unsigned char *p, uint64_t bit[SCAN_BITS])
SCAN_KIND(avx512);
SCAN_KIND(avx2);
SCAN_KIND(sse2);
SCAN_KIND(neon);
SCAN_KIND(portable);

/* Some versions of clang want to be told that the vectors are as long as that. */
#if defined(__clang__) && __clang_major__ >= 18 && __clang_major__ <= 21
#define SCAN_AVX512 "avx512bw,evex512"
#else
#define SCAN_AVX512 "avx512bw"
#endif

/* What each of them fills in, in terms of functions that each has of its own: is(v, c) and is_either(v, c), the same
 * with bit 0x20 set, for the kinds of brackets; is_control, is_digit, is_blank and is_foreign. */
#define SCAN_OF(v)                                                                                                     \
    ((struct scan){                                                                                                    \
        .quote = is(v, '"'),                                                                                           \
        .backslash = is(v, '\\'),                                                                                      \
        .control = is_control(v),                                                                                      \
        .foreign = is_foreign(v),                                                                                      \
        .blank = is_blank(v),                                                                                          \
        .open = is_either(v, '{'),                                                                                     \
        .close = is_either(v, '}'),                                                                                    \
        .comma = is(v, ','),                                                                                           \
        .colon = is(v, ':'),                                                                                           \
        .digit = is_digit(v),                                                                                          \
        .zero = is(v, '0'),                                                                                            \
        .minus = is(v, '-'),                                                                                           \
        .point = is(v, '.'),                                                                                           \
    })

#endif
