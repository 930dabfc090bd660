/* split: random JSON with random white space, in random pieces. The generator writes each text twice, once without any
 * white space, so that what must come out is known without parsing. */
#include <stdlib.h>

#include "splitting.h"
#include "tap.h"

enum { DOCUMENTS = 3000, LONGEST_LIST = 12 };

static uint64_t state;

static unsigned below(unsigned n) /* splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ z >> 31) % n);
}

/* A text under way: as it is sent, and as it must come out. */
struct text {
    struct buf sent, compact;
};

static void blanks(struct text *t)
{
    for (unsigned n = below(4) ? 0 : below(5); n; n--)
        buf_addc(&t->sent, " \t\r\n"[below(4)]);
}

static void token(struct text *t, const char *token)
{
    blanks(t);
    buf_adds(&t->sent, token);
    buf_adds(&t->compact, token);
    blanks(t);
}

static void string(struct text *t)
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
    for (unsigned n = below(12); n; n--)
        buf_adds(&b, pieces[below(sizeof pieces / sizeof *pieces)]);
    buf_addc(&b, '"');
    token(t, buf_text(&b));
    buf_free(&b);
}

static void scalar(struct text *t)
{
    static const char *const scalars[] = {
        "0", "-0", "17", "-1.50", "1e400", "0.1E-07", "123456789012345678901234567890", "true", "false", "null"};
    if (below(2))
        string(t);
    else
        token(t, scalars[below(sizeof scalars / sizeof *scalars)]);
}

static void value(struct text *t, unsigned depth)
{
    unsigned kind = depth ? below(4) : 0;
    if (kind < 2) {
        scalar(t);
        return;
    }
    token(t, kind == 2 ? "[" : "{");
    for (unsigned n = below(5); n; n--) {
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

static void other_members(struct text *t, bool before)
{
    for (unsigned n = below(3); n; n--) {
        token(t, before ? "\"x\"" : ",");
        token(t, before ? ":" : "\"y\"");
        if (!before)
            token(t, ":");
        value(t, 4);
        if (before)
            token(t, ",");
    }
}

/* A page in t; the records that must come out of it in lines, the envelope in envelope. */
static void make_page(struct text *t, struct buf *lines, struct buf *envelope)
{
    bool object = below(3);
    token(t, object ? "{" : "[");
    if (object) {
        other_members(t, true);
        token(t, below(2) ? "\"results\"" : "\"r\\u0065sults\"");
        token(t, ":");
        token(t, "[");
    }
    buf_add(envelope, t->compact.data, t->compact.len);
    for (unsigned n = below(LONGEST_LIST); n; n--) {
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

static bool equal(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static bool check_document(const struct path *places)
{
    struct text t = {{0}, {0}};
    struct buf lines = {0}, envelope = {0};
    size_t chunk = below(3) ? 1 + below(80) : WHOLE;
    make_page(&t, &lines, &envelope);
    struct splitting s = split_in_chunks(PAGE, places, t.sent.data, t.sent.len, chunk);
    bool right = s.result == 0 && equal(&s.records, &lines) && equal(&s.envelope, &envelope);
    if (!right)
        tap_note("in pieces of %zu: %.*s", chunk, (int)t.sent.len, t.sent.data);
    splitting_free(&s);
    buf_free(&t.sent);
    buf_free(&t.compact);
    buf_free(&lines);
    buf_free(&envelope);
    return right;
}

/* A text that lost its end, at any byte, is never taken for whole. */
static bool check_cut(const struct path *places)
{
    struct text t = {{0}, {0}};
    struct buf ignored = {0};
    make_page(&t, &ignored, &ignored);
    size_t end = t.sent.len;
    while (strchr(" \t\r\n", t.sent.data[end - 1]))
        end--;
    struct splitting s = split_in_chunks(PAGE, places, t.sent.data, below((unsigned)end), WHOLE);
    bool right = s.result == -1 && s.reason == SPLIT_CUT;
    splitting_free(&s);
    buf_free(&t.sent);
    buf_free(&t.compact);
    buf_free(&ignored);
    return right;
}

/* The argument is a seed, to see a failure again. */
int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20130101;
    struct path places;
    usual_paths(&places, USUAL_RECORDS);
    int wrong = 0, taken = 0;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        state = seed + i;
        if (!check_document(&places) && ++wrong < 5)
            tap_note("seed %" PRIu64, seed + i);
        taken += !check_cut(&places);
    }
    path_free(&places);
    is_int(wrong, 0, "random pages come out as they went in, whatever their pieces and white space");
    is_int(taken, 0, "random pages that lost their end are cut short, never whole");
    return tap_end();
}
