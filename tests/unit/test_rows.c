/* Rows of Arrow streams to JSON: what our own messages say is what was put into them; doubles have the fewest digits;
 * streams that are cut or altered anywhere are refused or read, but never read beyond their bytes. What pyarrow writes
 * is in tests/data/arrow. */
#include "tap.h"

#include <stdlib.h>

#include "arrow/columns.h"
#include "arrow/infer.h"
#include "arrow/ipc.h"
#include "arrow/rows.h"
#include "arrow/times.h"
#include "base/io.h"
#include "json/lines.h"
#include "json/split.h"

enum { MOST_ROW = 1 << 20 };

/* All rows, a line each. -1: refused. */
static int read_stream(struct slice bytes, bool ignore_nulls, struct buf *out, struct error *e)
{
    struct ipc_stream stream = {0};
    struct rows rows = {.ignore_nulls = ignore_nulls, .nan_as = ROWS_NAN_STRING, .most = MOST_ROW};
    size_t used;
    int state, result = 0;
    int64_t number = 0;
    while (result == 0 && (state = ipc_read_take(&stream, bytes, &used, e)) == IPC_BATCH) {
        bytes = (struct slice){bytes.text + used, bytes.len - used};
        for (int64_t i = 0; result == 0 && i < stream.batch.length && i < 1000; i++) {
            result = rows_write(&rows, &stream.batch, i, ++number, out, e);
            buf_addc(out, '\n');
        }
    }
    result = result || state != IPC_END ? -1 : 0;
    ipc_read_free(&stream);
    return result;
}

/* Each row must be a JSON object. */
static bool are_objects(const struct buf *lines)
{
    struct slice all = {lines->data, lines->len};
    bool good = true;
    for (struct slice line = lines_first(all); line.len; line = lines_first(lines_after(all, line))) {
        struct buf compact = {0};
        good = good && *line.text == '{' && split_compact(line.text, line.len - 1, &compact) == 0 &&
               compact.len == line.len - 1;
        buf_free(&compact);
    }
    return good;
}

static void test_round_trip(void)
{
    static const char LINES[] =
        "{\"a\":1,\"b\":\"x\\\"\\\\\\n\\u0001\",\"c\":0.1,\"d\":[1,null,3],\"e\":{\"f\":true,\"g\":[]}}\n"
        "{\"a\":-9223372036854775808,\"b\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\",\"c\":1e+300,\"d\":[],\"e\":{\"f\":"
        "false,\"g\":[{\"h\":2.5}]}}\n"
        "{}\n"
        "{\"e\":{}}\n";
    struct schema_field schema;
    struct columns columns;
    struct zone utc;
    struct error e;
    struct buf stream = {0}, again = {0};
    struct slice lines = {LINES, sizeof LINES - 1};
    zone_fixed(&utc, "UTC");
    ok(infer_schema(lines, &schema, &e) == 0, "a schema");
    columns_init(&columns, &schema, &utc, COLUMNS_IGNORE);
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line)))
        columns_add(&columns, lines_record(line));
    ipc_schema(&schema, &stream);
    ipc_batch(&columns, &stream);
    ipc_end(&stream);
    ok(read_stream((struct slice){stream.data, stream.len}, true, &again, &e) == 0, "our own stream is read");
    is_text(buf_text(&again), LINES, "its rows are the records that it was made of");
    columns_free(&columns);
    schema_free(&schema);
    buf_free(&stream);
    buf_free(&again);
}

static const char *const streams[] = {"numbers", "texts", "times", "nested", "replaced"};

static struct buf file(const char *name, const char *ending)
{
    struct buf path = {0}, bytes = {0};
    struct error e = {0};
    buf_addf(&path, "%s/arrow/%s.%s", TEST_DATA, name, ending);
    if (io_read_file(buf_text(&path), &bytes, &e))
        tap_note("%s", e.message);
    buf_free(&path);
    return bytes;
}

static void test_files(void)
{
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct error e = {0};
        struct buf bytes = file(streams[i], "arrow"), want = file(streams[i], "ndjson"), got = {0};
        ok(read_stream((struct slice){bytes.data, bytes.len}, true, &got, &e) == 0, "%s of pyarrow", streams[i]);
        is_text(buf_text(&got), buf_text(&want), "its rows");
        buf_free(&bytes);
        buf_free(&want);
        buf_free(&got);
    }
}

/* In a piece of memory of its own, for AddressSanitizer. */
static bool try_bytes(const char *bytes, size_t len)
{
    struct error e = {0};
    struct buf got = {0};
    char *copy = mem_text(bytes, len);
    char *exact = mem_grown(copy, len ? len : 1);
    int result = read_stream((struct slice){exact, len}, true, &got, &e);
    bool good = result < 0 || are_objects(&got);
    free(exact);
    buf_free(&got);
    return good;
}

static void test_cut_and_altered(void)
{
    static const unsigned char masks[] = {0xff, 0x80, 0x01};
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct buf bytes = file(streams[i], "arrow");
        bool good = true, cut_good = true;
        for (size_t n = 0; n < bytes.len; n++)
            cut_good &= try_bytes(bytes.data, n);
        for (size_t n = 0; n < bytes.len; n++)
            for (size_t k = 0; k < sizeof masks; k++) {
                bytes.data[n] = (char)(bytes.data[n] ^ masks[k]);
                good &= try_bytes(bytes.data, bytes.len);
                bytes.data[n] = (char)(bytes.data[n] ^ masks[k]);
            }
        ok(cut_good, "%s, cut anywhere, is refused", streams[i]);
        ok(good, "%s, altered anywhere, makes objects or none", streams[i]);
        buf_free(&bytes);
    }
}

/* ---- record batches whose numbers are not what they should be ---- */

enum { OF_NODES = 1, OF_BUFFERS = 2, LENGTH = 0, NULLS = 8, AT = 0, SIZE = 8 };

static const struct {
    const char *file;
    unsigned list, n, at; /* which node or buffer, and which number of it */
    int64_t value;
    bool taken;
    const char *name;
} patches[] = {
    {"numbers", OF_NODES, 0, LENGTH, 3, true, "a column of three values, as it is"},
    {"numbers", OF_NODES, 0, LENGTH, 2, false, "a column shorter than its batch"},
    {"numbers", OF_NODES, 0, LENGTH, 4, false, "more values than its buffer has"},
    {"numbers", OF_NODES, 0, LENGTH, -1, false, "less than none"},
    {"numbers", OF_NODES, 0, LENGTH, INT64_MAX, false, "as many as can be counted"},
    {"numbers", OF_NODES, 0, NULLS, 3, true, "as many nulls as values"},
    {"numbers", OF_NODES, 0, NULLS, 4, false, "more"},
    {"numbers", OF_NODES, 0, NULLS, -1, false, "less than none of these"},
    {"numbers", OF_BUFFERS, 0, SIZE, 1, true, "a byte says which of three are null"},
    {"numbers", OF_BUFFERS, 0, SIZE, 0, false, "nothing says which"},
    {"numbers", OF_BUFFERS, 1, SIZE, 3, true, "three values of a byte in three"},
    {"numbers", OF_BUFFERS, 1, SIZE, 2, false, "in two"},
    {"numbers", OF_BUFFERS, 1, SIZE, -1, false, "in less than none"},
    {"numbers", OF_BUFFERS, 1, AT, -8, false, "before the body"},
    {"numbers", OF_BUFFERS, 1, AT, 1 << 20, false, "after it"},
    {"numbers", OF_BUFFERS, 1, SIZE, 1 << 20, false, "and beyond it"},
    {"numbers", OF_BUFFERS, 3, SIZE, 6, true, "three values of two bytes in six"},
    {"numbers", OF_BUFFERS, 3, SIZE, 5, false, "in five"},
    {"numbers", OF_BUFFERS, 17, SIZE, 1, true, "three booleans in a byte"},
    {"numbers", OF_BUFFERS, 17, SIZE, 0, false, "in none"},
    {"texts", OF_BUFFERS, 1, SIZE, 16, true, "the four offsets of three strings"},
    {"texts", OF_BUFFERS, 1, SIZE, 15, false, "three and a half"},
    {"texts", OF_BUFFERS, 4, SIZE, 32, true, "four of eight bytes"},
    {"texts", OF_BUFFERS, 4, SIZE, 24, false, "three"},
    {"texts", OF_BUFFERS, 2, SIZE, 1, false, "a string that ends after its bytes"},
    {"texts", OF_BUFFERS, 7, SIZE, 48, true, "three views"},
    {"texts", OF_BUFFERS, 7, SIZE, 47, false, "not quite three"},
    {"texts", OF_BUFFERS, 8, AT, -8, false, "what views point into, before the body"},
    {"texts", OF_BUFFERS, 8, SIZE, 1, false, "a view of bytes that are not there"},
    {"nested", OF_NODES, 1, LENGTH, 2, false, "a struct with a member for two of three"},
    {"nested", OF_NODES, 12, LENGTH, 5, false, "lists of two each, which have five elements"},
    {"nested", OF_NODES, 5, LENGTH, 0, false, "a list of elements that are not there"},
};

/* The metadata of the first record batch. */
static struct slice first_batch(struct slice bytes, struct flat_table_read *batch)
{
    struct flat_table_read message;
    for (;;) {
        struct slice metadata = {bytes.text + 8, (size_t)flat_read_number(bytes.text + 4, 4)};
        flat_read_root(metadata, &message);
        flat_read_table(&message, 2, batch);
        if (flat_read_integer(&message, 1, 1, 0) == 3)
            return metadata;
        size_t whole = 8 + metadata.len + (size_t)flat_read_integer(&message, 3, 8, 0);
        bytes = (struct slice){bytes.text + whole, bytes.len - whole};
    }
}

static void test_patched(void)
{
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
        struct error e = {0};
        struct buf bytes = file(patches[i].file, "arrow"), got = {0};
        struct flat_table_read batch;
        struct flat_list list = {0};
        struct slice metadata = first_batch((struct slice){bytes.data, bytes.len}, &batch);
        flat_read_list(&batch, patches[i].list, 16, &list);
        char *number = bytes.data + (metadata.text - bytes.data) + list.at + patches[i].n * 16 + patches[i].at;
        for (int k = 0; k < 8; k++)
            number[k] = (char)((uint64_t)patches[i].value >> 8 * k);
        bool taken = read_stream((struct slice){bytes.data, bytes.len}, true, &got, &e) == 0;
        if (!ok(taken == patches[i].taken, "%s: %s", patches[i].name, taken ? "taken" : "refused"))
            tap_note("%s", e.message);
        ok(taken || (e.code == EXIT_INPUT && strstr(e.message, "malformed")), "and why is said");
        buf_free(&bytes);
        buf_free(&got);
    }
}

/* What no row can be made of. */
static void test_refused(void)
{
    static const char *const cases[][2] = {
        {"compressed", "is compressed (ZSTD)"},
        {"file", "is an Arrow file (Feather)"},
        {"twice", "the Arrow column x is there twice"},
        {"union", "the Arrow column u is a union"},
        {"keys", "the Arrow column m is a map whose keys can't be names"},
        {"list_keys", "the Arrow column m is a map whose keys can't be names"},
        {"json_keys", "the Arrow column m is a map whose keys can't be names"},
        {"months", "the Arrow column m is an interval of months"},
        {"opaque", "the Arrow column l[].o is of a type of its writer's own"},
        {"latin", "column s: a string that is not valid UTF-8"},
        {"not_json", "column j: a text that is not JSON"},
        {"deltas", "has deltas of dictionaries"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct buf bytes = file(cases[i][0], "arrow"), got = {0};
        ok(read_stream((struct slice){bytes.data, bytes.len}, true, &got, &e) == -1 && e.code == EXIT_INPUT &&
               strstr(e.message, cases[i][1]),
           "%s: %s", cases[i][0], e.message);
        buf_free(&bytes);
        buf_free(&got);
    }
}

/* ---- doubles ---- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static size_t digits_of(const char *text)
{
    size_t count = 0, zeros = 0;
    for (; *text && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (count || *text != '0')) {
            zeros = *text == '0' ? zeros + 1 : 0;
            count++;
        }
    return count - zeros;
}

/* The same number is read again, and printf() needs as many digits for that. */
static bool is_shortest(struct shortest *s, double value)
{
    struct buf text = {0};
    char least[40];
    int precision = 0;
    shortest_double(s, value, &text);
    do
        snprintf(least, sizeof least, "%.*e", precision++, value);
    while (strtod(least, NULL) != value);
    bool good = strtod(buf_text(&text), NULL) == value && digits_of(buf_text(&text)) <= digits_of(least);
    if (!good)
        tap_note("%s for %.17g", buf_text(&text), value);
    buf_free(&text);
    return good;
}

static void test_shortest(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0.0"},
                 {-0.0, "-0.0"},
                 {1, "1.0"},
                 {0.1, "0.1"},
                 {1e9, "1000000000.0"},
                 {1e10, "1e+10"},
                 {0.000001, "0.000001"},
                 {1.5e-7, "1.5e-7"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {-1234.5, "-1234.5"}};
    struct shortest s = {0};
    struct buf text = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&text);
        shortest_double(&s, cases[i].value, &text);
        is_text(buf_text(&text), cases[i].text, cases[i].text);
    }
    buf_free(&text);
    uint64_t state = 88172645463325252;
    bool good = true;
    for (int exponent = 0; exponent < 2047; exponent++)
        for (int i = 0; i < 12; i++) {
            uint64_t fraction = i ? next_random(&state) >> (12 + i % 3 * 20) : exponent == 0 ? 1U : 0U;
            uint64_t bits = (uint64_t)exponent << 52 | fraction;
            double value;
            memcpy(&value, &bits, sizeof value);
            good &= value <= 0 || is_shortest(&s, value);
        }
    for (int i = 0; i < 20000; i++)
        good &= is_shortest(&s, (double)(1 + next_random(&state) % 1000000) / (double)(1 + next_random(&state) % 1000));
    ok(good, "doubles of each exponent have the fewest digits");
}

static void test_floats(void)
{
    struct shortest s = {0};
    struct buf text = {0};
    uint64_t state = 88172645463325252;
    bool good = true;
    for (int i = 0; i < 100000; i++) {
        uint32_t bits = (uint32_t)next_random(&state) & 0x7fffffff;
        float value;
        memcpy(&value, &bits, sizeof value);
        if (bits >= 0x7f800000)
            continue;
        buf_clear(&text);
        shortest_float(&s, value, &text);
        good &= strtof(buf_text(&text), NULL) == value && digits_of(buf_text(&text)) <= 9;
    }
    ok(good, "floats are read again as they were");
    buf_free(&text);
}

/* ---- times ---- */

static void test_times(void)
{
    static const struct {
        int64_t days;
        const char *text;
    } dates[] = {{0, "\"1970-01-01\""},        {-1, "\"1969-12-31\""},      {11016, "\"2000-02-29\""},
                 {-719162, "\"0001-01-01\""},  {-719163, "\"0000-12-31\""}, {-719528, "\"0000-01-01\""},
                 {-719529, "\"-0001-12-31\""}, {2932896, "\"9999-12-31\""}, {2932897, "\"+10000-01-01\""}};
    struct buf text = {0};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        buf_clear(&text);
        times_date(dates[i].days, &text);
        is_text(buf_text(&text), dates[i].text, dates[i].text);
    }
    buf_clear(&text);
    times_stamp(INT64_MIN, 2, &(struct zone){.offset = -561}, &text);
    is_text(buf_text(&text), "\"-290308-12-21T19:49:44.224192-00:09:21\"", "the first instant there is");
    buf_clear(&text);
    times_interval(INT64_MIN, 3, 0, 3, &text);
    is_text(buf_text(&text), "\"INTERVAL '-106751 23:47:16.854775808' DAY TO SECOND\"", "the longest interval");
    buf_free(&text);
}

int main(void)
{
    test_round_trip();
    test_files();
    test_cut_and_altered();
    test_patched();
    test_refused();
    test_shortest();
    test_floats();
    test_times();
    return tap_end();
}
