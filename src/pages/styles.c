/* styles: the table of pagination styles. */
#include "pages/styles.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "http/url.h"
#include "pages/link.h"
#include "pages/link_header.h"
#include "pages/more.h"
#include "json/lines.h"

/* ---- what a request carries, in the query, a header or the JSON body: --page-in ---- */

static void add_param(const struct paginate *p, struct request *r, const char *name, const char *text, size_t len,
                      struct slice json)
{
    enum page_in where = p->paging->page_in;
    if (!*name)
        return;
    if (where == PAGE_IN_QUERY_JSON)
        url_add_query(&r->url, name, json.text, json.len);
    else if (where == PAGE_IN_QUERY)
        url_add_query(&r->url, name, text, len);
    else if (where == PAGE_IN_HEADER)
        buf_addf(&r->headers, "%s: %.*s\n", name, (int)len, text);
    else if (p->form)
        url_set_field(&r->body, name, text, len);
    else
        path_set(&r->body, name, json);
}

static void add_number(const struct paginate *p, struct request *r, const char *name, int64_t n)
{
    char text[24];
    size_t len = (size_t)snprintf(text, sizeof text, "%lld", (long long)n);
    add_param(p, r, name, text, len, (struct slice){text, len});
}

const char *styles_limit_name(const struct paginate *p)
{
    return p->paging->param_limit ? p->paging->param_limit : p->style->has_limit ? "limit" : "";
}

bool styles_sends_limit(const struct paginate *p)
{
    return *styles_limit_name(p) != '\0';
}

static void add_limit(const struct paginate *p, struct request *r, int64_t n)
{
    add_number(p, r, styles_limit_name(p), n);
}

/* ---- styles ---- */

static void by_offset(const struct paginate *p, const struct page *page, struct request *r)
{
    add_number(p, r, p->paging->param_offset, paging_sum(page->offset, p->paging->offset_base));
    add_limit(p, r, page->asked);
}

static void by_page(const struct paginate *p, const struct page *page, struct request *r)
{
    add_number(p, r, p->paging->param_page, page->offset / page->asked + p->paging->page_base);
    add_limit(p, r, page->asked);
}

/* As PostgREST takes it; RFC 9110, section 14.2 with a unit of its own. */
static void by_range(const struct paginate *p, const struct page *page, struct request *r)
{
    buf_addf(&r->headers, "Range-Unit: items\nRange: %lld-%lld\n", (long long)page->offset,
             (long long)(paging_sum(page->offset, page->asked) - 1));
    add_limit(p, r, page->asked);
}

/* items 100-199/1000 */
static bool read_span(const char *value, int64_t *first, int64_t *last)
{
    static const char digits[] = "0123456789";
    const char *from = value + strcspn(value, digits), *dash = from + strspn(from, digits);
    const char *to = dash + (*dash == '-');
    return *dash == '-' && number_whole(from, (size_t)(dash - from), first) &&
           number_whole(to, strspn(to, digits), last);
}

/* Content-Range: 100-199/1000, perhaps with a unit before it; the span is * when the page is empty. */
static int check_range(const struct page *page, const struct answer *a, struct error *e)
{
    const char *value = a->header(a->headers, "Content-Range", NULL);
    int64_t first, last;
    if (!page->got)
        return 0;
    if (!value || !read_span(value, &first, &last))
        return error_set(e, EXIT_ANSWER,
                         "the answer does not say in Content-Range which records it has: does the API page by Range "
                         "headers (--paginate)?");
    if (first != page->offset || last < first || last - first != page->got - 1)
        return error_set(
            e, EXIT_ANSWER,
            "the answer has %lld records and calls them %lld-%lld (Content-Range) where %lld-%lld were asked for",
            (long long)page->got, (long long)first, (long long)last, (long long)page->offset,
            (long long)(paging_sum(page->offset, page->asked) - 1));
    return 0;
}

/* A part of the cursor, or all of it: the first may well stand in the URL. */
static void add_cursor(const struct paginate *p, struct request *r, const char *name, struct slice value)
{
    struct buf text = {0};
    value_scalar(value, &text);
    if (paging_in_query(p->paging))
        url_drop_query(&r->url, name);
    add_param(p, r, name, text.data, text.len, value);
    buf_free(&text);
}

static void add_cursor_parts(const struct paginate *p, struct request *r, struct slice object)
{
    for (size_t i = 0; i < p->leads_on.count; i++) {
        const char *name = p->leads_on.part[i].name;
        struct slice value = value_member(object, name, strlen(name));
        if (value.text)
            add_cursor(p, r, name, value);
    }
}

/* --cursor-alone: what the first request asked for is known to the server by the cursor. */
static void drop_params(const struct paginate *p, struct request *r)
{
    r->url.len = strcspn(buf_text(&r->url), "?");
    buf_clear(&r->headers);
    buf_add(&r->headers, p->headers.data, p->headers.len);
    if (r->body.len) {
        buf_clear(&r->body);
        buf_adds(&r->body, p->form ? "" : "{}");
    }
}

static void by_cursor(const struct paginate *p, const struct page *page, struct request *r)
{
    struct slice cursor = {p->cursor.json.data, p->cursor.json.len};
    bool alone = p->paging->cursor_alone && cursor.len;
    if (alone)
        drop_params(p, r);
    if (cursor.len && p->leads_on.part->name)
        add_cursor_parts(p, r, cursor);
    else if (cursor.len)
        add_cursor(p, r, p->paging->param_cursor, cursor);
    if (!alone)
        add_limit(p, r, page->asked);
}

static void by_url(const struct paginate *p, const struct page *page, struct request *r)
{
    if (p->cursor.text.len) {
        buf_clear(&r->url);
        buf_add(&r->url, p->cursor.text.data, p->cursor.text.len);
    } else {
        add_limit(p, r, page->asked);
    }
}

/* Does the answer say that this was the last page? */
static bool says_last(const struct paginate *p, const struct answer *a)
{
    return more_find(p->paging->has_more, a->envelope, NULL) == MORE_NO;
}

/* The page leads nowhere. Does it say all the same that there is more? */
static int check_end(const struct paginate *p, const struct answer *a, const char *missing, struct error *e)
{
    const char *name;
    if (more_find(p->paging->has_more, a->envelope, &name) != MORE_YES)
        return 0;
    struct slice value = path_get(name, a->envelope);
    return error_set(e, EXIT_ANSWER, "%s is %.*s, so the list goes on, but the page has no %s", name, (int)value.len,
                     value.text, missing);
}

static const char *leads_on_by_cursor(const struct paginate *p, const struct answer *a)
{
    return next_is_there(&p->leads_on, a) || says_last(p, a) ? NULL : "next cursor";
}

static const char *leads_on_by_url(const struct paginate *p, const struct answer *a)
{
    return next_is_there(&p->leads_on, a) || says_last(p, a) ? NULL : "next link";
}

static const char *leads_on_by_header(const struct paginate *p, const struct answer *a)
{
    (void)p;
    return a->header(a->headers, "Link", NULL) ? NULL : "Link header";
}

/* A header holds no line breaks, and no bytes that some servers take for one. */
static int check_cursor(const struct paginate *p, const struct cursor *t, struct error *e)
{
    for (size_t i = 0; p->paging->page_in == PAGE_IN_HEADER && i < t->text.len; i++)
        if ((unsigned char)t->text.data[i] < ' ' || t->text.data[i] == 0x7f)
            return error_set(e, EXIT_ANSWER,
                             "the next cursor has control characters: no header can take it (--page-in)");
    return 0;
}

static int follow_cursor(struct paginate *p, const struct answer *a, struct error *e)
{
    if (says_last(p, a))
        return 0;
    if (next_find(&p->leads_on, a, &p->next_cursor, e))
        return -1;
    return p->next_cursor.text.len ? check_cursor(p, &p->next_cursor, e)
                                   : check_end(p, a, "next cursor: say where it is with --next", e);
}

static int follow_last_id(struct paginate *p, const struct answer *a, struct error *e)
{
    if (says_last(p, a))
        return 0;
    if (!a->records.len)
        return check_end(p, a, "record to go on from", e);
    struct slice last = lines_record(lines_last(a->records));
    struct slice id = path_find(&p->id_path, last.text, last.len);
    if (value_is_void(id))
        return error_set(e, EXIT_ANSWER, "the last record of the page has no %s: say where the id is with --id",
                         p->paging->id);
    next_cursor_set(&p->next_cursor, id);
    return check_cursor(p, &p->next_cursor, e);
}

static int follow_next_url(struct paginate *p, const struct answer *a, struct error *e)
{
    struct cursor link = {0};
    int result = says_last(p, a) ? 0 : next_find(&p->leads_on, a, &link, e);
    if (!result && link.text.len)
        result = link_follow(p, a->url, buf_text(&link.text), e);
    else if (!result && !says_last(p, a))
        result = check_end(p, a, "next link: say where it is with --next", e);
    next_cursor_free(&link);
    return result;
}

static int follow_link_header(struct paginate *p, const struct answer *a, struct error *e)
{
    struct buf target = {0};
    int result = 0;
    enum link_found found = link_header_find(a->header, a->headers, "next", &target);
    if (found == LINK_FOUND && target.len)
        result = link_follow(p, a->url, buf_text(&target), e);
    else if (found != LINK_NONE)
        result = error_set(e, EXIT_ANSWER, "the Link header has a link with rel=next that can't be read");
    buf_free(&target);
    return result;
}

/* A new style: its row here and its functions above. */
static const struct style styles[] = {
    {PAGING_OFFSET, "offset", .seeks = true, .has_limit = true, .place = PLACE_OFFSET, .address = by_offset},
    {PAGING_PAGE, "page", .seeks = true, .has_limit = true, .numbered = true, .place = PLACE_PAGE, .address = by_page},
    {PAGING_RANGE, "range", .seeks = true, .address = by_range, .check = check_range},
    {PAGING_CURSOR, "cursor", .has_limit = true, .place = PLACE_CURSOR, .address = by_cursor, .follow = follow_cursor,
     .leads_on = leads_on_by_cursor},
    {PAGING_LAST_ID, "last-id", .has_limit = true, .place = PLACE_CURSOR, .address = by_cursor,
     .follow = follow_last_id},
    {PAGING_NEXT_URL, "next-url", .by_links = true, .address = by_url, .follow = follow_next_url,
     .leads_on = leads_on_by_url},
    {PAGING_LINK, "link", .by_links = true, .address = by_url, .follow = follow_link_header,
     .leads_on = leads_on_by_header},
    {PAGING_NONE, "none", .by_links = true, .address = by_url},
};

const struct style *styles_find(enum paging_style style)
{
    const struct style *s = styles;
    while (s->style != style)
        s++;
    return s;
}

int styles_set_paths(struct paginate *p, struct error *e)
{
    enum next_kind kind = !p->style->has_limit ? NEXT_LINK : paging_sends_json(p) ? NEXT_JSON : NEXT_CURSOR;
    if (next_parse(&p->leads_on, &p->paging->next, kind, p->paging->param_cursor, e) ||
        more_check(p->paging->has_more, e))
        return -1;
    return path_option(&p->id_path, "id", p->paging->id, e);
}

const char *styles_place_name(const struct paginate *p)
{
    switch (p->style->place) {
    case PLACE_OFFSET:
        return p->paging->param_offset;
    case PLACE_PAGE:
        return p->paging->param_page;
    case PLACE_CURSOR:
        return p->paging->param_cursor;
    case PLACE_NONE:
        break;
    }
    return "";
}
