/* texts: JSON strings to what a column holds, characters, or bytes from base64; and back. Pure. */
#ifndef RESTSRC_TEXTS_H
#define RESTSRC_TEXTS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/* The first quote or backslash at p or after it; end where there is none. Here for the compiler to put it in line. */
inline const char *text_special(const char *p, const char *end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    for (; end - p >= 8; p += 8) {
        uint64_t w;
        memcpy(&w, p, sizeof w);
        uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
        /* a high bit for each byte that became 0; the lowest one is exact */
        uint64_t found = (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & tops;
        if (found)
            return p + __builtin_ctzll(found) / 8;
    }
#endif
    while (p < end && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* Appends the characters that the inside of a valid JSON string stands for. A lone surrogate, which has no UTF-8,
 * becomes a question mark; false: there was one. */
bool text_unescape(const char *raw, size_t len, struct buf *out);

/* Appends what base64 with padding stands for. false: it is none, and out is as it was. */
bool text_base64(const char *text, size_t len, struct buf *out);

/* Appends the characters as a JSON string, quotes and all, escaped as Jackson (and so Spark) does it. false: they are
 * not UTF-8, and what was added is not whole. */
bool text_quote(const char *text, size_t len, struct buf *out);
/* Appends the bytes in base64, as a JSON string. */
void text_quote_base64(const char *bytes, size_t len, struct buf *out);

#endif
