/* The 703 cases of the JSONPath compliance test suite (tests/data/jsonpath-test-suite): what RFC 9535 calls invalid is
 * refused, functions are refused by their name, and all other queries name exactly the values that they should. */
#include <stdlib.h>

#include "splitting.h"
#include "tap.h"
#include "json/jsonpath.h"

static const char FILE_NAME[] = TEST_DATA "/jsonpath-test-suite/cts.json";
enum { SUITE_CASES = 703, SUITE_INVALID = 247, SUITE_FUNCTIONS = 83 };

static struct slice member(struct slice object, const char *name)
{
    return value_member(object, name, strlen(name));
}

static bool add_value(void *ctx, struct slice value)
{
    struct buf *found = ctx;
    buf_addc(found, found->len ? ',' : '[');
    buf_add(found, value.text, value.len);
    return true;
}

static bool is_same(const struct buf *found, struct slice want)
{
    return want.len == found->len && memcmp(want.text, found->data, want.len) == 0;
}

/* The values in the order that the suite gives, or in one of the orders. */
static bool names_these(const struct jsonpath *q, struct slice test)
{
    struct buf found = {0};
    struct slice want = member(test, "result"), orders = member(test, "results"), order;
    jsonpath_each(q, member(test, "document"), add_value, &found);
    buf_adds(&found, found.len ? "]" : "[]");
    bool same = want.text && is_same(&found, want);
    for (size_t at = 0; orders.text && value_next(orders, &at, NULL, &order);)
        same |= is_same(&found, order);
    if (!same)
        tap_note("found %s of %.*s", buf_text(&found), (int)test.len, test.text);
    buf_free(&found);
    return same;
}

static int invalid, functions, streamed;

static bool add_line(void *ctx, struct slice value)
{
    struct buf *lines = ctx;
    buf_add(lines, value.text, value.len);
    return buf_addc(lines, '\n') == 0;
}

/* A query that may say where records are finds the same while the text arrives, whatever the pieces. */
static void check_streamed(const struct jsonpath *q, const char *name, const char *text, struct slice json)
{
    struct path path;
    struct error e;
    struct buf lines = {0};
    size_t odd;
    if (path_records(&path, text, &e) == 0 && path.many) {
        struct splitting s = split_every_way(PAGE, &path, json.text, json.len, &odd);
        jsonpath_each(q, json, add_line, &lines);
        ok(s.result == 0 && !odd && strcmp(buf_text(&lines), s.records.data) == 0, "%s: the same as records", name);
        splitting_free(&s);
        streamed++;
    }
    buf_free(&lines);
    path_free(&path);
}

static void check_case(struct slice test)
{
    struct buf name = {0}, text = {0};
    struct jsonpath_fault fault;
    value_scalar(member(test, "name"), &name);
    value_scalar(member(test, "selector"), &text);
    struct jsonpath *q = jsonpath_parse(buf_text(&text), text.len, &fault);
    bool function = !q && strstr(fault.text, "functions are left out: ");
    if (member(test, "invalid_selector").text) {
        invalid++;
        ok(!q && *fault.text, "%s: is refused", buf_text(&name));
    } else if (function) {
        functions++;
        ok(fault.text[strlen(fault.text) - 1] == ')', "%s: a function is refused by its name", buf_text(&name));
    } else if (ok(q && names_these(q, test), "%s", buf_text(&name)) && member(test, "result").text) {
        struct slice first = jsonpath_first(q, member(test, "document")), want;
        size_t at = 0;
        bool any = value_next(member(test, "result"), &at, NULL, &want);
        ok(any == (first.text != NULL) && (!any || (first.len == want.len && !memcmp(first.text, want.text, want.len))),
           "%s: the first value", buf_text(&name));
        check_streamed(q, buf_text(&name), buf_text(&text), member(test, "document"));
    } else if (!q) {
        tap_note("%s at byte %zu of %s", fault.text, fault.at, buf_text(&text));
    }
    jsonpath_free(q);
    buf_free(&name);
    buf_free(&text);
}

static void read_suite(struct buf *suite)
{
    char chunk[65536];
    size_t n;
    struct buf raw = {0};
    struct split split;
    FILE *f = fopen(FILE_NAME, "r");
    while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_add(&raw, chunk, n);
    if (f)
        fclose(f);
    ok(split_whole(&split, buf_text(&raw), raw.len, suite) == 0, "the suite is there, and JSON");
    buf_free(&raw);
}

int main(void)
{
    struct buf suite = {0};
    struct slice test;
    int cases = 0;
    read_suite(&suite);
    struct slice tests = member((struct slice){buf_text(&suite), suite.len}, "tests");
    for (size_t at = 0; tests.text && value_next(tests, &at, NULL, &test); cases++)
        check_case(test);
    is_int(cases, SUITE_CASES, "the whole suite was tried");
    is_int(invalid, SUITE_INVALID, "so many of it are invalid");
    ok(streamed > 100, "%d of it are streamed", streamed);
    is_int(functions, SUITE_FUNCTIONS, "so many of it have functions, which are left out");
    buf_free(&suite);
    return tap_end();
}
