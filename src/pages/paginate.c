/* paginate: which request comes next, and what a page taught. */
#include "pages/paginate.h"

#include <string.h>

#include "http/url.h"
#include "pages/ahead.h"
#include "pages/coverage.h"
#include "pages/echo.h"
#include "pages/follow.h"
#include "pages/link.h"
#include "pages/more.h"
#include "pages/repeat.h"
#include "pages/seek.h"
#include "pages/styles.h"
#include "json/lines.h"
#include "json/split.h"

/* ---- set-up ---- */

/* What we send takes the place of parameters of the same name in the URL. */
static void drop_own_params(struct paginate *p)
{
    if (!paging_in_query(p->paging))
        return;
    if (styles_sends_limit(p))
        url_drop_query(&p->base, styles_limit_name(p));
    if (p->style->seeks && *styles_place_name(p)) /* the first cursor may well stand in the URL */
        url_drop_query(&p->base, styles_place_name(p));
}

/* The cursor of next-url and link is a URL: one of the server's links. */
static int start_at_url(struct paginate *p, struct error *e)
{
    if (link_follow(p, buf_text(&p->base), p->paging->cursor, e)) {
        e->code = EXIT_USAGE;
        return -1;
    }
    buf_swap(&p->cursor.text, &p->next_cursor.text);
    return 0;
}

/* --data with --page-in body must be an object that holds, or can take, each of our parameters. */
static int set_body(struct paginate *p, struct error *e)
{
    const char *place = styles_place_name(p);
    struct slice any = {"0", 1};
    if (p->http.request->data)
        buf_adds(&p->body, p->http.request->data);
    if (p->paging->page_in != PAGE_IN_BODY)
        return 0;
    if (p->style->by_links)
        return error_set(e, EXIT_USAGE, "--page-in body does not go with --paginate %s", p->style->name);
    if (p->form)
        return 0;
    const char *data = p->http.request->data ? p->http.request->data : "{}";
    buf_clear(&p->body);
    if (split_compact(data, strlen(data), &p->body) || *p->body.data != '{')
        return error_set(e, EXIT_USAGE,
                         "--page-in body needs a JSON object in --data, or a form that --header says to be one");
    struct buf trial = {0};
    buf_add(&trial, p->body.data, p->body.len);
    const char *missing = *place && path_set(&trial, place, any)                                 ? place
                          : styles_sends_limit(p) && path_set(&trial, styles_limit_name(p), any) ? styles_limit_name(p)
                                                                                                 : NULL;
    buf_free(&trial);
    return missing ? error_set(e, EXIT_USAGE, "--data has no object to hold %s", missing) : 0;
}

int paginate_init(struct paginate *p, const struct paging_options *paging, const struct range_options *range,
                  const struct http_options *http, struct error *e)
{
    enum method method = http->request->method;
    *p = (struct paginate){.paging = paging,
                           .range = range,
                           .http = *http,
                           .style = styles_find(paging->paginate),
                           .start = range->offset,
                           .next = range->offset,
                           .position = range->offset};
    p->form = request_sends_form(http->request);
    p->total = p->at_least = p->learned_size = -1;
    p->size = p->range->page_size;
    p->end = p->range->limit < 0 ? INT64_MAX : paging_sum(p->range->offset, p->range->limit);
    if (p->style->seeks && p->range->planned_total < p->end)
        p->total = p->range->planned_total; /* a claim, like those of the pages */
    if (method != METHOD_NOT_GIVEN && method != METHOD_GET && method != METHOD_POST)
        return error_set(e, EXIT_USAGE,
                         "a list is not read by %s: --method is GET, or POST where the API searches by it",
                         request_method(method));
    if (url_accept(p->http.request->url, &p->base, e) ||
        url_add_queries(&p->base, p->http.request->query.item, p->http.request->query.count, e) ||
        styles_set_paths(p, e))
        return -1;
    url_drop_queries(&p->base, p->http.auth->query_secret.item, p->http.auth->query_secret.count); /* sent with each */
    drop_own_params(p);
    if (set_body(p, e))
        return -1;
    if (p->style->seeks)
        return p->paging->cursor
                   ? error_set(e, EXIT_USAGE,
                               "--cursor goes with a style that follows the server, not with --paginate %s",
                               p->style->name)
                   : 0;
    if (follow_init(p, e))
        return -1;
    return p->paging->cursor && p->style->by_links ? start_at_url(p, e) : 0;
}

void paginate_free(struct paginate *p)
{
    follow_free(p);
    link_free(p);
    buf_free(&p->base);
    buf_free(&p->body);
    buf_free(&p->headers);
    buf_free(&p->note);
    buf_free(&p->doubted);
    buf_free(&p->proof);
    next_free(&p->leads_on);
    path_free(&p->id_path);
}

bool paginate_seeks(const struct paginate *p)
{
    return p->style->seeks;
}

bool paginate_takes_lines(const struct paginate *p)
{
    return paginate_single(p) || p->style->style == PAGING_LINK;
}

bool paginate_single(const struct paginate *p)
{
    return !p->style->seeks && !p->style->follow;
}

/* ---- a page ---- */

/* Without the parameters that say which page. */
static void address_bare(const struct paginate *p, struct request *r)
{
    request_clear(r);
    r->method = p->http.request->method;
    if (r->method == METHOD_NOT_GIVEN)
        r->method = p->body.len ? METHOD_POST : METHOD_GET;
    r->repeatable = true; /* a search, whatever its method */
    buf_add(&r->url, p->base.data, p->base.len);
    buf_add(&r->headers, p->headers.data, p->headers.len);
    buf_add(&r->body, p->body.data, p->body.len);
}

static void address(const struct paginate *p, const struct page *page, struct request *r)
{
    address_bare(p, r);
    if (page->early)
        ahead_address(p, page, r);
    else
        p->style->address(p, page, r);
}

/* The parameters of ours that the first request has. */
static void own_names(const struct paginate *p, struct buf *names)
{
    const char *place = p->style->seeks ? styles_place_name(p) : "", *limit = styles_limit_name(p);
    buf_addf(names, "%s%s%s", place, *place && *limit ? " and " : "", limit);
}

bool paginate_bare(const struct paginate *p, struct request *r)
{
    struct buf names = {0};
    own_names(p, &names);
    bool sends = names.len > 0;
    buf_free(&names);
    if (sends)
        address_bare(p, r);
    return sends;
}

bool paginate_is_empty(const struct paginate *p)
{
    return p->over && p->start == 0 && p->position == 0 && !p->paging->cursor;
}

int paginate_filtered(const struct paginate *p, struct error *e)
{
    struct buf names = {0};
    own_names(p, &names);
    error_set(e, EXIT_ANSWER,
              "the list is empty with %s, but has records without: the server takes these for filters, so say how it "
              "pages (--paginate, --param-offset, --param-page, --param-limit)",
              buf_text(&names));
    buf_free(&names);
    return -1;
}

bool paginate_next(struct paginate *p, struct page *page, struct request *r)
{
    bool budget = p->range->max_pages < 0 || p->asked_pages < p->range->max_pages || seek_pending(p);
    if (p->over || !budget || !(p->style->seeks ? seek_next(p, page) : follow_next(p, page)))
        return false;
    page->total.records = page->total.at_least = -1;
    p->under_way++;
    p->asked_pages++;
    address(p, page, r);
    return true;
}

void paginate_ask(const struct paginate *p, const struct page *page, struct request *r)
{
    address(p, page, r);
}

/* A redirect may lead to a URL that no longer says which page is wanted. */
static int check_address(const struct paginate *p, const struct answer *a, struct error *e)
{
    struct buf value = {0};
    const char *place = p->style->seeks && paging_in_query(p->paging) ? styles_place_name(p) : "";
    bool lost = *place && !url_query(a->url, place, &value);
    buf_free(&value);
    return lost ? error_set(e, EXIT_ANSWER, "a redirect leads to a URL without %s: use the URL that it leads to", place)
                : 0;
}

/* The page that is asked for in the place of the one that was learned. */
static int again(struct paginate *p, const struct page *page, struct request *r, int verdict)
{
    if (verdict == PAGE_REST) {
        p->under_way++;
        address(p, page, r);
    }
    return verdict;
}

static void learn_more(struct paginate *p, const struct page *page, const struct answer *a)
{
    const char *name;
    enum more_says says = more_find(p->paging->has_more, a->envelope, &name);
    p->ended_there = says == MORE_NO && p->says_more;
    if (p->probing == PROBE_FURTHER)
        return;
    p->says_end = says == MORE_NO && page->got && (p->says_more || page->got < page->asked);
    if (says != MORE_UNSAID)
        p->says_more = says == MORE_YES ? name : NULL;
}

/* Is the offset taken for the number of a page? Then the record is not the one at `offset` of the page before, but that
 * which the page of this number begins with. */
static bool is_by_pages(const struct page *page, const struct answer *a)
{
    struct slice lines = a->before, first = lines_first(a->records), line = {0};
    bool elsewhere = true;
    for (int64_t n = 0; n <= page->offset * page->asked && lines.len; n++, lines = lines_after(lines, line)) {
        line = lines_first(lines);
        elsewhere &= n != page->offset || !value_same(line, first);
    }
    return page->got && page->asked > 1 && elsewhere && value_same(line, first);
}

int paginate_learn(struct paginate *p, struct page *page, const struct answer *a, struct request *r, struct error *e)
{
    p->under_way--;
    page->skip = page->keep = 0;
    if (check_address(p, a, e) || (p->style->check && p->style->check(page, a, e)) ||
        (p->style->seeks && echo_check(p, page, a, e)))
        return -1;
    if (p->style->seeks)
        learn_more(p, page, a);
    p->by_pages = p->probing == PROBE_LIMIT && is_by_pages(page, a);
    return again(p, page, r, p->style->seeks ? seek_learn(p, page, e) : follow_learn(p, page, a, e));
}

int paginate_failed(struct paginate *p, struct page *page, struct request *r, long status)
{
    p->under_way--;
    page->skip = page->keep = 0;
    return again(p, page, r, p->style->seeks ? seek_failed(p, page, status) : link_failed(p, status) ? PAGE_REST : -1);
}

static void set_cursor(struct paginate *p, struct bookmark *to)
{
    const char *cursor = p->style->seeks ? NULL : follow_cursor(p);
    buf_clear(&to->cursor);
    buf_adds(&to->cursor, cursor ? cursor : "");
}

void paginate_start(struct paginate *p, struct bookmark *start)
{
    set_cursor(p, start);
    start->offset = p->style->seeks ? p->start : 0;
    start->skip = p->style->seeks ? 0 : p->start;
}

void paginate_before(struct paginate *p, const struct page *page, struct bookmark *at)
{
    set_cursor(p, at);
    at->offset = !p->style->seeks ? 0 : page->offset > p->position ? page->offset : p->position;
}

bool paginate_ended(const struct paginate *p)
{
    return !p->style->seeks && p->page_skip < 0;
}

/* At the list's end a style that follows goes on in the last page. A read that goes on drops one record of those that
 * have come with an inclusive cursor by itself. */
void paginate_after(struct paginate *p, const struct page *page, struct bookmark *at, struct bookmark *after)
{
    if (p->style->seeks) {
        after->offset = p->position;
        return;
    }
    at->skip = page->skip - (p->inclusive && p->come > 0);
    if (paginate_ended(p)) {
        bookmark_set(after, at);
        after->skip += page->keep;
    } else {
        set_cursor(p, after);
        after->skip = p->page_skip;
    }
}

bool paginate_matters(const struct paginate *p, const struct page *page, long status)
{
    return p->style->seeks ? !seek_is_past_end(p, page, status) : !page->early;
}

int paginate_doubt(struct paginate *p, const struct page *page, struct buf *records, int64_t *count,
                   struct slice before, struct request *r, struct error *e)
{
    struct page first = {.asked = page->asked}, proof;
    if (link_prove(p, records, count, before)) {
        address(p, page, r);
        return 1;
    }
    follow_learn_inclusive(p, page, (struct slice){records->data, records->len}, before);
    if (repeat_prove(p, page, (struct slice){records->data, records->len}, before, &proof)) {
        address(p, &proof, r);
        return 1;
    }
    int doubt = coverage_check_start(p, page, records, count, e);
    if (doubt > 0)
        address(p, &first, r);
    return doubt;
}
