/* state: where the reading of a list was left. */
#include "pages/state.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"

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
    buf_free(&s->parent);
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

int state_read(struct state *s, const char *file, struct slice line, unsigned number, struct error *e)
{
    if (s->style && !is_text(line, "style", s->style, strlen(s->style)))
        return error_set(e, EXIT_CONFIG, "%s, line %u: the state of this list is not of --paginate %s", file, number,
                         s->style);
    bool right = take_number(line, "offset", &s->place.offset) && take_number(line, "skip", &s->place.skip) &&
                 take_number(line, "records", &s->records) && take_number(line, "bytes", &s->bytes) &&
                 take_number(line, "page_size", &s->page_size) && take_number(line, "run", &s->run);
    if (!right || s->place.offset < 0 || s->place.skip < 0 || s->records < 0)
        return error_set(e, EXIT_CONFIG,
                         "%s, line %u: offset, skip, page_size, records, bytes and run are whole numbers", file,
                         number);
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

int state_check(const char *file, struct slice line, unsigned number, struct error *e)
{
    int64_t version;
    if (!line.len || !take_number(line, "version", &version) || version < 1 || !member(line, "list").text)
        return error_set(e, EXIT_CONFIG, "%s, line %u: this is not a state of restsrc", file, number);
    return version > STATE_VERSION
               ? error_set(e, EXIT_CONFIG, "%s, line %u: a state of a later version of restsrc", file, number)
               : 0;
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

void state_write(const struct state *s, const struct buf *list, struct buf *out)
{
    const struct bookmark *p = &s->place;
    buf_addf(out, "{\"version\":%d,\"list\":", STATE_VERSION);
    value_quote(list->data, list->len, out);
    if (s->parent.len)
        buf_addf(out, ",\"parent\":%s", s->parent.data);
    if (s->run > 0)
        add_number("run", s->run, out);
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
    buf_addf(out, ",\"done\":%s}", s->done ? "true" : "false");
}
