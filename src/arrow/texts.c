/* texts: strings as columns have them, base64. */
#include "arrow/texts.h"

#include "json/value.h"

/* For calls that are not put in line. */
extern inline const char *text_special(const char *p, const char *end);

void text_unescape(const char *raw, size_t len, struct buf *out)
{
    value_unescape(raw, len, "?", out);
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
