/* Records to columns: values at the edges of their types, records that do not fit and leave no trace.
 * What the messages mean to a reader of Arrow is tested against pyarrow, in spark/tests/test_arrow.py. */
#include "tap.h"

#include <stdlib.h>

#include "arrow/columns.h"
#include "arrow/flat_read.h"
#include "arrow/infer.h"
#include "arrow/ipc.h"
#include "arrow/numbers.h"
#include "arrow/texts.h"

static struct slice text(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static struct numeral numeral(const char *text)
{
    struct numeral n;
    if (!numeral_read(&n, text, text + strlen(text)))
        n = (struct numeral){0};
    return n;
}

/* May column a, its member b, its member c be null, by the schema's message? Their letters. */
static void show_nullable(struct schema_field *schema, struct buf *shown)
{
    struct buf out = {0};
    struct flat_table_read message, header, field[3];
    struct flat_list columns, members;
    ipc_schema(schema, &out);
    if (flat_read_root((struct slice){out.data + 8, out.len - 8}, &message) && flat_read_table(&message, 2, &header) &&
        flat_read_list(&header, 1, 4, &columns) && flat_read_element(&columns, 0, &field[0]) &&
        flat_read_list(&field[0], 5, 4, &members) && flat_read_element(&members, 0, &field[1]) &&
        flat_read_element(&members, 1, &field[2]))
        for (int i = 0; i < 3; i++)
            buf_add(shown, &"abc"[i], flat_read_integer(&field[i], 1, 1, 0) == 1);
    buf_free(&out);
}

static void test_nullable(void)
{
    static const char JSON[] =
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"nullable\":false,\"type\":{\"type\":\"struct\",\"fields\":["
        "{\"name\":\"b\",\"nullable\":false,\"type\":\"long\"},{\"name\":\"c\",\"nullable\":true,\"type\":\"long\"}]}}]"
        "}";
    struct schema_field schema;
    struct error e = {0};
    struct buf strict = {0}, misfits = {0};
    is_int(schema_parse(&schema, text(JSON), &e), 0, "a schema");
    show_nullable(&schema, &strict);
    is_text(buf_text(&strict), "c", "what may be null is what the schema says");
    schema.children[0].role = SCHEMA_MISFIT;
    show_nullable(&schema, &misfits);
    is_text(buf_text(&misfits), "ac", "with a column for records that do not fit each column may");
    schema_free(&schema);
    buf_free(&strict);
    buf_free(&misfits);
}

static void test_integers(void)
{
    static const struct {
        const char *text;
        unsigned bits;
        bool fits;
        int64_t value;
    } cases[] = {
        {"0", 8, true, 0},
        {"-0", 8, true, 0},
        {"127", 8, true, 127},
        {"128", 8, false, 0},
        {"-128", 8, true, -128},
        {"-129", 8, false, 0},
        {"9223372036854775807", 64, true, INT64_MAX},
        {"9223372036854775808", 64, false, 0},
        {"-9223372036854775808", 64, true, INT64_MIN},
        {"-9223372036854775809", 64, false, 0},
        {"18446744073709551617", 64, false, 0},
        {"1.0", 64, false, 0},
        {"1e2", 64, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct numeral n = numeral(cases[i].text);
        int64_t value = 0;
        bool fits = numeral_integer(&n, cases[i].bits, &value);
        ok(fits == cases[i].fits && value == cases[i].value, "%s in %u bits", cases[i].text, cases[i].bits);
    }
}

/* As strtod() has them, which rounds correctly. */
static void test_doubles(void)
{
    static const char *const texts[] = {"0",
                                        "-0",
                                        "0.1",
                                        "1e22",
                                        "1e23",
                                        "9007199254740993",
                                        "123456789012345678901234567890",
                                        "1e400",
                                        "-1e400",
                                        "4.9e-324",
                                        "1e-400",
                                        "0.3",
                                        "2.5e-1",
                                        "8.5e15",
                                        "179769313486231570e291",
                                        "0e999",
                                        "3.14159265358979323846264338327950288",
                                        "0.000000000000000000000000000000000000000000001e45"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct numeral n = numeral(texts[i]);
        double ours = numeral_double(&n), theirs = strtod(texts[i], NULL);
        ok(memcmp(&ours, &theirs, sizeof ours) == 0, "the double nearest to %s", texts[i]);
    }
    struct numeral n = numeral("1.00000017881393432617187499");
    float single = numeral_float(&n);
    ok(single == strtof("1.00000017881393432617187499", NULL), "a float is not rounded twice");
}

static void test_decimals(void)
{
    static const struct {
        const char *text;
        unsigned precision, scale;
        bool fits;
        int64_t value;
    } cases[] = {
        {"1.10", 10, 2, true, 110},
        {"1.005", 10, 2, true, 101},
        {"-1.005", 10, 2, true, -101},
        {"1.0049999", 10, 2, true, 100},
        {"0.5", 10, 0, true, 1},
        {"0.05", 10, 0, true, 0},
        {"99999999.995", 10, 2, false, 0},
        {"1e3", 10, 2, true, 100000},
        {"1e-5", 10, 2, true, 0},
        {"1e8", 10, 2, false, 0},
        {"0e9999", 10, 2, true, 0},
        {"0.00000000000000000001e20", 1, 0, true, 1},
        {"-0", 10, 2, true, 0},
        {"1e99999999999999999999", 10, 2, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct numeral n = numeral(cases[i].text);
        struct decimal value = {{0}};
        int64_t low = 0;
        bool fits = numeral_decimal(&n, cases[i].precision, cases[i].scale, &value);
        memcpy(&low, value.bytes + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 8), sizeof low);
        ok(fits == cases[i].fits && low == cases[i].value, "%s as DECIMAL(%u,%u)", cases[i].text, cases[i].precision,
           cases[i].scale);
    }
}

static void test_texts(void)
{
    struct buf out = {0};
    const char *raw = "a\\n\\\"\\u00e9\\ud83d\\ude00\\ud800x\\/";
    text_unescape(raw, strlen(raw), &out);
    is_text(buf_text(&out), "a\n\"\xc3\xa9\xf0\x9f\x98\x80?x/", "escapes, pairs, a lone surrogate");
    buf_clear(&out);
    ok(text_base64("YWJjZA==", 8, &out) && out.len == 4, "base64");
    is_text(buf_text(&out), "abcd", "decoded");
    buf_clear(&out);
    const char *all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned wrong_bits = 0;
    ok(text_base64(all, 64, &out) && out.len == 48, "base64: all 64 characters");
    for (unsigned i = 0; i < 64 && out.len == 48; i++) { /* their six bits count from 0 to 63 */
        const unsigned char *group = (const unsigned char *)out.data + i / 4 * 3;
        unsigned bits = (unsigned)group[0] << 16 | (unsigned)group[1] << 8 | group[2];
        wrong_bits += (bits >> (18 - i % 4 * 6) & 63) != i;
    }
    is_int(wrong_bits, 0, "each has its own bits");
    buf_clear(&out);
    buf_adds(&out, "abcd");
    static const char *const wrong[] = {"YQ", "YQ=a", "Y===", "YQ\n=", "-_==", "===="};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ok(!text_base64(wrong[i], strlen(wrong[i]), &out) && out.len == 4, "no base64: number %zu", i);
    buf_free(&out);
    char line[40];
    memset(line, 'x', sizeof line);
    for (size_t i = 0; i < sizeof line; i++) {
        line[i] = i % 2 ? '"' : '\\';
        ok(text_special(line, line + sizeof line) == line + i, "a quote or backslash at %zu is found", i);
        line[i] = 'x';
    }
}

static const char SCHEMA[] =
    "{\"type\":\"struct\",\"fields\":["
    "{\"name\":\"a\",\"type\":\"long\",\"nullable\":true},"
    "{\"name\":\"s\",\"type\":\"string\",\"nullable\":true},"
    "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"elementType\":\"boolean\",\"containsNull\":true}},"
    "{\"name\":\"o\",\"type\":{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"integer\",\"nullable\":"
    "false}]}},"
    "{\"name\":\"m\",\"type\":{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"date\",\"valueContainsNull\":"
    "true}},"
    "{\"name\":\"bad\",\"type\":\"string\",\"nullable\":true,\"metadata\":{\"restsrc\":\"misfit\"}}]}";

static void add_all(struct columns *c, const char *const *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        columns_add(c, text(records[i]));
}

/* A record that does not fit, at whatever place, leaves the columns as if it had been nothing but its text. */
static void test_misfits(const struct schema_field *schema, const struct zone *utc)
{
    static const char *const misfits[] = {
        "{\"a\":1,\"s\":\"x\",\"l\":[true,null,1]}",
        "{\"a\":1,\"s\":2,\"l\":[true],\"o\":{\"x\":1},\"m\":{\"k\":\"2020-01-01\",\"j\":\"x\"}}",
        "{\"a\":1,\"a\":2.5}",
        "{\"o\":{}}",
        "{\"o\":{\"x\":null}}",
        "[1]",
        "null",
        "5",
        "{\"a\":1.5}",
        "{\"a\":\"1\"}",
        "{\"m\":[1]}",
        "{\"s\":\"good\",\"a\":99999999999999999999}",
    };
    static const char *const good[] = {
        "{\"a\":1,\"s\":\"x\",\"l\":[true,null,false],\"o\":{\"x\":1},\"m\":{\"k\":\"2020-01-01\"}}", "{}",
        "{\"s\":{\"any\":[1.10]},\"l\":[true],\"l\":[],\"m\":{\"x\":null},\"m\":{},\"new\":{\"a\":[{}]}}"};
    for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++) {
        struct columns with, without;
        struct buf bytes = {0}, expected = {0};
        columns_init(&with, schema, utc, COLUMNS_IGNORE);
        columns_init(&without, schema, utc, COLUMNS_IGNORE);
        add_all(&with, good, 3);
        add_all(&without, good, 3);
        ok(!columns_add(&with, text(misfits[i])), "a misfit: %s", misfits[i]);
        columns_add(&without, text("7"));
        column_cut(&with.root, 3);
        column_cut(&without.root, 3);
        add_all(&with, good, 3);
        add_all(&without, good, 3);
        ipc_batch(&with, &bytes);
        ipc_batch(&without, &expected);
        ok(bytes.len == expected.len && memcmp(bytes.data, expected.data, bytes.len) == 0, "without a trace");
        buf_free(&bytes);
        buf_free(&expected);
        columns_free(&with);
        columns_free(&without);
    }
}

static void test_news(const struct schema_field *schema, const struct zone *utc)
{
    struct columns c;
    columns_init(&c, schema, utc, COLUMNS_FIRST);
    ok(!columns_add(&c, text("{\"new\":1}")), "the first record with a member that has no column");
    ok(columns_add(&c, text("{\"new\":2}")), "but not the second");
    ok(!columns_add(&c, text("{\"o\":{\"x\":1,\"new\":1}}")), "the same name elsewhere is another");
    ok(columns_add(&c, text("{\"newer\":null}")), "null is nothing new");
    columns_free(&c);
    columns_init(&c, schema, utc, COLUMNS_EVERY);
    ok(!columns_add(&c, text("{\"new\":1}")) && !columns_add(&c, text("{\"new\":1}")), "every one");
    columns_free(&c);
}

static void test_refused_schemas(void)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{\"type\":\"long\"}",
        "{\"type\":\"struct\",\"fields\":[]}",
        "{\"type\":\"struct\",\"fields\":[{}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\"}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"variant\"}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"decimal(39,2)\"}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"decimal(2,3)\"}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\"},{\"name\":\"a\",\"type\":\"long\"}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"metadata\":{\"restsrc\":\"misfit\"}}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"map\",\"keyType\":\"long\"}}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"mop\",\"keyType\":\"string\"}}]}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct schema_field root;
        struct error e = {0};
        ok(schema_parse(&root, text(wrong[i]), &e) == -1 && e.code == EXIT_USAGE, "no schema: %s", wrong[i]);
        schema_free(&root);
    }
    struct buf deep = {0};
    for (int i = 0; i < 100; i++)
        buf_adds(&deep, "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":");
    buf_adds(&deep, "\"long\"");
    for (int i = 0; i < 100; i++)
        buf_adds(&deep, "}]}");
    struct schema_field root;
    struct error e = {0};
    ok(schema_parse(&root, text(buf_text(&deep)), &e) == -1, "a schema that is nested too deep");
    schema_free(&root);
    buf_free(&deep);
}

/* What is written is what was read. */
static void test_written_schemas(void)
{
    static const char *const schemas[] = {
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\\\"b\",\"type\":\"long\",\"nullable\":false,\"metadata\":{}}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"d\",\"type\":\"decimal(20,2)\",\"nullable\":true,\"metadata\":{}}"
        ","
        "{\"name\":\"t\",\"type\":\"timestamp_ntz\",\"nullable\":true,\"metadata\":{}}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"m\",\"type\":{\"type\":\"map\",\"keyType\":\"string\","
        "\"valueType\":"
        "{\"type\":\"array\",\"elementType\":{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"float\","
        "\"nullable\":"
        "true,\"metadata\":{}}]},\"containsNull\":false},\"valueContainsNull\":true},\"nullable\":true,\"metadata\":{}}"
        "]}",
    };
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        struct schema_field root;
        struct buf out = {0};
        struct error e = {0};
        ok(schema_parse(&root, text(schemas[i]), &e) == 0, "a schema%s", e.message);
        schema_write(&root, &out);
        is_text(buf_text(&out), schemas[i], "as it is written");
        schema_free(&root);
        buf_free(&out);
    }
}

static void is_inferred(const char *name, const char *lines, size_t count, const enum schema_type *types)
{
    struct schema_field root;
    struct error e = {0};
    bool same = infer_schema(text(lines), &root, &e) == 0 && root.count == count;
    for (size_t i = 0; same && i < count; i++)
        same = root.children[i].type == types[i];
    ok(same, "the schema of %s", name);
    schema_free(&root);
}

static void test_inference(void)
{
    is_inferred("integers, and numbers of both kinds", "{\"a\":1,\"b\":1.5}\n{\"a\":2,\"b\":1}\n", 2,
                (const enum schema_type[]){SCHEMA_LONG, SCHEMA_DOUBLE});
    is_inferred("integers that a double does not hold, with fractions", "{\"a\":9007199254740993}\n{\"a\":0.5}\n", 1,
                (const enum schema_type[]){SCHEMA_STRING});
    is_inferred("numbers beyond a long and a double", "{\"a\":9223372036854775808,\"b\":1e400}\n", 2,
                (const enum schema_type[]){SCHEMA_DECIMAL, SCHEMA_STRING});
    is_inferred("one record of each kind", "{\"a\":null,\"b\":{},\"c\":[],\"d\":true,\"e\":\"x\",\"f\":{\"g\":1}}\n", 6,
                (const enum schema_type[]){SCHEMA_STRING, SCHEMA_STRING, SCHEMA_LIST, SCHEMA_BOOLEAN, SCHEMA_STRING,
                                           SCHEMA_STRUCT});
    is_inferred("arrays and objects mixed", "{\"a\":[1]}\n{\"a\":{\"b\":1}}\n{\"a\":[2]}\n", 1,
                (const enum schema_type[]){SCHEMA_STRING});
    struct schema_field root;
    struct error e = {0};
    ok(infer_schema(text("{}\n"), &root, &e) == -1 && e.code == EXIT_ANSWER, "nothing to infer from");
    schema_free(&root);
    ok(infer_schema(text("{\"a\":1}\n[1]\n"), &root, &e) == -1, "a record that is no object");
    schema_free(&root);
}

int main(void)
{
    struct schema_field schema;
    struct error e = {0};
    struct zone utc;
    test_integers();
    test_nullable();
    test_doubles();
    test_decimals();
    test_texts();
    zone_fixed(&utc, "UTC");
    ok(schema_parse(&schema, text(SCHEMA), &e) == 0, "a schema%s", e.message);
    test_misfits(&schema, &utc);
    test_news(&schema, &utc);
    schema_free(&schema);
    test_refused_schemas();
    test_written_schemas();
    test_inference();
    return tap_end();
}
