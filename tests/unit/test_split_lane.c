/* split_lane: whatever the text, and wherever in a block of the fast lane it is, the lane says what the states of
 * split.c say byte by byte, about records and errors alike. */
#include <stdlib.h>

#include "random_json.h"
#include "splitting.h"
#include "tap.h"

enum { TEXTS = 800, CHANGES = 12, PLACES = SCAN_BYTES + 1 };

/* Values, good and bad, of all that is looked at in the lane. */
static const char *const values[] = {
    "0",
    "-0",
    "00",
    "-",
    "-01",
    "1.",
    "1.5.2",
    ".5",
    "-.5",
    "1e5",
    "1e",
    "1E+07",
    "1e-",
    "1.25e-3",
    "1e5.5",
    "1-2",
    "1+2",
    "+1",
    "12a",
    "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890.25",
    "true",
    "truE",
    "tru",
    "trueish",
    "true1",
    "1true",
    "false",
    "fals",
    "null",
    "nul",
    "nulll",
    "NaN",
    "\"\"",
    "\"a\tb\"",
    "\"\x1f\"",
    "\"\\n\"",
    "\"\\\\\"",
    "\"\\\"\"",
    "\"\\\\\\\"\\\\\"",
    "\"\\x\"",
    "\"\\u00e9\"",
    "\"\\u00g9\"",
    "\"\\u0\"",
    "\\n",
    "\"\xc3\xa9\"",
    "\"\xe2\x80\xa8\"",
    "\"\xf0\x9f\x98\x80\"",
    "\"\xf4\x8f\xbf\xbf\"",
    "\"\xc3\"",
    "\"\xa9\"",
    "\"\xc1\xbf\"",
    "\"\xe0\x9f\xbf\"",
    "\"\xed\xa0\x80\"",
    "\"\xf0\x8f\xbf\xbf\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xf5\x80\x80\x80\"",
    "\"\xe2\x80\"",
    "\"\xff\"",
    "\xc3\xa9",
    "\xc2\xa0 1",
    "{}",
    "[]",
    "{]",
    "[}",
    "[ ]",
    "{ }",
    "[,]",
    "[1,]",
    "[1 2]",
    "{\"a\":1,}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{1:2}",
    "{a:1}",
    "{,}",
    "[1:2]",
    "[\"a\":2]",
    "{\"a\" : [ 1 , { } , [ ] ] }",
    "{\"a\":{\"b\":{\"c\":[[[[1]]]]}}}",
    "1,",
    ",1",
    ":1",
    "\"a\" \"b\"",
    "1]",
    "1}",
    "\v1",
    "1\f",
    "\"a\nb\"",
};
enum { VALUES = sizeof values / sizeof *values };

static const struct scan_kind *kind_under_test;

/* states: what is said of the text byte by byte. */
static bool lane_agrees(const struct splitting *states, enum kind kind, const struct path *path, const char *text,
                        size_t len, size_t chunk)
{
    struct splitting lane = split_with(kind_under_test, kind, path, text, len, chunk);
    bool same = splitting_agree(states, &lane);
    if (!same)
        tap_note("in pieces of %zu: %.*s: %s at %" PRIu64 ", %s at %" PRIu64, chunk, (int)len, text, states->reason,
                 states->position, lane.reason, lane.position);
    splitting_free(&lane);
    return same;
}

/* Byte by byte the lane never takes anything; whole, or in large pieces, it takes nearly all. */
static bool agree(enum kind kind, const struct path *path, const char *text, size_t len, size_t chunk)
{
    struct splitting states = split_in_chunks(kind, path, text, len, 1);
    bool same = lane_agrees(&states, kind, path, text, len, chunk);
    splitting_free(&states);
    return same;
}

/* ---- every value at every place of a block ---- */

static void add_pad(struct buf *text, int n)
{
    buf_addf(text, "\"%*s\"", n, "");
}

/* A list with the value as a record, as an element and as a member. */
static void around(struct buf *text, const char *value, int place)
{
    buf_clear(text);
    buf_adds(text, "{\"results\":[");
    add_pad(text, place);
    buf_addf(text, ",%s,{\"list\":[%s],\"m\":%s , \"n\" : %s}", value, value, value, value);
    buf_adds(text, ",");
    add_pad(text, 2 * SCAN_BYTES);
    buf_adds(text, "],\"n\":1}");
}

static unsigned everywhere(const struct path *path, const char *value)
{
    unsigned wrong = 0;
    struct buf text = {0};
    for (int place = 0; place < PLACES && !wrong; place++) {
        around(&text, value, place);
        wrong += !agree(PAGE, path, text.data, text.len, WHOLE);
    }
    buf_free(&text);
    return wrong;
}

/* ---- random pages, with random changes ---- */

static void change(struct buf *text)
{
    static const char bytes[] = "{}[],:\"\\ \n\t0123-.eEtfnu\x01\x7f\x80\xbf\xc3\xe2\xf0";
    size_t at = random_below((unsigned)text->len);
    char c = bytes[random_below(sizeof bytes - 1)];
    if (random_below(2)) {
        text->data[at] = c;
    } else if (random_below(2)) {
        memmove(text->data + at, text->data + at + 1, text->len - at); /* the NUL, too */
        text->len--;
    } else {
        buf_addc(text, 0);
        memmove(text->data + at + 1, text->data + at, text->len - at - 1);
        text->data[at] = c;
    }
}

static unsigned changed(const struct path *path, uint64_t seed)
{
    struct random_text t = {{0}, {0}};
    struct buf ignored = {0};
    unsigned wrong = 0;
    random_seed(seed);
    random_page(&t, &ignored, &ignored);
    struct buf *text = random_below(2) ? &t.sent : &t.compact;
    enum kind kind = random_below(4) ? PAGE : random_below(2) ? LINES : PERHAPS_LINES;
    const struct path *where = random_below(4) ? path : NULL;
    for (int i = 0; i < CHANGES && text->len && !wrong; i++) {
        wrong += !agree(kind, where, text->data, text->len, random_below(2) ? WHOLE : 80 + random_below(200));
        change(text);
    }
    buf_free(&t.sent);
    buf_free(&t.compact);
    buf_free(&ignored);
    return wrong;
}

static void check_kind(const struct path *path)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < VALUES; i++)
        wrong += everywhere(path, values[i]);
    ok(wrong == 0, "%s: %d values at every place of a block", kind_under_test->name, VALUES);
    wrong = 0;
    for (uint64_t seed = 0; seed < TEXTS && wrong < 5; seed++)
        wrong += changed(path, seed);
    ok(wrong == 0, "%s: random pages, with random changes", kind_under_test->name);
}

/* ---- pieces that end at edges of blocks ---- */

enum { EDGE_TEXTS = 80, BLOCKS = 4, NEAR = 2 };

/* A string of what takes more than a byte, from place to place more of it than in random_json.c. */
static void add_odd_string(struct buf *text)
{
    static const char *const pieces[] = {"\\\"",     "\\\\",         "\\u00e9",          "\\ud83d\\ude00",
                                         "\xc3\xa9", "\xe2\x80\xa8", "\xf0\x9f\x98\x80", "a"};
    unsigned kinds = 1 + random_below(sizeof pieces / sizeof *pieces); /* of the first only, or of all */
    buf_addc(text, '"');
    for (unsigned n = random_below(80); n; n--)
        buf_adds(text, pieces[random_below(kinds)]);
    buf_addc(text, '"');
}

static void add_odd_list(struct buf *text)
{
    buf_addf(text, "%*s[", (int)random_below(SCAN_BYTES), "");
    for (unsigned n = 1 + random_below(6); n; n--) {
        buf_adds(text, "{\"a\":[");
        add_odd_string(text);
        buf_addf(text, ",%s],", values[random_below(4) ? 0 : random_below(VALUES)]);
        add_odd_string(text);
        buf_adds(text, ":true}");
        buf_adds(text, n > 1 ? "," : "]");
    }
}

/* A block is taken where PIECE more bytes are there: 64 and 80, 128 and 144, ... */
static unsigned at_edges(const struct path *path, uint64_t seed)
{
    static const int beyond[] = {0, 16};
    struct buf text = {0};
    unsigned wrong = 0;
    random_seed(seed);
    add_odd_list(&text);
    if (random_below(2))
        change(&text);
    struct splitting states = split_in_chunks(PAGE, path, text.data, text.len, 1);
    for (int blocks = 1; blocks <= BLOCKS; blocks++)
        for (int b = 0; b < 2; b++)
            for (int near = -NEAR; near <= NEAR && !wrong; near++)
                wrong += !lane_agrees(&states, PAGE, path, text.data, text.len,
                                      (size_t)(blocks * SCAN_BYTES + beyond[b] + near));
    splitting_free(&states);
    buf_free(&text);
    return wrong;
}

static void check_edges(const struct path *path)
{
    unsigned wrong = 0;
    for (uint64_t seed = 0; seed < EDGE_TEXTS && wrong < 5; seed++)
        wrong += at_edges(path, seed);
    ok(wrong == 0, "%s: escapes and characters over the edges of blocks, in pieces that end near them",
       kind_under_test->name);
}

/* ---- deep ---- */

static void nest(struct buf *text, int depth)
{
    buf_clear(text);
    buf_adds(text, "[1,");
    for (int i = 0; i < depth; i++)
        buf_adds(text, i % 3 ? "{\"a\":" : "[");
    buf_adds(text, "[]");
    for (int i = depth; i--;)
        buf_adds(text, i % 3 ? "}" : "]");
    buf_adds(text, ",");
    add_pad(text, 2 * SCAN_BYTES);
    buf_adds(text, "]");
}

static void check_depth(const struct path *path)
{
    struct buf text = {0};
    unsigned wrong = 0;
    for (int depth = 1; depth < SPLIT_DEPTH + 8; depth++) {
        nest(&text, depth);
        wrong += !agree(PAGE, path, text.data, text.len, WHOLE) || !agree(PAGE, NULL, text.data, text.len, 100);
    }
    ok(wrong == 0, "%s: containers in containers", kind_under_test->name);
    buf_free(&text);
}

int main(void)
{
    struct path path;
    usual_paths(&path, USUAL_RECORDS);
    for (size_t i = 0; i < scan_kind_count; i++) {
        kind_under_test = &scan_kinds[i];
        if (!kind_under_test->runs())
            continue;
        check_kind(&path);
        check_edges(&path);
        check_depth(&path);
    }
    path_free(&path);
    return tap_end();
}
