/* path: PATHs looked up in JSON text. */
#include "tap.h"
#include "json/path.h"

static char *text_of(struct slice slice, struct buf *b)
{
    buf_clear(b);
    buf_add(b, slice.text, slice.len);
    buf_text(b);
    return slice.text ? b->data : NULL;
}

static void finds(const char *text, const char *json, const char *value)
{
    struct path path;
    struct buf found = {0};
    char name[300];
    snprintf(name, sizeof name, "%s in %s", *text ? text : "the empty path", json);
    path_parse(&path, text);
    is_text(text_of(path_find(&path, json, strlen(json)), &found), value, name);
    buf_free(&found);
    path_free(&path);
}

static void check_find(void)
{
    finds("", "{\"a\":1}", "{\"a\":1}");
    finds("a", "{\"a\":1}", "1");
    finds("a", "{\"b\":{\"a\":1}}", NULL);
    finds("a", "[1]", NULL);
    finds("a", "5", NULL);
    finds("a", "{}", NULL);
    finds("a.b.c", "{\"a\":{\"b\":{\"c\":[1,2]}}}", "[1,2]");
    finds("a.b.c", "{\"a\":{\"b\":1}}", NULL);
    finds("a.b", "{\"a\":{\"b\":1},\"a.b\":2}", "2");
    finds("a.b", "{\"a\":{\"b\":1}}", "1");
    finds("@odata.count", "{\"@odata.count\":7}", "7");
    finds("@odata.nextLink", "{\"@odata\":{\"nextLink\":1}}", "1");
    finds("a.b.c", "{\"a.b\":{\"c\":1}}", NULL);
    finds("/a/b", "{\"a\":{\"b\":1},\"a/b\":2}", "1");
    finds("/a~1b", "{\"a\":{\"b\":1},\"a/b\":2}", "2");
    finds("/m~0n", "{\"m~n\":8}", "8");
    finds("/~01", "{\"~1\":9}", "9");
    finds("/a~2", "{\"a~2\":9}", "9");
    finds("/", "{\"\":1}", "1");
    finds("//a", "{\"\":{\"a\":1}}", "1");
    finds("/a.b", "{\"a\":{\"b\":1},\"a.b\":2}", "2");
    finds("list.0", "{\"list\":[1,2]}", "1");
    finds("list.1", "{\"list\":[{\"x\":[0]},\"y\"]}", "\"y\"");
    finds("list.2", "{\"list\":[1,2]}", NULL);
    finds("/list/-", "{\"list\":[1,2]}", NULL);
    finds("list.01", "{\"list\":[1,2]}", NULL);
    finds("list.+1", "{\"list\":[1,2]}", NULL);
    finds("list.18446744073709551616", "{\"list\":[1,2]}", NULL);
    finds("0", "{\"0\":\"name\"}", "\"name\"");
    finds("/1/a", "[{\"a\":1},{\"a\":2}]", "2");
    finds("a", "{\"a\":1,\"a\":2}", "2");
    finds("a.b", "{\"a\":{\"b\":1},\"a\":{\"b\":2}}", "2");
    finds("b", "{\"a\":\"}\\\"]{\",\"b\":[\"]\",{\"x\":\"\\\\\"}],\"c\":1}", "[\"]\",{\"x\":\"\\\\\"}]");
    finds("c", "{\"a\":[],\"b\":{},\"c\":-1.5e+3,\"d\":0}", "-1.5e+3");
    finds("n", "{\"n\":null}", "null");
    finds("e", "{\"e\":\"\"}", "\"\"");
    finds("\xc3\xa9", "{\"\\u00e9\":1}", "1");
    finds("\xc3\xa9", "{\"\xc3\xa9\":1}", "1");
    finds("\xf0\x9f\x98\x80", "{\"\\ud83d\\uDE00\":1}", "1");
    finds("a\"b\\c/d", "{\"a\\\"b\\\\c\\/d\":1}", "1");
    finds("tab\there", "{\"tab\\there\":1}", "1");
    finds("a", "{\"a\\u0000\":1}", NULL);
    finds("$.a['b.c'][-1]", "{\"a\":{\"b.c\":[1,2]}}", "2");
    finds("$.a[?@.k=='x'].v", "{\"a\":[{\"k\":\"y\",\"v\":1},{\"k\":\"x\",\"v\":2}]}", "2");
    finds("$", "[1]", "[1]");
    finds("$['0']", "[1]", NULL);
    finds("a.*.b", "{\"a\":[{\"c\":0},{\"b\":1},{\"b\":2}]}", "1");
    finds("*.b", "{\"x\":{},\"y\":{\"b\":1}}", "1");
    finds("a\"b.*", "{\"a\\\"b\":{\"x\":7}}", "7");
    finds("a*.b", "{\"a*\":{\"b\":1}}", "1");
    finds("/*/b", "{\"*\":{\"b\":1}}", "1");
}

static void check_ways(void)
{
    static const char *const both[] = {"x.y", "z"};
    struct path path, one;
    struct buf shown = {0};
    path_parse_all(&path, both, 2);
    is_int(path.count, 3, "a dotted path has two ways: one name, and names one after the other");
    const char *text = "{\"z\":1,\"x\":{\"y\":2}}";
    struct slice found = path_find(&path, text, strlen(text));
    ok(found.len == 1 && *found.text == '2', "ways are tried in their order");
    path_show(&path, 1, &shown);
    is_text(buf_text(&shown), "x.y", "a way is shown with dots");
    buf_clear(&shown);
    path_show(&path, 0, &shown);
    is_text(buf_text(&shown), "/x.y", "a name with a dot is shown as a JSON Pointer");
    path_only(&one, &path, 1);
    path_free(&path);
    found = path_find(&one, "{\"x\":{\"y\":2}}", 13);
    ok(one.count == 1 && found.len == 1 && *found.text == '2', "one way alone is a path of its own");
    path_free(&one);
    buf_clear(&shown);
    path_parse(&path, "/a~1b/~0");
    path_show(&path, 0, &shown);
    is_text(buf_text(&shown), "/a~1b/~0", "a JSON Pointer is shown as it was given");
    path_free(&path);
    buf_clear(&shown);
    path_parse(&path, "/$a");
    path_show(&path, 0, &shown);
    is_text(buf_text(&shown), "/$a", "so is one that would be a JSONPath");
    path_free(&path);
    buf_clear(&shown);
    path_parse(&path, "/a/*");
    path_show(&path, 0, &shown);
    is_text(buf_text(&shown), "/a/*", "and one that would name all members");
    path_free(&path);
    buf_free(&shown);
}

/* More names than there is room for: the first ones count. */
static void check_many(void)
{
    static const char *names[60];
    struct path path;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        names[i] = i % 2 ? "a.b" : i % 4 ? "/c" : "$.d";
    path_parse_all(&path, names, sizeof names / sizeof *names);
    ok(path.count > PATH_WAYS - 2 && path.count <= PATH_WAYS, "of sixty names there are %u ways", path.count);
    struct slice found = path_find(&path, "{\"a\":{\"b\":7}}", 13);
    ok(found.len == 1 && *found.text == '7', "the first ones are looked for");
    path_free(&path);
}

static void check_depth(void)
{
    struct path path;
    is_int(path_parse(&path, "1.2.3.4.5.6.7.8.9.10.11.12"), 0, "twelve names are a path");
    path_free(&path);
    is_int(path_parse(&path, "1.2.3.4.5.6.7.8.9.10.11.12.13"), -1, "thirteen are refused");
    path_free(&path);
    is_int(path_parse(&path, "/1/2/3/4/5/6/7/8/9/10/11/12/13"), -1, "as a JSON Pointer too");
    path_free(&path);
}

static void scalar_is(const char *json, const char *text)
{
    struct buf out = {0};
    char name[200];
    snprintf(name, sizeof name, "what %s says", json);
    value_scalar((struct slice){json, strlen(json)}, &out);
    is_text(buf_text(&out), text, name);
    buf_free(&out);
}

static void check_scalars(void)
{
    scalar_is("17", "17");
    scalar_is("1.10", "1.10");
    scalar_is("true", "true");
    scalar_is("\"\"", "");
    scalar_is("\"a b\"", "a b");
    scalar_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    scalar_is("\"\\u0041\\u00e9\\u20AC\\uffff\"", "A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf");
    scalar_is("\"\\u007f\\u0080\\u07ff\\u0800\"", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80");
    scalar_is("\"\\ud83d\\ude00\\uDBFF\\uDFFF\\ud800\\udc00\"", "\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\xf0\x90\x80\x80");
    scalar_is("\"\\ud800\"", "\\ud800");
    scalar_is("\"\\udc00x\"", "\\udc00x");
    scalar_is("\"\\ud800\\u0041\"", "\\ud800A");
    scalar_is("\"\\ud800\\ud83d\\ude00\"", "\\ud800\xf0\x9f\x98\x80");
    scalar_is("\"\\ud800\\\\ude00\"", "\\ud800\\ude00");
}

static void check_void(void)
{
    static const char *const none[] = {"", "null", "false", "\"\""};
    static const char *const some[] = {"0", "true", "\" \"", "[]", "{}", "nul", "\"null\""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ok(value_is_void((struct slice){none[i], strlen(none[i])}), "<%s> is void", none[i]);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        ok(!value_is_void((struct slice){some[i], strlen(some[i])}), "<%s> is not void", some[i]);
    ok(value_is_void((struct slice){NULL, 0}), "nothing is void");
}

static void sets(const char *json, const char *path, const char *value, const char *want)
{
    struct buf b = {0};
    char name[200];
    buf_adds(&b, json);
    int result = path_set(&b, path, (struct slice){value, strlen(value)});
    snprintf(name, sizeof name, "%s = %s in %s", path, value, json);
    is_text(result ? NULL : buf_text(&b), want, name);
    buf_free(&b);
}

static void check_set(void)
{
    sets("{}", "a", "1", "{\"a\":1}");
    sets("{\"a\":0}", "a", "17", "{\"a\":17}");
    sets("{\"a\":[1,2],\"b\":2}", "a", "\"x\"", "{\"a\":\"x\",\"b\":2}");
    sets("{\"b\":2}", "a", "1", "{\"b\":2,\"a\":1}");
    sets("{\"page\":{\"from\":0},\"q\":{}}", "page.from", "100", "{\"page\":{\"from\":100},\"q\":{}}");
    sets("{\"page\":{},\"q\":{}}", "page.from", "100", "{\"page\":{\"from\":100},\"q\":{}}");
    sets("{\"page\":{},\"q\":{}}", "/page/from", "100", "{\"page\":{\"from\":100},\"q\":{}}");
    sets("{}", "/a\"~1b", "1", "{\"a\\\"/b\":1}");
    sets("{\"page\":{}}", "$.page['from']", "100", "{\"page\":{\"from\":100}}");
    sets("{\"q\":[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":2}]}", "$.q[?@.n=='b'].v", "9",
         "{\"q\":[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":9}]}");
    sets("{\"q\":[]}", "$.q[?@.n=='b'].v", "9", NULL);
    sets("{}", "$", "9", "9");
    sets("{}", "page.from", "100", NULL);
    sets("{\"page\":5}", "page.from", "100", NULL);
    sets("[]", "a", "1", NULL);
}

static void check_quote(void)
{
    struct buf out = {0};
    value_quote("a\"b\\c\n\x1f\0\xc3\xa9", 10, &out);
    is_text(buf_text(&out), "\"a\\\"b\\\\c\\u000a\\u001f\\u0000\xc3\xa9\"", "a text is quoted as JSON");
    buf_free(&out);
}

int main(void)
{
    check_find();
    check_ways();
    check_many();
    check_depth();
    check_scalars();
    check_void();
    check_set();
    check_quote();
    return tap_end();
}
