/* split_fast: past the simple scalars of JSON in one go: strings without escapes that are all ASCII, numbers without an
 * exponent, literals. For split.c, whose states take what is not that simple; here so that the compiler can put it in
 * line. */
#ifndef RESTSRC_SPLIT_FAST_H
#define RESTSRC_SPLIT_FAST_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef const unsigned char *bytes;

static inline bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* A high bit for each byte of w that ends a run of plain characters: control characters, '"', '\\' and what is not
 * ASCII. The lowest one set is exact, which is all that the caller looks at. */
static inline uint64_t special_bytes(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
    return ((w - ones * ' ') | (quote - ones) | (backslash - ones) | w) & tops;
}

static inline bytes skip_plain(bytes p, bytes end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; end - p >= 8; p += 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        w = special_bytes(w);
        if (w)
            return p + __builtin_ctzll(w) / 8;
    }
#endif
    while (p < end && *p >= ' ' && *p != '"' && *p != '\\' && *p < 0x80)
        p++;
    return p;
}

/* Past the plain string that starts at the quote p; NULL when it is not plain, or not all there. */
static inline bytes plain_string(bytes p, bytes end)
{
    p = skip_plain(p + 1, end);
    return p < end && *p == '"' ? p + 1 : NULL;
}

static inline bytes skip_digits(bytes p, bytes end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* Past a number without an exponent. */
static inline bytes plain_number(bytes p, bytes end)
{
    p += *p == '-';
    bytes whole = p;
    p = skip_digits(p, end);
    if (p == whole || (*whole == '0' && p - whole > 1))
        return NULL;
    if (p == end || *p != '.')
        return p;
    bytes fraction = p + 1;
    p = skip_digits(fraction, end);
    return p > fraction ? p : NULL;
}

static inline bytes plain_literal(bytes p, bytes end)
{
    static const char *const literals[] = {"true", "null", "false"};
    const char *text = literals[*p == 't' ? 0 : *p == 'n' ? 1 : 2];
    size_t len = strlen(text);
    return (size_t)(end - p) >= len && memcmp(p, text, len) == 0 ? p + len : NULL;
}

static inline bytes plain_scalar(bytes p, bytes end)
{
    if (*p == '"')
        return plain_string(p, end);
    if (*p == '-' || is_digit(*p))
        return plain_number(p, end);
    return plain_literal(p, end);
}

#endif
