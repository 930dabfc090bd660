/* read_arrow: records to an Arrow IPC stream. */
#include "cli/read_arrow.h"

#include <inttypes.h>

#include "arrow/infer.h"
#include "arrow/ipc.h"
#include "base/io.h"
#include "cli/time_zone.h"
#include "json/lines.h"

/* The first batch is the first page, so that who looks at a few records has them soon; then they grow. */
enum { MOST_ROWS = 10000, MOST_TEXT = 4 << 20, MOST_HELD = 32 << 20, SAMPLE = 1000 };
static const double MOST_SECONDS = 0.2; /* until the rows of a slow server go out */

/* ---- the schema ---- */

static int read_schema(struct read_arrow *a, struct error *e)
{
    struct buf text = {.cap = 16 << 20};
    int result = io_read_file(a->options->schema, &text, e) ||
                 schema_parse(&a->schema, (struct slice){buf_text(&text), text.len}, e);
    buf_free(&text);
    return result ? -1 : 0;
}

/* An inferred schema is our choice: nothing may be lost by it in silence. */
static void begin(struct read_arrow *a)
{
    bool inferred = !a->options->schema;
    enum columns_news news = a->options->new_members;
    columns_init(&a->columns, &a->schema, &a->zone, inferred && news == COLUMNS_IGNORE ? COLUMNS_TELL : news);
    a->columns.reader.exact = inferred;
    ipc_schema(&a->schema, &a->out);
    a->begun = true;
}

int read_arrow_init(struct read_arrow *a, const struct output_options *o, int64_t first, struct error *e)
{
    *a = (struct read_arrow){.options = o, .record = first, .wanted = 1, .left_out = -1, .halved = -1};
    clock_gettime(CLOCK_MONOTONIC, &a->last);
    if (time_zone_find(o->time_zone, &a->zone, e) || (o->schema && read_schema(a, e)))
        return -1;
    if (o->schema)
        begin(a);
    return 0;
}

void read_arrow_free(struct read_arrow *a)
{
    if (a->begun)
        columns_free(&a->columns);
    schema_free(&a->schema);
    zone_free(&a->zone);
    buf_free(&a->sample);
    buf_free(&a->out);
}

/* ---- batches ---- */

static void flush(struct read_arrow *a)
{
    if (a->columns.root.length)
        ipc_batch(&a->columns, &a->out);
    columns_clear(&a->columns);
    a->text = 0;
    a->wanted = a->wanted < MOST_ROWS ? a->wanted * 2 : MOST_ROWS;
    clock_gettime(CLOCK_MONOTONIC, &a->last);
}

/* Many columns with few values in them may need more memory than the text. */
static bool is_full(const struct read_arrow *a)
{
    int64_t rows = a->columns.root.length;
    return rows >= MOST_ROWS || a->text >= MOST_TEXT ||
           (rows % 256 == 0 && column_bytes_held(&a->columns.root) > MOST_HELD);
}

static int refuse(struct read_arrow *a, struct error *e)
{
    column_cut(&a->columns.root, a->columns.root.length - 1);
    flush(a);
    return error_set(e, EXIT_ANSWER, "record %" PRId64 " does not fit the schema: %s%s", a->record,
                     a->columns.reader.why,
                     a->options->schema ? "" : "; it was inferred from the first records: give one with --schema");
}

static int add(struct read_arrow *a, struct slice lines, struct error *e)
{
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line))) {
        struct slice record = lines_record(line);
        if (record.len > COLUMNS_LONGEST)
            return error_set(e, EXIT_ANSWER, "record %" PRId64 " is too large for Arrow", a->record);
        if (!columns_add(&a->columns, record) && !a->columns.misfit)
            return refuse(a, e);
        if (a->columns.left_out.len && a->left_out < 0)
            a->left_out = a->record;
        if (a->columns.reader.halved && a->halved < 0)
            a->halved = a->record;
        a->record++;
        a->text += record.len;
        if (is_full(a))
            flush(a);
    }
    a->wanted = a->wanted > 1 || !a->columns.root.length ? a->wanted : a->columns.root.length;
    if (a->columns.root.length >= a->wanted || io_seconds_since(&a->last) > MOST_SECONDS)
        flush(a);
    return 0;
}

/* The schema that the sample has. */
static int find_schema(struct read_arrow *a, struct error *e)
{
    struct slice sample = {buf_text(&a->sample), a->sample.len};
    if (sample.len && infer_schema(sample, &a->schema, e))
        return -1;
    if (!sample.len)
        a->schema = (struct schema_field){.name = mem_copy(""), .type = SCHEMA_STRUCT};
    begin(a);
    int result = add(a, sample, e);
    buf_free(&a->sample);
    return result;
}

static int64_t count_lines(struct slice lines)
{
    int64_t n = 0;
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line)))
        n++;
    return n;
}

int read_arrow_add(struct read_arrow *a, struct slice lines, struct error *e)
{
    if (a->begun)
        return add(a, lines, e);
    buf_add(&a->sample, lines.text, lines.len);
    a->sampled += count_lines(lines);
    return a->sampled < SAMPLE && a->sample.len < MOST_TEXT ? 0 : find_schema(a, e);
}

/* Who asked for misfits looks for himself. */
void read_arrow_warnings(const struct read_arrow *a, struct buf *lines)
{
    const struct columns *c = &a->columns;
    if (!a->begun || c->misfit)
        return;
    if (a->options->schema && c->members && c->shape == '{' && !c->met)
        buf_adds(lines, "warning: no record has a member for any column of --schema: all values are null\n");
    if (a->left_out >= 0)
        buf_addf(lines,
                 "warning: members without a column are left out, from record %" PRId64
                 " on: %s; the schema was inferred from the first records: give one with --schema\n",
                 a->left_out, c->left_out.data);
    if (a->halved >= 0)
        buf_addf(lines,
                 "warning: strings with half of a surrogate pair, which has no UTF-8, have ? in its place, from record "
                 "%" PRId64 " on\n",
                 a->halved);
}

int read_arrow_end(struct read_arrow *a, bool failed, struct error *e)
{
    if (!a->begun && failed && !a->sample.len) /* no schema at all, and not one without columns */
        return 0;
    if (!a->begun && find_schema(a, e))
        return -1;
    flush(a);
    if (!failed)
        ipc_end(&a->out);
    return 0;
}
