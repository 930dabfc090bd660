/* jsonpath and order: what the suite of test_jsonpath_suite.c leaves open: bytes and numbers as they are, tests by
 * themselves, and what a refusal says. */
#include "tap.h"

#include <stdlib.h>

#include "json/jsonpath.h"
#include "json/order.h"

static struct slice text_slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static void names(const char *query, const char *json, const char *want)
{
    struct jsonpath_fault fault;
    struct jsonpath *q = jsonpath_parse(query, strlen(query), &fault);
    struct slice found = q ? jsonpath_first(q, text_slice(json)) : (struct slice){0};
    bool right = want ? found.len == strlen(want) && !memcmp(found.text, want, found.len) : q && !found.text;
    if (!ok(right, "%s in %s is %s", query, json, want ? want : "nothing"))
        tap_note("%.*s%s", (int)found.len, found.text ? found.text : "", q ? "" : fault.text);
    jsonpath_free(q);
}

static void refused(const char *query, const char *why, size_t at)
{
    struct jsonpath_fault fault;
    struct jsonpath *q = jsonpath_parse(query, strlen(query), &fault);
    ok(!q, "%s is refused", query);
    is_text(fault.text, why, "and it says why");
    is_int((int64_t)fault.at, (int64_t)at, "and where");
    jsonpath_free(q);
}

static void holds(const char *test, const char *json, bool want)
{
    struct jsonpath_fault fault;
    struct jsonpath *q = jsonpath_parse_test(test, strlen(test), &fault);
    if (!ok(q && jsonpath_holds(q, text_slice(json)) == want, "%s %s for %s", test, want ? "holds" : "does not hold",
            json))
        tap_note("%s", q ? "" : fault.text);
    jsonpath_free(q);
}

static void equal(const char *a, const char *b, bool want)
{
    ok(order_equal(text_slice(a), text_slice(b)) == want && order_equal(text_slice(b), text_slice(a)) == want,
       "%s and %s are %s", a, b, want ? "equal" : "not equal");
}

static void less(const char *a, const char *b, bool want)
{
    ok(order_less(text_slice(a), text_slice(b)) == want, "%s is %s than %s", a, want ? "less" : "not less", b);
    if (want)
        ok(!order_less(text_slice(b), text_slice(a)), "and not the other way round");
}

static void test_values(void)
{
    names("$.n", "{\"n\":9007199254740993.10}", "9007199254740993.10");
    names("$.s", "{\"s\":\"a\\u0000\\/b\"}", "\"a\\u0000\\/b\"");
    names("$.a", "{\"a\":1,\"a\":2}", "2");
    names("$['\\u0061']", "{\"\\u0061\":1}", "1");
    names("$[\"it's\"]", "{\"it's\":1}", "1");
    names("$['it\\'s']", "{\"it's\":1}", "1");
    names("$['']", "{\"\":1}", "1");
    names("$.\xc3\xa9t\xc3\xa9", "{\"\\u00e9t\xc3\xa9\":1}", "1");
    names("$..a", "{\"b\":{\"a\":1},\"c\":{\"a\":2}}", "1");
    names("$..a", "{\"x\":{\"b\":{\"a\":1}},\"c\":{\"a\":2}}", "1");
    names("$['b','a']", "{\"a\":1,\"b\":2}", "2");
    names("$['0']", "[7]", NULL);
    names("$[0]", "{\"0\":7}", NULL);
    names("$.link[?@.relation=='next'].url",
          "{\"link\":[{\"relation\":\"self\",\"url\":1},{\"relation\":\"next\",\"url\":2}]}", "2");
    names("$.items[-1].id", "{\"items\":[{\"id\":1},{\"id\":2}]}", "2");
    names("$.a[?@.id>9007199254740992].id", "{\"a\":[{\"id\":9007199254740992},{\"id\":9007199254740993}]}",
          "9007199254740993");
}

static void test_refusals(void)
{
    refused("$.a[?length(@)>1]", "functions are left out: length()", 5);
    refused("$.a[?!match(@.b,'x')]", "functions are left out: match()", 6);
    refused("a.b", "expected $", 0);
    refused("$.a b", "what is this?", 3);
    refused("$.a[", "expected a name in quotes, an index, a slice, * or ?", 4);
    refused("$[?@.a[*]==1]", "only what names one value can be compared", 11);
    refused("$['a", "a string without its closing quote", 4);
    refused("$.1", "expected a name or * after the dot (other names: ['name'])", 2);
    char deep[300] = "$[?";
    memset(deep + 3, '(', sizeof deep - 4);
    refused(deep, "nested too deep", 103);
    char *many = mem_zeroed(1, 100001);
    memset(many, '|', 100000);
    refused(many, "it is too long", 0);
    free(many);
}

static void test_tests(void)
{
    holds("$.error.code==\"no_data\"", "{\"error\":{\"code\":\"no_data\"}}", true);
    holds("$.error.code=='no_data'", "{\"error\":{\"code\":\"other\"}}", false);
    holds("$.error.code=='no_data'", "{}", false);
    holds("$.error.code!='ok'", "{}", true);
    holds("!$.entry", "{\"entry\":[]}", false);
    holds("!$.entry", "{}", true);
    holds("$.n>=100 && ($.a || $.b)", "{\"n\":1e2,\"b\":null}", true);
    holds("$.n>=100 && ($.a || $.b)", "{\"n\":100}", false);
    holds("$.errors[?@.code==7]", "{\"errors\":[{\"code\":6},{\"code\":7.0}]}", true);
    holds("$[0].error", "[{\"error\":1}]", true);
    holds("$.ok==false", "[]", false);
}

static void test_order(void)
{
    equal("1", "1.0", true);
    equal("100", "1e2", true);
    equal("1e2", "10.0E+1", true);
    equal("0.001", "1e-3", true);
    equal("-0", "0.00e7", true);
    equal("9007199254740993", "9007199254740992", false);
    equal("1e400", "1e401", false);
    equal("0.1", "0.10000000000000000000000001", false);
    equal("1", "\"1\"", false);
    equal("-1", "1", false);
    equal("\"\\u00e9\"", "\"\xc3\xa9\"", true);
    equal("{\"a\":1,\"b\":[1,2]}", "{\"b\":[1.0,2],\"a\":1}", true);
    equal("{\"a\":1}", "{\"a\":1,\"b\":2}", false);
    equal("{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false);
    equal("{\"a\":1,\"b\":2,\"a\":3}", "{\"\\u0061\":3,\"b\":2}", true);
    equal("{\"a\":1,\"a\":3}", "{\"a\":1}", false);
    equal("[1]", "[1,2]", false);
    equal("[]", "{}", false);
    equal("true", "true", true);
    less("9007199254740992", "9007199254740993", true);
    less("-2", "-1", true);
    less("-1", "0", true);
    less("0", "0.001", true);
    less("1e-400", "1e-399", true);
    less("9", "10", true);
    less("1.5", "1.50", false);
    less("\"a\"", "\"b\"", true);
    less("\"a\"", "\"ab\"", true);
    less("\"\xef\xbf\xbd\"", "\"\xf0\x9d\x84\x9e\"", true);
    less("1", "\"2\"", false);
    less("false", "true", false);
    ok(order_equal((struct slice){0}, (struct slice){0}), "nothing equals nothing");
    ok(!order_equal((struct slice){0}, text_slice("null")), "and not null");
}

int main(void)
{
    test_values();
    test_refusals();
    test_tests();
    test_order();
    return tap_end();
}
