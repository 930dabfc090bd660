/* template: texts that are made of a record. */
#include "json/template.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "json/path.h"

static int wrong(const struct template *t, const char *what, struct error *e)
{
    return error_set(e, EXIT_USAGE, "--%s %s", t->option, what);
}

/* The end of the string whose opening quote is at text, after its closing one. */
static const char *string_end(const char *text)
{
    for (text++; *text != '"'; text++)
        text += *text == '\\';
    return text + 1;
}

/* A piece of a template: literal text, a brace, or a {PATH}. In JSON, what is not in a string is literal. */
struct piece {
    enum { PIECE_TEXT, PIECE_BRACE, PIECE_PATH, PIECE_END, PIECE_WRONG } kind;
    struct slice text; /* of PIECE_PATH: the PATH */
    bool alone;        /* it is a whole string of JSON, quotes and all, and no name */
};

/* Where in the text we are. */
struct cursor {
    const char *at;
    const char *string_end; /* JSON: of the string that `at` is in, else NULL */
};

static struct piece path_piece(struct cursor *c, bool alone)
{
    size_t len = strcspn(c->at + 1, "{}\"");
    struct piece p = {PIECE_PATH, {c->at + 1, len}, alone};
    if (c->at[len + 1] != '}')
        p.kind = PIECE_WRONG;
    else
        c->at += len + 2;
    return p;
}

/* In a string, or in a text that is not JSON. */
static struct piece next_in_text(struct cursor *c)
{
    size_t len = strcspn(c->at, "{}");
    if (c->string_end && c->at + len > c->string_end)
        len = (size_t)(c->string_end - c->at);
    if (len) {
        c->at += len;
        return (struct piece){.kind = PIECE_TEXT, .text = {c->at - len, len}};
    }
    if (!*c->at)
        return (struct piece){.kind = PIECE_END};
    if (c->at[0] == c->at[1]) {
        c->at += 2;
        return (struct piece){.kind = PIECE_BRACE, .text = {c->at - 1, 1}};
    }
    return *c->at == '{' ? path_piece(c, false) : (struct piece){.kind = PIECE_WRONG};
}

/* Is the string at text nothing but one {PATH}, and no name? */
static bool is_alone(const char *text, const char *end)
{
    const char *closing = text + 2 + strcspn(text + 2, "{}\"");
    return text[1] == '{' && *closing == '}' && closing + 2 == end && *end != ':';
}

static struct piece next_in_json(struct cursor *c)
{
    if (c->string_end && c->at == c->string_end)
        c->string_end = NULL;
    if (c->string_end)
        return next_in_text(c);
    size_t len = strcspn(c->at, "\"");
    if (len || !c->at[len]) {
        c->at += len;
        return (struct piece){.kind = len ? PIECE_TEXT : PIECE_END, .text = {c->at - len, len}};
    }
    const char *end = string_end(c->at);
    if (is_alone(c->at, end)) {
        c->at++;
        struct piece p = path_piece(c, true);
        c->at = end;
        return p;
    }
    c->string_end = end;
    c->at++;
    return (struct piece){.kind = PIECE_TEXT, .text = {c->at - 1, 1}};
}

static struct piece next_piece(const struct template *t, struct cursor *c)
{
    return t->kind == TEMPLATE_JSON ? next_in_json(c) : next_in_text(c);
}

int template_check(const struct template *t, struct error *e)
{
    struct cursor c = {.at = t->text};
    for (;;) {
        struct piece p = next_piece(t, &c);
        struct path path;
        if (p.kind == PIECE_END)
            return 0;
        if (p.kind == PIECE_WRONG || (p.kind == PIECE_PATH && !p.text.len && !p.alone))
            return wrong(t, "has a brace too many ({{ is a brace), or nothing in one", e);
        if (p.kind != PIECE_PATH)
            continue;
        char *name = mem_text(p.text.text, p.text.len);
        int result = path_option(&path, t->option, name, e);
        path_free(&path);
        free(name);
        if (result)
            return -1;
    }
}

bool template_next(const struct template *t, size_t *at, struct slice *path)
{
    struct cursor c = {.at = t->text};
    struct piece p;
    do
        p = next_piece(t, &c);
    while (p.kind != PIECE_END && p.kind != PIECE_WRONG && (p.kind != PIECE_PATH || (size_t)(c.at - t->text) <= *at));
    *at = (size_t)(c.at - t->text);
    *path = p.text;
    return p.kind == PIECE_PATH;
}

bool template_varies(const struct template *t)
{
    size_t at = 0;
    struct slice path;
    return template_next(t, &at, &path);
}

/* ---- filling ---- */

static int refuse(const struct template *t, int64_t line, const char *name, const char *what, struct error *e)
{
    return error_set(e, EXIT_INPUT, "input line %" PRId64 ": %s %s--%s", line, name, what, t->option);
}

static bool is_step(const struct buf *plain)
{
    return plain->len && strspn(plain->data, ".") == plain->len && plain->len <= 2;
}

static bool has_control(const struct buf *plain)
{
    for (size_t i = 0; i < plain->len; i++)
        if ((unsigned char)plain->data[i] < ' ' || plain->data[i] == 0x7f)
            return true;
    return false;
}

/* A scalar among other characters. */
static int add_plain(const struct template *t, struct slice value, int64_t line, const char *name, struct buf *out,
                     struct error *e)
{
    struct buf plain = {0};
    int result = 0;
    value_scalar(value, &plain);
    if (t->kind == TEMPLATE_JSON || t->kind == TEMPLATE_STRING)
        buf_add(out, value.text + value_is_text(value), value.len - (value_is_text(value) ? 2 : 0));
    else if (t->kind == TEMPLATE_URL && is_step(&plain))
        result = refuse(t, line, name, "is a step in a path (. or ..), which cannot stand in ", e);
    else if (t->kind == TEMPLATE_URL)
        text_percent(plain.data, plain.len, out);
    else if (has_control(&plain))
        result = refuse(t, line, name, "has a control character, which cannot stand in ", e);
    else
        buf_add(out, plain.data, plain.len);
    buf_free(&plain);
    return result;
}

static int add_value(const struct template *t, const struct piece *p, struct slice record, int64_t line,
                     struct buf *out, struct error *e)
{
    struct path path;
    char *name = mem_text(p->text.text, p->text.len);
    path_option(&path, t->option, name, e);
    struct slice value = p->text.len ? path_find(&path, record.text, record.len) : record;
    bool there = t->kind == TEMPLATE_URL ? !value_is_void(value) || (value.len == 5 && *value.text == 'f')
                                         : value.len && !(value.len == 4 && *value.text == 'n');
    int result = 0;
    if (p->alone && value.text)
        buf_add(out, value.text, value.len);
    else if (p->alone || !there || value_is_container(value))
        result =
            error_set(e, EXIT_INPUT, "input line %" PRId64 ": the record has no %s for --%s", line, name, t->option);
    else
        result = add_plain(t, value, line, name, out, e);
    path_free(&path);
    free(name);
    return result;
}

int template_fill(const struct template *t, struct slice record, int64_t line, struct buf *out, struct error *e)
{
    struct cursor c = {.at = t->text};
    for (;;) {
        struct piece p = next_piece(t, &c);
        if (p.kind == PIECE_END)
            return 0;
        if (p.kind != PIECE_PATH)
            buf_add(out, p.text.text, p.text.len);
        else if (add_value(t, &p, record, line, out, e))
            return -1;
    }
}
