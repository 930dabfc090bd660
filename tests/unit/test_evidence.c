/* evidence: what one answer tells about how its list is paged. */
#include "discover/evidence.h"
#include "discover/places.h"
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

static bool is_way(const struct evidence *v, size_t i, bool page, int base, const char *place, const char *limit)
{
    const struct way *w = &v->ways.at[i];
    return i < v->ways.count && w->page == page && w->base == base && strcmp(w->place, place) == 0 &&
           strcmp(w->limit, limit) == 0;
}

/* ---- links and cursors ---- */

static void check_links(void)
{
    struct evidence v;
    look(&v, "[]", "Link: <http://h/list?page=2&per_page=100>; rel=\"next\"", &nothing);
    is_text(buf_text(&v.on.next_url), "http://h/list?page=2&per_page=100", "a Link header leads on");
    is_text(buf_text(&v.on.next_at), "", "from no place in the body");
    is_text(v.limit, "per_page", "with the parameter for the page size");
    ok(v.ways.count == 1 && is_way(&v, 0, true, 1, "page", "per_page"), "which makes a way of its page number");
    evidence_free(&v);

    look(&v, "{\"results\":[],\"next\":\"/list?offset=100&limit=100\"}", NULL, &nothing);
    is_text(buf_text(&v.on.next_url), "http://h/list?offset=100&limit=100", "a link in the body, made absolute");
    is_text(buf_text(&v.on.next_at), "next", "and its place");
    ok(v.ways.count == 1 && is_way(&v, 0, false, 0, "offset", "limit"), "its offset is the number of records");
    evidence_free(&v);

    look(&v, "{\"results\":[],\"next\":\"/list?offset=500\"}", NULL, &nothing);
    is_int((int64_t)v.ways.count, 0, "an offset that is another number is no way");
    evidence_free(&v);

    look(&v, "{\"results\":[],\"next\":\"/list?page=1&size=100\"}", NULL, &nothing);
    ok(is_way(&v, 0, true, 0, "page", "size"), "page 1 after the first: pages are counted from 0");
    evidence_free(&v);
}

static void leads(const char *envelope, const char *headers, const char *next, const char *text, const char *parameters)
{
    struct evidence v;
    struct buf names = {0};
    look(&v, envelope, headers, &nothing);
    for (size_t i = 0; i < v.on.cursor_count; i++)
        buf_addf(&names, "%s%s", i ? " " : "", buf_text(&v.on.cursor[i].parameter));
    is_text(v.on.cursor_count ? buf_text(&v.on.cursor[0].next) : "", next, envelope);
    is_text(v.on.cursor_count ? buf_text(&v.on.cursor[0].text) : "", text, "its text");
    is_text(buf_text(&names), parameters, "the parameters that may take it");
    buf_free(&names);
    evidence_free(&v);
}

static void check_cursors(void)
{
    leads("{\"data\":[],\"meta\":{\"next_cursor\":\"abc\"}}", NULL, "/meta/next_cursor", "abc", "cursor after");
    leads("{\"items\":[],\"nextPageToken\":\"t\"}", NULL, "nextPageToken", "t", "pageToken nextPageToken");
    leads("{\"data\":[],\"offset\":100}", NULL, "", "", "");
    leads("{\"records\":[],\"offset\":\"itrX/recY\"}", NULL, "offset", "itrX/recY", "offset");
    leads("[]", "x-ms-continuationtoken: 5", "header:x-ms-continuationtoken", "5", "continuationToken");
}

static void check_unknown_cursors(void)
{
    leads("{\"a\":{\"b\":{\"nextCursor\":\"c\"}}}", NULL, "/a/b/nextCursor", "c", "cursor nextCursor after");
    leads("{\"a\":{\"next\":\"c\"}}", NULL, "/a/next", "c", "next cursor after");
    leads("{\"nextToken2\":7}", NULL, "nextToken2", "7", "token2 nextToken2 cursor after");
    leads("{\"prev_cursor\":\"c\",\"access_token\":\"d\"}", NULL, "", "", "");
    struct evidence v;
    look(&v, "{\"a\":[],\"more_url\":\"/list?page=2\",\"prev_url\":\"/list?page=0\"}", NULL, &nothing);
    is_text(buf_text(&v.on.next_at), "more_url", "a link by an unknown name");
    evidence_free(&v);
}

static void check_graphql(void)
{
    struct evidence_names given = {.page_base = 1, .query = "query($n: Int, $after: String) { a { id } }"};
    struct evidence v;
    look(&v, "{\"data\":{\"a\":{\"nodes\":[],\"pageInfo\":{\"hasNextPage\":true,\"endCursor\":\"c\"}}}}", NULL, &given);
    ok(v.on.cursor_count == 1, "a cursor of a connection");
    is_text(buf_text(&v.on.cursor[0].next), "/data/a/pageInfo/endCursor", "at its place");
    is_text(buf_text(&v.on.cursor[0].parameter), "/variables/after", "for the variable that the query has");
    evidence_free(&v);
    look(&v, "{\"data\":{\"a\":{\"pageInfo\":{\"hasNextPage\":false,\"endCursor\":\"c\"}}}}", NULL, &given);
    ok(v.on.ended && v.on.no_more && !v.on.cursor_count, "hasNextPage false is the end, whatever endCursor says");
    evidence_free(&v);
}

static void check_ends(void)
{
    struct evidence v;
    look(&v, "{\"results\":[],\"next\":null}", NULL, &nothing);
    ok(v.on.ended && v.on.end_style == PAGING_NEXT_URL, "null where a link would be: the list has ended");
    is_text(buf_text(&v.on.end_at), "next", "by that name");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"next_cursor\":\"\"}", NULL, &nothing);
    ok(v.on.ended && v.on.end_style == PAGING_CURSOR && v.on.end_parameter.len, "an empty cursor, too");
    evidence_free(&v);

    look(&v, "{\"data\":[]}", NULL, &nothing);
    ok(!v.on.ended && !v.on.cursor_count && !v.on.next_url.len && !v.has_more,
       "an answer that says nothing has no end");
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
    ok(v.ways.count == 1 && is_way(&v, 0, false, 0, "startAt", "maxResults"), "what was asked for is given back: Jira");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"meta\":{\"pagination\":{\"page\":1,\"pageSize\":25}}}", NULL, &nothing);
    ok(is_way(&v, 0, true, 1, "pagination[page]", "pagination[pageSize]"), "with its own names: Strapi");
    evidence_free(&v);

    look(&v, "{\"content\":[],\"number\":0,\"size\":20}", NULL, &nothing);
    ok(is_way(&v, 0, true, 0, "page", "size"), "page 0 is the first: Spring");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"offset\":200,\"limit\":100}", NULL, &nothing);
    is_int((int64_t)v.ways.count, 0, "the first page has not the offset 200");
    evidence_free(&v);
}

static void check_given(void)
{
    struct evidence v;
    struct evidence_names given = {.offset = "from", .limit = "n", .page_base = 1};
    look(&v, "[]", NULL, &given);
    ok(v.ways.count == 1 && is_way(&v, 0, false, 0, "from", "n"), "the user's own names come first");
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
    is_text(buf_text(&v.on.lead), "continuation", "a member that may lead on is named");
    evidence_free(&v);

    look(&v, "{\"data\":[],\"pages\":1}", NULL, &nothing);
    is_text(buf_text(&v.on.lead), "", "but not the number of pages when there is one");
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

static void lists(const char *envelope, unsigned want, const char *first)
{
    struct buf at = {0};
    is_int(places_find((struct slice){envelope, strlen(envelope)}, &at), want, envelope);
    is_text(buf_text(&at), first, "the list");
    buf_free(&at);
}

static void check_lists(void)
{
    lists("{\"orders\":[{\"id\":1}],\"n\":1}", 1, "/orders");
    lists("{\"_embedded\":{\"orders\":[{\"id\":1}]}}", 1, "/_embedded/orders");
    lists("{\"data\":{\"viewer\":{\"repos\":{\"nodes\":[{\"id\":1}]}}}}", 1, "/data/viewer/repos/nodes");
    lists("{\"a\":[{}],\"b\":[{}]}", 2, "a or b");
    lists("{\"x\":{\"tags\":[{}],\"docs\":[{}]}}", 1, "/x/docs");
    lists("{\"orders\":[],\"ids\":[1,2]}", 0, "");
    lists("{\"links\":[{\"rel\":\"next\"}]}", 0, "");
    lists("{\"error\":\"no\",\"details\":[{\"a\":1}]}", 0, "");
}

/* ---- many ways at once ---- */

static void scouted(int64_t first, int64_t got, size_t count, const char *place, const char *limit)
{
    struct ways ways = {0};
    const char *heeded;
    ways_of_scout(&ways, &ways_scouts[0], first, got, &heeded);
    is_int((int64_t)ways.count, (int64_t)count, "ways that begin with that record");
    is_text(count ? ways.at[0].place : "", place, "a place");
    is_text(count ? ways.at[0].limit : "", limit, "a page size");
}

static void check_scouts(void)
{
    scouted(2, 5, 1, "skip", "limit");
    scouted(1, 100, 1, "offset", "limit");
    scouted(6, 6, 1, "page", "per_page");
    scouted(-1, 8, 1, "page", "size");
    scouted(0, 5, 0, "", "");
}

int main(void)
{
    check_links();
    check_cursors();
    check_unknown_cursors();
    check_graphql();
    check_ends();
    check_echoes();
    check_given();
    check_others();
    check_totals();
    check_count_query();
    check_lists();
    check_scouts();
    return tap_end();
}
