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

static void set(struct compare *l, const char *name, const char *value)
{
    bool more = strcmp(name, "paginate") == 0 || strcmp(name, "header") == 0 ||
                strcmp(name, "query") == 0; /* which is auto, or adds up */
    if (more || !compare_is_given(l, name))
        settings_add(&l->f->settings, name, value);
}

static void take_style(struct compare *l, enum paging_style style)
{
    l->f->found = true;
    l->f->style = style;
    set(l, "paginate", styles_find(style)->name);
}

static void set_number(struct compare *l, const char *name, int64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, n);
    set(l, name, text);
}

/* ---- the count ---- */

static void forget_count(struct compare *l)
{
    l->f->count = -1;
    buf_clear(&l->f->count_from);
}

/* A page of one record tells whether a number in the answer is the length of the page. */
static void weigh_count(struct compare *l)
{
    struct answer a = ask_answer(l->probe);
    struct buf from = {0};
    int64_t count;
    bool stated = evidence_total(l->options->paging->count_from, &a, &count, &from);
    if (stated && count > l->probe->split.count && (l->f->count < 0 || l->f->count == count)) {
        l->f->count = count;
        l->proven = true;
        buf_swap(&l->f->count_from, &from);
    } else if (l->f->count >= 0) {
        forget_count(l);
    }
    buf_free(&from);
}

/* The number of the last page, of one record each, is the count. */
static void count_pages(struct compare *l)
{
    struct buf last = {0}, number = {0};
    int64_t count;
    if (l->f->count < 0 && ask_link(l->probe, "last", &last) && url_query(buf_text(&last), l->way.place, &number) &&
        number_of_text(buf_text(&number), &count) && number_combine(count, 1, l->way.zero, &count)) {
        l->f->count = count;
        buf_adds(&l->f->count_from, "last-page");
        l->proven = true;
    }
    buf_free(&last);
    buf_free(&number);
}

/* The path with /count behind it, as `restsrc count` asks it first. */
static void try_count_url(struct compare *l)
{
    struct total_source source = {.kind = TOTAL_AUTO};
    struct total total;
    struct error ignored;
    struct buf url = {0};
    buf_add(&url, l->base.data, l->base.len);
    buf_text(&url);
    if (l->f->count < 0 && !compare_is_given(l, "count-from") && url_add_segment(&url, "count", &ignored) == 0 &&
        compare_may_ask(l) && ask_get(l->probe, buf_text(&url), NULL) == 0 &&
        total_of_count(&source, buf_text(&l->probe->envelope), l->probe->envelope.len, &total, &ignored) == 1 &&
        total.records >= l->f->length) {
        l->f->count = total.records;
        l->proven = true;
        buf_adds(&l->f->count_from, "url:");
        secret_redact(buf_text(&url), &l->f->count_from);
    }
    buf_free(&url);
}

/* The first page again, with the query that has the API count. */
static void try_count_query(struct compare *l)
{
    const struct count_query *q = l->count_query;
    struct buf url = {0}, from = {0}, query = {0};
    int64_t count;
    if (!q || l->f->count >= 0 || compare_is_given(l, "count-from"))
        return;
    buf_add(&url, l->base.data, l->base.len);
    buf_text(&url);
    url_drop_query(&url, q->name);
    url_add_query(&url, q->name, q->value, strlen(q->value));
    bool listed = compare_ask(l, buf_text(&url));
    struct answer a = ask_answer(l->probe);
    if (listed && evidence_total(q->count_from, &a, &count, &from) && count >= l->f->length) {
        l->f->count = count;
        l->proven = true;
        buf_swap(&l->f->count_from, &from);
        buf_addf(&query, "%s=%s", q->name, q->value);
        set(l, "query", buf_text(&query));
    }
    buf_free(&url);
    buf_free(&from);
    buf_free(&query);
}

/* ---- trying a reading ---- */

static bool try_way(struct compare *l, struct way way)
{
    const char *at = way.page && !way.zero ? "2" : "1",
               *limit = l->options->paging->param_limit ? l->options->paging->param_limit : way.limit;
    int64_t size = way.page ? 1 : 2;
    if (!compare_ask_with(l, way.place, at, limit, size))
        return false;
    int64_t given = l->probe->split.count;
    bool zero = way.page && !way.zero && given == 1 &&
                compare_begins_with(l, 2); /* page 2 is the third: the first has the number 0 */
    bool right = zero || (compare_begins_with(l, 1) && (!way.page || given == 1));
    l->reacted |= given != l->f->length || !compare_begins_with(l, 0);
    way.zero |= zero;
    if (right) {
        l->way = way;
        l->limit = given <= size ? limit : "";
    } else if (way.page && !l->way.place && l->v.next_url.len && given > 1 && given <= l->f->length &&
               compare_moved_on(l)) {
        l->way =
            way; /* as the next link has it, but the page size is the server's own; another parameter may change that */
        l->limit = "";
    }
    if (right && given <= size)
        weigh_count(l);
    if (right && way.page)
        count_pages(l);
    return right;
}

static bool try_ways(struct compare *l, size_t from, size_t to)
{
    bool telling = l->f->length > 1 && !compare_same(l, compare_record(&l->first, 0), compare_record(&l->first, 1));
    bool right = false;
    for (size_t i = from; telling && i < to && !right; i++)
        right = try_way(l, l->v.ways[i]);
    if (!l->way.place)
        return false;
    take_style(l, l->way.page ? PAGING_PAGE : PAGING_OFFSET);
    l->f->seekable = true;
    set(l, l->way.page ? "param-page" : "param-offset", l->way.place);
    set(l, "param-limit", l->limit);
    if (l->way.zero)
        set(l, "page-base", "0");
    return true;
}

static bool try_cursor(struct compare *l)
{
    for (unsigned i = 0; i < l->v.cursor_rows; i++) {
        const struct cursor_row *row = &l->v.cursor[i];
        if (!compare_ask_with(l, row->param, buf_text(&l->v.token), NULL, 0) || !compare_moved_on(l))
            continue;
        take_style(l, PAGING_CURSOR);
        set(l, "next", row->next);
        set(l, "param-cursor", row->param);
        l->v.limit = l->v.limit ? l->v.limit : row->limit;
        return true;
    }
    return false;
}

static bool try_link(struct compare *l)
{
    struct error why = {0};
    struct buf url = {0};
    bool right = false;
    if (l->v.next_url.len && origin_link(&l->options->http, l->base.data, buf_text(&l->v.next_url), &url, &why) < 0)
        buf_adds(&l->f->doubt, why.message);
    else if (l->v.next_url.len)
        right = compare_ask(l, buf_text(&url)) && compare_moved_on(l);
    if (right) {
        take_style(l, l->v.next_at.len ? PAGING_NEXT_URL : PAGING_LINK);
        if (l->v.next_at.len)
            set(l, "next", buf_text(&l->v.next_at));
    }
    buf_free(&url);
    return right;
}

/* has_more without a cursor: the id of a record leads to the one behind it, as Stripe has it. */
static bool try_last_id(struct compare *l)
{
    static const char *const names[] = {"starting_after", "after"};
    struct buf id = {0};
    bool right = false;
    struct slice first = compare_record(&l->first, 0);
    struct slice value = l->v.has_more && first.text ? path_find(&l->id, first.text, first.len) : (struct slice){0};
    if (!value_is_void(value))
        value_scalar(value, &id);
    for (size_t i = 0; id.len && !right && i < sizeof names / sizeof *names; i++) {
        right = compare_ask_with(l, names[i], buf_text(&id), "limit", 1) && compare_begins_with(l, 1);
        if (!right)
            continue;
        take_style(l, PAGING_LAST_ID);
        l->limit = l->probe->split.count == 1 ? "limit" : "";
        set(l, "param-cursor", names[i]);
        set(l, "param-limit", l->limit);
        if (*l->limit)
            weigh_count(l);
    }
    buf_free(&id);
    return right;
}

/* Content-Range without our asking for it: PostgREST, which counts when it is asked to. */
static bool try_range(struct compare *l)
{
    static const char prefer[] = "Prefer: count=exact";
    if (!l->v.ranges || l->f->length < 2 || !compare_may_ask(l))
        return false;
    request_clear(&l->probe->request);
    buf_add(&l->probe->request.url, l->base.data, l->base.len);
    buf_addf(&l->probe->request.headers, "Range-Unit: items\nRange: 1-1\n%s\n", prefer);
    if (ask_request(l->probe, &l->places) || !compare_has_list(l) || l->probe->split.count != 1 ||
        !compare_begins_with(l, 1))
        return false;
    bool counted = l->f->count >= 0;
    take_style(l, PAGING_RANGE);
    l->f->seekable = true;
    weigh_count(l);
    if (!counted && l->f->count >= 0)
        set(l, "header", prefer);
    return true;
}

/* ---- nothing leads on ---- */

/* A null where a next link or cursor would be: this page is the last one. */
static bool take_end(struct compare *l)
{
    if (!l->v.ended || l->v.has_more || (l->f->count >= 0 && l->f->count > l->f->length))
        return false;
    take_style(l, l->v.end_style);
    l->took_end = true;
    set(l, "next", l->v.end_at);
    if (l->v.end_row)
        set(l, "param-cursor", l->v.end_row->param);
    return true;
}

/* May a page be so long? What is shorter than 5, or of an odd length, is hardly one. */
static bool like_a_page(int64_t length)
{
    return length >= 5 && (length % 5 == 0 || length % 12 == 0 || (length & (length - 1)) == 0);
}

static bool doubtful(struct compare *l)
{
    struct finding *f = l->f;
    bool counted = f->count == f->length && (strcmp(buf_text(&f->count_from), "body:count") || !like_a_page(f->length));
    if (f->doubt.len)
        return true;
    if (f->count > f->length)
        buf_addf(&f->doubt,
                 "the list has %" PRId64 " records, the answer %" PRId64 ", and no parameters that were tried lead on",
                 f->count, f->length);
    else if (l->v.has_more || l->v.lead.len)
        buf_addf(&f->doubt, "the answer may lead on to more (%s), in a way that is not known",
                 l->v.lead.len ? buf_text(&l->v.lead) : "has_more");
    else if (l->reacted)
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

static void take_none(struct compare *l)
{
    if (doubtful(l))
        return;
    take_style(l, PAGING_NONE);
}

static void decide(struct compare *l)
{
    bool leads = l->v.next_url.len || l->v.cursor;
    if (l->v.out_of_reach)
        buf_adds(&l->f->doubt, "there are more documents than from and size get at: see --api elasticsearch");
    if (l->v.out_of_reach || (l->f->lines && !leads))
        return take_none(l);
    if (try_ways(l, 0, l->v.sure_ways) || try_link(l) || try_cursor(l) || try_last_id(l))
        return;
    if (!leads && (try_range(l) || try_ways(l, l->v.sure_ways, l->v.way_count)))
        return;
    if (!l->brief || l->f->length)
        try_count_url(l);
    if (!take_end(l))
        take_none(l);
}

/* ---- what else is worth knowing ---- */

static void compare_order(struct compare *l)
{
    int64_t n = l->probe->split.count < l->f->length ? l->probe->split.count : l->f->length;
    l->f->asked_twice = true;
    l->f->stable = true;
    for (int64_t i = 0; i < n && l->f->stable; i++)
        l->f->stable = compare_same(l, compare_record(&l->probe->records, i), compare_record(&l->first, i));
}

/* The first page, of this size; refused, of the size that is asked for by default. -1: not known. */
static int64_t ask_size(struct compare *l, const char *limit, int64_t size)
{
    const char *place = l->way.place, *at = l->way.page && !l->way.zero ? "1" : "0";
    bool listed = compare_ask_with(l, place, at, limit, size);
    if (!listed && l->probe->exchange->status / 100 == 4 && size > l->options->page_size) {
        size = l->options->page_size;
        listed = compare_ask_with(l, place, at, limit, size);
    }
    l->f->page_size_asked = size;
    if (!listed)
        return -1;
    if (compare_begins_with(l, 0))
        compare_order(l);
    return l->probe->split.count;
}

/* How large may pages get? In styles whose parameter for it is not proven yet it is, by a page of another length than
 * the first. */
static void find_size(struct compare *l)
{
    struct finding *f = l->f;
    const char *limit = l->limit ? l->limit : l->v.limit ? l->v.limit : "";
    bool cursor = f->style == PAGING_CURSOR, open = !l->limit;
    int64_t given =
        *limit && (!l->brief || cursor) ? ask_size(l, limit, l->brief ? l->options->page_size : DISCOVER_SIZE) : -1;
    bool heeded = !open || (given > 0 && given != f->length && compare_begins_with(l, 0));
    if (open && (heeded || cursor))
        set(l, "param-limit", heeded ? limit : "");
    f->page_size = heeded ? given : -1;
    if (!heeded || !*limit) {
        f->page_size_asked = -1;
        f->page_size = l->way.page ? f->length : -1; /* page numbers mean nothing without it */
    } else if (given < 0) {
        f->page_size = l->brief ? -1 : f->length; /* larger ones are refused */
    }
    bool cap =
        f->page_size == f->page_size_asked || f->count > f->page_size || (l->way.page && f->page_size != f->count);
    if (f->page_size > 0 && cap && f->page_size != l->options->page_size) /* else it may only be the end of the list */
        set_number(l, "page-size", f->page_size);
}

/* A number as large as the first page, while there is more, is the length of the page; one smaller than a page is
 * wrong. What equals the first page is left to --count-from auto, which looks behind it. */
static void count_outcome(struct compare *l)
{
    struct finding *f = l->f;
    bool more = f->found && f->style != PAGING_NONE && !l->took_end;
    if (f->count >= 0 &&
        (f->count < f->length || f->count < f->page_size || (more && !l->proven && f->count == f->length)))
        forget_count(l);
    try_count_query(l);
    if (!l->brief)
        try_count_url(l);
    if (f->found && f->count > f->length && strncmp(buf_text(&f->count_from), "url:", 4))
        set(l, "count-from", buf_text(&f->count_from));
}

int discover(const struct discover_options *o, struct ask *ask, struct finding *f, struct error *e)
{
    struct compare l = {.options = o, .probe = ask, .f = f, .brief = o->brief};
    *f = (struct finding){.count = -1, .page_size_asked = -1, .page_size = -1};
    int result = paging_records(o->paging->records, &l.places, e) || request_url(o->http.request, &l.base, e) ? -1 : 0;
    path_parse(&l.id, o->paging->id);
    if (result == 0)
        result = compare_first(&l, e);
    if (result == 0) {
        if (f->records.len)
            set(&l, "records", buf_text(&f->records));
        decide(&l);
        if (f->found && f->style != PAGING_NONE && f->style != PAGING_RANGE)
            find_size(&l);
        count_outcome(&l);
        if (!o->brief && !f->asked_twice && compare_ask(&l, buf_text(&l.base)))
            compare_order(&l);
    }
    path_free(&l.places);
    path_free(&l.id);
    buf_free(&l.base);
    buf_free(&l.first);
    evidence_free(&l.v);
    return result;
}
