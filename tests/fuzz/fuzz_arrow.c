/* libFuzzer target: whatever the schema and the records, the columns hold together: each has one value a record,
 * offsets ascend within what they point into.
 *
 * A line with the schema, then a JSON array of records. */
#include "arrow/columns.h"
#include "arrow/infer.h"
#include "arrow/ipc.h"
#include "fuzz.h"
#include "json/lines.h"
#include "json/split.h"

static void check_column(const struct column *c, int64_t length)
{
    int32_t offset, before = 0;
    bool text = c->field->type == SCHEMA_STRING || c->field->type == SCHEMA_BINARY;
    bool list = c->field->type == SCHEMA_LIST || c->field->type == SCHEMA_MAP;
    require(c->length == length && c->nulls <= length && (c->field->nullable || !c->nulls));
    require(c->validity.len == (c->nulls ? (size_t)(length + 7) / 8 : 0));
    for (int64_t i = 0; (text || list) && i <= length; i++) {
        memcpy(&offset, c->offsets.data + i * (int64_t)sizeof offset, sizeof offset);
        require(offset >= before && (i || !offset));
        before = offset;
    }
    require(!text || (size_t)before == c->values.len);
    for (size_t i = 0; i < c->count; i++)
        check_column(&c->children[i], list ? before : length);
}

static void try_records(const struct schema_field *schema, struct slice lines)
{
    struct columns c;
    struct zone utc;
    struct buf out = {0};
    int64_t rows = 0;
    zone_fixed(&utc, "UTC");
    columns_init(&c, schema, &utc, COLUMNS_FIRST);
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line))) {
        columns_add(&c, lines_record(line));
        require(c.root.length == ++rows);
        for (size_t i = 0; i < c.root.count; i++)
            check_column(&c.root.children[i], rows);
    }
    ipc_schema(schema, &out);
    ipc_batch(&c, &out);
    require(out.len % 8 == 0);
    buf_free(&out);
    columns_free(&c);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *text = (const char *)data, *newline = memchr(text, '\n', size);
    struct schema_field schema;
    struct path top;
    struct split split;
    struct buf records = {0}, envelope = {0};
    struct error e;
    size_t first = newline ? (size_t)(newline - text) : size;
    path_parse(&top, "");
    split_start(&split, &top, &records, &envelope);
    bool valid = newline && split_feed(&split, newline + 1, size - first - 1) == 0 && split_end(&split) == 0;
    struct slice lines = {buf_text(&records), valid && split.way >= 0 ? records.len : 0};
    if (schema_parse(&schema, (struct slice){text, first}, &e) == 0)
        try_records(&schema, lines);
    schema_free(&schema);
    if (infer_schema(lines, &schema, &e) == 0)
        try_records(&schema, lines);
    schema_free(&schema);
    path_free(&top);
    buf_free(&records);
    buf_free(&envelope);
    return 0;
}
