/* evidence: what one answer shows about how its list is paged. */
#include "discover/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "http/url.h"
#include "pages/link_header.h"
#include "pages/more.h"
#include "json/usual.h"

/* ---- names that are in use, besides those of json/usual ---- */

/* An answer that repeats what it was asked for tells its parameters. */
static const struct echo {
    const char *place_at, *limit_at;
    struct way way;
} echoes[] = {
    {"startAt", "maxResults", {false, false, "startAt", "maxResults"}},
    {"offset", "limit", {false, false, "offset", "limit"}},
    {"skip", "limit", {false, false, "skip", "limit"}},
    {"skip", "take", {false, false, "skip", "take"}},
    {"start", "limit", {false, false, "start", "limit"}},
    {"offset", "total_rows", {false, false, "skip", "limit"}}, /* CouchDB */
    {"page", "perPage", {true, false, "page", "perPage"}},
    {"page", "per_page", {true, false, "page", "per_page"}},
    {"page", "pageSize", {true, false, "page", "pageSize"}},
    {"page", "page_size", {true, false, "page", "page_size"}},
    {"page", "limit", {true, false, "page", "limit"}},
    {"page", "size", {true, false, "page", "size"}},
    {"current_page", "per_page", {true, false, "page", "per_page"}},
    {"number", "size", {true, false, "page", "size"}}, /* Spring */
};
static const char *const echo_folders[] = {"", "/meta", "/pagination", "/meta/pagination", "/paging", "/page"};
static const struct echo bracketed[] = {
    /* Strapi */
    {"/meta/pagination/page", "/meta/pagination/pageSize", {true, false, "pagination[page]", "pagination[pageSize]"}},
    {"/meta/pagination/start", "/meta/pagination/limit", {false, false, "pagination[start]", "pagination[limit]"}},
};

/* ---- looking up ---- */

static bool is_text(struct slice value, const char *text)
{
    size_t len = strlen(text);
    return value.len == len + 2 && *value.text == '"' && memcmp(value.text + 1, text, len) == 0;
}

static bool is_number(struct slice value, int64_t *n)
{
    return number_whole(value.text, value.len, n);
}

/* The first parameter of that kind that the query of url has; its value, too. */
static const char *named_in(const struct buf *url, enum usual_kind kind, struct buf *value)
{
    for (const struct usual *u = usual_first(kind); url->len && u; u = usual_next(u)) {
        buf_clear(value);
        if (url_query(url->data, u->name, value))
            return u->name;
    }
    return NULL;
}

static void add_way(struct evidence *v, struct way way)
{
    for (size_t i = 0; i < v->way_count; i++)
        if (strcmp(v->ways[i].place, way.place) == 0 && strcmp(v->ways[i].limit, way.limit) == 0)
            return;
    if (v->way_count < EVIDENCE_WAYS)
        v->ways[v->way_count++] = way;
}

/* ---- links and cursors ---- */

static void find_link(struct evidence *v, const struct answer *a)
{
    struct buf text = {0};
    if (link_header_find(a->header, a->headers, "next", &text) == LINK_FOUND &&
        url_resolve(a->url, buf_text(&text), &v->next_url) == 0)
        goto out;
    buf_clear(&v->next_url);
    for (const struct usual *u = usual_first(USUAL_LINK); u && !v->next_url.len; u = usual_next(u)) {
        struct slice value = path_get(u->name, a->envelope);
        buf_clear(&text);
        if (!value_is_void(value) && *value.text == '"')
            value_scalar(value, &text);
        else if (value.text && !v->ended && value_is_void(value) && *value.text != 'f') {
            v->ended = true;
            v->end_style = PAGING_NEXT_URL;
            v->end = u;
        }
        if (text.len && strpbrk(buf_text(&text), "/?") && url_resolve(a->url, buf_text(&text), &v->next_url) == 0)
            buf_adds(&v->next_at, u->name);
    }
out:
    buf_free(&text);
}

static void find_cursor(struct evidence *v, const struct answer *a)
{
    int64_t number;
    for (const struct usual *u = usual_first(USUAL_CURSOR); u && !v->cursor; u = usual_next(u)) {
        struct slice value = path_get(u->name, a->envelope);
        bool is_offset = strcmp(u->name, "offset") == 0 && is_number(value, &number);
        if (value.text && value_is_void(value) && !v->ended) {
            v->ended = true;
            v->end_style = PAGING_CURSOR;
            v->end = u;
        }
        bool is_link = v->next_at.len && strcmp(u->name, buf_text(&v->next_at)) == 0;
        if (!value.text || value_is_void(value) || *value.text == '{' || *value.text == '[' || is_offset || is_link)
            continue;
        v->cursor = u;
        value_scalar(value, &v->cursor_text);
    }
}

/* ---- ways to ask for a place ---- */

/* A next link by offset leads to the offset behind this page, one by page number to the second page. */
static void ways_of_link(struct evidence *v, int64_t records)
{
    struct buf value = {0};
    int64_t number;
    const char *offset = named_in(&v->next_url, USUAL_OFFSET, &value);
    if (offset && number_of_text(buf_text(&value), &number) && number == records)
        add_way(v, (struct way){false, false, offset, v->limit ? v->limit : "limit"});
    const char *page = named_in(&v->next_url, USUAL_PAGE, &value);
    if (page && number_of_text(buf_text(&value), &number) && (number == 1 || number == 2)) {
        bool zero = number == 1;
        if (v->limit)
            add_way(v, (struct way){true, zero, page, v->limit});
        else {
            add_way(v, (struct way){true, zero, page, "per_page"});
            add_way(v, (struct way){true, zero, page, "page_size"});
        }
    }
    buf_free(&value);
}

static void way_of_echo(struct evidence *v, const struct echo *echo, const char *folder, struct slice envelope)
{
    struct buf place = {0}, limit = {0};
    int64_t first, size;
    bool pointer = *folder || *echo->place_at == '/';
    buf_addf(&place, "%s%s%s", folder, pointer && *folder ? "/" : "", echo->place_at);
    buf_addf(&limit, "%s%s%s", folder, pointer && *folder ? "/" : "", echo->limit_at);
    if (is_number(path_get(buf_text(&place), envelope), &first) &&
        is_number(path_get(buf_text(&limit), envelope), &size) && (echo->way.page ? first <= 1 : first == 0)) {
        struct way way = echo->way;
        way.zero = way.page && first == 0;
        v->limit = v->limit ? v->limit : way.limit;
        add_way(v, way);
    }
    buf_free(&place);
    buf_free(&limit);
}

static void ways_of_echo(struct evidence *v, struct slice envelope)
{
    for (size_t i = 0; i < sizeof bracketed / sizeof *bracketed; i++)
        way_of_echo(v, &bracketed[i], "", envelope);
    for (size_t f = 0; f < sizeof echo_folders / sizeof *echo_folders; f++)
        for (size_t i = 0; i < sizeof echoes / sizeof *echoes; i++)
            way_of_echo(v, &echoes[i], echo_folders[f], envelope);
}

static void common_ways(struct evidence *v, const struct answer *a)
{
    bool bare = a->envelope.len && *a->envelope.text == '[';
    if (a->header(a->headers, "X-WP-Total", NULL) || a->header(a->headers, "X-Per-Page", NULL))
        add_way(v, (struct way){true, false, "page", "per_page"});
    add_way(v, (struct way){false, false, "offset", "limit"});
    if (bare)
        add_way(v, (struct way){false, false, "_start", "_limit"});
    add_way(v, (struct way){true, false, "page", bare ? "per_page" : "page_size"});
    add_way(v, (struct way){true, false, "page", bare ? "page_size" : "per_page"});
}

/* ---- members that may lead on ---- */

/* Visits the members of the objects in compact JSON, down to `depth` objects. */
static void each_member(struct slice json, int depth, void (*visit)(void *ctx, struct slice key, struct slice value),
                        void *ctx)
{
    size_t at = 0;
    struct slice value;
    if (!json.len || *json.text != '{' || depth == 0)
        return;
    const char *key = json.text + 1;
    while (value_next(json, &at, NULL, &value)) {
        visit(ctx, (struct slice){key + 1, (size_t)(value.text - 2 - (key + 1))}, value);
        each_member(value, depth - 1, visit, ctx);
        key = value.text + value.len + 1;
    }
}

static bool contains(struct slice key, const char *const *words)
{
    char name[64];
    size_t len = key.len < sizeof name - 1 ? key.len : sizeof name - 1;
    memcpy(name, key.text, len);
    name[len] = '\0';
    for (; *words; words++)
        if (strcasestr(name, *words))
            return true;
    return false;
}

/* A cursor by another name, or a number of pages. */
static void visit_lead(void *ctx, struct slice key, struct slice value)
{
    static const char *const words[] = {"next",   "cursor", "token",    "continu",       "more",
                                        "marker", "scroll", "bookmark", "lastevaluated", NULL};
    static const char *const pages[] = {"pages", "pagecount", "page_count", "lastpage", "last_page", NULL};
    struct buf *lead = ctx;
    int64_t number;
    if (lead->len || value_is_empty(value))
        return;
    if (contains(key, words) || (contains(key, pages) && is_number(value, &number) && number > 1))
        buf_add(lead, key.text, key.len);
}

/* ---- */

static void find_lead_header(struct evidence *v, const struct answer *a)
{
    for (const struct usual *u = usual_first(USUAL_LEAD_HEADER); u && !v->lead.len; u = usual_next(u)) {
        const char *value = a->header(a->headers, u->name, NULL);
        if (value && *value)
            buf_addf(&v->lead, "the header %s", u->name);
    }
}

void evidence_find(struct evidence *v, const struct evidence_names *given, const struct answer *a, int64_t records)
{
    struct buf ignored = {0};
    *v = (struct evidence){0};
    const char *range = a->header(a->headers, "Content-Range", NULL);
    v->has_more = more_find(given->has_more, a->envelope, NULL) == MORE_YES;
    v->ranges = range && strncasecmp(range, "bytes", 5);
    find_link(v, a);
    find_cursor(v, a);
    v->limit = given->limit ? given->limit : named_in(&v->next_url, USUAL_LIMIT, &ignored);
    if (given->offset)
        add_way(v, (struct way){false, false, given->offset, v->limit ? v->limit : "limit"});
    if (given->page)
        add_way(v, (struct way){true, given->page_base == 0, given->page, v->limit ? v->limit : "per_page"});
    ways_of_link(v, records);
    ways_of_echo(v, a->envelope);
    v->out_of_reach =
        path_get("/hits/hits", a->envelope).text && is_text(path_get("/hits/total/relation", a->envelope), "gte");
    if (path_get("/hits/hits", a->envelope).text && !v->out_of_reach) /* Elasticsearch */
        add_way(v, (struct way){false, false, "from", "size"});
    v->sure_ways = v->way_count;
    common_ways(v, a);
    each_member(a->envelope, 2, visit_lead, &v->lead);
    find_lead_header(v, a);
    buf_free(&ignored);
}

void evidence_free(struct evidence *v)
{
    buf_free(&v->next_url);
    buf_free(&v->next_at);
    buf_free(&v->cursor_text);
    buf_free(&v->lead);
}

/* In the words of --count-from. */
static void tell_source(const struct total *total, struct buf *count_from)
{
    if (!total->name)
        buf_adds(count_from, "content-range");
    else if (total->name->kind == USUAL_REMAINING) /* a sum, which has no PATH */
        buf_adds(count_from, "auto");
    else
        buf_addf(count_from, "%s:%s", total->name->kind == USUAL_TOTAL_HEADER ? "header" : "body", total->name->name);
}

bool evidence_total(const char *asked, const struct answer *a, int64_t records, int64_t *count, struct buf *count_from)
{
    struct total_source source;
    struct total total;
    struct error ignored;
    bool by_itself = strcmp(asked, "auto") == 0;
    bool found = total_parse(&source, asked, &ignored) == 0 &&
                 total_find(&source, a->header, a->headers, a->envelope.text, a->envelope.len, &total, &ignored) == 1;
    total_free(&source);
    if (!found && by_itself)
        found = total_guess(a->header, a->headers, a->envelope, records, &total, &ignored) == 1;
    if (!found)
        return false;
    *count = total.records;
    buf_clear(count_from);
    if (by_itself)
        tell_source(&total, count_from);
    else
        buf_adds(count_from, asked);
    return true;
}

const struct count_query *evidence_count_query(struct slice envelope)
{
    static const struct count_query odata = {"$count", "true", "body:/@odata.count"},
                                    directus = {"meta", "filter_count", "body:/meta/filter_count"};
    static const char bare[] = "{\"data\":[]}"; /* all that Directus says */
    if (path_get("/@odata.context", envelope).text)
        return &odata;
    return envelope.len == sizeof bare - 1 && memcmp(envelope.text, bare, envelope.len) == 0 ? &directus : NULL;
}

/* ---- lists at unusual places ---- */

struct lists {
    unsigned count;
    struct buf *at, *more;
};

static void visit_list(void *ctx, struct slice key, struct slice value)
{
    static const char *const others[] = {"error", "warning", "link", "column", "field", "included", NULL};
    struct lists *l = ctx;
    if (value.len < 3 || memcmp(value.text, "[{", 2) || contains(key, others) || memchr(key.text, '/', key.len) ||
        memchr(key.text, '~', key.len) || memchr(key.text, '\\', key.len))
        return;
    if (l->count++ == 0)
        buf_add(l->at, key.text, key.len);
    else
        buf_addf(l->more, " or %.*s", (int)key.len, key.text);
}

/* In the answer itself, else in an object that is there for the list: HAL's _embedded, Solr's response, CKAN's result.
 */
unsigned evidence_lists(struct slice envelope, struct buf *at, struct buf *more)
{
    static const char *const folders[] = {"_embedded", "response", "result", "data"};
    struct lists l = {0, at, more};
    if (!value_is_void(path_get("error", envelope)) || !value_is_void(path_get("errors", envelope)))
        return 0;
    each_member(envelope, 1, visit_list, &l);
    for (size_t i = 0; l.count == 0 && at != more && i < sizeof folders / sizeof *folders; i++) {
        buf_clear(at);
        buf_addf(at, "%s.", folders[i]);
        each_member(path_get(folders[i], envelope), 1, visit_list, &l);
    }
    if (l.count == 0 && at != more)
        buf_clear(at);
    return l.count;
}
