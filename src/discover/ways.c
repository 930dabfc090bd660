/* ways: parameters that may ask for a place. */
#include "discover/ways.h"

#include <string.h>

#include "base/number.h"
#include "http/url.h"

/* An answer that repeats what it was asked for tells its parameters: by their names, or by these. */
static const struct echo {
    const char *place_at, *limit_at;
    bool page;
    const char *place, *limit;
} echoes[] = {
    {"startIndex", "itemsPerPage", false, "startIndex", "count"}, /* SCIM */
    {"startPosition", "resultSetSize", false, "start_position", "count"},
    {"skip", "limit", false, "$skip", "$limit"},      /* Feathers */
    {"offset", "total_rows", false, "skip", "limit"}, /* CouchDB */
    {"page", "per_page", true, "page", "per-page"},
    {"current_page", "per_page", true, "page", "per_page"},
    {"number", "size", true, "page", "size"}, /* Spring */
};
static const char *const folders[] = {"",        "/meta", "/pagination", "/meta/pagination",
                                      "/paging", "/page", "/list_info",  "/pageInfo"};
static const struct echo whole[] = {
    /* Strapi */
    {"/meta/pagination/page", "/meta/pagination/pageSize", true, "pagination[page]", "pagination[pageSize]"},
    {"/meta/pagination/start", "/meta/pagination/limit", false, "pagination[start]", "pagination[limit]"},
};

/* A member that only these APIs have. */
static const struct sign {
    const char *at;
    struct way way;
} signs[] = {
    {"/hits/hits", {false, 0, "from", "size"}},             /* Elasticsearch */
    {"/response/numFound", {false, 0, "start", "rows"}},    /* Solr */
    {"/result/search_facets", {false, 0, "start", "rows"}}, /* CKAN */
};

const struct scout ways_scouts[SCOUTS] = {
    {{"offset", "skip", "start"}, {"page"}, {"limit", "per_page", "page_size", "size", "pageSize", "count", "take"}},
    {{"$skip", "_start", "from", "startIndex"},
     {"pageNumber", "page[number]", "p"},
     {"_limit", "page[size]", "$top", "rows", "perPage", "max", "maxResults", "per"}},
};

void ways_add(struct ways *w, struct way way)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->at[i].place, way.place) == 0 && strcmp(w->at[i].limit, way.limit) == 0)
            return;
    if (w->count < WAYS_MOST)
        w->at[w->count++] = way;
}

/* The first parameter of that kind that the query of url has, and the number in it; -1: it has none. */
static const struct usual *numbered(const struct buf *url, enum usual_kind kind, int64_t *number)
{
    struct buf value = {0};
    const struct usual *u = usual_first(kind);
    *number = -1;
    while (url->len && u && !url_query(url->data, u->name, &value))
        u = usual_next(u);
    if (u && !number_of_text(buf_text(&value), number))
        *number = -1;
    buf_free(&value);
    return url->len ? u : NULL;
}

void ways_of_link(struct ways *w, const struct buf *url, const char *limit, int64_t records)
{
    int64_t number;
    const struct usual *offset = numbered(url, USUAL_OFFSET, &number);
    if (offset && (number == records || number == records + 1))
        ways_add(w, (struct way){false, (int)(number - records), offset->name,
                                 limit           ? limit
                                 : offset->limit ? offset->limit
                                                 : "limit"});
    const struct usual *page = numbered(url, USUAL_PAGE, &number);
    if (!page || (number != 1 && number != 2))
        return;
    ways_add(w, (struct way){true, (int)number - 1, page->name, limit ? limit : "per_page"});
    if (!limit)
        ways_add(w, (struct way){true, (int)number - 1, page->name, "page_size"});
}

/* false: the place is not there. */
static bool of_echo(struct ways *w, const struct echo *echo, const char *folder, struct slice envelope)
{
    struct buf place = {0}, limit = {0};
    int64_t first, size;
    bool pointer = *folder || *echo->place_at == '/';
    buf_addf(&place, "%s%s%s", folder, pointer && *folder ? "/" : "", echo->place_at);
    buf_addf(&limit, "%s%s%s", folder, pointer && *folder ? "/" : "", echo->limit_at);
    struct slice at = path_get(buf_text(&place), envelope);
    struct slice of = at.text ? path_get(buf_text(&limit), envelope) : (struct slice){0};
    if (number_whole(at.text, at.len, &first) && number_whole(of.text, of.len, &size) && first <= 1)
        ways_add(w, (struct way){echo->page, (int)first, echo->place, echo->limit});
    buf_free(&place);
    buf_free(&limit);
    return at.text;
}

/* Members with the names of parameters. */
static void of_names(struct ways *w, enum usual_kind kind, const char *folder, struct slice envelope)
{
    for (const struct usual *place = usual_first(kind); place; place = usual_next(place))
        for (const struct usual *limit = usual_first(USUAL_LIMIT); limit; limit = usual_next(limit))
            if (!of_echo(w, &(struct echo){place->name, limit->name, kind == USUAL_PAGE, place->name, limit->name},
                         folder, envelope))
                break;
}

void ways_of_answer(struct ways *w, struct slice envelope)
{
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        of_echo(w, &whole[i], "", envelope);
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        if (!path_get(folders[f], envelope).text)
            continue;
        of_names(w, USUAL_OFFSET, folders[f], envelope);
        of_names(w, USUAL_PAGE, folders[f], envelope);
        for (size_t i = 0; i < sizeof echoes / sizeof *echoes; i++)
            of_echo(w, &echoes[i], folders[f], envelope);
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (path_get(signs[i].at, envelope).text)
            ways_add(w, signs[i].way);
}

void ways_common(struct ways *w, bool bare)
{
    ways_add(w, (struct way){false, 0, "offset", "limit"});
    if (bare)
        ways_add(w, (struct way){false, 0, "_start", "_limit"});
    ways_add(w, (struct way){true, 1, "page", bare ? "per_page" : "page_size"});
    ways_add(w, (struct way){false, 0, "skip", bare ? "limit" : "take"});
    ways_add(w, (struct way){true, 1, "page", bare ? "page_size" : "per_page"});
}

void ways_of_scout(struct ways *w, const struct scout *s, int64_t first, int64_t got, const char **limit)
{
    *limit = got >= SCOUT_SIZE && got < SCOUT_SIZE + SCOUT_NAMES ? s->limit[got - SCOUT_SIZE] : NULL;
    if (first > 0 && first <= SCOUT_NAMES && s->offset[first - 1])
        ways_add(w, (struct way){false, 0, s->offset[first - 1], *limit ? *limit : "limit"});
    for (const char *const *page = s->page; first && *page && *limit; page++)
        if (first < 0 || first == got || first == 2 * got)
            ways_add(w, (struct way){true, first == got, *page, *limit});
}
