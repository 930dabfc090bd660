/* evidence: what one answer shows about how its list is paged. */
#include "discover/evidence.h"

#include <string.h>
#include <strings.h>

#include "http/url.h"
#include "pages/more.h"

static bool is_text(struct slice value, const char *text)
{
    size_t len = strlen(text);
    return value.len == len + 2 && value_is_text(value) && memcmp(value.text + 1, text, len) == 0;
}

/* The parameter for the page size that the next link has. */
static const char *limit_of_link(const struct buf *url)
{
    struct buf value = {0};
    const struct usual *u = url->len ? usual_first(USUAL_LIMIT) : NULL;
    while (u && !url_query(url->data, u->name, &value))
        u = usual_next(u);
    buf_free(&value);
    return u ? u->name : NULL;
}

static void find_ways(struct evidence *v, const struct evidence_names *given, const struct answer *a, int64_t records)
{
    const char *limit = v->limit;
    if (given->offset)
        ways_add(&v->ways, (struct way){false, 0, given->offset, limit ? limit : "limit"});
    if (given->page)
        ways_add(&v->ways, (struct way){true, given->page_base, given->page, limit ? limit : "per_page"});
    if (limit)
        ways_of_link(&v->ways, &v->on.next_url, limit, records);
    if (!v->out_of_reach)
        ways_of_answer(&v->ways, a->envelope);
    ways_of_link(&v->ways, &v->on.next_url, limit, records);
    if (a->header(a->headers, "X-WP-Total", NULL) || a->header(a->headers, "X-Per-Page", NULL))
        ways_add(&v->ways, (struct way){true, 1, "page", "per_page"});
    if (v->ways.count && !v->limit)
        v->limit = v->ways.at[0].limit;
}

/* Lists that tell cursors only when they are asked for the first one. */
static void find_opening(struct evidence *v, const struct answer *a)
{
    for (const struct usual *u = usual_first(USUAL_OPENING); u && !v->opening && !v->on.cursor_count;
         u = usual_next(u)) {
        if (!path_get(u->name, a->envelope).text)
            continue;
        v->opening = u->parameter;
        v->opened = u->limit;
    }
}

void evidence_find(struct evidence *v, const struct evidence_names *given, const struct answer *a, int64_t records)
{
    *v = (struct evidence){0};
    const char *range = a->header(a->headers, "Content-Range", NULL);
    v->bare = value_is_list(a->envelope);
    enum more_says more = more_find(given->has_more, a->envelope, NULL);
    v->has_more = more == MORE_YES;
    v->on.no_more |= more == MORE_NO;
    v->ranges = range && strncasecmp(range, "bytes", 5);
    v->out_of_reach =
        path_get("/hits/hits", a->envelope).text && is_text(path_get("/hits/total/relation", a->envelope), "gte");
    leads_find(&v->on, given->query, a);
    v->limit = given->limit ? given->limit : limit_of_link(&v->on.next_url);
    find_ways(v, given, a, records);
    find_opening(v, a);
}

bool evidence_leads(const struct evidence *v)
{
    return v->on.next_url.len || v->on.cursor_count || v->has_more;
}

void evidence_free(struct evidence *v)
{
    leads_free(&v->on);
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
