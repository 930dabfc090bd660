/* url_template: URLs made of records. */
#include "write/url_template.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "http/url.h"
#include "json/split.h"

int url_template_check(const char *text, struct error *e)
{
    const char *p = text;
    while (*(p += strcspn(p, "{}"))) {
        size_t len = strcspn(p + 1, "{}");
        if (*p == '}' || p[len + 1] != '}' || len == 0)
            return error_set(e, EXIT_USAGE, "--url-template has a brace too many, or nothing in one");
        struct path path;
        char *name = mem_text(p + 1, len);
        int wrong = path_option(&path, "url-template", name, e);
        path_free(&path);
        free(name);
        if (wrong)
            return -1;
        p += len + 2;
    }
    return strchr(text, '{')
               ? 0
               : error_set(e, EXIT_USAGE, "--url-template needs a {PATH}: each record has a URL of its own");
}

static bool is_step(struct slice value)
{
    struct buf text = {0};
    value_scalar(value, &text);
    bool is = strcmp(buf_text(&text), ".") == 0 || strcmp(buf_text(&text), "..") == 0;
    buf_free(&text);
    return is;
}

static int fill_one(const char *name, const struct buf *record, int64_t line, struct buf *out, struct error *e)
{
    struct path path;
    path_parse(&path, name);
    struct slice value = path_find(&path, record->data, record->len);
    int result = 0;
    if (value_is_void(value) || *value.text == '{' || *value.text == '[')
        result =
            error_set(e, EXIT_INPUT, "input line %" PRId64 ": the record has no %s for --url-template", line, name);
    else if (is_step(value))
        result = error_set(e, EXIT_INPUT, "input line %" PRId64 ": %s is %.*s, which cannot stand in a URL", line, name,
                           (int)value.len, value.text);
    else
        url_escape(value, out);
    path_free(&path);
    return result;
}

int url_template_fill(const char *text, struct slice record, int64_t line, struct buf *out, struct error *e)
{
    struct split split;
    struct buf compact = {0};
    int result = 0;
    split_whole(&split, record.text, record.len, &compact);
    while (*text && result == 0) {
        size_t plain = strcspn(text, "{");
        buf_add(out, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t len = strcspn(text + 1, "}");
        char *name = mem_text(text + 1, len);
        result = fill_one(name, &compact, line, out, e);
        free(name);
        text += len + 2;
    }
    buf_free(&compact);
    return result;
}
