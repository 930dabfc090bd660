/* texts: unescaped strings, base64. */
#include "arrow/texts.h"

/* For calls that are not put in line. */
extern inline const char *text_special(const char *p, const char *end);

static unsigned hex4(const char *digits)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)digits[i];
        value = value * 16 + (c <= '9' ? c - 48U : (c | 0x20U) - 87U) % 16;
    }
    return value;
}

static void add_utf8(struct buf *out, unsigned c)
{
    char bytes[4];
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (unsigned i = n - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(lead[n] | c);
    buf_add(out, bytes, n);
}

/* One \uXXXX or a pair of them. Returns how many characters of raw it took. */
static size_t unescape_unicode(const char *raw, size_t len, struct buf *out)
{
    unsigned c = hex4(raw + 2);
    if (c < 0xd800 || c > 0xdfff) {
        add_utf8(out, c);
        return 6;
    }
    unsigned low = c < 0xdc00 && len >= 12 && raw[6] == '\\' && raw[7] == 'u' ? hex4(raw + 8) : 0;
    bool pair = low >= 0xdc00 && low <= 0xdfff;
    add_utf8(out, pair ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : '?');
    return pair ? 12 : 6;
}

void text_unescape(const char *raw, size_t len, struct buf *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    for (size_t i = 0; i < len;) {
        const char *escape = memchr(raw + i, '\\', len - i);
        size_t plain = escape ? (size_t)(escape - raw) - i : len - i;
        buf_add(out, raw + i, plain);
        i += plain;
        if (i + 1 >= len)
            return;
        if (raw[i + 1] == 'u') {
            i += len - i >= 6 ? unescape_unicode(raw + i, len - i, out) : len - i;
        } else {
            const char *letter = memchr(from, raw[i + 1], sizeof from - 1);
            buf_addc(out, letter ? to[letter - from] : raw[i + 1]);
            i += 2;
        }
    }
}

/* 0 to 63; 64 for another character. */
static unsigned sextet(char c)
{
    return c >= 'A' && c <= 'Z'   ? (unsigned)(c - 'A')
           : c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 26
           : c >= '0' && c <= '9' ? (unsigned)(c - '0') + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : 64;
}

bool text_base64(const char *text, size_t len, struct buf *out)
{
    size_t before = out->len;
    size_t padding = 0;
    while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
        padding++;
    if (len % 4)
        return false;
    for (size_t i = 0; i < len; i += 4) {
        size_t there = i + 4 == len ? 4 - padding : 4;
        uint32_t group = 0;
        for (size_t k = 0; k < 4; k++) {
            unsigned six = k < there ? sextet(text[i + k]) : 0;
            if (six == 64) {
                out->len = before;
                return false;
            }
            group = group << 6 | six;
        }
        const char bytes[] = {(char)(group >> 16), (char)(group >> 8), (char)group};
        buf_add(out, bytes, there - 1);
    }
    return true;
}
