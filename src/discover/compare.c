/* compare: the first answer of a list, and others compared with it. */
#include "discover/compare.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "http/answer.h"
#include "http/url.h"
#include "json/error_body.h"
#include "json/refusal.h"

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

bool compare_ask(struct compare *c, const char *url)
{
    return compare_may_ask(c) && ask_get(c->ask, url, &c->places) == 0 && compare_has_list(c);
}

bool compare_ask_with(struct compare *c, const char *place, const char *at, const char *limit, int64_t size)
{
    struct buf url = {0}, number = {0};
    buf_add(&url, c->base.data, c->base.len);
    buf_text(&url);
    buf_addf(&number, "%" PRId64, size);
    if (place && *place) {
        url_drop_query(&url, place);
        url_add_query(&url, place, at, strlen(at));
    }
    if (limit && *limit) {
        url_drop_query(&url, limit);
        url_add_query(&url, limit, number.data, number.len);
    }
    bool listed = compare_ask(c, buf_text(&url));
    buf_free(&url);
    buf_free(&number);
    return listed;
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
    if (a.len == b.len && memcmp(a.text, b.text, a.len) == 0)
        return true;
    struct slice x = path_find(&c->id, a.text, a.len), y = path_find(&c->id, b.text, b.len);
    return !value_is_void(x) && !value_is_void(y) && x.len == y.len && memcmp(x.text, y.text, x.len) == 0;
}

bool compare_begins_with(struct compare *c, int64_t n)
{
    return compare_same(c, compare_record(&c->ask->records, 0), compare_record(&c->first, n));
}

bool compare_moved_on(struct compare *c)
{
    return c->ask->split.count > 0 && !compare_begins_with(c, 0);
}

/* ---- the first answer ---- */

static int no_list(struct compare *c, struct error *e)
{
    char detail[200];
    const struct buf *body = &c->ask->envelope;
    const char *type = answer_header(c->ask->exchange, "Content-Type", NULL);
    error_body_detail(body->data, body->len, detail, sizeof detail);
    transfer_mask(c->ask->exchange, detail);
    if (c->ask->failed && type && strcasestr(type, "html") && c->ask->error.code == EXIT_ANSWER &&
        c->ask->error.http_status / 100 != 3)
        error_set(e, EXIT_ANSWER,
                  "the answer is a web page, not JSON: is this the API's URL, and does it ask for a login?");
    else if (c->ask->error.code)
        *e = c->ask->error;
    else
        error_set(e, EXIT_ANSWER,
                  "the answer is JSON, but has no list of records at a usual place%s%s%s: say where with --records",
                  *detail ? " (it says: " : "", detail, *detail ? ")" : "");
    if (!*e->url)
        transfer_locate(c->ask->exchange, e);
    return -1;
}

/* The answer once more, with its records at that place. */
static void split_again(struct compare *c, const char *at)
{
    struct buf text = {0};
    struct split *s = &c->ask->split;
    buf_swap(&text, &c->ask->envelope);
    path_free(&c->places);
    path_parse(&c->places, at);
    buf_clear(&c->ask->records);
    split_start(s, &c->places, &c->ask->records, &c->ask->envelope);
    split_feed(s, text.data, text.len);
    split_end(s);
    buf_free(&text);
}

/* At no usual place. One list of objects can only be it; of several it is for the user to say. */
static int find_elsewhere(struct compare *c, struct error *e)
{
    struct buf at = {0}, more = {0};
    unsigned lists = 0;
    if (!c->ask->failed && !c->options->paging->records && !compare_has_list(c))
        lists = evidence_lists((struct slice){buf_text(&c->ask->envelope), c->ask->envelope.len}, &at, &more);
    if (lists == 1)
        split_again(c, buf_text(&at));
    int result = compare_has_list(c) && !c->ask->failed ? 0 : -1;
    if (lists > 1) {
        error_set(e, EXIT_ANSWER, "the answer has several lists: say which are the records, --records %s%s",
                  buf_text(&at), buf_text(&more));
        transfer_locate(c->ask->exchange, e);
    } else if (result) {
        no_list(c, e);
    }
    buf_free(&at);
    buf_free(&more);
    return result;
}

static void find_place(struct compare *c)
{
    struct finding *f = c->f;
    f->length = c->ask->split.count;
    f->lines = c->ask->split.many;
    if (f->lines)
        return;
    path_show(&c->places, (unsigned)c->ask->split.way, &f->records);
    evidence_lists((struct slice){buf_text(&c->ask->envelope), c->ask->envelope.len}, &f->others, &f->others);
}

int compare_first(struct compare *c, struct error *e)
{
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    c->ask->once = !c->brief;
    c->ask->lines = true;
    compare_ask(c, buf_text(&c->base));
    c->f->seconds = io_seconds_since(&began);
    if (find_elsewhere(c, e))
        return -1;
    struct slice envelope = {buf_text(&c->ask->envelope), c->ask->envelope.len};
    if (c->ask->exchange->action == RULE_PARTIAL)
        buf_adds(&c->f->rule, c->ask->exchange->rule->text);
    if (c->ask->split.count == 0 && c->ask->exchange->action != RULE_OK && refusal_is(envelope, (struct slice){0}))
        return no_list(c, e);
    c->ask->once = true; /* of the tries none is repeated */
    c->ask->lines = false;
    find_place(c);
    struct answer a = ask_answer(c->ask);
    struct evidence_names names = {
        .has_more = c->options->paging->has_more,
        .limit = c->options->paging->param_limit,
        .offset = compare_is_given(c, "param-offset") ? c->options->paging->param_offset : NULL,
        .page = compare_is_given(c, "param-page") ? c->options->paging->param_page : NULL,
        .page_base = c->options->paging->page_base,
    };
    evidence_find(&c->v, &names, &a, c->f->length);
    evidence_total(c->options->paging->count_from, &a, c->f->length, &c->f->count, &c->f->count_from);
    c->count_query = evidence_count_query(a.envelope);
    buf_swap(&c->first, &c->ask->records);
    buf_clear(&c->base); /* where redirects have led */
    buf_adds(&c->base, a.url);
    buf_text(&c->base);
    return 0;
}
