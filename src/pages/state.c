/* state: where the reading of a list was left. */
#include "pages/state.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "base/number.h"
#include "json/lines.h"
#include "json/split.h"

enum { STATE_VERSION = 1 };

void bookmark_set(struct bookmark *to, const struct bookmark *from)
{
    to->offset = from->offset;
    to->skip = from->skip;
    buf_clear(&to->cursor);
    if (from->cursor.len)
        buf_add(&to->cursor, from->cursor.data, from->cursor.len);
}

void state_free(struct state *s)
{
    buf_free(&s->list);
    buf_free(&s->place.cursor);
    buf_free(&s->since);
    buf_free(&s->until);
    buf_free(&s->newest);
    buf_free(&s->seen);
    buf_free(&s->noted);
}

static struct slice member(struct slice line, const char *name)
{
    return value_member(line, name, strlen(name));
}

/* A whole number of 0 or more; -1: null or none. */
static bool take_number(struct slice line, const char *name, int64_t *n)
{
    struct buf text = {0};
    *n = -1;
    value_scalar(member(line, name), &text);
    bool is = !text.len || strcmp(buf_text(&text), "null") == 0 || number_of_text(buf_text(&text), n);
    buf_free(&text);
    return is;
}

static bool is_text(struct slice line, const char *name, const char *text, size_t len)
{
    struct buf value = {0};
    value_scalar(member(line, name), &value);
    bool is = value.len == len && memcmp(buf_text(&value), text, len) == 0;
    buf_free(&value);
    return is;
}

static bool is_line_of(const struct state *s, struct slice line)
{
    return is_text(line, "list", s->list.data, s->list.len);
}

static void take_text(struct slice line, const char *name, struct buf *to)
{
    if (!value_is_void(member(line, name)))
        value_scalar(member(line, name), to);
}

static void take_json(struct slice line, const char *name, struct buf *to)
{
    struct slice value = member(line, name);
    if (!value_is_void(value))
        buf_add(to, value.text, value.len);
}

static int take_line(struct state *s, struct slice line, unsigned number, struct error *e)
{
    if (s->style && !is_text(line, "style", s->style, strlen(s->style)))
        return error_set(e, EXIT_CONFIG, "%s, line %u: the state of this list is not of --paginate %s", s->file, number,
                         s->style);
    bool right = take_number(line, "offset", &s->place.offset) && take_number(line, "skip", &s->place.skip) &&
                 take_number(line, "records", &s->records) && take_number(line, "bytes", &s->bytes) &&
                 take_number(line, "page_size", &s->page_size);
    if (!right || s->place.offset < 0 || s->place.skip < 0 || s->records < 0)
        return error_set(e, EXIT_CONFIG, "%s, line %u: offset, skip, page_size, records and bytes are whole numbers",
                         s->file, number);
    take_text(line, "cursor", &s->place.cursor);
    take_text(line, "since", &s->since);
    take_text(line, "until", &s->until);
    take_json(line, "newest", &s->newest);
    take_json(line, "seen", &s->seen);
    take_json(line, "noted", &s->noted);
    s->done = is_text(line, "done", "true", 4);
    s->found = true;
    return 0;
}

static int check_line(struct state *s, struct slice raw, unsigned number, struct error *e)
{
    struct buf compact = {0};
    struct slice line = lines_record(raw);
    int64_t version;
    bool is_json = split_compact(line.text, line.len, &compact) == 0;
    line = (struct slice){buf_text(&compact), compact.len};
    int result = 0;
    if (!is_json || !take_number(line, "version", &version) || version < 1 || !member(line, "list").text)
        result = error_set(e, EXIT_CONFIG, "%s, line %u: this is not a state of restsrc", s->file, number);
    else if (version > STATE_VERSION)
        result = error_set(e, EXIT_CONFIG, "%s, line %u: a state of a later version of restsrc", s->file, number);
    else if (is_line_of(s, line))
        result = take_line(s, line, number, e);
    buf_free(&compact);
    return result;
}

/* A file that is not there is an empty one. */
static int read_lines(const char *file, struct buf *text, struct error *e)
{
    if (access(file, F_OK))
        return 0;
    int result = io_read_file(file, text, e);
    if (text->len && text->data[text->len - 1] != '\n')
        buf_addc(text, '\n');
    return result;
}

int state_load(struct state *s, const char *file, struct error *e)
{
    struct buf text = {0};
    s->file = file;
    int result = read_lines(file, &text, e);
    struct slice rest = {text.data, text.len};
    unsigned number = 0;
    for (struct slice line; result == 0 && rest.len; rest = lines_after(rest, line)) {
        line = lines_first(rest);
        if (line.len > 1)
            result = check_line(s, line, ++number, e);
    }
    buf_free(&text);
    return result;
}

/* ---- written ---- */

/* -1 stands for null. */
static void add_number(const char *name, int64_t n, struct buf *out)
{
    buf_addf(out, ",\"%s\":", name);
    if (n < 0)
        buf_adds(out, "null");
    else
        buf_addf(out, "%" PRId64, n);
}

static void add_text(const char *name, const struct buf *text, struct buf *out)
{
    buf_addf(out, ",\"%s\":", name);
    if (text->len)
        value_quote(text->data, text->len, out);
    else
        buf_adds(out, "null");
}

static void add_line(const struct state *s, struct buf *out)
{
    const struct bookmark *p = &s->place;
    buf_addf(out, "{\"version\":%d,\"list\":", STATE_VERSION);
    value_quote(s->list.data, s->list.len, out);
    buf_addf(out, ",\"style\":\"%s\"", s->style);
    add_number("offset", p->offset, out);
    add_number("page_size", s->page_size, out);
    add_text("cursor", &p->cursor, out);
    add_number("skip", p->skip, out);
    add_number("records", s->records, out);
    add_number("bytes", s->bytes, out);
    if (s->until.len) {
        add_text("since", &s->since, out);
        add_text("until", &s->until, out);
        buf_addf(out, ",\"newest\":%s", s->newest.len ? s->newest.data : "null");
    }
    if (s->seen.len)
        buf_addf(out, ",\"seen\":%s,\"noted\":%s", s->seen.data, s->noted.data);
    buf_addf(out, ",\"done\":%s}\n", s->done ? "true" : "false");
}

static bool is_ours(const struct state *s, struct slice raw)
{
    struct buf compact = {0};
    struct slice line = lines_record(raw);
    bool is = split_compact(line.text, line.len, &compact) == 0 &&
              is_line_of(s, (struct slice){buf_text(&compact), compact.len});
    buf_free(&compact);
    return is;
}

/* The lines of other lists in their places, ours in its own, or last. */
static void replace_line(const struct state *s, struct slice lines, struct buf *out)
{
    bool put = false;
    for (struct slice line; lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        bool ours = is_ours(s, line);
        if (!ours)
            buf_add(out, line.text, line.len);
        else if (!put)
            add_line(s, out);
        put |= ours;
    }
    if (!put)
        add_line(s, out);
}

/* Other runs write lines of their own: one at a time. */
static int lock_folder(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *folder = slash ? mem_text(file, (size_t)(slash - file) + 1) : mem_copy(".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd >= 0)
        flock(fd, LOCK_EX);
    return fd;
}

int state_save(const struct state *s, bool durable, struct error *e)
{
    struct buf text = {0}, out = {0};
    int lock = lock_folder(s->file);
    int result = read_lines(s->file, &text, e);
    if (result == 0) {
        replace_line(s, (struct slice){text.data, text.len}, &out);
        result = io_write_file(s->file, &out, durable, e);
    }
    if (lock >= 0)
        close(lock);
    buf_free(&text);
    buf_free(&out);
    return result;
}
