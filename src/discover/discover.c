/* discover: how an API pages, found out by trying. */
#include "discover/discover.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "discover/compare.h"
#include "http/origin.h"
#include "http/secret.h"
#include "http/url.h"
#include "pages/styles.h"
#include "pages/total.h"

static void set(struct compare *c, const char *name, const char *value)
{
    bool more = strcmp(name, "paginate") == 0 || strcmp(name, "header") == 0 ||
                strcmp(name, "query") == 0; /* which is auto, or adds up */
    if (more || !compare_is_given(c, name))
        settings_add(&c->f->settings, name, value);
}

static void take_style(struct compare *c, enum paging_style style)
{
    c->f->found = true;
    c->f->style = style;
    set(c, "paginate", styles_find(style)->name);
}

static void set_number(struct compare *c, const char *name, int64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, n);
    set(c, name, text);
}

/* ---- the count ---- */

static void forget_count(struct compare *c)
{
    c->f->count = -1;
    buf_clear(&c->f->count_from);
}

/* A page of one record, after so many, tells whether a number in the answer is the length of the page. */
static void weigh_count(struct compare *c, int64_t before)
{
    struct answer a = ask_answer(c->ask);
    struct buf from = {0};
    int64_t count;
    bool stated = evidence_total(c->options->paging->count_from, &a, before + c->ask->split.count, &count, &from);
    if (stated && count > c->ask->split.count && (c->f->count < 0 || c->f->count == count)) {
        c->f->count = count;
        c->proven = true;
        buf_swap(&c->f->count_from, &from);
    } else if (c->f->count >= 0) {
        forget_count(c);
    }
    buf_free(&from);
}

/* The number of the last page, of one record each, is the count. */
static void count_pages(struct compare *c)
{
    struct buf last = {0}, number = {0};
    int64_t count;
    if (c->f->count < 0 && ask_link(c->ask, "last", &last) && url_query(buf_text(&last), c->way.place, &number) &&
        number_of_text(buf_text(&number), &count) && number_combine(count, 1, c->way.zero, &count)) {
        c->f->count = count;
        buf_adds(&c->f->count_from, "last-page");
        c->proven = true;
    }
    buf_free(&last);
    buf_free(&number);
}

/* The path with /count behind it, as `restsrc count` asks it first. */
static void try_count_url(struct compare *c)
{
    struct total_source source = {.kind = TOTAL_AUTO};
    struct total total;
    struct error ignored;
    struct buf url = {0};
    buf_add(&url, c->base.data, c->base.len);
    buf_text(&url);
    if (c->f->count < 0 && !compare_is_given(c, "count-from") && url_add_segment(&url, "count", &ignored) == 0 &&
        compare_may_ask(c) && ask_get(c->ask, buf_text(&url), NULL) == 0 &&
        total_of_count(&source, buf_text(&c->ask->envelope), c->ask->envelope.len, &total, &ignored) == 1 &&
        total.records >= c->f->length) {
        c->f->count = total.records;
        c->proven = true;
        buf_adds(&c->f->count_from, "url:");
        secret_redact(buf_text(&url), &c->f->count_from);
    }
    buf_free(&url);
}

/* The first page again, with the query that has the API count. */
static void try_count_query(struct compare *c)
{
    const struct count_query *q = c->count_query;
    struct buf url = {0}, from = {0}, query = {0};
    int64_t count;
    if (!q || c->f->count >= 0 || compare_is_given(c, "count-from"))
        return;
    buf_add(&url, c->base.data, c->base.len);
    buf_text(&url);
    url_drop_query(&url, q->name);
    url_add_query(&url, q->name, q->value, strlen(q->value));
    bool listed = compare_ask(c, buf_text(&url));
    struct answer a = ask_answer(c->ask);
    if (listed && evidence_total(q->count_from, &a, c->ask->split.count, &count, &from) && count >= c->f->length) {
        c->f->count = count;
        c->proven = true;
        buf_swap(&c->f->count_from, &from);
        buf_addf(&query, "%s=%s", q->name, q->value);
        set(c, "query", buf_text(&query));
    }
    buf_free(&url);
    buf_free(&from);
    buf_free(&query);
}

/* ---- trying a reading ---- */

static bool try_way(struct compare *c, struct way way)
{
    const char *at = way.page && !way.zero ? "2" : "1",
               *limit = c->options->paging->param_limit ? c->options->paging->param_limit : way.limit;
    int64_t size = way.page ? 1 : 2;
    if (!compare_ask_with(c, way.place, at, limit, size))
        return false;
    int64_t given = c->ask->split.count;
    bool zero = way.page && !way.zero && given == 1 &&
                compare_begins_with(c, 2); /* page 2 is the third: the first has the number 0 */
    bool right = zero || (compare_begins_with(c, 1) && (!way.page || given == 1));
    c->reacted |= given != c->f->length || !compare_begins_with(c, 0);
    way.zero |= zero;
    if (right) {
        c->way = way;
        c->limit = given <= size ? limit : "";
    } else if (way.page && !c->way.place && c->v.next_url.len && given > 1 && given <= c->f->length &&
               compare_moved_on(c)) {
        c->way =
            way; /* as the next link has it, but the page size is the server's own; another parameter may change that */
        c->limit = "";
    }
    if (right && given <= size)
        weigh_count(c, zero ? 2 : 1);
    if (right && way.page)
        count_pages(c);
    return right;
}

static bool try_ways(struct compare *c, size_t from, size_t to)
{
    bool telling = c->f->length > 1 && !compare_same(c, compare_record(&c->first, 0), compare_record(&c->first, 1));
    bool right = false;
    for (size_t i = from; telling && i < to && !right; i++)
        right = try_way(c, c->v.ways[i]);
    if (!c->way.place)
        return false;
    take_style(c, c->way.page ? PAGING_PAGE : PAGING_OFFSET);
    c->f->seekable = true;
    set(c, c->way.page ? "param-page" : "param-offset", c->way.place);
    set(c, "param-limit", c->limit);
    if (c->way.zero)
        set(c, "page-base", "0");
    return true;
}

static bool try_cursor(struct compare *c)
{
    const struct usual *first = c->v.cursor;
    for (const struct usual *u = first; u && strcmp(u->name, first->name) == 0; u = usual_next(u)) {
        if (!compare_ask_with(c, u->parameter, buf_text(&c->v.cursor_text), NULL, 0) || !compare_moved_on(c))
            continue;
        take_style(c, PAGING_CURSOR);
        set(c, "next", u->name);
        set(c, "param-cursor", u->parameter);
        c->v.limit = c->v.limit ? c->v.limit : u->limit;
        return true;
    }
    return false;
}

static bool try_link(struct compare *c)
{
    struct error why = {0};
    struct buf url = {0};
    bool right = false;
    if (c->v.next_url.len && origin_link(&c->options->http, c->base.data, buf_text(&c->v.next_url), &url, &why) < 0)
        buf_adds(&c->f->doubt, why.message);
    else if (c->v.next_url.len)
        right = compare_ask(c, buf_text(&url)) && compare_moved_on(c);
    if (right) {
        take_style(c, c->v.next_at.len ? PAGING_NEXT_URL : PAGING_LINK);
        if (c->v.next_at.len)
            set(c, "next", buf_text(&c->v.next_at));
    }
    buf_free(&url);
    return right;
}

/* has_more without a cursor: the id of a record leads to the one behind it, as Stripe has it. */
static bool try_last_id(struct compare *c)
{
    struct buf id = {0};
    bool right = false;
    struct slice first = compare_record(&c->first, 0);
    struct slice value = c->v.has_more && first.text ? path_find(&c->id, first.text, first.len) : (struct slice){0};
    if (!value_is_void(value))
        value_scalar(value, &id);
    for (const struct usual *u = usual_first(USUAL_AFTER); u && id.len && !right; u = usual_next(u)) {
        right = compare_ask_with(c, u->name, buf_text(&id), "limit", 1) && compare_begins_with(c, 1);
        if (!right)
            continue;
        take_style(c, PAGING_LAST_ID);
        c->limit = c->ask->split.count == 1 ? "limit" : "";
        set(c, "param-cursor", u->name);
        set(c, "param-limit", c->limit);
        if (*c->limit)
            weigh_count(c, 1);
    }
    buf_free(&id);
    return right;
}

/* Content-Range without our asking for it: PostgREST, which counts when it is asked to. */
static bool try_range(struct compare *c)
{
    static const char prefer[] = "Prefer: count=exact";
    if (!c->v.ranges || c->f->length < 2 || !compare_may_ask(c))
        return false;
    request_clear(&c->ask->request);
    buf_add(&c->ask->request.url, c->base.data, c->base.len);
    buf_addf(&c->ask->request.headers, "Range-Unit: items\nRange: 1-1\n%s\n", prefer);
    if (ask_request(c->ask, &c->places) || !compare_has_list(c) || c->ask->split.count != 1 ||
        !compare_begins_with(c, 1))
        return false;
    bool counted = c->f->count >= 0;
    take_style(c, PAGING_RANGE);
    c->f->seekable = true;
    weigh_count(c, 1);
    if (!counted && c->f->count >= 0)
        set(c, "header", prefer);
    return true;
}

/* ---- nothing leads on ---- */

/* A null where a next link or cursor would be: this page is the last one. */
static bool take_end(struct compare *c)
{
    if (!c->v.ended || c->v.has_more || (c->f->count >= 0 && c->f->count > c->f->length))
        return false;
    take_style(c, c->v.end_style);
    c->took_end = true;
    set(c, "next", c->v.end->name);
    if (c->v.end->parameter)
        set(c, "param-cursor", c->v.end->parameter);
    return true;
}

/* May a page be so long? What is shorter than 5, or of an odd length, is hardly one. */
static bool like_a_page(int64_t length)
{
    return length >= 5 && (length % 5 == 0 || length % 12 == 0 || (length & (length - 1)) == 0);
}

static bool doubtful(struct compare *c)
{
    struct finding *f = c->f;
    bool counted = f->count == f->length && (strcmp(buf_text(&f->count_from), "body:count") || !like_a_page(f->length));
    if (f->doubt.len)
        return true;
    if (f->count > f->length)
        buf_addf(&f->doubt,
                 "the list has %" PRId64 " records, the answer %" PRId64 ", and no parameters that were tried lead on",
                 f->count, f->length);
    else if (c->v.has_more || c->v.lead.len)
        buf_addf(&f->doubt, "the answer may lead on to more (%s), in a way that is not known",
                 c->v.lead.len ? buf_text(&c->v.lead) : "has_more");
    else if (c->reacted)
        buf_addf(&f->doubt, "the API heeds some parameters, but none that were tried lead to the second record");
    else if (f->length && !f->lines && !counted && like_a_page(f->length))
        f->may_be_whole = true,
        buf_addf(&f->doubt,
                 "the answer has %" PRId64
                 " records: the whole list (--paginate none), or a page of it that no parameters that were tried "
                 "lead on from",
                 f->length);
    return f->doubt.len > 0;
}

static void take_none(struct compare *c)
{
    if (doubtful(c))
        return;
    take_style(c, PAGING_NONE);
}

static void decide(struct compare *c)
{
    bool leads = c->v.next_url.len || c->v.cursor;
    if (c->v.out_of_reach)
        buf_adds(&c->f->doubt, "there are more documents than from and size get at: see --api elasticsearch");
    if (c->v.out_of_reach || (c->f->lines && !leads))
        return take_none(c);
    if (try_ways(c, 0, c->v.sure_ways) || try_link(c) || try_cursor(c) || try_last_id(c))
        return;
    if (!leads && (try_range(c) || try_ways(c, c->v.sure_ways, c->v.way_count)))
        return;
    if (!c->brief || c->f->length)
        try_count_url(c);
    if (!take_end(c))
        take_none(c);
}

/* ---- what else is worth knowing ---- */

static void compare_order(struct compare *c)
{
    int64_t n = c->ask->split.count < c->f->length ? c->ask->split.count : c->f->length;
    c->f->asked_twice = true;
    c->f->stable = true;
    for (int64_t i = 0; i < n && c->f->stable; i++)
        c->f->stable = compare_same(c, compare_record(&c->ask->records, i), compare_record(&c->first, i));
}

/* The first page, of this size; refused, of the size that is asked for by default. -1: not known. */
static int64_t ask_size(struct compare *c, const char *limit, int64_t size)
{
    const char *place = c->way.place, *at = c->way.page && !c->way.zero ? "1" : "0";
    bool listed = compare_ask_with(c, place, at, limit, size);
    if (!listed && c->ask->exchange->status / 100 == 4 && size > c->options->page_size) {
        size = c->options->page_size;
        listed = compare_ask_with(c, place, at, limit, size);
    }
    c->f->page_size_asked = size;
    if (!listed)
        return -1;
    if (compare_begins_with(c, 0))
        compare_order(c);
    return c->ask->split.count;
}

/* How large may pages get? In styles whose parameter for it is not proven yet it is, by a page of another length than
 * the first. */
static void find_size(struct compare *c)
{
    struct finding *f = c->f;
    const char *limit = c->limit ? c->limit : c->v.limit ? c->v.limit : "";
    bool cursor = f->style == PAGING_CURSOR, open = !c->limit;
    int64_t given =
        *limit && (!c->brief || cursor) ? ask_size(c, limit, c->brief ? c->options->page_size : DISCOVER_SIZE) : -1;
    bool heeded = !open || (given > 0 && given != f->length && compare_begins_with(c, 0));
    if (open && (heeded || cursor))
        set(c, "param-limit", heeded ? limit : "");
    f->page_size = heeded ? given : -1;
    if (!heeded || !*limit) {
        f->page_size_asked = -1;
        f->page_size = c->way.page ? f->length : -1; /* page numbers mean nothing without it */
    } else if (given < 0) {
        f->page_size = c->brief ? -1 : f->length; /* larger ones are refused */
    }
    bool cap =
        f->page_size == f->page_size_asked || f->count > f->page_size || (c->way.page && f->page_size != f->count);
    if (f->page_size > 0 && cap && f->page_size != c->options->page_size) /* else it may only be the end of the list */
        set_number(c, "page-size", f->page_size);
}

/* A number as large as the first page, while there is more, is the length of the page; one smaller than a page is
 * wrong. What equals the first page is left to --count-from auto, which looks behind it. */
static void count_outcome(struct compare *c)
{
    struct finding *f = c->f;
    bool more = f->found && f->style != PAGING_NONE && !c->took_end;
    if (f->count >= 0 &&
        (f->count < f->length || f->count < f->page_size || (more && !c->proven && f->count == f->length)))
        forget_count(c);
    try_count_query(c);
    if (!c->brief)
        try_count_url(c);
    const char *from = buf_text(&f->count_from);
    if (f->found && f->count > f->length && strncmp(from, "url:", 4) && strcmp(from, "auto"))
        set(c, "count-from", from);
}

int discover(const struct discover_options *o, struct ask *ask, struct finding *f, struct error *e)
{
    struct compare c = {.options = o, .ask = ask, .f = f, .brief = o->brief};
    *f = (struct finding){.count = -1, .page_size_asked = -1, .page_size = -1};
    int result = paging_records(o->paging->records, &c.places, e) || request_url(o->http.request, &c.base, e) ? -1 : 0;
    path_parse(&c.id, o->paging->id);
    if (result == 0)
        result = compare_first(&c, e);
    if (result == 0) {
        if (f->records.len)
            set(&c, "records", buf_text(&f->records));
        decide(&c);
        if (f->found && f->style != PAGING_NONE && f->style != PAGING_RANGE)
            find_size(&c);
        count_outcome(&c);
        if (!o->brief && !f->asked_twice && compare_ask(&c, buf_text(&c.base)))
            compare_order(&c);
    }
    path_free(&c.places);
    path_free(&c.id);
    buf_free(&c.base);
    buf_free(&c.first);
    evidence_free(&c.v);
    return result;
}
