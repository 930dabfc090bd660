/* sample: records, and what can be seen in them. */
#include "cli/sample.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "arrow/infer.h"
#include "base/moment.h"
#include "json/lines.h"

/* ---- times ---- */

enum { MOST_PLACES = 1000, MOST_LEVELS = 8 };

/* What was seen at a PATH. */
struct place {
    struct buf path;
    struct buf form; /* of its times; empty: there is none, or they differ */
    bool seen;
};

struct places {
    struct place *place;
    size_t count;
};

static struct place *place_at(struct places *all, const char *path)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->place[i].path.data, path) == 0)
            return &all->place[i];
    if (all->count == MOST_PLACES)
        return NULL;
    all->place = mem_grown(all->place, (all->count + 1) * sizeof *all->place);
    struct place *new = &all->place[all->count++];
    *new = (struct place){0};
    buf_adds(&new->path, path);
    return new;
}

/* The notation of an ISO 8601 text; a name where it has one. */
static void form_of_text(const char *text, struct buf *form)
{
    const char *time = strpbrk(text, "T "), *point = time ? strchr(time, '.') : NULL;
    size_t digits = point ? strspn(point + 1, "0123456789") : 0;
    const char *zone = time ? time + 1 + strspn(time + 1, "0123456789:.") : NULL;
    bool seconds = time && strspn(time + 1, "0123456789:") >= strlen("00:00:00");
    if (!time)
        buf_adds(form, "date");
    else if (*time == 'T' && seconds && strcmp(zone, "Z") == 0 && (!point || digits == 3))
        buf_adds(form, point ? "iso_ms" : "iso");
    else
        buf_addf(form, "%%Y-%%m-%%d%c%s%s%s", *time, seconds ? "%H:%M:%S" : "%H:%M",
                 digits == 3 ? ".%L"
                 : point     ? ".%f"
                             : "",
                 *zone == 'Z' ? "Z"
                 : *zone      ? "%z"
                              : "");
}

/* A number is a time where its name says so, and it is of our days. */
static bool is_counted_time(const char *name, const char *text)
{
    static const char *const words[] = {"at", "time",    "timestamp", "date",    "ts",
                                        "on", "created", "updated",   "modified"};
    double seconds;
    size_t len = strlen(name);
    bool named = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        bool ends = len >= n && strcasecmp(name + len - n, words[i]) == 0;
        named |= ends && (len == n || n > 3 || name[len - n - 1] == '_' || isupper((unsigned char)name[len - n]));
    }
    return named && !text[strspn(text, "0123456789")] && moment_parse(text, &seconds) && seconds >= 1e9 &&
           seconds < 5e9;
}

static void note_place(struct places *all, const char *path, struct slice value)
{
    struct place *place = place_at(all, path);
    struct buf text = {0}, form = {0};
    const char *point = strrchr(path, '.');
    double ignored;
    if (!place || value_is_void(value))
        return;
    value_scalar(value, &text);
    if (!value_is_text(value) && is_counted_time(point ? point + 1 : path, buf_text(&text)))
        buf_adds(&form, moment_form(buf_text(&text)));
    else if (value_is_text(value) && strchr(buf_text(&text), '-') && moment_parse(buf_text(&text), &ignored))
        form_of_text(buf_text(&text), &form);
    if (!place->seen)
        buf_swap(&place->form, &form);
    else if (strcmp(buf_text(&place->form), buf_text(&form)))
        buf_clear(&place->form);
    place->seen = true;
    buf_free(&text);
    buf_free(&form);
}

static void walk(struct places *all, const char *path, struct slice object, unsigned level)
{
    struct slice key, value;
    for (size_t at = 0; value_next(object, &at, &key, &value);) {
        struct buf name = {0};
        if (*path)
            buf_addf(&name, "%s.", path);
        buf_add(&name, key.text, key.len);
        if (value_is_object(value) && level < MOST_LEVELS)
            walk(all, buf_text(&name), value, level + 1);
        else if (!value_is_container(value))
            note_place(all, buf_text(&name), value);
        buf_free(&name);
    }
}

static void take_times(struct slice lines, struct buf *out)
{
    struct places all = {0};
    for (struct slice line; lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        if (value_is_object(line))
            walk(&all, "", lines_record(line), 0);
    }
    buf_addc(out, '{');
    for (size_t i = 0; i < all.count; i++) {
        struct place *place = &all.place[i];
        if (place->form.len) {
            buf_adds(out, out->len > 1 ? "," : "");
            value_quote(place->path.data, place->path.len, out);
            buf_addc(out, ':');
            value_quote(place->form.data, place->form.len, out);
        }
        buf_free(&place->path);
        buf_free(&place->form);
    }
    buf_addc(out, '}');
    free(all.place);
}

/* ---- the whole ---- */

static void take_schema(struct slice lines, struct buf *out)
{
    struct schema_field root;
    struct error ignored = {0};
    if (infer_schema(lines, &root, &ignored))
        buf_adds(out, "null");
    else
        schema_write(&root, out);
    schema_free(&root);
}

void sample_take(struct sample *s, struct slice lines, int64_t most)
{
    struct slice rest = lines;
    *s = (struct sample){0};
    buf_addc(&s->records, '[');
    for (; most > 0 && rest.len; most--) {
        struct slice line = lines_first(rest), record = lines_record(line);
        buf_adds(&s->records, s->records.len > 1 ? "," : "");
        buf_add(&s->records, record.text, record.len);
        rest = lines_after(rest, line);
    }
    buf_addc(&s->records, ']');
    lines.len -= rest.len;
    take_schema(lines, &s->schema);
    take_times(lines, &s->times);
}

void sample_free(struct sample *s)
{
    buf_free(&s->records);
    buf_free(&s->schema);
    buf_free(&s->times);
}
