/* texts: strings as columns have them, and as JSON has them; base64. */
#include "arrow/texts.h"

#include "base/text.h"
#include "json/value.h"

/* For calls that are not put in line. */
extern inline const char *text_special(const char *p, const char *end);

bool text_unescape(const char *raw, size_t len, struct buf *out)
{
    return value_unescape(raw, len, "?", out);
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

/* ---- as JSON ---- */

static bool is_special(unsigned char c)
{
    return c < ' ' || c == '"' || c == '\\' || c >= 0x80;
}

/* Past the characters that stand in a JSON string as they are, all ASCII. */
static const char *pass_plain(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    for (; end - p >= 8; p += 8) {
        uint64_t w;
        memcpy(&w, p, sizeof w);
        uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
        /* a high bit wherever a byte is special; also a byte too many, which the next loop finds to be plain */
        if (((quote - ones) | (backslash - ones) | (w - ones * ' ') | w) & tops)
            break;
    }
    while (p < end && !is_special((unsigned char)*p))
        p++;
    return p;
}

static void escape(char c, struct buf *out)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt", digits[] = "0123456789ABCDEF";
    const char *known = c ? strchr(from, c) : NULL;
    char escaped[] = {'\\', known ? to[known - from] : 'u', '0', '0', digits[c >> 4 & 15], digits[c & 15]};
    buf_add(out, escaped, known ? 2 : sizeof escaped);
}

bool text_quote(const char *text, size_t len, struct buf *out)
{
    const char *p = text, *end = text + len;
    buf_addc(out, '"');
    while (p < end) {
        const char *from = p;
        size_t of_letter = 1;
        for (p = pass_plain(p, end); p < end && (unsigned char)*p >= 0x80 && of_letter; p = pass_plain(p, end)) {
            of_letter = text_sequence(p, (size_t)(end - p));
            p += of_letter;
        }
        buf_add(out, from, (size_t)(p - from));
        if (!of_letter)
            return false;
        if (p < end)
            escape(*p++, out);
    }
    buf_addc(out, '"');
    return true;
}

void text_quote_base64(const char *bytes, size_t len, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *u = (const unsigned char *)bytes;
    buf_addc(out, '"');
    for (size_t i = 0; i < len; i += 3) {
        size_t there = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)u[i] << 16 | (uint32_t)(there > 1 ? u[i + 1] : 0) << 8 | (there > 2 ? u[i + 2] : 0);
        char four[] = {digits[group >> 18], digits[group >> 12 & 63], digits[group >> 6 & 63], digits[group & 63]};
        memset(four + 1 + there, '=', 3 - there);
        buf_add(out, four, sizeof four);
    }
    buf_addc(out, '"');
}
