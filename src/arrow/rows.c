/* rows: values of Arrow arrays to JSON. */
#include "arrow/rows.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "arrow/texts.h"
#include "arrow/times.h"
#include "json/split.h"

__extension__ typedef unsigned __int128 wide;

/* A row on its way to JSON. */
struct writing {
    struct rows *rows;
    struct buf *out;
    size_t from; /* where it begins in out */
    int64_t number;
    struct error *e;
};

/* A value: the array is not one of indices. a NULL: it is null, or the row is refused. */
struct place {
    const struct ipc_array *a;
    int64_t i;
};

/* ---- errors ---- */

static int refuse(struct writing *w, const char *why)
{
    struct buf name = {0};
    ipc_types_path(w->rows->way, w->rows->depth, &name);
    error_set(w->e, EXIT_INPUT, "input row %" PRId64 ": column %.200s: %s", w->number, buf_text(&name), why);
    buf_free(&name);
    return -1;
}

static int malformed(struct writing *w)
{
    return refuse(w, "the Arrow stream is malformed: a value lies outside of its buffers");
}

static int too_long(struct writing *w)
{
    return error_set(w->e, EXIT_INPUT, "input row %" PRId64 ": the record is larger than --batch-bytes", w->number);
}

/* ---- where values are ---- */

static bool bit_at(struct slice bits, int64_t i)
{
    return bits.text[i / 8] >> i % 8 & 1;
}

static bool is_there(const struct ipc_array *a, int64_t i)
{
    return !a->validity.text || bit_at(a->validity, i);
}

static int64_t integer_at(struct slice values, int64_t i, unsigned width, bool is_signed)
{
    const char *at = values.text + (size_t)i * width;
    return is_signed ? flat_read_signed(at, width) : (int64_t)flat_read_number(at, width);
}

/* The value that is meant, in its dictionary where it is encoded. -1: refused. */
static int find(struct writing *w, const struct ipc_array *a, int64_t i, struct place *p)
{
    *p = (struct place){0};
    if (!is_there(a, i))
        return 0;
    if (a->dictionary) {
        int64_t index = integer_at(a->values, i, a->field->index_width, a->field->index_signed);
        a = a->dictionary;
        if (index < 0 || index >= a->length)
            return malformed(w);
        i = index;
        if (!is_there(a, i))
            return 0;
    }
    if (a->field->type != IPC_NULL)
        *p = (struct place){a, i};
    return 0;
}

/* From offset to offset, within so many values. */
static bool range(const struct ipc_array *a, int64_t i, int64_t most, int64_t *from, int64_t *to)
{
    unsigned width = ipc_types_offset_width(a->field);
    if (a->field->type == IPC_FIXED_LIST) {
        *from = i * a->field->size;
        *to = *from + a->field->size;
    } else {
        *from = integer_at(a->offsets, i, width, true);
        *to = integer_at(a->offsets, i + 1, width, true);
    }
    return *from >= 0 && *from <= *to && *to <= most;
}

/* "Variable-size Binary View Layout": up to 12 bytes are in the view itself. */
static bool view_bytes(const struct ipc_array *a, int64_t i, struct slice *bytes)
{
    enum { VIEW = 16, IN_LINE = 12 };
    const char *view = a->offsets.text + (size_t)i * VIEW;
    uint64_t len = flat_read_number(view, 4), buffer = flat_read_number(view + 8, 4),
             at = flat_read_number(view + 12, 4);
    if (len <= IN_LINE) {
        *bytes = (struct slice){view + 4, (size_t)len};
        return true;
    }
    if (buffer >= a->view_count || at + len > a->views[buffer].len)
        return false;
    *bytes = (struct slice){a->views[buffer].text + at, (size_t)len};
    return true;
}

/* Of strings and binary. */
static bool bytes_at(const struct ipc_array *a, int64_t i, struct slice *bytes)
{
    int64_t from, to;
    if (ipc_types_is_view(a->field))
        return view_bytes(a, i, bytes);
    if (a->field->type == IPC_FIXED_BINARY) {
        *bytes = (struct slice){a->values.text + (size_t)i * a->field->width, a->field->width};
        return true;
    }
    if (!range(a, i, (int64_t)a->values.len, &from, &to))
        return false;
    *bytes = (struct slice){a->values.text + from, (size_t)(to - from)};
    return true;
}

/* ---- scalars ---- */

static int add_unsigned(uint64_t value, struct buf *out)
{
    char text[20];
    size_t at = sizeof text;
    do
        text[--at] = (char)('0' + value % 10);
    while (value /= 10);
    return buf_add(out, text + at, sizeof text - at);
}

static int add_boolean(bool value, struct buf *out)
{
    return buf_adds(out, value ? "true" : "false");
}

static int add_integer(const struct ipc_array *a, int64_t i, struct buf *out)
{
    int64_t value = integer_at(a->values, i, a->field->width, a->field->is_signed);
    if (a->field->meaning == IPC_BOOL8)
        return add_boolean(value, out);
    bool negative = a->field->is_signed && value < 0;
    if (negative)
        buf_addc(out, '-');
    return add_unsigned(negative ? 0 - (uint64_t)value : (uint64_t)value, out);
}

static double floating_at(const struct ipc_array *a, int64_t i)
{
    const char *at = a->values.text + (size_t)i * a->field->width;
    if (a->field->width == sizeof(float)) {
        uint32_t bits = (uint32_t)flat_read_number(at, sizeof bits);
        float value = 0;
        memcpy(&value, &bits, sizeof value);
        return (double)value;
    }
    uint64_t bits = flat_read_number(at, sizeof bits);
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int add_floating(struct writing *w, const struct ipc_array *a, int64_t i)
{
    double value = floating_at(a, i);
    if (!isfinite(value) && w->rows->nan_as != ROWS_NAN_STRING)
        return refuse(w, "NaN and infinity have no form in JSON (--nan-as null or string gives them one)");
    if (!isfinite(value))
        buf_adds(w->out, isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else if (a->field->width == sizeof(float))
        shortest_float(&w->rows->shortest, (float)value, w->out);
    else
        shortest_double(&w->rows->shortest, value, w->out);
    return 0;
}

/* All digits, never an exponent. */
static void add_decimal(const struct ipc_array *a, int64_t i, struct buf *out)
{
    enum { MOST = 40 + 80 };
    char text[MOST];
    const char *bytes = a->values.text + (size_t)i * a->field->width;
    unsigned width = a->field->width;
    wide value = width == 16 ? (wide)flat_read_number(bytes + 8, 8) << 64 | flat_read_number(bytes, 8)
                             : (wide)integer_at(a->values, i, width, true);
    bool negative = value >> 127, zero = !value;
    int scale = a->field->scale > 0 ? a->field->scale : 0, count = 0;
    for (value = negative ? ~value + 1 : value; value || count <= scale; value /= 10) {
        if (count == scale && scale)
            text[MOST - 1 - count] = '.';
        text[MOST - 1 - count - (scale && count >= scale)] = (char)('0' + (int)(value % 10));
        count++;
    }
    size_t len = (size_t)count + (scale > 0);
    buf_add(out, "-", negative);
    buf_add(out, text + MOST - len, len);
    for (int left = a->field->scale; left < 0 && !zero; left++)
        buf_addc(out, '0');
}

static int add_time(struct writing *w, const struct ipc_array *a, int64_t i)
{
    static const int64_t of_day[] = {86400, 86400000, 86400000000, 86400000000000};
    const struct ipc_field *f = a->field;
    int64_t value = integer_at(a->values, i, f->width, true);
    switch (f->type) {
    case IPC_DATE:
        times_date(f->width == 4 ? value : value / of_day[IPC_MILLIS] - (value % of_day[IPC_MILLIS] < 0), w->out);
        return 0;
    case IPC_TIMESTAMP:
        times_stamp(value, f->unit, f->zoned ? &w->rows->zone : NULL, w->out);
        return 0;
    case IPC_DURATION:
        times_interval(value, f->unit, f->first, f->last, w->out);
        return 0;
    default:
        if (value < 0 || value >= of_day[f->unit])
            return refuse(w, "a time that no day has");
        times_clock(value, f->unit, w->out);
        return 0;
    }
}

static void add_uuid(struct slice bytes, struct buf *out)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < bytes.len; i++)
        buf_addf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned char)bytes.text[i]);
    buf_addc(out, '"');
}

static int add_bytes(struct writing *w, const struct ipc_array *a, int64_t i)
{
    struct slice bytes;
    struct split split;
    if (!bytes_at(a, i, &bytes))
        return malformed(w);
    if (a->field->meaning == IPC_JSON)
        return split_whole(&split, bytes.text, bytes.len, w->out) ? refuse(w, "a text that is not JSON") : 0;
    if (a->field->meaning == IPC_UUID)
        add_uuid(bytes, w->out);
    else if (!ipc_types_is_string(a->field))
        text_quote_base64(bytes.text, bytes.len, w->out);
    else if (!text_quote(bytes.text, bytes.len, w->out))
        return refuse(w, "a string that is not valid UTF-8: cast it to binary, which is written in base64");
    return 0;
}

/* ---- values of any type ---- */

static int add_value(struct writing *w, struct place p);

/* Also what nan_as makes null. */
static bool is_null(const struct writing *w, struct place p)
{
    return !p.a ||
           (p.a->field->type == IPC_FLOAT && w->rows->nan_as == ROWS_NAN_NULL && !isfinite(floating_at(p.a, p.i)));
}

static int add_place(struct writing *w, struct place p, bool null)
{
    return null ? buf_add(w->out, "null", 4) : add_value(w, p);
}

static int add_or_null(struct writing *w, const struct ipc_array *a, int64_t i)
{
    struct place p;
    return find(w, a, i, &p) || add_place(w, p, is_null(w, p)) ? -1 : 0;
}

static int add_struct(struct writing *w, const struct ipc_array *a, int64_t i)
{
    struct place p;
    bool first = true;
    buf_addc(w->out, '{');
    for (size_t k = 0; k < a->field->count; k++) {
        const struct ipc_field *field = &a->field->children[k];
        w->rows->way[w->rows->depth++] = field;
        if (find(w, &a->children[k], i, &p))
            return -1;
        bool null = is_null(w, p);
        if (!null || !w->rows->ignore_nulls) {
            buf_add(w->out, ",", !first);
            first = false;
            buf_add(w->out, field->label.data, field->label.len);
            if (add_place(w, p, null))
                return -1;
        }
        w->rows->depth--;
    }
    buf_addc(w->out, '}');
    return 0;
}

/* A key: numbers and booleans in quotes, too. */
static int add_key(struct writing *w, const struct ipc_array *a, int64_t i)
{
    struct place p;
    if (find(w, a, i, &p))
        return -1;
    if (is_null(w, p))
        return refuse(w, p.a ? "NaN or infinity as a key can't be null (--nan-as string is possible)"
                             : "a key that is null");
    size_t at = w->out->len;
    if (add_value(w, p))
        return -1;
    if (w->out->len > at && w->out->data[at] != '"') {
        char text[200];
        size_t len = w->out->len - at < sizeof text ? w->out->len - at : 0;
        memcpy(text, w->out->data + at, len);
        w->out->len = at;
        buf_addc(w->out, '"');
        buf_add(w->out, text, len);
        buf_addc(w->out, '"');
    }
    buf_addc(w->out, ':');
    return 0;
}

static int add_entry(struct writing *w, const struct ipc_array *entries, int64_t k)
{
    return add_key(w, &entries->children[0], k) || add_or_null(w, &entries->children[1], k) ? -1 : 0;
}

/* A list, or a map, which is a list of entries. */
static int add_list(struct writing *w, const struct ipc_array *a, int64_t i)
{
    int64_t from, to;
    bool map = a->field->type == IPC_MAP;
    int (*add)(struct writing *, const struct ipc_array *, int64_t) = map ? add_entry : add_or_null;
    if (!range(a, i, a->children->length, &from, &to))
        return malformed(w);
    buf_addc(w->out, map ? '{' : '[');
    w->rows->way[w->rows->depth++] = a->children->field;
    for (int64_t k = from; k < to; k++) {
        buf_add(w->out, ",", k > from);
        if (add(w, a->children, k))
            return -1;
        if (w->out->len - w->from > w->rows->most)
            return too_long(w);
    }
    w->rows->depth--;
    buf_addc(w->out, map ? '}' : ']');
    return 0;
}

static int add_value(struct writing *w, struct place p)
{
    if (w->rows->depth >= sizeof w->rows->way / sizeof *w->rows->way - 1)
        return refuse(w, "dictionaries within each other");
    switch (p.a->field->type) {
    case IPC_BOOL:
        return add_boolean(bit_at(p.a->values, p.i), w->out);
    case IPC_INT:
        return add_integer(p.a, p.i, w->out);
    case IPC_FLOAT:
        return add_floating(w, p.a, p.i);
    case IPC_DECIMAL:
        add_decimal(p.a, p.i, w->out);
        return 0;
    case IPC_DATE:
    case IPC_TIME:
    case IPC_TIMESTAMP:
    case IPC_DURATION:
        return add_time(w, p.a, p.i);
    case IPC_STRUCT:
        return add_struct(w, p.a, p.i);
    case IPC_LIST:
    case IPC_LARGE_LIST:
    case IPC_FIXED_LIST:
    case IPC_MAP:
        return add_list(w, p.a, p.i);
    default:
        return add_bytes(w, p.a, p.i);
    }
}

int rows_write(struct rows *rows, const struct ipc_array *batch, int64_t row, int64_t number, struct buf *out,
               struct error *e)
{
    struct writing w = {rows, out, out->len, number, e};
    rows->depth = 0;
    if (add_struct(&w, batch, row))
        return -1;
    return out->len - w.from > rows->most ? too_long(&w) : 0;
}
