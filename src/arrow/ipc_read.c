/* ipc_read: messages of the Arrow IPC stream format, read. Numbers of fields are those of Message.fbs. */
#include "arrow/ipc_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX = 8, ALIGNMENT = 8, MOST_METADATA = 256 << 20, VERSION_4 = 3 };
enum { MESSAGE_VERSION, MESSAGE_TYPE, MESSAGE_HEADER, MESSAGE_BODY_LENGTH };
enum { HEADER_SCHEMA = 1, HEADER_DICTIONARY = 2, HEADER_BATCH = 3 };
enum { BATCH_LENGTH, BATCH_NODES, BATCH_BUFFERS, BATCH_COMPRESSION, BATCH_VARIADIC };
enum { DICTIONARY_ID, DICTIONARY_DATA, DICTIONARY_IS_DELTA };
enum { PAIR = 16 }; /* bytes of a node (length, nulls) and of a buffer (offset, length) */

static const char FILE_MAGIC[] = "ARROW1";

/* ---- arrays of the shape of the schema ---- */

static void free_array(struct ipc_array *a)
{
    for (size_t i = 0; a->children && i < a->field->count; i++)
        free_array(&a->children[i]);
    free(a->children);
    free(a->views);
}

/* An array of a dictionary's indices has no children: the dictionary has them. */
static void shape(struct ipc_array *a, const struct ipc_field *field, bool indices)
{
    *a = (struct ipc_array){.field = field};
    if (indices || !field->count)
        return;
    a->children = mem_zeroed(field->count, sizeof *a->children);
    for (size_t i = 0; i < field->count; i++)
        shape(&a->children[i], &field->children[i], field->children[i].encoded);
}

static struct ipc_dictionary *find_dictionary(struct ipc_stream *s, int64_t id)
{
    for (size_t i = 0; i < s->dictionary_count; i++)
        if (s->dictionaries[i].id == id)
            return &s->dictionaries[i];
    return NULL;
}

static size_t count_encoded(const struct ipc_field *f)
{
    size_t count = f->encoded;
    for (size_t i = 0; i < f->count; i++)
        count += count_encoded(&f->children[i]);
    return count;
}

static void add_dictionaries(struct ipc_stream *s, const struct ipc_field *f)
{
    if (f->encoded && !find_dictionary(s, f->dictionary)) {
        struct ipc_dictionary *d = &s->dictionaries[s->dictionary_count++];
        d->id = f->dictionary;
        shape(&d->array, f, false);
    }
    for (size_t i = 0; i < f->count; i++)
        add_dictionaries(s, &f->children[i]);
}

/* Of its dictionaries' arrays, too: dictionaries may have columns that are encoded themselves. */
static void join_dictionaries(struct ipc_stream *s, struct ipc_array *a, bool indices)
{
    if (indices) {
        const struct ipc_dictionary *d = find_dictionary(s, a->field->dictionary);
        a->dictionary = d ? &d->array : NULL;
        return;
    }
    for (size_t i = 0; i < a->field->count; i++)
        join_dictionaries(s, &a->children[i], a->field->children[i].encoded);
}

void ipc_read_free(struct ipc_stream *s)
{
    if (s->has_schema)
        free_array(&s->batch);
    for (size_t i = 0; i < s->dictionary_count; i++) {
        free_array(&s->dictionaries[i].array);
        buf_free(&s->dictionaries[i].bytes);
    }
    free(s->dictionaries);
    ipc_types_free(&s->root);
    *s = (struct ipc_stream){0};
}

/* ---- record batches ---- */

/* A record batch message, while its nodes and buffers are taken in depth-first order. */
struct taking {
    struct slice body;
    struct flat_list nodes, buffers, variadic;
    size_t node, buffer, count;
};

static int64_t number_at(const struct flat_list *list, size_t n, size_t width, size_t at)
{
    return (int64_t)flat_read_number(list->bytes.text + list->at + n * width + at, 8);
}

static bool take_buffer(struct taking *t, struct slice *buffer)
{
    if (t->buffer == t->buffers.count)
        return false;
    int64_t at = number_at(&t->buffers, t->buffer, PAIR, 0), len = number_at(&t->buffers, t->buffer, PAIR, 8);
    t->buffer++;
    if (at < 0 || len < 0 || (uint64_t)at > t->body.len || (uint64_t)len > t->body.len - (uint64_t)at)
        return false;
    *buffer = (struct slice){t->body.text + at, (size_t)len};
    return true;
}

/* A buffer of at least so many values of so many bytes. */
static bool take_values(struct taking *t, struct slice *buffer, int64_t count, size_t width)
{
    return take_buffer(t, buffer) && (!width || (uint64_t)count <= buffer->len / width);
}

static bool take_bits(struct taking *t, struct slice *buffer, int64_t count)
{
    return take_buffer(t, buffer) && (uint64_t)count <= (uint64_t)buffer->len * 8;
}

static bool take_validity(struct taking *t, struct ipc_array *a, int64_t nulls)
{
    if (!nulls) {
        bool there = take_buffer(t, &a->validity);
        a->validity = (struct slice){0};
        return there;
    }
    return take_bits(t, &a->validity, a->length);
}

/* One more offset than values; none where there are no values. */
static bool take_offsets(struct taking *t, struct ipc_array *a)
{
    unsigned width = ipc_types_offset_width(a->field);
    return take_values(t, &a->offsets, a->length ? a->length + 1 : 0, width);
}

static bool take_views(struct taking *t, struct ipc_array *a)
{
    if (!take_values(t, &a->offsets, a->length, PAIR) || t->count == t->variadic.count)
        return false;
    int64_t count = number_at(&t->variadic, t->count++, 8, 0);
    if (count < 0 || (uint64_t)count > t->buffers.count - t->buffer)
        return false;
    if ((size_t)count > a->view_room) {
        a->view_room = (size_t)count;
        a->views = mem_grown(a->views, a->view_room * sizeof *a->views);
    }
    for (a->view_count = 0; a->view_count < (size_t)count; a->view_count++)
        if (!take_buffer(t, &a->views[a->view_count]))
            return false;
    return true;
}

static bool take_array(struct taking *t, struct ipc_array *a, bool indices);

/* Each has at least as many values as its parent asks for. */
static bool take_children(struct taking *t, struct ipc_array *a)
{
    const struct ipc_field *f = a->field;
    for (size_t i = 0; i < f->count; i++) {
        struct ipc_array *child = &a->children[i];
        if (!take_array(t, child, f->children[i].encoded))
            return false;
        if (f->type == IPC_STRUCT && child->length < a->length)
            return false;
        if (f->type == IPC_FIXED_LIST && f->size && child->length / f->size < a->length)
            return false;
    }
    return true;
}

/* "Buffer Listing for Each Layout". */
static bool take_layout(struct taking *t, struct ipc_array *a)
{
    const struct ipc_field *f = a->field;
    if (ipc_types_is_text(f))
        return take_offsets(t, a) && take_buffer(t, &a->values);
    if (ipc_types_is_view(f))
        return take_views(t, a);
    if (f->type == IPC_BOOL)
        return take_bits(t, &a->values, a->length);
    if (f->type == IPC_LIST || f->type == IPC_LARGE_LIST || f->type == IPC_MAP)
        return take_offsets(t, a) && take_children(t, a);
    if (f->type == IPC_STRUCT || f->type == IPC_FIXED_LIST)
        return take_children(t, a);
    return take_values(t, &a->values, a->length, f->width);
}

static bool take_array(struct taking *t, struct ipc_array *a, bool indices)
{
    if (t->node == t->nodes.count)
        return false;
    int64_t nulls = number_at(&t->nodes, t->node, PAIR, 8);
    a->length = number_at(&t->nodes, t->node++, PAIR, 0);
    if (a->length < 0 || a->length == INT64_MAX || nulls < 0 || nulls > a->length)
        return false;
    if (!indices && a->field->type == IPC_NULL)
        return true;
    if (!take_validity(t, a, nulls))
        return false;
    return indices ? take_values(t, &a->values, a->length, a->field->index_width) : take_layout(t, a);
}

static int malformed(const struct ipc_stream *s, const char *what, struct error *e)
{
    return error_set(e, EXIT_INPUT, "the Arrow stream is malformed: message %" PRId64 ", at byte %" PRId64 "%s%s",
                     s->messages + 1, s->bytes, *what ? ", " : "", what);
}

static int refuse_compression(const struct flat_table_read *compression, struct error *e)
{
    return error_set(e, EXIT_INPUT,
                     "the Arrow stream is compressed (%s), which is not taken: write it without compression",
                     flat_read_integer(compression, 0, 1, 0) == 1 ? "ZSTD" : "LZ4");
}

static int begin_taking(struct taking *t, const struct ipc_stream *s, const struct flat_table_read *batch,
                        struct slice body, struct error *e)
{
    struct flat_table_read compression;
    *t = (struct taking){.body = body};
    if (flat_read_table(batch, BATCH_COMPRESSION, &compression))
        return refuse_compression(&compression, e);
    if (!flat_read_list(batch, BATCH_NODES, PAIR, &t->nodes) ||
        !flat_read_list(batch, BATCH_BUFFERS, PAIR, &t->buffers))
        return malformed(s, "a record batch", e);
    if (!flat_read_list(batch, BATCH_VARIADIC, 8, &t->variadic))
        t->variadic.count = 0;
    return 0;
}

static int read_batch(struct ipc_stream *s, const struct flat_table_read *batch, struct slice body, struct error *e)
{
    struct taking t;
    s->batch.length = flat_read_integer(batch, BATCH_LENGTH, 8, 0);
    if (begin_taking(&t, s, batch, body, e))
        return -1;
    return s->batch.length >= 0 && take_children(&t, &s->batch) ? 0 : malformed(s, "a record batch", e);
}

static int read_dictionary(struct ipc_stream *s, const struct flat_table_read *header, struct slice body,
                           struct error *e)
{
    struct ipc_dictionary *d = find_dictionary(s, flat_read_integer(header, DICTIONARY_ID, 8, 0));
    struct flat_table_read batch;
    struct taking t;
    if (!d || !flat_read_table(header, DICTIONARY_DATA, &batch))
        return malformed(s, "a dictionary", e);
    if (flat_read_integer(header, DICTIONARY_IS_DELTA, 1, 0))
        return error_set(e, EXIT_INPUT,
                         "the Arrow stream has deltas of dictionaries, which are not taken: "
                         "write whole dictionaries");
    buf_clear(&d->bytes);
    buf_add(&d->bytes, body.text, body.len);
    body.text = buf_text(&d->bytes);
    d->there = true;
    if (begin_taking(&t, s, &batch, body, e))
        return -1;
    return take_array(&t, &d->array, false) ? 0 : malformed(s, "a dictionary", e);
}

/* ---- messages ---- */

static int read_schema(struct ipc_stream *s, const struct flat_table_read *header, struct error *e)
{
    if (s->has_schema)
        return malformed(s, "a second schema", e);
    if (ipc_types_read(&s->root, header, e))
        return -1;
    s->dictionaries = mem_zeroed(count_encoded(&s->root) + 1, sizeof *s->dictionaries);
    add_dictionaries(s, &s->root);
    shape(&s->batch, &s->root, false);
    s->has_schema = true;
    join_dictionaries(s, &s->batch, false);
    for (size_t i = 0; i < s->dictionary_count; i++)
        join_dictionaries(s, &s->dictionaries[i].array, false);
    return 0;
}

/* "Encapsulated message format": 0xFFFFFFFF, the length of the metadata, the metadata, the body. How long the message
 * is; 0: that is not known yet. */
static int measure(const struct ipc_stream *s, struct slice bytes, struct flat_table_read *message, size_t *metadata,
                   uint64_t *whole, struct error *e)
{
    *whole = 0;
    if (bytes.len >= 6 && memcmp(bytes.text, FILE_MAGIC, 6) == 0)
        return error_set(e, EXIT_INPUT,
                         "the input is an Arrow file (Feather), not a stream: write it with "
                         "pyarrow.ipc.new_stream, polars write_ipc_stream and the like");
    if (bytes.len < PREFIX)
        return 0;
    if (flat_read_number(bytes.text, 4) != UINT32_MAX)
        return s->messages ? malformed(s, "does not begin as messages do", e)
                           : error_set(e, EXIT_INPUT, "the input is not an Arrow IPC stream");
    *metadata = (size_t)flat_read_number(bytes.text + 4, 4);
    if (*metadata > MOST_METADATA)
        return malformed(s, "has metadata that are too long", e);
    if (bytes.len - PREFIX < *metadata)
        return 0;
    *whole = PREFIX + *metadata;
    if (!*metadata)
        return 0;
    if (!flat_read_root((struct slice){bytes.text + PREFIX, *metadata}, message))
        return malformed(s, "", e);
    int64_t body = flat_read_integer(message, MESSAGE_BODY_LENGTH, 8, 0);
    if (body < 0 || body > INT64_MAX / 2)
        return malformed(s, "has no length", e);
    *whole += (uint64_t)body;
    return 0;
}

static int read_message(struct ipc_stream *s, const struct flat_table_read *message, struct slice body, struct error *e)
{
    struct flat_table_read header;
    int64_t type = flat_read_integer(message, MESSAGE_TYPE, 1, 0);
    if (flat_read_integer(message, MESSAGE_VERSION, 2, 0) < VERSION_4)
        return malformed(s, "is of a version before 4", e);
    if (!flat_read_table(message, MESSAGE_HEADER, &header))
        return malformed(s, "has no header", e);
    if (type != HEADER_SCHEMA && !s->has_schema)
        return malformed(s, "comes before the schema", e);
    if (type == HEADER_SCHEMA)
        return read_schema(s, &header, e) ? -1 : IPC_MORE;
    if (type == HEADER_DICTIONARY)
        return read_dictionary(s, &header, body, e) ? -1 : IPC_MORE;
    if (type != HEADER_BATCH)
        return malformed(s, "is neither a record batch nor a dictionary", e);
    return read_batch(s, &header, body, e) ? -1 : IPC_BATCH;
}

int ipc_read_take(struct ipc_stream *s, struct slice bytes, size_t *used, struct error *e)
{
    struct flat_table_read message;
    size_t metadata = 0;
    uint64_t whole;
    int state = IPC_MORE;
    for (*used = 0; state == IPC_MORE; *used += (size_t)whole) {
        struct slice left = {bytes.text + *used, bytes.len - *used};
        if (s->has_ended)
            return IPC_END;
        if (measure(s, left, &message, &metadata, &whole, e))
            return -1;
        if (!whole || whole > left.len)
            return IPC_MORE;
        s->has_ended = metadata == 0;
        struct slice body = {left.text + PREFIX + metadata, (size_t)whole - PREFIX - metadata};
        state = s->has_ended ? IPC_END : read_message(s, &message, body, e);
        if (state < 0)
            return -1;
        s->messages++;
        s->bytes += (int64_t)whole;
    }
    return state;
}
