/* cells: what each kind of value becomes in each kind of column, byte for byte, and what fits none. */
#include "arrow/columns.h"
#include "tap.h"

static struct slice slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static void hex(const struct buf *bytes, struct buf *out)
{
    for (size_t i = 0; i < bytes->len; i++)
        buf_addf(out, "%02x", (unsigned char)bytes->data[i]);
}

/* A schema of one column, a. */
static void parse(struct schema_field *schema, const char *type)
{
    struct buf json = {0};
    struct error e = {0};
    buf_addf(&json, "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":%s,\"nullable\":true}]}", type);
    ok(schema_parse(schema, slice(buf_text(&json)), &e) == 0, "a schema: %s%s", type, e.message);
    buf_free(&json);
}

/* ---- values ---- */

/* values: the bytes of the column; NULL: it does not fit. */
static const struct {
    const char *type, *json, *values;
} cells[] = {
    {"boolean", "true", "01"},
    {"boolean", "false", "00"},
    {"boolean", "1", NULL},
    {"boolean", "\"true\"", NULL},
    {"byte", "-128", "80"},
    {"byte", "128", NULL},
    {"byte", "\"1\"", NULL},
    {"short", "-2", "feff"},
    {"short", "32768", NULL},
    {"integer", "7", "07000000"},
    {"integer", "2147483648", NULL},
    {"long", "-1", "ffffffffffffffff"},
    {"long", "1.0", NULL},
    {"float", "1.5", "0000c03f"},
    {"float", "\"NaN\"", "0000c07f"},
    {"float", "\"+Infinity\"", "0000807f"},
    {"float", "true", NULL},
    {"double", "1.5", "000000000000f83f"},
    {"double", "-0", "0000000000000080"},
    {"double", "\"NaN\"", "000000000000f87f"},
    {"double", "\"Infinity\"", "000000000000f07f"},
    {"double", "\"-Infinity\"", "000000000000f0ff"},
    {"double", "\"+INF\"", "000000000000f07f"},
    {"double", "\"-INF\"", "000000000000f0ff"},
    {"double", "\"INF\"", NULL},
    {"double", "\"Infinitz\"", NULL},
    {"double", "\"NaM\"", NULL},
    {"double", "\"\"", NULL},
    {"double", "\"1.5\"", NULL},
    {"double", "[1.5]", NULL},
    {"decimal(5,2)", "1.10", "6e000000000000000000000000000000"},
    {"decimal(5,2)", "\"1.1\"", "6e000000000000000000000000000000"},
    {"decimal(5,2)", "\"-1\"", "9cffffffffffffffffffffffffffffff"},
    {"decimal(5,2)", "1.115", "70000000000000000000000000000000"},
    {"decimal(5,2)", "1000", NULL},
    {"decimal(5,2)", "1e-9999", "00000000000000000000000000000000"},
    {"decimal(5,2)", "1e-10000", NULL},
    {"decimal(5,2)", "0e9999", "00000000000000000000000000000000"},
    {"decimal(5,2)", "0e10000", NULL},
    {"decimal(5,2)", "\"1.\"", NULL},
    {"decimal(5,2)", "\"1.1x\"", NULL},
    {"decimal(5,2)", "\"\"", NULL},
    {"decimal(5,2)", "true", NULL},
    {"string", "\"a\\u0041\"", "6141"},
    {"string", "\"plain\"", "706c61696e"},
    {"string", "1.10", "312e3130"},
    {"string", "{\"b\":[]}", "7b2262223a5b5d7d"},
    {"binary", "\"YQ==\"", "61"},
    {"binary", "\"\"", ""},
    {"binary", "\"Y\"", NULL},
    {"binary", "\"\\u0059Q==\"", NULL},
    {"binary", "1", NULL},
    {"date", "\"1970-01-02\"", "01000000"},
    {"date", "\"1970-02-30\"", NULL},
    {"date", "1", NULL},
    {"timestamp", "\"1970-01-01T00:00:01Z\"", "40420f0000000000"},
    {"timestamp", "\"1970-01-01T01:00:01+01:00\"", "40420f0000000000"},
    {"timestamp", "\"1970-01-01T00:00:01\"", "40420f0000000000"},
    {"timestamp", "1", "40420f0000000000"},
    {"timestamp", "253402300799", "c01d64cc0c448403"},
    {"timestamp", "253402300800", NULL},
    {"timestamp", "-253402300800", NULL},
    {"timestamp", "1e300", NULL},
    {"timestamp", "1.5", NULL},
    {"timestamp", "\"today\"", NULL},
    {"timestamp", "\"\\u0031970-01-01\"", NULL},
    {"timestamp", "true", NULL},
    {"timestamp_ntz", "\"1970-01-01T00:00:01\"", "40420f0000000000"},
    {"timestamp_ntz", "\"1970-01-01T00:00:01Z\"", NULL},
    {"timestamp_ntz", "1", NULL},
};

static void test_cells(const struct zone *utc)
{
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct schema_field schema;
        struct columns c;
        struct buf type = {0}, record = {0}, shown = {0};
        buf_addf(&type, "\"%s\"", cells[i].type);
        buf_addf(&record, "{\"a\":%s}", cells[i].json);
        parse(&schema, buf_text(&type));
        columns_init(&c, &schema, utc, COLUMNS_IGNORE);
        bool fits = columns_add(&c, slice(buf_text(&record)));
        hex(&c.root.children[0].values, &shown);
        ok(fits == (cells[i].values != NULL), "%s %s", cells[i].json, cells[i].values ? "fits" : "does not fit");
        if (cells[i].values) {
            is_text(buf_text(&shown), cells[i].values, "its bytes");
            ok(c.root.children[0].nulls == 0, "it is there");
        } else {
            ok(c.root.children[0].nulls == 1 && strncmp(c.reader.why, "a: ", 3) == 0, "it is null: %s", c.reader.why);
        }
        columns_free(&c);
        schema_free(&schema);
        buf_free(&type);
        buf_free(&record);
        buf_free(&shown);
    }
}

static void test_unknown_zone(void)
{
    const struct zone unknown = ZONE_UNKNOWN;
    struct schema_field schema;
    struct columns c;
    parse(&schema, "\"timestamp\"");
    columns_init(&c, &schema, &unknown, COLUMNS_IGNORE);
    ok(!columns_add(&c, slice("{\"a\":\"2020-01-01T00:00:00\"}")), "a time without a zone, where none is known");
    is_text(c.reader.why, "a time of a zone that is not known", "it says so");
    ok(columns_add(&c, slice("{\"a\":\"2020-01-01T00:00:00Z\"}")), "one that names its own is known");
    columns_free(&c);
    schema_free(&schema);
}

/* ---- what is in others ---- */

static void is_offsets(const struct column *c, const int32_t *offsets, size_t count, const char *name)
{
    ok(c->offsets.len == count * sizeof *offsets && memcmp(c->offsets.data, offsets, c->offsets.len) == 0, "%s", name);
}

static void test_containers(const struct zone *utc)
{
    struct schema_field schema;
    struct columns c;
    const struct column *map, *entry;
    parse(&schema, "{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"long\",\"valueContainsNull\":true}");
    columns_init(&c, &schema, utc, COLUMNS_IGNORE);
    map = &c.root.children[0];
    entry = map->children;
    ok(columns_add(&c, slice("{\"a\":{\"k\\u0031\":1,\"b\":null}}")) && columns_add(&c, slice("{\"a\":{}}")), "maps");
    is_offsets(map, (const int32_t[]){0, 2, 2}, 3, "of two entries, and of none");
    is_offsets(&entry->children[0], (const int32_t[]){0, 2, 3}, 3, "their keys");
    is_text(buf_text(&entry->children[0].values), "k1b", "without escapes");
    ok(entry->children[1].nulls == 1 && entry->children[1].length == 2, "one value is null");
    ok(!columns_add(&c, slice("{\"a\":{\"k\":\"x\"}}")), "a value that does not fit");
    is_text(c.reader.why, "value: \"x\" is not a valid BIGINT", "it is named");
    ok(!columns_add(&c, slice("{\"a\":[1]}")) && entry->length == 2, "a list is no map, and leaves nothing");
    columns_free(&c);
    schema_free(&schema);
    parse(&schema, "{\"type\":\"array\",\"elementType\":\"long\",\"containsNull\":false}");
    columns_init(&c, &schema, utc, COLUMNS_IGNORE);
    ok(columns_add(&c, slice("{\"a\":[1,2]}")) && columns_add(&c, slice("{\"a\":null}")), "lists");
    is_offsets(&c.root.children[0], (const int32_t[]){0, 2, 2}, 3, "of two elements, and none");
    ok(!columns_add(&c, slice("{\"a\":[1,null]}")) && strstr(c.reader.why, "NOT NULL"), "null where none may be");
    ok(!columns_add(&c, slice("{\"a\":{}}")), "an object is no list");
    columns_free(&c);
    schema_free(&schema);
}

/* What comes after a container is read where it ends. */
static void test_after(const struct zone *utc)
{
    static const char json[] =
        "{\"type\":\"struct\",\"fields\":["
        "{\"name\":\"m\",\"type\":{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"long\"},\"nullable\":true},"
        "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"elementType\":\"long\"},\"nullable\":true},"
        "{\"name\":\"o\",\"type\":{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"long\",\"nullable\":true}"
        "]},"
        "\"nullable\":true},{\"name\":\"z\",\"type\":\"long\",\"nullable\":true}]}";
    static const char *const records[] = {
        "{\"m\":{\"k\":1},\"z\":7}", "{\"m\":{},\"z\":7}", "{\"l\":[1,2],\"z\":7}",          "{\"l\":[],\"z\":7}",
        "{\"o\":{\"x\":1},\"z\":7}", "{\"o\":{},\"z\":7}", "{\"new\":{\"x\":[{}]},\"z\":7}", "{\"m\":null,\"z\":7}"};
    const int64_t seven = 7;
    struct schema_field schema;
    struct columns c;
    struct error e = {0};
    ok(schema_parse(&schema, slice(json), &e) == 0, "a schema of containers%s", e.message);
    columns_init(&c, &schema, utc, COLUMNS_IGNORE);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        columns_clear(&c);
        ok(columns_add(&c, slice(records[i])), "%s", records[i]);
        const struct buf *values = &c.root.children[3].values;
        ok(values->len == sizeof seven && memcmp(values->data, &seven, sizeof seven) == 0, "what is after it");
    }
    columns_free(&c);
    schema_free(&schema);
}

/* ---- records that are no objects ---- */

static const char PLACES[] =
    "{\"type\":\"struct\",\"fields\":["
    "{\"name\":\"a\",\"type\":\"long\",\"nullable\":true},"
    "{\"name\":\"r\",\"type\":\"string\",\"nullable\":true,\"metadata\":{\"restsrc\":\"record\"}},"
    "{\"name\":\"b\",\"type\":\"long\",\"nullable\":true},"
    "{\"name\":\"bad\",\"type\":\"string\",\"nullable\":true,\"metadata\":{\"restsrc\":"
    "\"misfit\"}}]}";

static void test_places(const struct zone *utc)
{
    struct schema_field schema;
    struct columns c;
    struct error e = {0};
    ok(schema_parse(&schema, slice(PLACES), &e) == 0, "a schema with columns of its own");
    columns_init(&c, &schema, utc, COLUMNS_IGNORE);
    ok(!columns_add(&c, slice("[1,2]")), "a first record that is an array is told");
    ok(columns_add(&c, slice("[1,2]")), "those after it are columns by their place");
    is_int(c.root.children[2].length - c.root.children[2].nulls, 1, "the second beside the column of records");
    ok(!columns_add(&c, slice("[1]")) && strstr(c.reader.why, "fewer elements"), "too few elements");
    ok(!columns_add(&c, slice("[1,2,3]")) && strstr(c.reader.why, "more elements"), "too many");
    ok(!columns_add(&c, slice("[1,\"x\"]")) && strstr(c.reader.why, "b: "), "one that does not fit");
    ok(!columns_add(&c, slice("{\"a\":1}")) && strstr(c.reader.why, "not an array"), "an object among arrays");
    is_int(c.misfit->length - c.misfit->nulls, 5, "the text of each misfit");
    is_int(c.record->length - c.record->nulls, 6, "and of each record");
    columns_free(&c);
    schema_free(&schema);
}

static void test_bare(const struct zone *utc)
{
    static const char value[] =
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"value\",\"type\":\"long\",\"nullable\":true},"
        "{\"name\":\"other\",\"type\":\"long\",\"nullable\":false}]}";
    struct schema_field schema;
    struct columns c;
    struct error e = {0};
    parse(&schema, "\"long\"");
    columns_init(&c, &schema, utc, COLUMNS_IGNORE);
    ok(!columns_add(&c, slice("7")) && strstr(c.reader.why, "not an object"), "a number, and no column for values");
    columns_free(&c);
    schema_free(&schema);
    ok(schema_parse(&schema, slice(value), &e) == 0, "a column `value`, and another that must be there");
    columns_init(&c, &schema, utc, COLUMNS_IGNORE);
    ok(!columns_add(&c, slice("7")) && strstr(c.reader.why, "other: null"), "a value leaves the other null");
    ok(!columns_add(&c, slice("\"x\"")) && strstr(c.reader.why, "value: "), "a value that does not fit");
    columns_free(&c);
    schema_free(&schema);
}

/* ---- members without a column ---- */

static void test_strangers(const struct zone *utc)
{
    struct schema_field schema;
    struct columns c;
    int told = 0;
    parse(&schema, "\"long\"");
    columns_init(&c, &schema, utc, COLUMNS_FIRST);
    ok(!columns_add(&c, slice("{\"n\\u0065w\":1}")) && strstr(c.reader.why, "the member new has no column"),
       "a name with escapes is told as it is");
    ok(columns_add(&c, slice("{\"new\":2}")), "and known without them");
    for (int i = 0; i < 1200; i++) {
        char record[40];
        snprintf(record, sizeof record, "{\"n%d\":1}", i);
        told += !columns_add(&c, slice(record));
    }
    is_int(told, 1200, "each new name is told");
    ok(columns_add(&c, slice("{\"n0\":1}")) && !columns_add(&c, slice("{\"n1199\":1}")),
       "of more than a thousand names the later ones are told each time");
    columns_free(&c);
    schema_free(&schema);
}

/* A first record that has members without a column while a column has no member: the text is told, and no other. */
static void test_strange_first(const struct zone *utc)
{
    static const struct {
        const char *record;
        bool told;
    } firsts[] = {{"{\"data\":{\"a\":1}}", true}, {"{\"data\":null}", true},      {"{\"a\":1,\"b\":2,\"x\":3}", false},
                  {"{\"a\":1}", false},           {"{\"b\":null,\"x\":1}", true}, {"{}", false}};
    struct schema_field schema;
    struct columns c;
    struct error e = {0};
    ok(schema_parse(&schema, slice(PLACES), &e) == 0, "a schema with a column for misfits");
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        columns_init(&c, &schema, utc, COLUMNS_IGNORE);
        ok(columns_add(&c, slice(firsts[i].record)) == !firsts[i].told, "first %s", firsts[i].record);
        is_int(c.misfit->length - c.misfit->nulls, firsts[i].told, "its text");
        ok(columns_add(&c, slice("{\"data\":{\"a\":1}}")), "a second one is not");
        columns_free(&c);
    }
    schema_free(&schema);
    parse(&schema, "\"long\"");
    columns_init(&c, &schema, utc, COLUMNS_IGNORE);
    ok(columns_add(&c, slice("{\"data\":{\"a\":1}}")), "without a column for misfits there is none");
    columns_free(&c);
    schema_free(&schema);
}

int main(void)
{
    struct zone utc;
    zone_fixed(&utc, "UTC");
    test_cells(&utc);
    test_unknown_zone();
    test_containers(&utc);
    test_after(&utc);
    test_places(&utc);
    test_bare(&utc);
    test_strangers(&utc);
    test_strange_first(&utc);
    return tap_end();
}
