/* input: NDJSON lines into batches. */
#include "write/input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "json/split.h"

enum {
    READ_BYTES = 65536,
    REJECT_BYTES = 1 << 20,
    LARGE = 1 << 24
}; /* what a line of a reject file may have beside the record */

static const char BOM[] = "\xef\xbb\xbf";

void input_init(struct input *in)
{
    path_parse(&in->record_path, "record");
}

void input_free(struct input *in)
{
    buf_free(&in->pending);
    buf_free(&in->compact);
    path_free(&in->record_path);
    ipc_read_free(&in->stream);
    zone_free(&in->rows.zone);
}

static int wrong(const struct input *in, const char *what, struct error *e)
{
    return error_set(e, EXIT_INPUT, "input %s %lld: %s", in->arrow ? "row" : "line", (long long)in->line, what);
}

static int check(struct input *in, struct slice line, struct error *e)
{
    struct split split;
    if (line.len >= 3 &&
        memcmp(line.text, BOM, 3) == 0) /* the parser takes it at the start of any text, a server does not */
        return wrong(in, "a byte order mark", e);
    buf_clear(&in->compact);
    if (split_whole(&split, line.text, line.len, &in->compact) == 0)
        return 0;
    bool goes_on = split.position == line.len && (value_is_container(line));
    return error_set(e, EXIT_INPUT, "input line %lld is not JSON: %s at byte %llu%s", (long long)in->line, split.reason,
                     (unsigned long long)split.position,
                     goes_on
                         ? ": each record must be one line, as jq -c . writes it, or jq -c '.[]' for those of a list "
                           "(jq 1.7 or newer: older ones round numbers)"
                         : "");
}

/* Of objects: no record, but a list of them. */
static bool is_list(const struct buf *json)
{
    return json->len > 1 && memcmp(json->data, "[{", 2) == 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Without the white space around it (such as the CR of a line that ends as on Windows) and the byte order mark of the
 * first line. */
static struct slice trim(const struct input *in, const char *line, size_t len)
{
    if (in->line == 1 && len >= 3 && memcmp(line, BOM, 3) == 0) {
        line += 3;
        len -= 3;
    }
    for (; len && is_space(*line); len--)
        line++;
    while (len && is_space(line[len - 1]))
        len--;
    return (struct slice){line, len};
}

/* A record into the batch. 1: it is full, the record is left for the next one. */
static int take_record(struct input *in, struct batch *b, struct slice record, struct error *e)
{
    size_t cost = body_cost(in->shape, record), used = body_frame(in->shape) + b->bytes;
    bool large = body_frame(in->shape) + cost > in->batch_bytes, full = b->text.len > in->batch_bytes;
    if (b->count && (b->count == in->batch_size || full || (!large && used + cost > in->batch_bytes)))
        return 1;
    if (large && !in->keeps_large)
        return b->count ? 1 : wrong(in, "the record is larger than --batch-bytes", e);
    if (large) {
        batch_add_large(b, record.text, record.len, in->line);
        return 0;
    }
    batch_add(b, record.text, record.len, in->line);
    b->bytes += cost;
    return 0;
}

/* One line into the batch. 1: it is full, the line is left for the next one. */
static int take_line(struct input *in, struct batch *b, const char *line, size_t len, struct error *e)
{
    struct slice record = trim(in, line, len);
    if (!record.len)
        return 0;
    if (in->ended)
        return wrong(in, "there is more after the end marker", e);
    if (in->end_marker && strlen(in->end_marker) == record.len &&
        memcmp(record.text, in->end_marker, record.len) == 0) {
        in->ended = true;
        return 0;
    }
    if (check(in, record, e))
        return -1;
    in->is_list |= in->line == 1 && is_list(&in->compact);
    if (in->replay)
        record = path_find(&in->record_path, in->compact.data, in->compact.len);
    if (!record.text)
        return wrong(in, "a reject file has a member \"record\" in each line", e);
    return take_record(in, b, record, e);
}

/* The end of the next line, if it is there; no byte is looked at twice, however long the line is. */
static const char *find_newline(struct input *in)
{
    size_t from = in->taken > in->looked ? in->taken : in->looked;
    const char *newline = from < in->pending.len ? memchr(in->pending.data + from, '\n', in->pending.len - from) : NULL;
    in->looked = newline ? (size_t)(newline - in->pending.data) : in->pending.len;
    return newline;
}

/* The whole lines at hand. 1: the batch is full. */
static int take_lines(struct input *in, struct batch *b, struct error *e)
{
    const char *newline;
    while ((newline = find_newline(in))) {
        const char *line = in->pending.data + in->taken;
        in->line++;
        int result = take_line(in, b, line, (size_t)(newline - line), e);
        if (result) {
            in->line--;
            return result;
        }
        in->taken = (size_t)(newline + 1 - in->pending.data);
        if (b->count == in->batch_size)
            return 1;
    }
    return 0;
}

/* ---- Arrow ---- */

/* The rows of the record batch at hand. 1: the batch is full. */
static int take_rows(struct input *in, struct batch *b, struct error *e)
{
    while (in->row < in->stream.batch.length) {
        in->line++;
        buf_clear(&in->compact);
        if (rows_write(&in->rows, &in->stream.batch, in->row, in->line, &in->compact, e))
            return -1;
        int result = take_record(in, b, (struct slice){in->compact.data, in->compact.len}, e);
        if (result) {
            in->line--;
            return result;
        }
        in->row++;
        if (b->count == in->batch_size)
            return 1;
    }
    return 0;
}

/* What there is of the stream. 1: the batch is full. Where it waits for the end, one that ends with its record batch is
 * full only once the next message is looked at, as far as that is there. */
static int take_arrow(struct input *in, struct batch *b, struct error *e)
{
    for (int full = 0;;) {
        size_t used;
        int result = take_rows(in, b, e);
        if (result < 0)
            return -1;
        full |= result;
        if (full && (!in->waits || in->row < in->stream.batch.length))
            return 1;
        struct slice left = {buf_text(&in->pending) + in->taken, in->pending.len - in->taken};
        in->row = 0;
        int state = ipc_read_take(&in->stream, left, &used, e);
        if (state < 0)
            return -1;
        in->taken += used;
        if (state == IPC_BATCH)
            continue;
        in->stream.batch.length = 0;
        in->ended = state == IPC_END;
        return in->ended && left.len > used
                   ? error_set(e, EXIT_INPUT, "the Arrow stream has ended, but the input goes on")
                   : full;
    }
}

/* ---- the input ---- */

/* What is left, to the front; then some more after it. 0: the input is at its end. */
static ssize_t read_more(struct input *in)
{
    size_t left = in->pending.len - in->taken;
    if (in->taken)
        memmove(in->pending.data, in->pending.data + in->taken, left);
    in->pending.len = left;
    in->looked -= in->looked > in->taken ? in->taken : in->looked;
    in->taken = 0;
    ssize_t got = read(in->fd, buf_space(&in->pending, READ_BYTES), READ_BYTES);
    if (got > 0)
        in->pending.len += (size_t)got;
    return got;
}

/* Is a list on one line all there is, with or without a newline? */
static bool is_list_alone(struct input *in, bool torn)
{
    struct error ignored = {0};
    if (in->line == 0 && torn)
        return check(in, trim(in, in->pending.data, in->pending.len), &ignored) == 0 && is_list(&in->compact);
    return in->line == 1 && !torn && in->is_list;
}

static int at_end(struct input *in, const struct batch *b, struct error *e)
{
    bool torn = in->pending.len > in->taken;
    if (in->arrow && !in->ended)
        return error_set(e, EXIT_INPUT, "the input is cut short after row %lld: the Arrow stream has no end",
                         (long long)in->line);
    if (is_list_alone(in, torn))
        return error_set(
            e, EXIT_INPUT,
            "the input is a list, not lines: jq -c '.[]' makes a line of each record (jq 1.7 or newer: older ones "
            "round numbers)");
    in->line++;
    if (torn)
        return wrong(in, "the input is cut short: the line has no newline at its end", e);
    in->line--;
    if (in->end_marker && !in->ended)
        return error_set(e, EXIT_INPUT, "the input is cut short after line %lld: the end marker is missing",
                         (long long)in->line);
    return b->count ? INPUT_BATCH : INPUT_END;
}

/* With an end marker the last batch waits for it, because an input that lacks it is torn; so it does for the end of an
 * Arrow stream. A first line that is a list
 * of objects waits for a second one, because alone it is not a record. */
static bool may_go(const struct input *in)
{
    if (in->is_list && in->line == 1 && in->pending.len == in->taken)
        return false;
    if (in->waits)
        return in->row < in->stream.batch.length || in->ended;
    return !in->end_marker || in->ended || in->pending.len > in->taken;
}

/* A line without an end must not fill the memory. */
static size_t longest_line(const struct input *in)
{
    size_t most = in->keeps_large && in->batch_bytes < LARGE ? LARGE : in->batch_bytes;
    return most + (in->replay ? REJECT_BYTES : 0);
}

int input_take_arrow(struct input *in, const struct input_options *o, struct zone zone, struct error *e)
{
    in->arrow = true;
    in->rows = (struct rows){
        .ignore_nulls = o->ignore_null_fields, .nan_as = o->nan_as, .zone = zone, .most = longest_line(in)};
    if (in->replay)
        return error_set(e, EXIT_USAGE, "--replay reads lines: not with --input arrow");
    return in->end_marker ? error_set(e, EXIT_USAGE, "--end-marker is a line; an Arrow stream has an end of its own")
                          : 0;
}

int input_fill(struct input *in, struct batch *b, struct error *e)
{
    for (;;) {
        struct pollfd ready = {.fd = in->fd, .events = POLLIN};
        int full = in->arrow ? take_arrow(in, b, e) : take_lines(in, b, e);
        if (full < 0)
            return -1;
        if (full > 0 && may_go(in))
            return INPUT_BATCH;
        if (in->eof)
            return at_end(in, b, e);
        if (!in->arrow && in->pending.len - in->taken > longest_line(in)) {
            in->line++;
            return wrong(in, "the record is larger than --batch-bytes", e);
        }
        if (poll(&ready, 1, 0) == 0)
            return INPUT_WAIT;
        ssize_t got = read_more(in);
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return error_set(e, EXIT_IO, "cannot read the input: %s", strerror(errno));
        in->eof = got == 0;
    }
}
