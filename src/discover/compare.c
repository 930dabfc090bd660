/* compare: answers of a list, compared with its first one. */
#include "discover/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/url.h"
#include "pages/styles.h"
#include "json/lines.h"
#include "json/split.h"

/* ---- asking ---- */

bool compare_has_list(const struct compare *c)
{
    return c->ask->split.way >= 0 || c->ask->split.many;
}

bool compare_is_given(const struct compare *c, const char *option)
{
    return c->options->is_given(c->options->ctx, option);
}

bool compare_may_ask(struct compare *c)
{
    return c->asked < DISCOVER_REQUESTS && ++c->asked;
}

void compare_set(struct compare *c, const char *name, const char *value)
{
    bool more = strcmp(name, "paginate") == 0 || strcmp(name, "header") == 0 ||
                strcmp(name, "query") == 0; /* which is auto, or adds up */
    if (more || !compare_is_given(c, name))
        settings_add(&c->f->settings, name, value);
}

void compare_take_style(struct compare *c, enum paging_style style)
{
    c->f->found = true;
    c->f->style = style;
    compare_set(c, "paginate", styles_find(style)->name);
    if (c->body.len && style != PAGING_NONE)
        compare_set(c, "page-in", "body");
}

void compare_begin(struct compare *c, const char *url)
{
    struct request *r = &c->ask->request;
    request_clear(r);
    buf_adds(&r->url, url);
    buf_add(&r->body, c->body.data, c->body.len);
    r->method = request_options_method(c->options->http.request);
    r->repeatable = true;
}

/* 500 may be what the API makes of a parameter that it does not know; other failures say nothing of it. */
static bool is_unanswered(const struct ask *ask)
{
    enum exit_code code = ask->error.code;
    return code == EXIT_BUG || code == EXIT_IO || (code == EXIT_UNAVAILABLE && ask->exchange->status != 500);
}

bool compare_request(struct compare *c)
{
    bool answered = ask_request(c->ask, &c->places) == 0;
    if (!answered && !c->f->unanswered.code && is_unanswered(c->ask))
        c->f->unanswered = c->ask->error;
    return answered && compare_has_list(c);
}

static bool request_list(struct compare *c)
{
    return compare_may_ask(c) && compare_request(c);
}

bool compare_ask(struct compare *c, const char *url)
{
    compare_begin(c, url);
    return request_list(c);
}

static void add_param(struct compare *c, const struct param *param)
{
    struct request *r = &c->ask->request;
    struct buf json = {0};
    size_t len = strlen(param->text);
    if (!param->name || !*param->name)
        return;
    if (param->quoted)
        value_quote(param->text, len, &json);
    else
        buf_add(&json, param->text, len);
    if (strncmp(param->name, "header:", 7) == 0) {
        buf_addf(&r->headers, "%s: %s\n", param->name + 7, param->text);
    } else if (c->body.len) {
        path_set(&r->body, param->name, (struct slice){buf_text(&json), json.len});
    } else {
        url_drop_query(&r->url, param->name);
        url_add_query(&r->url, param->name, param->text, len);
    }
    buf_free(&json);
}

bool compare_ask_with(struct compare *c, const struct param *params, size_t count)
{
    compare_begin(c, buf_text(&c->base));
    for (size_t i = 0; i < count; i++)
        add_param(c, &params[i]);
    return request_list(c);
}

bool compare_ask_at(struct compare *c, const char *place, const char *at, const char *limit, int64_t size)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, size);
    struct param params[] = {{place, at, false}, {limit, number, false}};
    return compare_ask_with(c, params, 2);
}

struct slice compare_record(const struct buf *records, int64_t n)
{
    const char *p = records->data, *end = p + records->len;
    for (; p && p < end && n > 0; n--)
        p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
    return p && p < end ? (struct slice){p, (size_t)((const char *)memchr(p, '\n', (size_t)(end - p)) - p)}
                        : (struct slice){0};
}

bool compare_same(const struct compare *c, struct slice a, struct slice b)
{
    if (!a.text || !b.text)
        return false;
    if (value_same(a, b))
        return true;
    struct slice x = path_find(&c->id, a.text, a.len), y = path_find(&c->id, b.text, b.len);
    return !value_is_void(x) && !value_is_void(y) && value_same(x, y);
}

bool compare_begins_with(struct compare *c, int64_t n)
{
    return compare_same(c, compare_record(&c->ask->records, 0), compare_record(&c->first, n));
}

int64_t compare_begin_of(struct compare *c)
{
    struct slice begin = compare_record(&c->ask->records, 0), rest = {c->first.data, c->first.len}, line;
    for (int64_t i = 0; c->ask->split.count && rest.len && i < c->f->length; i++, rest = lines_after(rest, line)) {
        line = lines_first(rest);
        if (compare_same(c, begin, lines_record(line)))
            return i;
    }
    return -1;
}

bool compare_moved_on(struct compare *c)
{
    return c->ask->split.count > 0 && !compare_begins_with(c, 0);
}
