/* split: what is a record, what is envelope, what is refused and at which byte; whatever pieces the text comes in. */
#include <stdlib.h>

#include "splitting.h"
#include "tap.h"

static struct path path_of(const char *records)
{
    struct path path;
    struct error e;
    if (records)
        path_records(&path, records, &e);
    else
        usual_paths(&path, USUAL_RECORDS);
    return path;
}

/* records NULL: the usual places. envelope NULL: not looked at. */
static void splits(enum kind kind, const char *name, const char *records, const char *text, const char *lines,
                   const char *envelope)
{
    size_t odd_chunk;
    struct path path = path_of(records);
    struct splitting s = split_every_way(kind, &path, text, strlen(text), &odd_chunk);
    bool same =
        s.result == 0 && strcmp(s.records.data, lines) == 0 && (!envelope || strcmp(s.envelope.data, envelope) == 0);
    int64_t count = 0;
    for (const char *c = lines; *c; c++)
        count += *c == '\n';
    ok(same && !odd_chunk && s.count == count, "%s", name);
    if (s.result)
        tap_note("refused: %s at byte %" PRIu64, s.reason, s.position);
    else if (!same)
        tap_note("records <%s>, envelope <%s>", s.records.data, s.envelope.data);
    if (odd_chunk)
        tap_note("in pieces of %zu bytes it says something else", odd_chunk);
    if (s.count != count)
        tap_note("it counts %" PRId64 " records", s.count);
    splitting_free(&s);
    path_free(&path);
}

static void page(const char *name, const char *records, const char *text, const char *lines, const char *envelope)
{
    splits(PAGE, name, records, text, lines, envelope);
}

/* The start of text for a test's name: one line, ASCII. */
static const char *shown(const char *text)
{
    static char out[200];
    char *to = out;
    for (const unsigned char *c = (const unsigned char *)text; *c && to < out + 60; c++)
        to += sprintf(to, *c < ' ' || *c > '~' ? "\\x%02x" : "%c", *c);
    *to = '\0';
    return out;
}

static void refuses(const char *text, uint64_t position, const char *reason)
{
    size_t odd_chunk;
    struct path path = path_of(NULL);
    struct splitting s = split_every_way(PAGE, &path, text, strlen(text), &odd_chunk);
    bool right = s.result == -1 && s.position == position && strstr(s.reason, reason) && !odd_chunk;
    ok(right, "<%s> is refused at byte %" PRIu64 ": %s", shown(text), position, reason);
    if (!right)
        tap_note("got %s at byte %" PRIu64 "; odd chunk %zu", s.result ? s.reason : "no error", s.position, odd_chunk);
    splitting_free(&s);
    path_free(&path);
}

static void check_places(void)
{
    page("records of an object", NULL, "{\"total\":2,\"results\":[{\"a\":1},{\"b\":2}],\"next\":null}",
         "{\"a\":1}\n{\"b\":2}\n", "{\"total\":2,\"results\":[],\"next\":null}");
    page("records of an array at the top", NULL, "[1,\"two\",[3],{}]", "1\n\"two\"\n[3]\n{}\n", "[]");
    page("no records", NULL, "{\"results\":[]}", "", "{\"results\":[]}");
    page("an empty array at the top", NULL, " [ ] ", "", "[]");
    page("results before data, whatever comes first", NULL, "{\"data\":[1,2],\"results\":[3]}", "3\n", NULL);
    page("results before data, whatever comes last", NULL, "{\"results\":[3],\"data\":[1,2]}", "3\n",
         "{\"results\":[],\"data\":[1,2]}");
    page("the best of three places", NULL, "{\"_items\":[1],\"rows\":[2],\"results\":{},\"items\":[3],\"x\":[4]}",
         "3\n", NULL);
    page("the usual places are at the top only", NULL, "{\"a\":{\"results\":[1]},\"items\":[2]}", "2\n",
         "{\"a\":{\"results\":[1]},\"items\":[]}");
    page("a usual name without an array is no place", NULL, "{\"results\":{\"data\":[1]},\"data\":5,\"rows\":[2]}",
         "2\n", "{\"results\":{\"data\":[1]},\"data\":5,\"rows\":[]}");
    page("Elasticsearch", NULL, "{\"hits\":{\"total\":{\"value\":2},\"hits\":[{\"_id\":\"a\"},{\"_id\":\"b\"}]}}",
         "{\"_id\":\"a\"}\n{\"_id\":\"b\"}\n", "{\"hits\":{\"total\":{\"value\":2},\"hits\":[]}}");
    page("arrays called results inside records stay where they are", NULL,
         "{\"results\":[{\"results\":[1],\"data\":[2]}]}", "{\"results\":[1],\"data\":[2]}\n", "{\"results\":[]}");
    page("records of records", NULL, "[[[1],[2]],[]]", "[[1],[2]]\n[]\n", "[]");
    page("a path with dots", "a.b", "{\"b\":[1],\"a\":{\"c\":[2],\"b\":[3]}}", "3\n",
         "{\"b\":[1],\"a\":{\"c\":[2],\"b\":[]}}");
    page("a whole member name with a dot is taken before the path", "a.b", "{\"a\":{\"b\":[1]},\"a.b\":[2]}", "2\n",
         NULL);
    page("a JSON Pointer", "/a/b", "{\"a\":{\"b\":[1]},\"a/b\":[2]}", "1\n", NULL);
    page("a JSON Pointer with ~0 and ~1", "/a~1b/c~0d", "{\"a\":[0],\"a/b\":{\"c~d\":[1]}}", "1\n", NULL);
    page("a JSON Pointer through an array", "/1/list", "[{\"list\":[1]},{\"list\":[2]},{\"list\":[3]}]", "2\n",
         "[{\"list\":[1]},{\"list\":[]},{\"list\":[3]}]");
    page("a path through an array", "a.2", "{\"a\":[[0],[1],[2],[3]]}", "2\n", "{\"a\":[[0],[1],[],[3]]}");
    page("01 is no index", "/01", "[[0],[1]]", "", "[[0],[1]]");
    page("an index may be a name", "/0", "{\"0\":[1]}", "1\n", "{\"0\":[]}");
    page("the empty path is the top", "", "[1]", "1\n", "[]");
    page("the empty path is not the usual places", "", "{\"results\":[1]}", "", "{\"results\":[1]}");
    page("the pointer to the empty name", "/", "{\"\":[1],\"a\":[2]}", "1\n", "{\"\":[],\"a\":[2]}");
    page("a path that is not there", "a.b", "{\"a\":[1]}", "", "{\"a\":[1]}");
    page("white space goes, but not in strings", NULL,
         "\t{ \"results\" :\r\n[ { \"a b\" : [ 1 , 2 ] } , \" x \" ] , \"n\" : 1 }\n", "{\"a b\":[1,2]}\n\" x \"\n",
         "{\"results\":[],\"n\":1}");
    page("a byte order mark goes", NULL, "\xef\xbb\xbf[1]", "1\n", "[]");
}

/* A JSONPath that names one place is a place; one that names more names the records. */
static void check_picked(void)
{
    page("a JSONPath to a list", "$.a['b.c']", "{\"a\":{\"b.c\":[1,2]}}", "1\n2\n", "{\"a\":{\"b.c\":[]}}");
    page("a JSONPath through an array", "$[1].list", "[{\"list\":[1]},{\"list\":[2]}]", "2\n",
         "[{\"list\":[1]},{\"list\":[]}]");
    page("a name is no index in a JSONPath", "$['0']", "[[1]]", "", "[[1]]");
    page("lists in lists", "$.data[*].items[*]",
         "{\"data\":[{\"n\":1,\"items\":[1,{\"a\":[2,3]}]},{\"items\":[]},{\"items\":[\"x\"]}],\"next\":null}",
         "1\n{\"a\":[2,3]}\n\"x\"\n",
         "{\"data\":[{\"n\":1,\"items\":[null,null]},{\"items\":[]},{\"items\":[null]}],\"next\":null}");
    page("records by key", "$.data.*", "{\"data\":{\"a\":{\"x\":1},\"b\":[1,2],\"c\":null,\"d\":-1.50e3},\"n\":{}}",
         "{\"x\":1}\n[1,2]\nnull\n-1.50e3\n", "{\"data\":{\"a\":null,\"b\":null,\"c\":null,\"d\":null},\"n\":{}}");
    page("records in wrappers, some without", "$.entry[*].resource",
         "{\"entry\":[{\"u\":1,\"resource\":{\"id\":1}},{\"u\":2},{\"resource\":{\"id\":3}}]}",
         "{\"id\":1}\n{\"id\":3}\n", "{\"entry\":[{\"u\":1,\"resource\":null},{\"u\":2},{\"resource\":null}]}");
    page("records at the top", "$[*].r", "[{\"r\":1},{\"q\":2},{\"r\":[3]}]", "1\n[3]\n",
         "[{\"r\":null},{\"q\":2},{\"r\":null}]");
    page("a slice", "$.a[1:4:2]", "{\"a\":[0,1,2,3,4]}", "1\n3\n", "{\"a\":[0,null,2,null,4]}");
    page("a filter", "$.a[?@.on==true]", "{\"a\":[{\"on\":true,\"i\":1},{\"on\":false,\"i\":2},{\"i\":3,\"on\":true}]}",
         "{\"on\":true,\"i\":1}\n{\"i\":3,\"on\":true}\n", "{\"a\":[null,null,null]}");
    page("a filter on the way", "$.entry[?@.mode=='match'].resource",
         "{\"entry\":[{\"mode\":\"match\",\"resource\":{\"id\":1}},{\"resource\":2,\"mode\":\"include\"}]}",
         "{\"id\":1}\n", "{\"entry\":[null,null]}");
    page("several records in one filtered value", "$.a[?@.b].b[-1,0]", "{\"a\":[{\"b\":[1,2]},{},{\"b\":[3]}]}",
         "2\n1\n3\n3\n", NULL);
    page("white space around records goes", "$.a[*].b", " { \"a\" : [ { \"b\" : { \"c\" : 1 } , \"d\" : 2 } ] } ",
         "{\"c\":1}\n", "{\"a\":[{\"b\":null,\"d\":2}]}");
    page("none where the list is empty", "$.a[*].b", "{\"a\":[]}", "", "{\"a\":[]}");
    page("a star among names: the elements of the lists that it names", "data.*.items",
         "{\"data\":{\"a\":{\"items\":[1,[2]]},\"b\":{},\"c\":{\"items\":null},\"d\":{\"items\":[{\"x\":3}]}}}",
         "1\n[2]\n{\"x\":3}\n", NULL);
    page("a star at the end: or the objects, by key", "data.*", "{\"data\":{\"a\":{\"x\":1},\"b\":[2,3],\"c\":null}}",
         "{\"x\":1}\n2\n3\n", NULL);
    page("members of the same name further down are no records", "$.a[*].b",
         "{\"x\":{\"a\":[{\"b\":1}]},\"a\":[{\"c\":{\"b\":2}}]}", "", NULL);
}

static void found(const char *records, const char *text, int way, bool null_records)
{
    struct path path = path_of(records);
    struct splitting s = split_in_chunks(PAGE, &path, text, strlen(text), WHOLE);
    ok(s.result == 0 && s.way == way && s.null_records == null_records, "%s in %s: %s", records, text,
       way == 0       ? "a list is there"
       : null_records ? "null is there"
                      : "nothing is there");
    splitting_free(&s);
    path_free(&path);
}

static void check_found(void)
{
    found("$.a[*].b", "{\"a\":[]}", 0, false);
    found("$.a.*", "{\"a\":{}}", 0, false);
    found("$[*]", "[]", 0, false);
    found("$.a[*].b", "{\"b\":[1]}", -1, false);
    found("$.a[*].b", "{\"a\":null}", -1, true);
    found("$.a[*].b", "{\"a\":\"x\"}", -1, false);
    found("$.a.b[*]", "{\"a\":[]}", -1, false);
    found("$.a", "{\"a\":[]}", 0, false);
    found("$.a", "{\"a\":{}}", -1, false);
    struct path path = path_of("$.a[*]");
    struct splitting s = split_in_chunks(PAGE, &path, "{\"a\":[1],\"a\":[2]}", 19, 1);
    is_text(s.reason, "a second list of records", "the same name twice is refused");
    splitting_free(&s);
    path_free(&path);
}

static void check_keys(void)
{
    page("a name with escapes", "r\xc3\xa9sum\xc3\xa9", "{\"r\\u00e9sum\\u00E9\":[1]}", "1\n", NULL);
    page("a name with a surrogate pair", "\xf0\x9f\x98\x80", "{\"\\ud83d\\ude00\":[1]}", "1\n", NULL);
    page("a name of raw UTF-8", "\xf0\x9f\x98\x80", "{\"\xf0\x9f\x98\x80\":[1]}", "1\n", NULL);
    page("results with an escaped letter", NULL, "{\"r\\u0065sults\":[1]}", "1\n", "{\"r\\u0065sults\":[]}");
    page("a name with escaped quotes and backslashes", "a\"\\/b", "{\"a\\\"\\\\\\/b\":[1]}", "1\n", NULL);
    page("the same as a JSON Pointer", "/a\"\\~1b", "{\"a\\\"\\\\\\/b\":[1]}", "1\n", NULL);
    page("a name that only begins like results", NULL, "{\"results2\":[1],\"result\":[2],\"items\":[3]}", "3\n", NULL);
    page("a NUL in a name ends nothing", NULL, "{\"results\\u0000\":[1],\"rows\":[2]}", "2\n", NULL);
    char text[1200], name[301];
    memset(name, 'k', 300);
    name[300] = '\0';
    snprintf(text, sizeof text, "{\"%s\":[1],\"results\":[2]}", name);
    page("a name of 300 characters is no obstacle", NULL, text, "2\n", NULL);
}

static void check_verbatim(void)
{
    static const char *const values[] = {
        "9007199254740993",
        "1.10",
        "1e400",
        "-1E-400",
        "-0",
        "-0.0",
        "0e+1",
        "123456789012345678901234567890.5",
        "18446744073709551615",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\uDC00\\uD800\"",
        "\"\\ud83d\\ude00\"",
        "\"\xf0\x9f\x98\x80\"",
        "\"\xc3\xa9\xe2\x80\xa8\x7f\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"]}[{\\\"]\"",
        "\"\"",
        "null",
        "true",
        "false",
        "{}",
        "[]",
        "{\"\":{\"\":[]}}",
        "{\"a\":1,\"a\":2}",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char name[100], text[200], lines[200], envelope[200];
        snprintf(name, sizeof name, "%s goes through as it stands", values[i]);
        snprintf(text, sizeof text, "{\"results\":[%s,0,%s],\"v\":%s}", values[i], values[i], values[i]);
        snprintf(lines, sizeof lines, "%s\n0\n%s\n", values[i], values[i]);
        snprintf(envelope, sizeof envelope, "{\"results\":[],\"v\":%s}", values[i]);
        page(name, NULL, text, lines, envelope);
    }
}

static void check_numbers(void)
{
    static const char *const good[] = {"0",   "-0",  "7",    "10",   "-12", "0.0",     "1.50",
                                       "1e5", "1E5", "1e+5", "1e-5", "0e0", "1.5e007", "-0.0e-0"};
    static const struct {
        const char *text;
        uint64_t position;
    } bad[] = {
        {"00", 1}, {"01", 1},  {"-01", 2},      {"1.", 2},        {".5", 0},  {"+1", 0},   {"-", 1},     {"--1", 1},
        {"1e", 2}, {"1e+", 3}, {"1.e5", 2},     {"0x1", 1},       {"1_0", 1}, {"1ee5", 2}, {"1.2.3", 3}, {"1e5.5", 3},
        {"-a", 1}, {"NaN", 0}, {"Infinity", 0}, {"-Infinity", 1}, {"1-2", 1}, {"1+2", 1},  {"1e5e", 3},  {"0-", 1},
    };
    char text[64];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        page(good[i], "/x", good[i], "", good[i]);
        snprintf(text, sizeof text, "%s\n", good[i]);
        page("the same number at the top, with a line feed", "/x", text, "", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "[%s]", bad[i].text);
        refuses(text, bad[i].position + 1, "");
    }
}

static void check_refusals(void)
{
    refuses("", 0, "cut short");
    refuses(" \n", 2, "cut short");
    refuses("\xef\xbb\xbf", 3, "cut short");
    refuses("\xef\xbb", 2, "cut short");
    refuses("\xef\xbb{}", 2, "expected a value");
    refuses("[1", 2, "cut short");
    refuses("{\"a\"", 4, "cut short");
    refuses("{\"a\":", 5, "cut short");
    refuses("\"abc", 4, "cut short");
    refuses("\"abc\\", 5, "cut short");
    refuses("\"abc\\u12", 8, "cut short");
    refuses("\"\xc3", 2, "cut short");
    refuses("tru", 3, "cut short");
    refuses("-", 1, "cut short");
    refuses("1.", 2, "cut short");
    refuses("[1,2", 4, "cut short");
    refuses("]", 0, "expected a value");
    refuses("}", 0, "expected a value");
    refuses("<html>", 0, "expected a value");
    refuses("[,1]", 1, "expected a value");
    refuses("[1,]", 3, "expected a value");
    refuses("[1 2]", 3, "expected ','");
    refuses("[1}", 2, "expected ','");
    refuses("{\"a\":1]", 6, "expected ','");
    refuses("{\"a\" 1}", 5, "expected ':'");
    refuses("{\"a\"::1}", 5, "expected a value");
    refuses("{\"a\":1,}", 7, "expected a member name");
    refuses("{,}", 1, "expected a member name");
    refuses("{a:1}", 1, "expected a member name");
    refuses("{\"a\":1 \"b\":2}", 7, "expected ','");
    refuses("{1:2}", 1, "expected a member name");
    refuses("['a']", 1, "expected a value");
    refuses("[1]]", 3, "more after the end");
    refuses("[1] [2]", 4, "more after the end");
    refuses("{}\n{}", 3, "more after the end");
    refuses("1 2", 2, "more after the end");
    refuses("[nulx]", 4, "expected a value");
    refuses("[True]", 1, "expected a value");
    refuses("[truefalse]", 5, "expected ','");
    refuses("[\"a\tb\"]", 3, "control character");
    refuses("[\"\\x\"]", 3, "escape");
    refuses("[\"\\u12G4\"]", 6, "escape");
    refuses("[\"\\U0041\"]", 3, "escape");
    refuses("[\"\x80\"]", 2, "UTF-8");
    refuses("[\"\xc0\x80\"]", 2, "UTF-8");
    refuses("[\"\xe0\x80\x80\"]", 3, "UTF-8");
    refuses("[\"\xed\xa0\x80\"]", 3, "UTF-8");
    refuses("[\"\xf4\x90\x80\x80\"]", 3, "UTF-8");
    refuses("[\"\xf5\x80\x80\x80\"]", 2, "UTF-8");
    refuses("[\"\xc3\"]", 3, "UTF-8");
    refuses("[1,\xc2\xa0 2]", 3, "expected a value");
    refuses("{\"results\":[1],\"results\":[2]}", 25, "a second list of records");
    refuses("[1]/**/", 3, "more after the end");
}

static void check_nul(void)
{
    struct path path = path_of(NULL);
    static const char *const names[] = {"a NUL byte between values is refused", "a NUL byte in a string is refused",
                                        "a NUL byte in an escape is refused"};
    static const char texts[3][8] = {"[1,\0 2]", "[\"a\0b\"]", "[\"\\\0b\"]"};
    for (int i = 0; i < 3; i++) {
        size_t odd_chunk;
        struct splitting s = split_every_way(PAGE, &path, texts[i], 7, &odd_chunk);
        ok(s.result == -1 && s.position == 3 && !odd_chunk, "%s", names[i]);
        splitting_free(&s);
    }
    path_free(&path);
}

static void nest(struct buf *text, const char *open, const char *middle, const char *close, int depth)
{
    buf_clear(text);
    for (int i = 0; i < depth; i++)
        buf_adds(text, open);
    buf_adds(text, middle);
    for (int i = 0; i < depth; i++)
        buf_adds(text, close);
    buf_text(text);
}

static void check_depth(void)
{
    struct buf text = {0};
    nest(&text, "[", "", "]", 512);
    page("512 arrays", "/x", text.data, "", text.data);
    nest(&text, "{\"a\":", "1", "}", 512);
    page("512 objects", "/x", text.data, "", text.data);
    nest(&text, "[", "", "]", 513);
    refuses(text.data, 512, "nested too deep");
    nest(&text, "{\"a\":", "1", "}", 513);
    refuses(text.data, 512 * 5, "nested too deep");
    buf_free(&text);
}

static void check_flags(void)
{
    static const struct {
        const char *text;
        bool null_records, scalar;
        int way;
    } cases[] = {
        {"{\"list\":null}", true, false, -1},
        {"{\"list\":[]}", false, false, 0},
        {"{\"list\":{}}", false, false, -1},
        {"{\"x\":{\"list\":null}}", false, false, -1},
        {"{\"other\":null}", false, false, -1},
        {"null", false, true, -1},
        {"\"list\"", false, true, -1},
        {"5", false, true, -1},
        {"{}", false, false, -1},
    };
    struct path path = path_of("list");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t odd_chunk;
        struct splitting s = split_every_way(PAGE, &path, cases[i].text, strlen(cases[i].text), &odd_chunk);
        ok(s.null_records == cases[i].null_records && s.scalar == cases[i].scalar && s.way == cases[i].way &&
               !odd_chunk,
           "null records, scalar and way of %s", cases[i].text);
        splitting_free(&s);
    }
    path_free(&path);
}

static void check_lines(void)
{
    splits(PERHAPS_LINES, "lines of objects, where one page was expected", NULL, "{\"a\":1}\n{\"a\": 2}\n\n{\"a\":3}",
           "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", "");
    splits(PERHAPS_LINES, "lines of which the first looks like a page", NULL,
           "{\"x\":1,\"results\":[1,2],\"y\":3}\n{\"results\":[3]}\n",
           "{\"x\":1,\"results\":[1,2],\"y\":3}\n{\"results\":[3]}\n", "");
    splits(PERHAPS_LINES, "lines of which the first holds two lists", NULL, "{\"data\":[1,2],\"results\":[3]}\n{}\n",
           "{\"data\":[1,2],\"results\":[3]}\n{}\n", "");
    splits(PERHAPS_LINES, "lines of arrays", NULL, "[1,[2,3]]\n[]\n[4]\n", "[1,[2,3]]\n[]\n[4]\n", "");
    splits(PERHAPS_LINES, "lines of numbers", NULL, "1\n2\n-3.0", "1\n2\n-3.0\n", "");
    splits(PERHAPS_LINES, "a page that might have been lines", NULL, "{\"results\":[1,2]}\n", "1\n2\n",
           "{\"results\":[]}");
    splits(LINES, "one line is a record", NULL, "{\"results\":[1,2]}\n", "{\"results\":[1,2]}\n", "");
    splits(LINES, "a sequence of texts (RFC 7464)", NULL, "\x1e{\"a\":1}\n\x1e 12\n\x1e[1,\n2]\n",
           "{\"a\":1}\n12\n[1,2]\n", "");
    splits(LINES, "a sequence of none", NULL, "\x1e\n", "", "");
    splits(LINES, "no lines", NULL, "", "", "");
    splits(LINES, "blank lines", NULL, "\n \n", "", "");
    splits(LINES, "lines with a byte order mark", NULL, "\xef\xbb\xbf{}\n{}", "{}\n{}\n", "");
}

static void check_caps(void)
{
    static const char text[] = "{\"results\":[1,2,3,4,5],\"next\":\"abcdefghij\"}";
    struct path path = path_of(NULL);
    for (int which = 0; which < 2; which++) {
        struct buf records = {.cap = which ? 5 : 0}, envelope = {.cap = which ? 0 : 20};
        struct split s;
        split_start(&s, &path, &records, &envelope);
        int result = split_feed(&s, text, sizeof text - 1);
        ok(result == -1 && s.reason == SPLIT_TOO_LARGE, "%s beyond the cap are refused",
           which ? "records" : "envelopes");
        ok(split_feed(&s, "]", 1) == -1 && split_end(&s) == -1 && s.reason == SPLIT_TOO_LARGE,
           "after a refusal nothing more is taken");
        buf_free(&records);
        buf_free(&envelope);
    }
    path_free(&path);
}

/* What a text has said by its middle; NULL: it is not in the list of records. */
static void so_far(const char *records, const char *begun, const char *said)
{
    struct path path = path_of(records);
    struct buf lines = {0}, envelope = {0}, closed = {0};
    struct split s;
    split_start(&s, &path, &lines, &envelope);
    split_feed(&s, begun, strlen(begun));
    bool in_list = split_so_far(&s, &closed);
    ok(in_list == (said != NULL) && (!said || strcmp(buf_text(&closed), said) == 0), "so far: %s", begun);
    buf_free(&lines);
    buf_free(&envelope);
    buf_free(&closed);
    path_free(&path);
}

static void check_so_far(void)
{
    so_far(NULL, "{\"next\":\"x\", \"results\":[{", "{\"next\":\"x\",\"results\":[]}");
    so_far(NULL, "{\"next\":\"x\", \"results\":[1, {\"a\":[[\"b", "{\"next\":\"x\",\"results\":[]}");
    so_far("a.1.b", "{\"a\":[{\"c\":2},{\"b\":[\"", "{\"a\":[{\"c\":2},{\"b\":[]}]}");
    so_far(NULL, "[ [", "[]");
    so_far(NULL, "[ ", NULL);
    so_far(NULL, "{\"next\":\"x\", \"res", NULL);
    so_far(NULL, "{\"next\":\"x\", \"results\":[", NULL);
    so_far(NULL, "{\"results\":[1],\"next\":", NULL);
    so_far("$..b", "{\"a\":[{\"b\":{", NULL);
}

int main(void)
{
    check_places();
    check_picked();
    check_found();
    check_keys();
    check_verbatim();
    check_numbers();
    check_refusals();
    check_nul();
    check_depth();
    check_flags();
    check_lines();
    check_caps();
    check_so_far();
    return tap_end();
}
