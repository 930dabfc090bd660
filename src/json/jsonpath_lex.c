/* jsonpath_lex: the words of JSONPath. */
#include "json/jsonpath_lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Numbers beyond it are not exact as doubles; RFC 9535, section 2.1. */
static const int64_t INDEX_MOST = 9007199254740991;

/* ---- the text ---- */

bool lex_refuse(struct lex *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!*p->fault->text) {
        vsnprintf(p->fault->text, sizeof p->fault->text, format, args);
        p->fault->at = (size_t)(p->at - p->begin);
    }
    va_end(args);
    return false;
}

char lex_peek(const struct lex *p)
{
    return p->at < p->end ? *p->at : '\0';
}

bool lex_take(struct lex *p, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
        return false;
    p->at += len;
    return true;
}

void lex_blanks(struct lex *p)
{
    while (p->at < p->end && memchr(" \t\n\r", *p->at, 4))
        p->at++;
}

bool lex_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lex_is_name_char(char c)
{
    return lex_is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 0x80;
}

void *lex_memory(struct lex *p, size_t size)
{
    struct jsonpath_block *block = mem_zeroed(1, sizeof *block + size);
    block->next = p->q->blocks;
    p->q->blocks = block;
    return block->data;
}

struct slice lex_keep(struct lex *p, struct buf *text)
{
    char *kept = lex_memory(p, text->len + 1);
    memcpy(kept, buf_text(text), text->len);
    return (struct slice){kept, text->len};
}

/* ---- strings ---- */

static bool hex4(struct lex *p, unsigned *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        char c = lex_peek(p);
        const char *digit = c ? strchr(digits, c) : NULL;
        if (!digit)
            return lex_refuse(p, "a \\u escape has four hexadecimal digits");
        long n = digit - digits;
        *value = *value * 16 + (unsigned)(n > 15 ? n - 6 : n);
    }
    return true;
}

/* p is after \u. Halves of a pair stand together only. */
static bool unicode(struct lex *p)
{
    unsigned c, low = 0;
    if (!hex4(p, &c))
        return false;
    if (c >= 0xd800 && c <= 0xdbff && (!lex_take(p, "\\u") || !hex4(p, &low) || low < 0xdc00 || low > 0xdfff))
        return lex_refuse(p, "half of a surrogate pair");
    return (c < 0xdc00 || c > 0xdfff) || lex_refuse(p, "half of a surrogate pair");
}

/* One escape, added to json as JSON writes it. */
static bool escape(struct lex *p, char quote, struct buf *json)
{
    const char *from = p->at++;
    char c = lex_peek(p);
    if (!c || !(strchr("bfnrt/\\u", c) || c == quote))
        return lex_refuse(p, "an unknown escape");
    p->at++;
    if (c == 'u' && !unicode(p))
        return false;
    if (c == '\'')
        buf_addc(json, '\'');
    else
        buf_add(json, from, (size_t)(p->at - from));
    return true;
}

bool lex_string(struct lex *p, struct buf *json)
{
    char quote = *p->at++;
    buf_addc(json, '"');
    while (p->at < p->end && *p->at != quote) {
        if ((unsigned char)*p->at < ' ')
            return lex_refuse(p, "a control character in a string");
        if (*p->at == '\\') {
            if (!escape(p, quote, json))
                return false;
        } else {
            buf_adds(json, *p->at == '"' ? "\\" : "");
            buf_addc(json, *p->at++);
        }
    }
    buf_addc(json, '"');
    return lex_take(p, (char[]){quote, 0}) || lex_refuse(p, "a string without its closing quote");
}

/* ---- numbers ---- */

static void skip_digits(struct lex *p)
{
    while (lex_is_digit(lex_peek(p)))
        p->at++;
}

bool lex_integer(struct lex *p, int64_t *value)
{
    const char *from = p->at;
    bool negative = lex_take(p, "-");
    const char *digits = p->at;
    *value = 0;
    for (; lex_is_digit(lex_peek(p)); p->at++)
        if ((*value = *value * 10 + (*p->at - '0')) > INDEX_MOST)
            return lex_refuse(p, "a number that is too large");
    if (p->at == digits)
        return lex_refuse(p, "expected a number");
    if (*digits == '0' && (p->at - from) > 1) {
        p->at = from;
        return lex_refuse(p, "a number with a leading zero, or -0");
    }
    *value = negative ? -*value : *value;
    return true;
}

bool lex_number(struct lex *p, struct slice *literal)
{
    const char *from = p->at;
    p->at += *p->at == '-';
    const char *digits = p->at;
    skip_digits(p);
    bool right = p->at > digits && (*digits != '0' || p->at == digits + 1);
    if (right && lex_take(p, ".")) {
        right = lex_is_digit(lex_peek(p));
        skip_digits(p);
    }
    if (right && (lex_take(p, "e") || lex_take(p, "E"))) {
        p->at += lex_peek(p) == '-' || lex_peek(p) == '+';
        right = lex_is_digit(lex_peek(p));
        skip_digits(p);
    }
    struct buf text = {0};
    buf_add(&text, from, (size_t)(p->at - from));
    *literal = lex_keep(p, &text);
    buf_free(&text);
    return right || lex_refuse(p, "a malformed number");
}
