/* usual: what APIs call things. */
#include "json/usual.h"

#include "tap.h"

static const enum usual_kind kinds[] = {USUAL_RECORDS, USUAL_LINK,      USUAL_CURSOR, USUAL_MORE,
                                        USUAL_TOTAL,   USUAL_REMAINING, USUAL_COUNT,  USUAL_TOTAL_HEADER,
                                        USUAL_OFFSET,  USUAL_PAGE,      USUAL_LIMIT,  USUAL_AFTER};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool is_path(enum usual_kind kind)
{
    return kind < USUAL_TOTAL_HEADER && kind != USUAL_MORE;
}

static void check_rows(void)
{
    for (size_t k = 0; k < KINDS; k++) {
        unsigned rows = 0;
        for (const struct usual *u = usual_first(kinds[k]); u; u = usual_next(u), rows++) {
            struct path path = {0};
            if (is_path(kinds[k]) && path_parse(&path, u->name))
                ok(false, "%s is a PATH", u->name);
            if ((kinds[k] == USUAL_CURSOR) != (u->parameter && u->limit))
                ok(false, "%s has the parameters of its kind", u->name);
            for (const struct usual *v = usual_next(u); v; v = usual_next(v))
                if (strcmp(u->name, v->name) == 0 && (!u->parameter || strcmp(u->parameter, v->parameter) == 0))
                    ok(false, "%s stands once", u->name);
            path_free(&path);
        }
        ok(rows > 0, "kind %zu has %u rows", k, rows);
    }
}

/* A cursor's rows follow each other, so that all its parameters are tried. */
static void check_order(void)
{
    for (const struct usual *u = usual_first(USUAL_CURSOR), *last = NULL; u; last = u, u = usual_next(u))
        for (const struct usual *v = usual_first(USUAL_CURSOR); v != u; v = usual_next(v))
            if (strcmp(u->name, v->name) == 0 && strcmp(u->name, last->name))
                ok(false, "the rows of %s are together", u->name);
    ok(true, "the rows of a cursor are together");
}

/* Is each trusted PATH found in a document that has nothing else? */
static void check_paths(enum usual_kind kind, const char *const *documents)
{
    struct path path;
    usual_paths(&path, kind);
    for (; *documents; documents++) {
        struct slice found = {0};
        for (unsigned w = 0; w < path.count && !found.text; w++)
            if (path.way[w].depth || path.way[w].query) /* the root is always there */
                found = path_find_way(&path, w, (struct slice){*documents, strlen(*documents)});
        ok(found.len == 3 && memcmp(found.text, "\"x\"", 3) == 0, "%s", *documents);
    }
    path_free(&path);
}

static void check_all(void)
{
    static const char *const records[] = {"{\"results\":\"x\"}",
                                          "{\"hits\":{\"hits\":\"x\"}}",
                                          "{\"_items\":\"x\"}",
                                          "{\"Resources\":\"x\"}",
                                          "{\"features\":\"x\"}",
                                          "{\"entry\":\"x\"}",
                                          NULL};
    static const char *const links[] = {"{\"next\":\"x\"}",
                                        "{\"@odata.nextLink\":\"x\"}",
                                        "{\"_links\":{\"next\":{\"href\":\"x\"}}}",
                                        "{\"links\":[{\"rel\":\"next\",\"href\":\"x\"}]}",
                                        "{\"link\":[{\"relation\":\"next\",\"url\":\"x\"}]}",
                                        NULL};
    static const char *const cursors[] = {"{\"next_cursor\":\"x\"}", "{\"meta\":{\"next_cursor\":\"x\"}}",
                                          "{\"nextPageToken\":\"x\"}", "{\"cursor\":\"x\"}", NULL};
    static const char *const doubtful[] = {"{\"nextPage\":\"x\"}", "{\"offset\":\"x\"}", "{\"nextToken\":\"x\"}"};
    check_paths(USUAL_RECORDS, records);
    check_paths(USUAL_LINK, links);
    check_paths(USUAL_CURSOR, cursors);
    for (size_t i = 0; i < 3; i++) {
        struct path link, cursor;
        usual_paths(&link, USUAL_LINK);
        usual_paths(&cursor, USUAL_CURSOR);
        ok(!path_find(&link, doubtful[i], strlen(doubtful[i])).text &&
               !path_find(&cursor, doubtful[i], strlen(doubtful[i])).text,
           "not trusted: %s", doubtful[i]);
        path_free(&link);
        path_free(&cursor);
    }
}

/* As many ways as there are trusted rows: none was left out for want of room. */
static void check_room(void)
{
    static const enum usual_kind all[] = {USUAL_RECORDS, USUAL_LINK, USUAL_CURSOR};
    for (size_t k = 0; k < 3; k++) {
        struct path path;
        unsigned ways = 0;
        const char *last = "?";
        for (const struct usual *u = usual_first(all[k]); u; last = u->name, u = usual_next(u)) {
            bool dotted = *u->name != '/' && *u->name != '$' && strchr(u->name, '.');
            if (u->trusted && strcmp(u->name, last))
                ways += dotted ? 2 : 1;
        }
        usual_paths(&path, all[k]);
        is_int(path.count, ways, "all PATHs of a kind have their place");
        path_free(&path);
    }
}

int main(void)
{
    check_rows();
    check_order();
    check_all();
    check_room();
    return tap_end();
}
