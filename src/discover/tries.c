/* tries: readings of the first answer. */
#include "discover/tries.h"

#include <stdio.h>
#include <string.h>

#include "discover/first.h"
#include "discover/tally.h"
#include "http/origin.h"
#include "http/url.h"
#include "pages/link.h"

/* ---- by number ---- */

/* Does the first page have records that can be told apart? */
static bool is_telling(const struct compare *c)
{
    return c->f->length > 1 && !compare_same(c, compare_record(&c->first, 0), compare_record(&c->first, 1));
}

static void take_way(struct compare *c)
{
    compare_take_style(c, c->way.page ? PAGING_PAGE : PAGING_OFFSET);
    c->f->seekable = true;
    compare_set(c, c->way.page ? "param-page" : "param-offset", c->way.place);
    compare_set(c, "param-limit", c->limit);
    if (c->way.page && !c->way.base)
        compare_set(c, "page-base", "0");
    if (!c->way.page && c->way.base)
        compare_set(c, "offset-base", "1");
}

/* The second page in pages of one, or the second record and the one after it. */
static bool try_way(struct compare *c, struct way way)
{
    const char *at = way.base ? "2" : "1",
               *limit = c->options->paging->param_limit ? c->options->paging->param_limit : way.limit;
    int64_t size = way.page ? 1 : 2;
    if (!compare_ask_at(c, way.place, at, limit, size))
        return false;
    int64_t given = c->ask->split.count;
    bool zero = way.page && way.base && given == 1 &&
                compare_begins_with(c, 2); /* page 2 is the third: the first has the number 0 */
    bool right = zero || (compare_begins_with(c, 1) && (!way.page || given == 1));
    c->reacted |= given != c->f->length || !compare_begins_with(c, 0);
    if (zero)
        way.base = 0;
    if (right) {
        c->way = way;
        c->limit = given <= size ? limit : "";
    } else if (way.page && !c->way.place && c->v.on.next_url.len && given > 1 && given <= c->f->length &&
               compare_moved_on(c)) {
        c->way =
            way; /* as the next link has it, but the page size is the server's own; another parameter may change that */
        c->limit = "";
    }
    if (right && given <= size)
        tally_weigh(c, zero ? 2 : 1);
    if (right && way.page)
        tally_pages(c);
    return right;
}

bool tries_ways(struct compare *c, const struct ways *ways)
{
    bool right = false;
    for (size_t i = 0; is_telling(c) && i < ways->count && !right; i++)
        right = try_way(c, ways->at[i]);
    if (c->way.place)
        take_way(c);
    return c->way.place != NULL;
}

/* ---- by cursor ---- */

static void take_cursor(struct compare *c, const struct cursor_lead *lead)
{
    const char *parameter = lead->parameter.data;
    bool header = strncmp(parameter, "header:", 7) == 0;
    compare_take_style(c, PAGING_CURSOR);
    compare_set(c, "next", lead->next.data);
    compare_set(c, "param-cursor", header ? parameter + 7 : parameter);
    if (header)
        compare_set(c, "page-in", "header");
    if (!c->v.limit)
        c->v.limit = header ? "" : lead->limit;
}

/* Refused with the parameters of the first request beside it, may it want to be the only one? */
static bool try_alone(struct compare *c, const struct param *param)
{
    struct buf base = {0};
    bool refused = c->ask->exchange->status / 100 == 4 && *url_queries(c->base.data) && !c->body.len;
    if (!refused)
        return false;
    buf_add(&base, c->base.data, (size_t)(url_queries(c->base.data) - c->base.data));
    buf_swap(&base, &c->base);
    bool right = compare_ask_with(c, param, 1) && compare_moved_on(c);
    buf_swap(&base, &c->base);
    buf_free(&base);
    return right;
}

static bool try_cursor(struct compare *c, struct cursor_lead *lead)
{
    struct param param = {lead->parameter.data, buf_text(&lead->text), !lead->number};
    bool right = compare_ask_with(c, &param, 1) && compare_moved_on(c), alone = !right && try_alone(c, &param);
    if (!right && !alone)
        return false;
    take_cursor(c, lead);
    if (alone)
        compare_set(c, "cursor-alone", "true");
    return true;
}

static bool try_cursors(struct compare *c)
{
    bool right = false;
    for (size_t i = 0; i < c->v.on.cursor_count && !right; i++)
        right = try_cursor(c, &c->v.on.cursor[i]);
    return right;
}

bool tries_opening(struct compare *c)
{
    struct buf query = {0};
    struct param param = {c->v.opening, c->v.opened, true};
    bool right = c->v.opening && compare_ask_with(c, &param, 1) && compare_begins_with(c, 0);
    buf_addf(&query, "%s=%s", right ? param.name : "", right ? param.text : "");
    if (right && first_look_again(c) && c->v.on.cursor_count && try_cursors(c))
        compare_set(c, "query", query.data);
    buf_free(&query);
    return c->f->found;
}

/* ---- by link ---- */

/* The link leads to a host that only the server knows: does the path lead on from ours? */
static bool try_kept_origin(struct compare *c, struct buf *url)
{
    struct network_options network = *c->options->http.network;
    struct http_options http = c->options->http;
    struct error ignored;
    network.keep_origin = true;
    http.network = &network;
    buf_clear(url);
    return origin_link(&http, c->base.data, buf_text(&c->v.on.next_url), url, &ignored) >= 0 &&
           compare_ask(c, buf_text(url)) && compare_moved_on(c);
}

/* The page of the link is here. With the queries of ours that it lacks, does it lead to another one? */
static bool needs_query(struct compare *c, const char *link)
{
    struct buf names = {0}, whole = {0}, begin = {0};
    struct slice as_it_is = compare_record(&c->ask->records, 0);
    buf_add(&begin, as_it_is.text, as_it_is.len);
    link_complete(c->base.data, link, &names, &whole);
    bool needs = !c->brief && names.len && *url_queries(link) && compare_ask(c, buf_text(&whole)) &&
                 compare_moved_on(c) &&
                 !compare_same(c, compare_record(&c->ask->records, 0), (struct slice){begin.data, begin.len});
    buf_free(&names);
    buf_free(&whole);
    buf_free(&begin);
    return needs;
}

static bool try_link(struct compare *c)
{
    struct error why = {0};
    struct buf url = {0};
    bool right = false, kept = false;
    if (!c->v.on.next_url.len)
        return false;
    if (origin_link(&c->options->http, c->base.data, buf_text(&c->v.on.next_url), &url, &why) >= 0)
        right = compare_ask(c, buf_text(&url)) && compare_moved_on(c);
    else
        kept = try_kept_origin(c, &url);
    if (!right && why.code && (!kept || c->brief))
        buf_addf(&c->f->doubt, "%s%s", why.message, kept ? "; on ours its path leads on, too: --keep-origin" : "");
    kept &= !c->brief; /* it is for people to say that both hosts have the same list */
    if (right || kept) {
        compare_take_style(c, c->v.on.next_at.len ? PAGING_NEXT_URL : PAGING_LINK);
        if (c->v.on.next_at.len)
            compare_set(c, "next", buf_text(&c->v.on.next_at));
        if (kept)
            compare_set(c, "keep-origin", "true");
        if (right && needs_query(c, buf_text(&url)))
            compare_set(c, "keep-query", "true");
    }
    buf_free(&url);
    return right || kept;
}

/* ---- by the last record ---- */

/* has_more without a cursor: the id of a record leads to the one after it, as Stripe has it. */
static bool try_last_id(struct compare *c)
{
    struct buf id = {0};
    bool right = false;
    struct slice first = compare_record(&c->first, 0);
    struct slice value = c->v.has_more && first.text ? path_find(&c->id, first.text, first.len) : (struct slice){0};
    if (!value_is_void(value))
        value_scalar(value, &id);
    for (const struct usual *u = usual_first(USUAL_AFTER); u && id.len && !right; u = usual_next(u)) {
        struct param params[] = {{u->name, buf_text(&id), value_is_text(value)}, {"limit", "1", false}};
        right = compare_ask_with(c, params, 2) && compare_begins_with(c, 1);
        if (!right)
            continue;
        compare_take_style(c, PAGING_LAST_ID);
        c->limit = c->ask->split.count == 1 ? "limit" : "";
        compare_set(c, "param-cursor", u->name);
        compare_set(c, "param-limit", c->limit);
        if (*c->limit)
            tally_weigh(c, 1);
    }
    buf_free(&id);
    return right;
}

bool tries_leads(struct compare *c)
{
    return try_link(c) || try_cursors(c) || try_last_id(c);
}

/* ---- by Range ---- */

/* Content-Range without our asking for it: PostgREST, which counts when it is asked to. */
bool tries_range(struct compare *c)
{
    static const char prefer[] = "Prefer: count=exact";
    if (!c->v.ranges || c->f->length < 2 || !compare_may_ask(c))
        return false;
    compare_begin(c, c->base.data);
    buf_addf(&c->ask->request.headers, "Range-Unit: items\nRange: 1-1\n%s\n", prefer);
    if (!compare_request(c) || c->ask->split.count != 1 || !compare_begins_with(c, 1))
        return false;
    bool counted = c->f->count >= 0;
    compare_take_style(c, PAGING_RANGE);
    c->f->seekable = true;
    tally_weigh(c, 1);
    if (!counted && c->f->count >= 0)
        compare_set(c, "header", prefer);
    return true;
}

/* ---- in many ways at once ---- */

enum { SCOUT_PARAMS = 3 * SCOUT_NAMES };

/* limit: the name of the page size where it is known already. */
static bool ask_scout(struct compare *c, const struct scout *s, const char *limit)
{
    struct param params[SCOUT_PARAMS];
    char number[SCOUT_NAMES + 1][12];
    size_t count = 0;
    for (int i = 0; i < SCOUT_NAMES + 1; i++)
        snprintf(number[i], sizeof number[i], "%d", i + SCOUT_SIZE);
    for (int i = 0; i < SCOUT_NAMES && s->offset[i]; i++)
        params[count++] = (struct param){s->offset[i], (const char *[]){"1", "2", "3", "4"}[i], false};
    for (int i = 0; i < SCOUT_NAMES && s->page[i]; i++)
        params[count++] = (struct param){s->page[i], "2", false};
    for (int i = 0; i < SCOUT_NAMES && s->limit[i] && !limit; i++)
        params[count++] = (struct param){s->limit[i], number[i], false};
    if (limit)
        params[count++] = (struct param){limit, number[0], false};
    return compare_ask_with(c, params, count);
}

/* The page number is heeded, and no page size: pages have the length of the first one. */
static bool try_fixed_page(struct compare *c, const struct scout *s)
{
    if (c->ask->split.count != c->f->length || !s->page[0] || s->page[1] ||
        !compare_ask_at(c, s->page[0], "1", "", 0) || !compare_begins_with(c, 0))
        return false;
    c->way = (struct way){true, 1, s->page[0], ""};
    c->limit = "";
    take_way(c);
    return true;
}

/* What its answer shows. *limit: the page size that is heeded. */
static bool heed_scout(struct compare *c, const struct scout *s, const char **limit)
{
    struct ways ways = {0};
    int64_t got = c->ask->split.count, first = compare_begin_of(c);
    const char *heeded = NULL;
    if (first == 0 && got == c->f->length)
        return false; /* nothing was heeded */
    c->reacted = true;
    ways_of_scout(&ways, s, first, got, &heeded);
    if (*limit && got == SCOUT_SIZE)
        heeded = *limit;
    if (first == 0 && got < c->f->length) {
        tally_weigh(c, 0);
        *limit = heeded;
        c->limit = heeded;
        return first_look_again(c) && tries_leads(c);
    }
    for (size_t i = 0; i < ways.count && *limit; i++)
        ways.at[i].limit = *limit;
    return ways.count ? tries_ways(c, &ways) : first < 0 && try_fixed_page(c, s);
}

bool tries_scouts(struct compare *c)
{
    struct ways common = {0};
    const char *limit = NULL;
    bool refused = false;
    if (!is_telling(c))
        return false;
    for (size_t i = 0; i < SCOUTS && !refused && !c->f->found; i++) {
        refused = !ask_scout(c, &ways_scouts[i], limit) || c->ask->split.count == 0;
        if (!refused && heed_scout(c, &ways_scouts[i], &limit))
            return true;
    }
    ways_common(&common, c->v.bare);
    return refused && tries_ways(c, &common);
}
