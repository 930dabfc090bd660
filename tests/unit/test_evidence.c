/* evidence: what one answer tells about how its list is paged. */
#include "discover/evidence.h"
#include "paging.h"
#include "tap.h"

static const struct evidence_names nothing = {.page_base = 1};

/* What an answer of 100 records tells. */
static void look(struct evidence *v, const char *envelope, const char *headers, const struct evidence_names *given)
{
    struct answer a = {
        .url = "http://h/list", .header = paging_header, .headers = headers, .envelope = {envelope, strlen(envelope)}};
    evidence_find(v, given, &a, 100);
}

static bool is_way(const struct evidence *v, size_t i, bool page, bool zero, const char *place, const char *limit)
{
    const struct way *w = &v->ways[i];
    return i < v->way_count && w->page == page && w->zero == zero && strcmp(w->place, place) == 0 &&
           strcmp(w->limit, limit) == 0;
}

/* ---- links and cursors ---- */

static void check_links(void)
{
    struct evidence v;
    look(&v, "[]", "Link: <http://h/list?page=2&per_page=100>; rel=\"next\"", &nothing);
    is_text(buf_text(&v.next_url), "http://h/list?page=2&per_page=100", "a Link header leads on");
    is_text(buf_text(&v.next_at), "", "from no place in the body");
    is_text(v.limit, "per_page", "with the parameter for the page size");
    ok(v.sure_ways == 1 && is_way(&v, 0, true, false, "page", "per_page"), "which makes a way of its page number");
    evidence_free(&v);

    look(&v, "{\"results\":[],\"next\":\"/list?offset=100&limit=100\"}", NULL, &nothing);
    is_text(buf_text(&v.next_url), "http://h/list?offset=100&limit=100", "a link in the body, made absolute");
    is_text(buf_text(&v.next_at), "next", "and its place");
    ok(v.sure_ways == 1 && is_way(&v, 0, false, false, "offset", "limit"), "its offset is the number of records");
    evidence_free(&v);

    look(&v, "{\"results\":[],\"next\":\"/list?offset=500\"}", NULL, &nothing);
    is_int((int64_t)v.sure_ways, 0, "an offset that is another number is no way");
    evidence_free(&v);

    look(&v, "{\"results\":[],\"next\":\"/list?page=1&size=100\"}", NULL, &nothing);
    ok(is_way(&v, 0, true, true, "page", "size"), "page 1 after the first: pages are counted from 0");
    evidence_free(&v);
}

static void check_cursors(void)
{
    struct evidence v;
    look(&v, "{\"data\":[],\"meta\":{\"next_cursor\":\"abc\"}}", NULL, &nothing);
    ok(v.cursor && strcmp(v.cursor->parameter, "cursor") == 0, "a cursor, and the parameter for it");
    is_text(buf_text(&v.cursor_text), "abc", "and what it says");
    evidence_free(&v);

    look(&v, "{\"items\":[],\"nextPageToken\":\"t\"}", NULL, &nothing);
    const struct usual *second = usual_next(v.cursor);
    ok(strcmp(v.cursor->name, second->name) == 0 && strcmp(v.cursor->parameter, second->parameter),
       "a name that APIs use with different parameters has a row for each");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"offset\":100}", NULL, &nothing);
    ok(!v.cursor, "an offset that is a number is no cursor");
    evidence_free(&v);

    look(&v, "{\"records\":[],\"offset\":\"itrX/recY\"}", NULL, &nothing);
    ok(v.cursor != NULL, "one that is a word is");
    evidence_free(&v);
}

static void check_ends(void)
{
    struct evidence v;
    look(&v, "{\"results\":[],\"next\":null}", NULL, &nothing);
    ok(v.ended && v.end_style == PAGING_NEXT_URL, "null where a link would be: the list has ended");
    is_text(v.end->name, "next", "by that name");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"next_cursor\":\"\"}", NULL, &nothing);
    ok(v.ended && v.end_style == PAGING_CURSOR && v.end->parameter, "an empty cursor, too");
    evidence_free(&v);

    look(&v, "{\"data\":[]}", NULL, &nothing);
    ok(!v.ended && !v.cursor && !v.next_url.len && !v.has_more, "an answer that says nothing has no end");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"has_more\":true}", NULL, &nothing);
    ok(v.has_more, "has_more says that there is more");
    evidence_free(&v);
}

/* ---- ways ---- */

static void check_echoes(void)
{
    struct evidence v;
    look(&v, "{\"issues\":[],\"startAt\":0,\"maxResults\":50,\"total\":700}", NULL, &nothing);
    ok(v.sure_ways == 1 && is_way(&v, 0, false, false, "startAt", "maxResults"),
       "what was asked for is given back: Jira");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"meta\":{\"pagination\":{\"page\":1,\"pageSize\":25}}}", NULL, &nothing);
    ok(is_way(&v, 0, true, false, "pagination[page]", "pagination[pageSize]"), "with its own names: Strapi");
    evidence_free(&v);

    look(&v, "{\"content\":[],\"number\":0,\"size\":20}", NULL, &nothing);
    ok(is_way(&v, 0, true, true, "page", "size"), "page 0 is the first: Spring");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"offset\":200,\"limit\":100}", NULL, &nothing);
    is_int((int64_t)v.sure_ways, 0, "the first page has not the offset 200");
    evidence_free(&v);
}

static void check_given(void)
{
    struct evidence v;
    struct evidence_names given = {.offset = "from", .limit = "n", .page_base = 1};
    look(&v, "[]", NULL, &given);
    ok(v.sure_ways == 1 && is_way(&v, 0, false, false, "from", "n"), "the user's own names come first");
    ok(v.way_count > v.sure_ways && is_way(&v, 1, false, false, "offset", "limit"), "the commonest ones after them");
    evidence_free(&v);
}

static void check_others(void)
{
    struct evidence v;
    look(&v, "{\"hits\":{\"total\":{\"value\":10000,\"relation\":\"gte\"},\"hits\":[]}}", NULL, &nothing);
    ok(v.out_of_reach, "Elasticsearch has more than it gives by from and size");
    evidence_free(&v);

    look(&v, "[]", "Content-Range: 0-99/*", &nothing);
    ok(v.ranges, "a Content-Range of records");
    evidence_free(&v);

    look(&v, "[]", "Content-Range: bytes 0-99/200", &nothing);
    ok(!v.ranges, "but not of bytes");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"continuation\":\"x\"}", NULL, &nothing);
    is_text(buf_text(&v.lead), "continuation", "a member that may lead on is named");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"pages\":1}", NULL, &nothing);
    is_text(buf_text(&v.lead), "", "but not the number of pages when there is one");
    evidence_free(&v);
}

/* ---- counts and lists ---- */

static void states(const char *asked, const char *envelope, const char *headers, int64_t want, const char *from)
{
    struct answer a = {.header = paging_header, .headers = headers, .envelope = {envelope, strlen(envelope)}};
    struct buf where = {0};
    int64_t count = -1;
    bool found = evidence_total(asked, &a, 10, &count, &where);
    ok(found == (want >= 0) && count == want, "a count: %s %s", envelope, headers ? headers : "");
    if (from)
        is_text(buf_text(&where), from, "in the words of --count-from");
    buf_free(&where);
}

static void check_totals(void)
{
    states("auto", "{\"count\":7}", NULL, 7, "body:count");
    states("auto", "[]", "X-Total-Count: 8", 8, "header:X-Total-Count");
    states("auto", "[]", "X-WP-Total: 9", 9, "header:X-WP-Total");
    states("auto", "[]", "Content-Range: 0-1/10", 10, "content-range");
    states("auto", "{\"meta\":{\"pagination\":{\"total\":11}}}", NULL, 11, "body:/meta/pagination/total");
    states("body:n", "{\"n\":12,\"count\":7}", NULL, 12, "body:n");
    states("body:n", "{\"count\":7}", NULL, -1, NULL);
    states("auto", "{\"count\":\"many\"}", NULL, -1, NULL);
    states("auto", "{\"totalCount\":7}", NULL, 7, "body:totalCount");
    states("auto", "{\"metadata\":{\"remainingItemCount\":7}}", NULL, 17, "auto");
}

static void check_count_query(void)
{
    const char *odata = "{\"@odata.context\":\"x\",\"value\":[]}", *plain = "{\"value\":[]}";
    const struct count_query *q = evidence_count_query((struct slice){odata, strlen(odata)});
    ok(q && strcmp(q->name, "$count") == 0, "OData counts when it is asked to");
    ok(!evidence_count_query((struct slice){plain, strlen(plain)}), "of others nothing is known");
}

static void lists(const char *envelope, unsigned want, const char *first, const char *others)
{
    struct buf at = {0}, more = {0};
    is_int(evidence_lists((struct slice){envelope, strlen(envelope)}, &at, &more), want, envelope);
    is_text(buf_text(&at), first, "the first list");
    is_text(buf_text(&more), others, "the others");
    buf_free(&at);
    buf_free(&more);
}

static void check_lists(void)
{
    lists("{\"orders\":[{\"id\":1}],\"n\":1}", 1, "orders", "");
    lists("{\"_embedded\":{\"orders\":[{\"id\":1}]}}", 1, "_embedded.orders", "");
    lists("{\"a\":[{}],\"b\":[{}]}", 2, "a", " or b");
    lists("{\"orders\":[],\"ids\":[1,2]}", 0, "", "");
    lists("{\"links\":[{\"rel\":\"next\"}]}", 0, "", "");
    lists("{\"error\":\"no\",\"details\":[{\"a\":1}]}", 0, "", "");
}

int main(void)
{
    check_links();
    check_cursors();
    check_ends();
    check_echoes();
    check_given();
    check_others();
    check_totals();
    check_count_query();
    check_lists();
    return tap_end();
}
