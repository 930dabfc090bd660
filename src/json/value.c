/* value: pieces of JSON text. */
#include "json/value.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

/* Past the string that starts at the quote s. Never past end, also where the text is not valid. */
static const char *skip_string(const char *s, const char *end)
{
    for (s++; s < end && *s != '"'; s++)
        if (*s == '\\')
            s++;
    return s < end ? s + 1 : end;
}

/* Past the value at s: a container ends where its depth is back at 0, a scalar at the next delimiter. */
static const char *skip_value(const char *s, const char *end)
{
    int depth = 0;
    while (s < end) {
        if (*s == '"')
            s = skip_string(s, end);
        else if (*s == '[' || *s == '{')
            depth++, s++;
        else if (*s == ']' || *s == '}')
            depth--, s++;
        else if (depth)
            s++;
        else
            while (s < end && *s != ',' && *s != ']' && *s != '}')
                s++;
        if (depth == 0)
            return s;
    }
    return end;
}

bool value_next(struct slice container, size_t *at, struct slice *key, struct slice *value)
{
    if (container.len < 3 || !value_is_container(container))
        return false;
    const char *s = container.text + (*at ? *at : 1), *end = container.text + container.len;
    struct slice name = {0};
    if (s >= end - 1)
        return false;
    if (value_is_object(container)) {
        const char *colon = skip_string(s, end);
        if (*s != '"' || colon - s < 2 || colon == end)
            return false;
        name = (struct slice){s + 1, (size_t)(colon - s) - 2};
        s = colon + 1;
    }
    const char *next = skip_value(s, end);
    if (key)
        *key = name;
    *value = (struct slice){s, (size_t)(next - s)};
    *at = (size_t)(next - container.text) + 1; /* after the comma */
    return true;
}

struct slice value_member(struct slice object, const char *name, size_t len)
{
    struct slice found = {0}, key, value;
    if (!value_is_object(object))
        return found;
    for (size_t at = 0; value_next(object, &at, &key, &value);)
        if (value_spells(key, name, len))
            found = value;
    return found;
}

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

/* One \uXXXX or a pair of them at raw; returns how many characters of raw it took. *whole: false for half of a pair. */
static size_t unescape_unicode(const char *raw, size_t len, const char *lone, struct buf *out, bool *whole)
{
    unsigned c = hex4(raw + 2);
    if (c < 0xd800 || c > 0xdfff) {
        add_utf8(out, c);
        return 6;
    }
    unsigned low = c < 0xdc00 && len >= 12 && raw[6] == '\\' && raw[7] == 'u' ? hex4(raw + 8) : 0;
    if (low >= 0xdc00 && low <= 0xdfff) {
        add_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
        return 12;
    }
    buf_add(out, lone ? lone : raw, lone ? strlen(lone) : 6);
    *whole = false;
    return 6;
}

bool value_unescape(const char *raw, size_t len, const char *lone, struct buf *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    bool whole = true;
    for (size_t i = 0; i < len;) {
        const char *escape = memchr(raw + i, '\\', len - i);
        size_t plain = escape ? (size_t)(escape - raw) - i : len - i;
        buf_add(out, raw + i, plain);
        i += plain;
        if (i + 1 >= len)
            return whole;
        if (raw[i + 1] == 'u') {
            i += len - i >= 6 ? unescape_unicode(raw + i, len - i, lone, out, &whole) : len - i;
        } else {
            const char *letter = memchr(from, raw[i + 1], sizeof from - 1);
            buf_addc(out, letter ? to[letter - from] : raw[i + 1]);
            i += 2;
        }
    }
    return whole;
}

bool value_spells(struct slice raw, const char *name, size_t len)
{
    if (!memchr(raw.text, '\\', raw.len))
        return len == raw.len && memcmp(raw.text, name, len) == 0;
    struct buf plain = {0};
    value_unescape(raw.text, raw.len, NULL, &plain);
    bool same = len == plain.len && memcmp(buf_text(&plain), name, plain.len) == 0;
    buf_free(&plain);
    return same;
}

/* The character that is not ASCII at the beginning of text; U+FFFD for a byte that is not UTF-8. How many bytes it has.
 */
static size_t add_letter(const char *text, size_t len, struct buf *out)
{
    char letter[5] = {0};
    unsigned long c;
    memcpy(letter, text, len < 4 ? len : 4);
    size_t n = text_character(letter, &c);
    buf_adds(out, n ? "" : "\xef\xbf\xbd");
    buf_add(out, text, n);
    return n ? n : 1;
}

void value_quote(const char *text, size_t len, struct buf *out)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < len; i++)
        if (text[i] == '"' || text[i] == '\\')
            buf_addf(out, "\\%c", text[i]);
        else if ((unsigned char)text[i] < ' ')
            buf_addf(out, "\\u%04x", text[i]);
        else if ((unsigned char)text[i] < 0x80)
            buf_addc(out, text[i]);
        else
            i += add_letter(text + i, len - i, out) - 1;
    buf_addc(out, '"');
}

void value_scalar(struct slice value, struct buf *out)
{
    if (value.len >= 2 && value_is_text(value))
        value_unescape(value.text + 1, value.len - 2, NULL, out);
    else
        buf_add(out, value.text, value.len);
}

long value_status(struct slice value)
{
    enum { MOST = 1000000 }; /* what is more is a status all the same, and no good one */
    struct buf text = {0};
    double n = 0;
    if (value.text)
        value_scalar(value, &text);
    const char *digits = buf_text(&text);
    bool is = *digits >= '0' && *digits <= '9', fits = number_decimal(digits, &n) && n < (double)MOST;
    buf_free(&text);
    return !is ? 0 : fits ? (long)n : MOST;
}

/* The member with this name as it stands. */
static struct slice twin(struct slice object, struct slice name)
{
    struct slice key, value, found = {0};
    for (size_t at = 0; value_next(object, &at, &key, &value);)
        if (key.text && name.text && value_same(key, name))
            found = value;
    return found;
}

static void add_member(struct buf *out, struct slice key)
{
    buf_addf(out, "%s\"%.*s\":", out->data[out->len - 1] == '{' ? "" : ",", (int)key.len, key.text);
}

void value_merge(struct slice base, struct slice over, struct buf *out)
{
    struct slice key, value;
    buf_addc(out, '{');
    for (size_t at = 0; value_next(base, &at, &key, &value);) {
        struct slice other = twin(over, key);
        add_member(out, key);
        if (value_is_object(other) && value_is_object(value))
            value_merge(value, other, out);
        else
            buf_add(out, other.text ? other.text : value.text, other.text ? other.len : value.len);
    }
    for (size_t at = 0; value_next(over, &at, &key, &value);)
        if (!twin(base, key).text) {
            add_member(out, key);
            buf_add(out, value.text, value.len);
        }
    buf_addc(out, '}');
}

bool value_is_void(struct slice value)
{
    static const char *const none[] = {"", "null", "false", "\"\""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (value_is(value, none[i]))
            return true;
    return false;
}

bool value_is_empty(struct slice value)
{
    return value_is_void(value) || (value.len == 2 && strchr("{[", *value.text));
}

bool value_is_number(struct slice value)
{
    return value.len && (*value.text == '-' || (*value.text >= '0' && *value.text <= '9'));
}
