/* Records with some of their members. */
#include "tap.h"

#include "json/fields.h"

static void keeps(const char *text, const char *line, const char *expected)
{
    struct list fields = {0};
    struct buf out = {0};
    struct error e = {0};
    ok(fields_parse(&fields, text, &e) == 0, "the fields %s", text);
    fields_keep(&fields, (struct slice){line, strlen(line)}, &out);
    is_text(buf_text(&out), expected, "are kept");
    list_free(&fields);
    buf_free(&out);
}

int main(void)
{
    keeps("id", "{\"a\":1,\"id\":1.10,\"b\":\"x\"}\n", "{\"id\":1.10}\n");
    keeps("b,a", "{\"a\":1,\"b\":{\"c\":[2]}}\n{\"b\":null}\n{}\n", "{\"a\":1,\"b\":{\"c\":[2]}}\n{\"b\":null}\n{}\n");
    keeps("b.c", "{\"b\":{\"c\":1,\"d\":2}}\n{\"b\":5}\n{\"b\":{}}\n", "{\"b\":{\"c\":1}}\n{}\n{\"b\":{}}\n");
    keeps("b.c", "{\"b.c\":1,\"b\":[{\"c\":2,\"d\":3},4,[{\"c\":5}]]}\n",
          "{\"b.c\":1,\"b\":[{\"c\":2},[{\"c\":5}]]}\n");
    keeps("a.b.c", "{\"a.b\":{\"c\":1,\"d\":1},\"a\":{\"b\":{\"d\":2,\"c\":2}}}\n",
          "{\"a.b\":{\"c\":1},\"a\":{\"b\":{\"c\":2}}}\n");
    keeps("a,a.b", "{\"a\":{\"b\":1,\"c\":2}}\n", "{\"a\":{\"b\":1,\"c\":2}}\n");
    keeps("\xc3\xa9", "{\"\\u00e9\":1,\"e\":2,\"\\u00e9\":3}\n", "{\"\\u00e9\":1,\"\\u00e9\":3}\n");
    keeps("a", "[1]\n5\n\"a\"\nnull\n", "[1]\n5\n\"a\"\nnull\n");
    static const char *const wrong[] = {"", ",", "a,", ",a", "a,,b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct list fields = {0};
        struct error e = {0};
        ok(fields_parse(&fields, wrong[i], &e) == -1 && e.code == EXIT_USAGE, "no fields: <%s>", wrong[i]);
        list_free(&fields);
    }
    return tap_end();
}
