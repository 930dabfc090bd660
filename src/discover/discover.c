/* discover: how an API pages, found out by trying. */
#include "discover/discover.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "discover/compare.h"
#include "discover/first.h"
#include "discover/tally.h"
#include "discover/tries.h"
#include "json/lines.h"

/* ---- nothing leads on ---- */

/* A null where a next link or cursor would be: this page is the last one. */
static bool take_end(struct compare *c)
{
    if (!c->v.on.ended || c->v.has_more || (c->f->count >= 0 && c->f->count > c->f->length))
        return false;
    compare_take_style(c, c->v.on.end_style);
    c->took_end = true;
    compare_set(c, "next", buf_text(&c->v.on.end_at));
    if (c->v.on.end_parameter.len)
        compare_set(c, "param-cursor", c->v.on.end_parameter.data);
    return true;
}

/* May a page be so long? What is shorter than 5, or of an odd length, is hardly one. */
static bool like_a_page(int64_t length)
{
    return length >= 5 && (length % 5 == 0 || length % 12 == 0 || (length & (length - 1)) == 0);
}

/* "count" may be the length of the page, wherever it stands. */
static bool may_be_length(const char *count_from)
{
    const char *name = count_from + strlen(count_from);
    while (name > count_from && !strchr(":/.", name[-1]))
        name--;
    return strcmp(name, "count") == 0;
}

/* Does the answer say that it is the whole list? */
static bool says_whole(struct compare *c)
{
    struct finding *f = c->f;
    bool counted = f->count == f->length && (!may_be_length(buf_text(&f->count_from)) || !like_a_page(f->length));
    return counted || c->v.on.no_more || (f->lines && !evidence_leads(&c->v));
}

static bool doubtful(struct compare *c)
{
    struct finding *f = c->f;
    bool whole = says_whole(c);
    if (f->doubt.len)
        return true;
    if (f->unanswered.code && !whole)
        buf_addf(&f->doubt, "a request with parameters failed: %s", f->unanswered.message);
    else if (f->count > f->length)
        buf_addf(&f->doubt,
                 "the list has %" PRId64 " records, the answer %" PRId64 ", and no parameters that were tried lead on",
                 f->count, f->length);
    else if (c->v.has_more || c->v.on.lead.len || (!whole && c->v.on.next_url.len))
        buf_addf(&f->doubt, "the answer may lead on to more (%s), in a way that is not known",
                 c->v.on.lead.len       ? buf_text(&c->v.on.lead)
                 : c->v.on.next_url.len ? "a next link"
                                        : "has_more");
    else if (c->reacted)
        buf_addf(&f->doubt, "the API heeds some parameters, but none that were tried lead to the second record");
    else if (f->length && !whole && like_a_page(f->length))
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
    compare_take_style(c, PAGING_NONE);
    c->f->unsaid = c->f->length > 1 && !says_whole(c);
}

static void decide(struct compare *c)
{
    if (c->v.out_of_reach)
        buf_adds(&c->f->doubt, "there are more documents than from and size get at: see --api elasticsearch");
    if (c->v.out_of_reach || (c->f->lines && !evidence_leads(&c->v)))
        return take_none(c);
    if (tries_opening(c) || tries_ways(c, &c->v.ways) || tries_leads(c))
        return;
    if (!c->f->doubt.len && (tries_range(c) || tries_scouts(c)))
        return;
    if (!c->brief || c->f->length)
        tally_url(c);
    if (!take_end(c))
        take_none(c);
}

/* ---- what else is worth knowing ---- */

static void compare_order(struct compare *c)
{
    int64_t n = c->ask->split.count < c->f->length ? c->ask->split.count : c->f->length;
    c->f->asked_twice = true;
    c->f->stable = true;
    struct slice again = {c->ask->records.data, c->ask->records.len}, first = {c->first.data, c->first.len};
    for (int64_t i = 0; i < n && c->f->stable; i++) {
        struct slice a = lines_first(again), b = lines_first(first);
        c->f->stable = compare_same(c, lines_record(a), lines_record(b));
        again = lines_after(again, a);
        first = lines_after(first, b);
    }
}

/* The first page, of this size; refused, of the size that is asked for by default. -1: not known. */
static int64_t ask_size(struct compare *c, const char *limit, int64_t size)
{
    const char *place = c->way.place, *at = c->way.base ? "1" : "0";
    bool listed = compare_ask_at(c, place, at, limit, size);
    if (!listed && c->ask->exchange->status / 100 == 4 && size > c->options->page_size) {
        size = c->options->page_size;
        listed = compare_ask_at(c, place, at, limit, size);
    }
    c->f->page_size_asked = size;
    if (!listed)
        return -1;
    bool same = compare_begins_with(c, 0);
    if (same)
        compare_order(c);
    if (same && !c->brief && c->ask->split.count > c->f->length)
        buf_swap(&c->f->sample, &c->ask->records);
    return c->ask->split.count;
}

/* How large may pages get? In styles whose parameter for it is not proven yet it is, by a page of another length than
 * the first. */
static void find_size(struct compare *c)
{
    struct finding *f = c->f;
    const char *limit = c->limit ? c->limit : c->v.limit ? c->v.limit : "";
    bool cursor = f->style == PAGING_CURSOR, open = !c->limit, asks = *limit && c->asked < DISCOVER_REQUESTS;
    int64_t given = asks ? ask_size(c, limit, c->brief ? c->options->page_size : DISCOVER_SIZE) : -1;
    bool refused = asks && given < 0 && c->ask->exchange->status / 100 == 4;
    bool heeded = !open || (given > 0 && given != f->length && compare_begins_with(c, 0));
    if (open && (heeded || cursor))
        compare_set(c, "param-limit", heeded ? limit : "");
    f->page_size = heeded ? given : -1;
    if (!heeded || !*limit) {
        f->page_size_asked = -1;
        f->page_size = c->way.page ? f->length : -1; /* page numbers mean nothing without it */
    } else if (refused || !asks) {
        f->page_size = f->length;
    }
    bool cap = refused || !asks || f->page_size == f->page_size_asked || f->count > f->page_size ||
               (c->way.page && f->page_size != f->count);
    if (f->page_size > 0 && cap &&
        f->page_size != c->options->page_size) { /* else it may only be the end of the list */
        char text[24];
        snprintf(text, sizeof text, "%" PRId64, f->page_size);
        compare_set(c, "page-size", text);
    }
}

int discover(const struct discover_options *o, struct ask *ask, struct finding *f, struct error *e)
{
    struct compare c = {.options = o, .ask = ask, .f = f, .brief = o->brief};
    *f = (struct finding){.count = -1, .page_size_asked = -1, .page_size = -1};
    int result = paging_records(o->paging->records, &c.places, e) || request_url(o->http.request, &c.base, e) ? -1 : 0;
    path_parse(&c.id, o->paging->id);
    if (result == 0)
        result = first_look(&c, e);
    if (result == 0) {
        if (f->records.len)
            compare_set(&c, "records", buf_text(&f->records));
        decide(&c);
        if (f->found && f->style != PAGING_NONE && f->style != PAGING_RANGE)
            find_size(&c);
        tally_outcome(&c);
        if (!o->brief && !f->found && !f->asked_twice && compare_ask(&c, buf_text(&c.base)))
            compare_order(&c);
    }
    path_free(&c.places);
    path_free(&c.id);
    buf_free(&c.base);
    buf_free(&c.body);
    buf_free(&c.query);
    if (!f->sample.len)
        buf_swap(&f->sample, &c.first);
    buf_free(&c.first);
    evidence_free(&c.v);
    return result;
}
