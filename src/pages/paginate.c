#include "pages/paginate.h"

#include <stdio.h>
#include <string.h>

#include "http/url.h"
#include "pages/follow.h"
#include "pages/seek.h"
#include "pages/styles.h"
#include "json/split.h"

/* ---- set-up ---- */

/* What we send takes the place of parameters of the same name in the URL. */
static void drop_own_params(struct paginate *p)
{
    if (!paginate_in_query(p))
        return;
    if (paginate_sends_limit(p))
        url_drop_query(&p->base, styles_limit_name(p));
    if (p->style->seeks && *styles_place_name(p)) /* the first cursor may well stand in the URL */
        url_drop_query(&p->base, styles_place_name(p));
}

/* The cursor of next-url and link is a URL: one of the server's links. */
static int start_at_url(struct paginate *p, struct error *e)
{
    if (styles_follow_link(p, buf_text(&p->base), p->paging->cursor, e)) {
        e->code = EXIT_USAGE;
        return -1;
    }
    buf_swap(&p->token.text, &p->next_token.text);
    return 0;
}

int paginate_compact(const char *text, size_t len, struct buf *compact)
{
    struct split split;
    return split_whole(&split, text, len, compact);
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
    const char *data = p->http.request->data ? p->http.request->data : "{}";
    buf_clear(&p->body);
    if (paginate_compact(data, strlen(data), &p->body) || *p->body.data != '{')
        return error_set(e, EXIT_USAGE, "--page-in body needs a JSON object in --data");
    struct buf trial = {0};
    buf_add(&trial, p->body.data, p->body.len);
    const char *missing = *place && path_set(&trial, place, any) ? place
                          : paginate_sends_limit(p) && path_set(&trial, styles_limit_name(p), any)
                              ? styles_limit_name(p)
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
    p->total = p->learned_size = -1;
    p->size = p->range->page_size;
    p->end = p->range->limit < 0 ? INT64_MAX : paginate_sum(p->range->offset, p->range->limit);
    if (method != METHOD_NOT_GIVEN && method != METHOD_GET && method != METHOD_POST)
        return error_set(e, EXIT_USAGE,
                         "a list is not read by %s: --method is GET, or POST where the API searches by it",
                         request_method(method));
    if (url_accept(p->http.request->url, &p->base, e) ||
        url_add_queries(&p->base, p->http.request->query.item, p->http.request->query.count, e) ||
        styles_set_paths(p, e))
        return -1;
    drop_own_params(p);
    if (set_body(p, e))
        return -1;
    if (p->style->seeks)
        return p->paging->cursor
                   ? error_set(e, EXIT_USAGE,
                               "--cursor goes with a style that follows the server, not with --paginate %s",
                               p->style->name)
                   : 0;
    follow_init(p);
    return p->paging->cursor && p->style->by_links ? start_at_url(p, e) : 0;
}

void paginate_free(struct paginate *p)
{
    follow_free(p);
    buf_free(&p->base);
    buf_free(&p->body);
    buf_free(&p->note);
    path_free(&p->next_path);
    path_free(&p->more_path);
    path_free(&p->id_path);
}

bool paginate_seeks(const struct paginate *p)
{
    return p->style->seeks;
}

bool paginate_has_id(const struct paginate *p, const char *records, size_t len)
{
    const char *end = memchr(records, '\n', len);
    return end && !value_is_void(path_find(&p->id_path, records, (size_t)(end - records)));
}

bool paginate_single(const struct paginate *p)
{
    return !p->style->seeks && !p->style->follow;
}

bool paginate_sends_limit(const struct paginate *p)
{
    return *styles_limit_name(p) != '\0';
}

bool paginate_in_query(const struct paginate *p)
{
    return p->paging->page_in == PAGE_IN_QUERY || p->paging->page_in == PAGE_IN_QUERY_JSON;
}

/* ---- the common part of both kinds of styles ---- */

int64_t paginate_sum(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

void paginate_address(const struct paginate *p, const struct page *page, struct request *r)
{
    request_clear(r);
    r->method = p->http.request->method;
    if (r->method == METHOD_NOT_GIVEN)
        r->method = p->body.len ? METHOD_POST : METHOD_GET;
    r->repeatable = true; /* a search, whatever its method */
    buf_add(&r->url, p->base.data, p->base.len);
    buf_add(&r->body, p->body.data, p->body.len);
    p->style->address(p, page, r);
}

bool paginate_next(struct paginate *p, struct page *page, struct request *r)
{
    bool budget = p->range->max_pages < 0 || p->asked_pages < p->range->max_pages || seek_pending(p);
    if (p->over || !budget || !(p->style->seeks ? seek_next(p, page) : follow_next(p, page)))
        return false;
    page->total.records = -1;
    p->under_way++;
    p->asked_pages++;
    paginate_address(p, page, r);
    return true;
}

/* A redirect may lead to a URL that no longer says which page is wanted. */
static int check_address(const struct paginate *p, const struct answer *a, struct error *e)
{
    struct buf value = {0};
    const char *place = p->style->seeks && paginate_in_query(p) ? styles_place_name(p) : "";
    bool lost = *place && !url_query(a->url, place, &value);
    buf_free(&value);
    return lost ? error_set(e, EXIT_ANSWER, "a redirect leads to a URL without %s: use the URL that it leads to", place)
                : 0;
}

int paginate_learn(struct paginate *p, struct page *page, const struct answer *a, struct request *r, struct error *e)
{
    p->under_way--;
    page->skip = page->keep = 0;
    if (check_address(p, a, e) || (p->style->check && p->style->check(page, a, e)))
        return -1;
    return p->style->seeks ? seek_learn(p, page, r, e) : follow_learn(p, page, a, e);
}

int paginate_failed(struct paginate *p, struct page *page, struct request *r, long status)
{
    p->under_way--;
    page->skip = page->keep = 0;
    return p->style->seeks ? seek_failed(p, page, r, status) : -1;
}

/* --on-drift; what: one sentence. */
static int drift(struct paginate *p, struct error *e, const char *what)
{
    if (p->range->on_drift == DRIFT_FAIL)
        return error_set(e, EXIT_ANSWER, "%s (--on-drift fail)", what);
    if (p->range->on_drift == DRIFT_WARN) {
        buf_clear(&p->note);
        buf_addf(&p->note, "warning: %s", what);
    }
    return 0;
}

int paginate_shifted(struct paginate *p, int64_t records, struct error *e)
{
    struct buf what = {0};
    buf_addf(&what,
             "the page at offset %lld begins with %lld records that the last one ended with: records were added while "
             "reading",
             (long long)p->position, (long long)records);
    int result = drift(p, e, buf_text(&what));
    buf_free(&what);
    return result;
}

static int drifted(struct paginate *p, struct error *e, int64_t was, int64_t is)
{
    struct buf what = {0};
    buf_addf(&what, "the total went from %lld to %lld while reading", (long long)was, (long long)is);
    int result = drift(p, e, buf_text(&what));
    buf_free(&what);
    return result;
}

/* A total smaller than what has been seen is wrong. One in a body that equals the first page's length may be just that,
 * the page's length. Neither is believed: then the end is where a page is empty, which costs one more request and no
 * record. */
static bool doubtful(const struct paginate *p, const struct page *page)
{
    int64_t total = page->total.records;
    return page->got && (total < paginate_sum(page->offset, page->got) ||
                         (page->total.guessed && p->pages == 0 && total == page->got));
}

int paginate_learn_total(struct paginate *p, const struct page *page, struct error *e)
{
    int64_t said = page->total.records, known = p->total >= 0 ? p->total : p->range->planned_total;
    if (said < 0)
        return 0;
    if (doubtful(p, page)) {
        p->distrust = true;
        p->total = -1;
    }
    if (p->distrust)
        return 0;
    p->total = said;
    return known >= 0 && known != said ? drifted(p, e, known, said) : 0;
}

int paginate_ended(struct paginate *p, struct error *e)
{
    struct buf what = {0};
    int result = 0;
    p->over = true;
    if (p->total > p->position && p->position < p->end) {
        buf_addf(&what, "the list ended after %lld records though its total is %lld", (long long)p->position,
                 (long long)p->total);
        result = drift(p, e, buf_text(&what));
        buf_free(&what);
    }
    return result ? -1 : PAGE_LAST;
}
