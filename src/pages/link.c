/* link: a next link, made fit to be asked. */
#include "pages/link.h"

#include <inttypes.h>
#include <string.h>

#include "http/origin.h"
#include "http/url.h"
#include "json/usual.h"

static bool is_usual(enum usual_kind kind, const char *name)
{
    for (const struct usual *u = usual_first(kind); u; u = usual_next(u))
        if (strcmp(kind == USUAL_CURSOR ? u->parameter : u->name, name) == 0)
            return true;
    return false;
}

/* What says where a page begins may well be another parameter in a link. */
static bool is_place(const char *name)
{
    return is_usual(USUAL_OFFSET, name) || is_usual(USUAL_PAGE, name) || is_usual(USUAL_AFTER, name) ||
           is_usual(USUAL_CURSOR, name);
}

static bool has_query(const char *url, const char *name)
{
    struct buf other = {0}, value = {0};
    const char *rest = url_queries(url);
    bool has = false;
    while (!has && url_next_query(&rest, &other, &value))
        has = strcmp(buf_text(&other), name) == 0;
    buf_free(&other);
    buf_free(&value);
    return has;
}

/* The names that the link lacks; the link with them. */
static void complete(const struct paginate *p, const char *link, struct buf *names, struct buf *whole)
{
    struct buf ours = {0}, name = {0}, value = {0};
    const char *limit = p->paging->param_limit; /* links have no other one */
    buf_adds(&ours, p->base.data);
    if (limit && *limit) {
        buf_addf(&value, "%" PRId64, p->size);
        url_add_query(&ours, limit, value.data, value.len);
    }
    buf_adds(whole, link);
    const char *rest = url_queries(buf_text(&ours));
    while (url_next_query(&rest, &name, &value)) {
        if (is_place(buf_text(&name)) || has_query(link, name.data))
            continue;
        if (!has_query(buf_text(whole), name.data)) /* it may come twice */
            buf_addf(names, "%s%s", names->len ? ", " : "", name.data);
        url_add_query(whole, name.data, value.data, value.len);
    }
    buf_free(&ours);
    buf_free(&name);
    buf_free(&value);
}

static void keep_query(struct paginate *p, struct buf *link)
{
    struct buf names = {0}, whole = {0};
    complete(p, buf_text(link), &names, &whole);
    if (names.len && p->paging->keep_query) {
        buf_swap(link, &whole);
    } else if (names.len && !p->told_dropped && p->pages && *url_queries(link->data)) {
        p->told_dropped = true;
        buf_addf(
            &p->note,
            "warning: the next link lacks %s, which was asked for: the pages after it may be those of another list "
            "(--keep-query puts it back)\n",
            names.data);
    }
    buf_free(&names);
    buf_free(&whole);
}

int link_follow(struct paginate *p, const char *base, const char *reference, struct error *e)
{
    struct buf *link = &p->next_cursor.text;
    int result = origin_link(&p->http, base, reference, link, e);
    if (result < 0)
        return -1;
    if (result > 0 && p->pages == 1)
        buf_adds(&p->note, "warning: the next link says http; https is used\n");
    keep_query(p, link);
    return 0;
}
