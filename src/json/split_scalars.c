/* split_scalars: strings, numbers and literals, byte by byte for the states, and at once for the fast lane. */
#include "json/split_scalars.h"

#include <string.h>

#include "json/split_records.h"

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* Where a number stands; after MINUS, POINT, E and SIGN it is not complete. */
enum number { MINUS, ZERO, WHOLE, POINT, FRACTION, E, SIGN, EXPONENT, BAD };

bytes scalar_after(struct split *s, bytes p)
{
    s->state = s->nest.depth ? AFTER : END;
    return p;
}

bytes scalar_open_string(struct split *s, bytes p, bool key)
{
    s->state = STRING;
    s->in_key = key;
    s->key_len = key && records_searching(s) ? 0 : SPLIT_KEY;
    return p + 1;
}

bytes scalar_open_literal(struct split *s, bytes p, const char *text)
{
    if (*p == 'n' && s->wanted && records_way_here(s) >= 0 && s->way < 0)
        s->null_records = true;
    s->literal = text;
    s->text_pos = 1;
    s->state = LITERAL;
    return p + 1;
}

static bool is_complete(unsigned char number)
{
    return number == ZERO || number == WHOLE || number == FRACTION || number == EXPONENT;
}

bool scalar_number_complete(const struct split *s)
{
    return is_complete(s->number);
}

bytes scalar_open_number(struct split *s, bytes p)
{
    s->number = *p == '-' ? MINUS : *p == '0' ? ZERO : WHOLE;
    s->state = NUMBER;
    return p + 1;
}

/* RFC 8259, section 6: the state after c, BAD when c does not belong to the number. */
static unsigned char number_step(unsigned char state, unsigned char c)
{
    static const unsigned char on_digit[] = {WHOLE, BAD, WHOLE, FRACTION, FRACTION, EXPONENT, EXPONENT, EXPONENT};
    if (is_digit(c))
        return state == MINUS && c == '0' ? ZERO : on_digit[state];
    if (c == '.')
        return state == ZERO || state == WHOLE ? POINT : BAD;
    if (c == 'e' || c == 'E')
        return state == ZERO || state == WHOLE || state == FRACTION ? E : BAD;
    if (c == '+' || c == '-')
        return state == E ? SIGN : BAD;
    return BAD;
}

bytes scalar_number(struct split *s, bytes p, bytes end, bytes from)
{
    for (; p < end; p++) {
        if (s->number == WHOLE || s->number == FRACTION)
            while (is_digit(*p) && ++p < end)
                ;
        if (p == end)
            break;
        unsigned char next = number_step(s->number, *p);
        if (next == BAD) {
            if (!scalar_number_complete(s))
                return split_fail(s, p, from,
                                  *p == 'I' ? "it has -Infinity, which JSON does not know," : "a malformed number");
            return scalar_after(s, p);
        }
        s->number = next;
    }
    return p;
}

bytes scalar_literal(struct split *s, bytes p, bytes end, bytes from)
{
    for (; p < end && s->literal[s->text_pos]; p++)
        if (*p != (unsigned char)s->literal[s->text_pos++])
            return split_fail(s, p, from, "expected a value");
    return s->literal[s->text_pos] ? p : scalar_after(s, p);
}

/* ---- strings ---- */

/* A high bit for each byte of w that ends a run of plain characters: control characters, '"', '\\' and what is not
 * ASCII. The lowest one set is exact, which is all that the caller looks at. */
static uint64_t special_bytes(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
    return ((w - ones * ' ') | (quote - ones) | (backslash - ones) | w) & tops;
}

static bytes skip_plain(bytes p, bytes end)
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

static void keep_key(struct split *s, bytes p, size_t n)
{
    if (!s->in_key || s->key_len == SPLIT_KEY)
        return;
    if (n >= SPLIT_KEY - s->key_len) {
        s->key_len = SPLIT_KEY;
        return;
    }
    memcpy(s->key + s->key_len, p, n);
    s->key_len += n;
}

/* The bounds of RFC 3629, section 4: how many bytes follow a lead byte, and which may come next. need 0: it is none. */
struct lead {
    unsigned char need, low, high;
};

static struct lead lead_of(unsigned char c)
{
    if (c >= 0xc2 && c <= 0xdf)
        return (struct lead){1, 0x80, 0xbf};
    if (c >= 0xe0 && c <= 0xef)
        return (struct lead){2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf};
    if (c >= 0xf0 && c <= 0xf4)
        return (struct lead){3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf};
    return (struct lead){0, 0, 0};
}

static bool utf8_lead(struct split *s, unsigned char c)
{
    struct lead lead = lead_of(c);
    s->need = lead.need;
    s->low = lead.low;
    s->high = lead.high;
    return s->need;
}

bytes scalar_utf8(struct split *s, bytes p, bytes end, bytes from)
{
    for (; p < end && s->need; p++, s->need--) {
        if (*p < s->low || *p > s->high)
            return split_fail(s, p, from, "not UTF-8");
        keep_key(s, p, 1);
        s->low = 0x80;
        s->high = 0xbf;
    }
    if (!s->need)
        s->state = STRING;
    return p;
}

/* p is at the closing quote. */
static bytes close_string(struct split *s, bytes p, bytes end)
{
    if (!s->in_key)
        return scalar_after(s, p + 1);
    if (records_searching(s))
        records_want_member(s);
    else
        s->wanted = 0;
    bool colon = end - p > 1 && p[1] == ':';
    s->state = colon ? VALUE : COLON;
    return p + 1 + colon;
}

bytes scalar_string(struct split *s, bytes p, bytes end, bytes from)
{
    bytes begin = p;
    p = skip_plain(p, end);
    keep_key(s, begin, (size_t)(p - begin));
    if (p == end)
        return p;
    if (*p == '"')
        return close_string(s, p, end);
    if (*p == '\\') {
        keep_key(s, p, 1);
        s->state = ESCAPE;
    } else if (*p < ' ') {
        return split_fail(s, p, from, "a control character in a string");
    } else if (utf8_lead(s, *p)) {
        keep_key(s, p, 1);
        s->state = UTF8;
    } else {
        return split_fail(s, p, from, "not UTF-8");
    }
    return p + 1;
}

bytes scalar_escape(struct split *s, bytes p, bytes from)
{
    if (*p == '\0' || !strchr("\"\\/bfnrtu", *p))
        return split_fail(s, p, from, "an unknown escape");
    keep_key(s, p, 1);
    s->text_pos = 0;
    s->state = *p == 'u' ? HEX : STRING;
    return p + 1;
}

static const bool is_hex[256] = {
    ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true,
    ['8'] = true, ['9'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true,
    ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true,
};

bytes scalar_hex(struct split *s, bytes p, bytes from)
{
    if (!is_hex[*p])
        return split_fail(s, p, from, "a malformed \\u escape");
    keep_key(s, p, 1);
    if (++s->text_pos == 4)
        s->state = STRING;
    return p + 1;
}

/* ---- at once ---- */

/* Tables instead of branches, because escapes follow each other without a rule. */
unsigned scalar_escape_length(bytes p, bytes end)
{
    enum { SHORT = 2, UNICODE = 6 };
    static const unsigned char length[256] = {
        ['"'] = SHORT, ['\\'] = SHORT, ['/'] = SHORT, ['b'] = SHORT,   ['f'] = SHORT,
        ['n'] = SHORT, ['r'] = SHORT,  ['t'] = SHORT, ['u'] = UNICODE,
    };
    unsigned n = end - p < UNICODE ? 0 : length[p[1]];
    return n != UNICODE || (is_hex[p[2]] & is_hex[p[3]] & is_hex[p[4]] & is_hex[p[5]]) ? n : 0;
}

unsigned scalar_character_length(bytes p, bytes end)
{
    struct lead lead = lead_of(*p);
    if (!lead.need || end - p <= lead.need || p[1] < lead.low || p[1] > lead.high)
        return 0;
    for (int i = 2; i <= lead.need; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return lead.need + 1u;
}

static bytes literal_end(bytes p, bytes end)
{
    enum { ENOUGH = 6 };
    if (end - p < ENOUGH)
        return NULL;
    if (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0)
        return p + 4;
    return memcmp(p, "fals", 4) == 0 && p[4] == 'e' ? p + 5 : NULL;
}

static bytes digits_end(bytes p, bytes end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

static bytes number_end(bytes p, bytes end)
{
    unsigned char state = *p == '-' ? MINUS : *p == '0' ? ZERO : WHOLE, next;
    for (p++; p < end && (next = number_step(state, *p)) != BAD; p++) {
        state = next;
        if (state == WHOLE || state == FRACTION)
            p = digits_end(p + 1, end) - 1;
    }
    return p < end && is_complete(state) ? p : NULL;
}

static bool ends_value(unsigned char c)
{
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

size_t scalar_length(bytes p, bytes end)
{
    bytes after = *p == '-' || is_digit(*p) ? number_end(p, end) : literal_end(p, end);
    return after && ends_value(*after) ? (size_t)(after - p) : 0;
}
