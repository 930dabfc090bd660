/* mask: known values are found in a text, whatever it does to them, and made ***. */
#include "http/mask.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A server may name a secret as it is, percent-encoded, or as JSON spells it, and each of these again in another one. A
 * way is how to read the text: a letter for each layer, the outermost first. */
static const char *const ways[] = {"", "%", "\\", "%%", "\\\\", "%\\", "\\%"};
enum { WAYS = sizeof ways / sizeof *ways };

static size_t decode(const char *text, const char *way, unsigned char *byte);

/* `count` hexadecimal digits that make a byte. Returns how many bytes of text they take; 0: these are none. *cut: text
 * ends before it is clear. */
static size_t decode_hex(const char *text, const char *way, size_t count, unsigned char *byte, bool *cut)
{
    size_t taken = 0;
    char digits[5] = "";
    for (size_t i = 0; i < count; i++) {
        unsigned char digit = '\0';
        size_t n = decode(text + taken, way, &digit);
        *cut = n == 0;
        if (!isxdigit(digit))
            return 0;
        digits[i] = (char)digit;
        taken += n;
    }
    unsigned long value = strtoul(digits, NULL, 16);
    if (value > 0xff)
        return 0;
    *byte = (unsigned char)value;
    return taken;
}

/* What follows a backslash, as decode_hex() for what follows a '%'. */
static size_t decode_json(const char *text, const char *way, unsigned char *byte, bool *cut)
{
    unsigned char letter = '\0';
    size_t n = decode(text, way, &letter);
    *cut = n == 0;
    if (letter == 'u') {
        size_t digits = decode_hex(text + n, way, 4, byte, cut);
        return digits ? n + digits : 0;
    }
    if (!n || !strchr("\"\\/", letter))
        return 0;
    *byte = letter;
    return n;
}

/* The byte that text begins with, read that way. Returns how many bytes of text that takes; 0: text ends here, or in
 * the middle of an escape. */
static size_t decode(const char *text, const char *way, unsigned char *byte)
{
    bool cut = false;
    *byte = (unsigned char)*text;
    if (!*text || !*way)
        return *text != '\0';
    size_t n = decode(text, way + 1, byte);
    if (n == 0 || *byte != (unsigned char)*way)
        return n;
    size_t more =
        *way == '%' ? decode_hex(text + n, way + 1, 2, byte, &cut) : decode_json(text + n, way + 1, byte, &cut);
    return cut ? 0 : n + more;
}

/* A secret that is looked for, by the algorithm of Knuth, Morris and Pratt. */
struct needle {
    const unsigned char *text; /* folded */
    size_t len;
    size_t *back; /* for each byte: how much of the beginning ends there, too */
    size_t found; /* so many bytes of it end where we are */
};

/* Letters may have changed their case, and forms write a blank as '+'. */
static unsigned char fold(unsigned char c)
{
    return c == '+' ? ' ' : c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

/* What has begun of it, not what is complete. */
static size_t begun(const struct needle *n)
{
    return n->found == n->len ? n->back[n->len - 1] : n->found;
}

/* One byte on, folded; true: it is complete. */
static bool step(struct needle *n, unsigned char byte)
{
    n->found = begun(n);
    while (n->found && n->text[n->found] != byte)
        n->found = n->back[n->found - 1];
    n->found += n->text[n->found] == byte;
    return n->found == n->len;
}

/* One for each of the values; their texts are in *folded. */
static struct needle *make_needles(const struct buf *values, struct buf *folded, size_t *count, size_t *longest)
{
    for (size_t i = 0; i < values->len; i++)
        buf_addc(folded, (char)fold((unsigned char)values->data[i]));
    const char *end = folded->data + folded->len;
    *count = 0;
    *longest = 1;
    for (const char *p = folded->data; p < end; p += strlen(p) + 1)
        ++*count;
    struct needle *needles = mem_zeroed(*count, sizeof *needles), *n = needles;
    for (const char *p = folded->data; p < end; p += strlen(p) + 1, n++) {
        *n = (struct needle){.text = (const unsigned char *)p, .len = strlen(p)};
        n->back = mem_zeroed(n->len, sizeof *n->back);
        *longest = n->len > *longest ? n->len : *longest;
        for (size_t i = 1; i < n->len; i++) {
            step(n, n->text[i]);
            n->back[i] = n->found;
        }
    }
    return needles;
}

enum { SHOWN, INSIDE, BEGIN }; /* of each byte of a text: is it of a secret? */

static void mark(char *marks, size_t from, size_t to, size_t *marked)
{
    if (marks[from] == SHOWN)
        marks[from] = BEGIN;
    for (size_t i = from + 1 > *marked ? from + 1 : *marked; i < to; i++)
        marks[i] = INSIDE;
    *marked = to;
}

/* Marks what is found when text is read that way. */
static void mark_way(struct needle *needles, size_t count, size_t longest, const char *text, const char *way,
                     char *marks)
{
    size_t *at = mem_zeroed(longest, sizeof *at), *marked = mem_zeroed(count, sizeof *marked); /* at: a ring */
    size_t pos = 0, read = 0, len = strlen(text), n;
    unsigned char byte;
    for (size_t k = 0; k < count; k++)
        needles[k].found = 0;
    for (; (n = decode(text + pos, way, &byte)); read++) {
        at[read % longest] = pos;
        pos += n;
        for (size_t k = 0; k < count; k++)
            if (step(&needles[k], fold(byte)))
                mark(marks, at[(read + 1 - needles[k].len) % longest], pos, &marked[k]);
    }
    for (size_t k = 0; k < count; k++) /* cut short by the end of text */
        if (begun(&needles[k]) >= MASK_SHORTEST)
            mark(marks, at[(read - begun(&needles[k])) % longest], len, &marked[k]);
    free(at);
    free(marked);
}

void mask_text(const struct buf *values, char *text)
{
    size_t count, longest, tries = strpbrk(text, "%\\") ? WAYS : 1;
    struct buf folded = {0};
    if (!values->len || !*text)
        return;
    struct needle *needles = make_needles(values, &folded, &count, &longest);
    char *marks = mem_zeroed(strlen(text) + 1, 1), *to = text;
    for (size_t w = 0; w < tries; w++)
        mark_way(needles, count, longest, text, ways[w], marks);
    for (size_t i = 0; text[i]; i++)
        if (marks[i] == SHOWN)
            *to++ = text[i];
        else if (marks[i] == BEGIN)
            to = (char *)memcpy(to, "***", 3) + 3; /* a secret is longer */
    *to = '\0';
    for (size_t k = 0; k < count; k++)
        free(needles[k].back);
    free(needles);
    buf_free(&folded);
    free(marks);
}
