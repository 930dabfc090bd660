/* text: makes the words of a server safe to show. */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

size_t text_sequence(const char *text, size_t n)
{
    const unsigned char *c = (const unsigned char *)text;
    static const unsigned char least[] = {0, 0, 0xa0, 0x90}, most[] = {0, 0xbf, 0x9f, 0x8f};
    size_t more = *c < 0x80                 ? 0
                  : *c >= 0xc2 && *c < 0xe0 ? 1
                  : *c >= 0xe0 && *c < 0xf0 ? 2
                  : *c >= 0xf0 && *c < 0xf5 ? 3
                                            : 4;
    if (more >= n || more == 4)
        return 0;
    for (size_t i = 1; i <= more; i++)
        if (c[i] >> 6 != 2)
            return 0;
    bool low = (*c == 0xe0 || *c == 0xf0) && c[1] < least[more], high = (*c == 0xed || *c == 0xf4) && c[1] > most[more];
    return low || high ? 0 : more + 1;
}

size_t text_character(const char *text, unsigned long *c)
{
    static const unsigned char bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t len = *text ? text_sequence(text, SIZE_MAX) : 0;
    *c = (unsigned char)*text & bits[len];
    for (size_t i = 1; i < len; i++)
        *c = *c << 6 | ((unsigned char)text[i] & 0x3f);
    return len;
}

/* Control and format characters. The joiners U+200C and U+200D stay: Persian and emoji need them. */
static bool is_unsafe(unsigned long point)
{
    static const struct {
        unsigned long first, last;
    } unsafe[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e}, {0x200b, 0x200b},
        {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
        if (point >= unsafe[i].first && point <= unsafe[i].last)
            return true;
    return false;
}

static void clean(char *text, char kept)
{
    char *to = text;
    for (const char *from = text; *from;) {
        unsigned long c;
        size_t len = text_character(from, &c);
        if (len == 0)
            *to++ = '?';
        else if (is_unsafe(c) && *from != kept)
            *to++ = ' ';
        else
            for (size_t i = 0; i < len; i++)
                *to++ = from[i];
        from += len ? len : 1;
    }
    *to = '\0';
}

void text_clean(char *text)
{
    clean(text, '\0');
}

void text_clean_lines(char *text)
{
    clean(text, '\n');
}

void text_percent(const char *text, size_t len, struct buf *out)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (size_t i = 0; i < len; i++)
        if (text[i] && strchr(unreserved, text[i]))
            buf_addc(out, text[i]);
        else
            buf_addf(out, "%%%02X", (unsigned char)text[i]);
}

void text_quote_shell(const char *text, struct buf *out)
{
    buf_addc(out, '\'');
    for (; *text; text++)
        if (*text == '\'')
            buf_adds(out, "'\\''");
        else
            buf_addc(out, *text);
    buf_addc(out, '\'');
}
