/* link: a next link, made fit to be asked. */
#include "pages/link.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "http/origin.h"
#include "http/url.h"
#include "json/lines.h"
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

/* By which number do two cursors, or links, differ, and in nothing else? false: by none. name: its parameter. */
static bool differ(const struct paginate *p, const char *link, const char *next, struct buf *name, int64_t *a,
                   int64_t *b)
{
    struct buf value = {0}, other_name = {0}, other = {0};
    bool same = true, found = false;
    if (!p->style->by_links) {
        buf_adds(name, p->paging->param_cursor);
        found = number_whole(link, strlen(link), a) && number_whole(next, strlen(next), b);
    } else {
        const char *rest = url_queries(link), *other_rest = url_queries(next);
        struct buf one = {0};
        same = rest - link == other_rest - next && memcmp(link, next, (size_t)(rest - link)) == 0;
        while (same && url_next_query(&rest, &one, &value)) {
            same =
                url_next_query(&other_rest, &other_name, &other) && strcmp(buf_text(&one), buf_text(&other_name)) == 0;
            if (!same || strcmp(buf_text(&value), buf_text(&other)) == 0)
                continue;
            same =
                !found && number_whole(buf_text(&value), value.len, a) && number_whole(buf_text(&other), other.len, b);
            found = same;
            buf_adds(name, buf_text(&one));
        }
        buf_free(&one);
    }
    buf_free(&value);
    buf_free(&other_name);
    buf_free(&other);
    return same && found;
}

bool link_counts(const struct paginate *p, const char *link, const char *next)
{
    struct buf name = {0};
    int64_t a, b;
    bool counts = differ(p, link, next, &name, &a, &b) &&
                  (is_usual(USUAL_OFFSET, buf_text(&name)) || is_usual(USUAL_PAGE, buf_text(&name)));
    buf_free(&name);
    return counts;
}

int64_t link_step(const struct paginate *p, const char *link, const char *next)
{
    struct buf name = {0};
    int64_t a, b;
    bool counts = differ(p, link, next, &name, &a, &b) && !is_usual(USUAL_PAGE, buf_text(&name)) &&
                  (!p->style->by_links || is_usual(USUAL_OFFSET, buf_text(&name)));
    buf_free(&name);
    return counts && b > a ? b - a : 0;
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

void link_complete(const char *ours, const char *link, struct buf *names, struct buf *whole)
{
    struct buf name = {0}, value = {0};
    buf_adds(whole, link);
    for (const char *rest = url_queries(ours); url_next_query(&rest, &name, &value);) {
        if (is_place(buf_text(&name)) || has_query(link, name.data))
            continue;
        if (!has_query(buf_text(whole), name.data)) /* it may come twice */
            buf_addf(names, "%s%s", names->len ? ", " : "", name.data);
        url_add_query(whole, name.data, value.data, value.len);
    }
    buf_free(&name);
    buf_free(&value);
}

static void complete(const struct paginate *p, const char *link, struct buf *names, struct buf *whole)
{
    struct buf ours = {0}, size = {0};
    const char *limit = p->paging->param_limit; /* links have no other one */
    buf_adds(&ours, p->base.data);
    if (limit && *limit) {
        buf_addf(&size, "%" PRId64, p->size);
        url_add_query(&ours, limit, size.data, size.len);
    }
    link_complete(buf_text(&ours), link, names, whole);
    buf_free(&ours);
    buf_free(&size);
}

static void keep_query(struct paginate *p, struct buf *link)
{
    struct buf names = {0}, whole = {0};
    struct kept *k = &p->kept;
    complete(p, buf_text(link), &names, &whole);
    if (names.len && (p->paging->keep_query || k->state == KEPT_NEEDED)) {
        buf_swap(link, &whole);
    } else if (names.len && k->state == KEPT_UNKNOWN && *url_queries(link->data)) {
        k->state = KEPT_LINK_AS_IT_IS;
        buf_swap(&k->whole, &whole);
        buf_swap(&k->names, &names);
        buf_adds(&k->link, link->data);
    }
    buf_free(&names);
    buf_free(&whole);
}

static void decide(struct paginate *p, enum kept_state state)
{
    p->kept.state = state;
    if (state == KEPT_NEEDED)
        buf_addf(&p->note,
                 "the next link lacks %s, and leads to another list without it: it is put back, as by --keep-query\n",
                 buf_text(&p->kept.names));
}

static void ask_instead(struct paginate *p, const struct buf *link)
{
    buf_clear(&p->cursor.text);
    buf_adds(&p->cursor.text, link->data);
}

/* A server that does not know what to do with both may begin the list again. */
static bool begins_like(struct slice records, struct slice first)
{
    return records.len && value_same(lines_first(records), lines_first(first));
}

static int settle(struct paginate *p, bool needed)
{
    decide(p, needed ? KEPT_NEEDED : KEPT_NOT_NEEDED);
    ask_instead(p, needed ? &p->kept.whole : &p->kept.link);
    return 1;
}

/* The page of the whole link is here, and another one than that of the link as it is. */
static int judge(struct paginate *p, struct slice records, struct slice before)
{
    struct kept *k = &p->kept;
    if (before.len && begins_like(records, before))
        return settle(p, false);
    if (before.len || !records.len) {
        decide(p, KEPT_NEEDED);
        return 0;
    }
    struct slice first = lines_first(records); /* a read that goes on somewhere: how does the list begin? */
    buf_add(&k->first, first.text, first.len);
    k->state = KEPT_FIRST_PAGE;
    ask_instead(p, &p->base);
    return 1;
}

int link_prove(struct paginate *p, struct buf *records, int64_t *count, struct slice before)
{
    struct kept *k = &p->kept;
    struct slice come = {records->data, records->len}, held = {p->doubted.data, p->doubted.len};
    if (p->style->seeks || k->state == KEPT_UNKNOWN || k->state >= KEPT_NOT_NEEDED)
        return 0;
    if (k->state == KEPT_FIRST_PAGE)
        return settle(p, !begins_like(come, (struct slice){k->first.data, k->first.len}));
    if (k->state == KEPT_LINK_WHOLE && value_same(come, held)) {
        decide(p, KEPT_NOT_NEEDED);
        buf_clear(&p->doubted);
        return 0;
    }
    if (k->state == KEPT_LINK_WHOLE) {
        buf_clear(&p->doubted);
        return judge(p, come, before);
    }
    buf_swap(&p->doubted, records);
    *count = 0;
    k->state = KEPT_LINK_WHOLE;
    ask_instead(p, &k->whole);
    return 1;
}

bool link_failed(struct paginate *p, long status)
{
    struct kept *k = &p->kept;
    if (p->style->seeks || (k->state != KEPT_LINK_AS_IT_IS && k->state != KEPT_LINK_WHOLE) || status < 200 ||
        status >= 500)
        return false;
    return settle(p, k->state == KEPT_LINK_AS_IT_IS);
}

void link_free(struct paginate *p)
{
    buf_free(&p->kept.link);
    buf_free(&p->kept.whole);
    buf_free(&p->kept.names);
    buf_free(&p->kept.first);
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
