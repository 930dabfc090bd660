#include "random_json.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST_LIST = 12 };

static uint64_t state;

void random_seed(uint64_t seed)
{
    state = seed;
}

unsigned random_below(unsigned n) /* splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ z >> 31) % n);
}

static void blanks(struct random_text *t)
{
    for (unsigned n = random_below(4) ? 0 : random_below(5); n; n--)
        buf_addc(&t->sent, " \t\r\n"[random_below(4)]);
}

static void token(struct random_text *t, const char *token)
{
    blanks(t);
    buf_adds(&t->sent, token);
    buf_adds(&t->compact, token);
    blanks(t);
}

static void string(struct random_text *t)
{
    static const char *const pieces[] = {"a",
                                         "results",
                                         "]",
                                         "}",
                                         "[",
                                         "{",
                                         ",",
                                         ":",
                                         "\\\"",
                                         "\\\\",
                                         "\\/",
                                         "\\n",
                                         "\\u0000",
                                         "\\ud83d\\ude00",
                                         "\\uD800",
                                         "\xc3\xa9",
                                         "\xe2\x80\xa8",
                                         "\xf0\x9f\x98\x80",
                                         "\xf4\x8f\xbf\xbf",
                                         "\x7f",
                                         " ",
                                         "  ",
                                         "0123456789abcdef"};
    struct buf b = {0};
    buf_addc(&b, '"');
    for (unsigned n = random_below(12); n; n--)
        buf_adds(&b, pieces[random_below(sizeof pieces / sizeof *pieces)]);
    buf_addc(&b, '"');
    token(t, buf_text(&b));
    buf_free(&b);
}

static void scalar(struct random_text *t)
{
    static const char *const scalars[] = {
        "0", "-0", "17", "-1.50", "1e400", "0.1E-07", "123456789012345678901234567890", "true", "false", "null"};
    if (random_below(2))
        string(t);
    else
        token(t, scalars[random_below(sizeof scalars / sizeof *scalars)]);
}

static void value(struct random_text *t, unsigned depth)
{
    unsigned kind = depth ? random_below(4) : 0;
    if (kind < 2) {
        scalar(t);
        return;
    }
    token(t, kind == 2 ? "[" : "{");
    for (unsigned n = random_below(5); n; n--) {
        if (kind == 3) {
            string(t);
            token(t, ":");
        }
        value(t, depth - 1);
        if (n > 1)
            token(t, ",");
    }
    token(t, kind == 2 ? "]" : "}");
}

static void other_members(struct random_text *t, bool before)
{
    for (unsigned n = random_below(3); n; n--) {
        token(t, before ? "\"x\"" : ",");
        token(t, before ? ":" : "\"y\"");
        if (!before)
            token(t, ":");
        value(t, 4);
        if (before)
            token(t, ",");
    }
}

void random_page(struct random_text *t, struct buf *lines, struct buf *envelope)
{
    bool object = random_below(3) > 0;
    token(t, object ? "{" : "[");
    if (object) {
        other_members(t, true);
        token(t, random_below(2) ? "\"results\"" : "\"r\\u0065sults\"");
        token(t, ":");
        token(t, "[");
    }
    buf_add(envelope, t->compact.data, t->compact.len);
    for (unsigned n = random_below(LONGEST_LIST); n; n--) {
        size_t start = t->compact.len;
        value(t, 5);
        buf_add(lines, t->compact.data + start, t->compact.len - start);
        buf_addc(lines, '\n');
        if (n > 1)
            token(t, ",");
    }
    size_t tail = t->compact.len;
    token(t, "]");
    if (object) {
        other_members(t, false);
        token(t, "}");
    }
    buf_add(envelope, t->compact.data + tail, t->compact.len - tail);
}
