#include "discover/compare.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "http/answer.h"
#include "http/url.h"
#include "json/error_body.h"
#include "json/error_in_ok.h"

/* ---- asking ---- */

bool compare_has_list(const struct compare *l)
{
    return l->probe->split.way >= 0 || l->probe->split.many;
}

bool compare_is_given(const struct compare *l, const char *option)
{
    return l->options->is_given(l->options->ctx, option);
}

bool compare_may_ask(struct compare *l)
{
    return l->asked < DISCOVER_REQUESTS && ++l->asked;
}

bool compare_ask(struct compare *l, const char *url)
{
    return compare_may_ask(l) && ask_get(l->probe, url, &l->places) == 0 && compare_has_list(l);
}

bool compare_ask_with(struct compare *l, const char *place, const char *at, const char *limit, int64_t size)
{
    struct buf url = {0}, number = {0};
    buf_add(&url, l->base.data, l->base.len);
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
    bool listed = compare_ask(l, buf_text(&url));
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

bool compare_same(const struct compare *l, struct slice a, struct slice b)
{
    if (!a.text || !b.text)
        return false;
    if (a.len == b.len && memcmp(a.text, b.text, a.len) == 0)
        return true;
    struct slice x = path_find(&l->id, a.text, a.len), y = path_find(&l->id, b.text, b.len);
    return !value_is_void(x) && !value_is_void(y) && x.len == y.len && memcmp(x.text, y.text, x.len) == 0;
}

bool compare_begins_with(struct compare *l, int64_t n)
{
    return compare_same(l, compare_record(&l->probe->records, 0), compare_record(&l->first, n));
}

bool compare_moved_on(struct compare *l)
{
    return l->probe->split.count > 0 && !compare_begins_with(l, 0);
}

/* ---- the first answer ---- */

static int no_list(struct compare *l, struct error *e)
{
    char detail[200];
    const struct buf *body = &l->probe->envelope;
    const char *type = answer_header(l->probe->exchange, "Content-Type", 0);
    error_body_detail(body->data, body->len, detail, sizeof detail);
    transfer_mask(l->probe->exchange, detail);
    if (l->probe->failed && type && strcasestr(type, "html") && l->probe->error.code == EXIT_ANSWER &&
        l->probe->error.http_status / 100 != 3)
        error_set(e, EXIT_ANSWER,
                  "the answer is a web page, not JSON: is this the API's URL, and does it ask for a login?");
    else if (l->probe->error.code)
        *e = l->probe->error;
    else
        error_set(e, EXIT_ANSWER,
                  "the answer is JSON, but has no list of records at a usual place%s%s%s: say where with --records",
                  *detail ? " (it says: " : "", detail, *detail ? ")" : "");
    if (!*e->url)
        transfer_locate(l->probe->exchange, e);
    return -1;
}

/* The answer once more, with its records at that place. */
static void split_again(struct compare *l, const char *at)
{
    struct buf text = {0};
    struct split *s = &l->probe->split;
    buf_swap(&text, &l->probe->envelope);
    path_free(&l->places);
    path_parse(&l->places, at);
    buf_clear(&l->probe->records);
    split_start(s, &l->places, &l->probe->records, &l->probe->envelope);
    split_feed(s, text.data, text.len);
    split_end(s);
    buf_free(&text);
}

/* At no usual place. One list of objects can only be it; of several it is for the user to say. */
static int find_elsewhere(struct compare *l, struct error *e)
{
    struct buf at = {0}, more = {0};
    unsigned lists = 0;
    if (!l->probe->failed && !l->options->paging->records && !compare_has_list(l))
        lists = evidence_lists((struct slice){buf_text(&l->probe->envelope), l->probe->envelope.len}, &at, &more);
    if (lists == 1)
        split_again(l, buf_text(&at));
    int result = compare_has_list(l) && !l->probe->failed ? 0 : -1;
    if (lists > 1) {
        error_set(e, EXIT_ANSWER, "the answer has several lists: say which are the records, --records %s%s",
                  buf_text(&at), buf_text(&more));
        transfer_locate(l->probe->exchange, e);
    } else if (result) {
        no_list(l, e);
    }
    buf_free(&at);
    buf_free(&more);
    return result;
}

static void find_place(struct compare *l)
{
    struct finding *f = l->f;
    f->length = l->probe->split.count;
    f->lines = l->probe->split.many;
    if (f->lines)
        return;
    path_show(&l->places, (unsigned)l->probe->split.way, &f->records);
    evidence_lists((struct slice){buf_text(&l->probe->envelope), l->probe->envelope.len}, &f->others, &f->others);
}

int compare_first(struct compare *l, struct error *e)
{
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    l->probe->once = !l->brief;
    l->probe->lines = true;
    compare_ask(l, buf_text(&l->base));
    l->f->seconds = io_seconds_since(&began);
    if (find_elsewhere(l, e))
        return -1;
    struct slice envelope = {buf_text(&l->probe->envelope), l->probe->envelope.len};
    if (l->probe->split.count == 0 && error_in_ok_is(envelope, (struct slice){0}))
        return no_list(l, e);
    l->probe->once = true; /* of the tries none is repeated */
    l->probe->lines = false;
    find_place(l);
    struct answer a = ask_answer(l->probe);
    struct evidence_names names = {
        .has_more = l->options->paging->has_more,
        .limit = l->options->paging->param_limit,
        .offset = compare_is_given(l, "param-offset") ? l->options->paging->param_offset : NULL,
        .page = compare_is_given(l, "param-page") ? l->options->paging->param_page : NULL,
        .page_base = l->options->paging->page_base,
    };
    evidence_find(&l->v, &names, &a, l->f->length);
    evidence_total(l->options->paging->count_from, &a, &l->f->count, &l->f->count_from);
    l->count_query = evidence_count_query(a.envelope);
    buf_swap(&l->first, &l->probe->records);
    buf_clear(&l->base); /* where redirects have led */
    buf_adds(&l->base, a.url);
    buf_text(&l->base);
    return 0;
}
