#include "discover.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cmd.h"
#include "link.h"
#include "total.h"
#include "url.h"

/* Names that paging parameters have in APIs that are well known. */
static const char *const offset_names[] = {"offset", "skip", "start", "_start", "$skip", "startAt", "start_index", "from", NULL};
static const char *const limit_names[] = {"limit",     "per_page", "page_size", "pageSize", "_limit", "$top", "take",
                                          "size",      "count",    "maxResults", "page[size]", "perPage", NULL};
static const char *const page_names[] = {"page", "_page", "pageNumber", "page_number", "page[number]", "p", NULL};

/* A cursor's place in the answer, and the parameter that takes it. */
static const struct cursor_name {
    const char *next, *param;
} cursor_names[] = {
    {"next_cursor", "cursor"},         {"/response_metadata/next_cursor", "cursor"}, {"nextPageToken", "pageToken"},
    {"next_page_token", "page_token"}, {"/meta/next_cursor", "cursor"},              {"/paging/next/after", "after"},
    {"nextCursor", "cursor"},          {"/pagination/next_cursor", "cursor"},
};

static const char *const next_urls[] = {"next", "@odata.nextLink", "nextLink", "nextRecordsUrl", "next_page_url", "next_url",
                                        "/links/next", "/_links/next/href", "/pagination/next_url", "/paging/next", "/meta/next"};

struct look {
    const struct options *options;
    struct probe *probe;
    struct finding *f;
    struct path places;
    struct buf base;             /* the URL with its queries */
    struct buf second;           /* the second record of the list, as text */
    int64_t first_length;        /* records in the first answer */
    struct buf next_url, next_at; /* a next link, and where the answer has it */
    bool by_header;              /* it is in a Link header */
    const struct cursor_name *cursor;
    bool has_more, ranges;       /* it says has_more: true; it has a Content-Range */
    struct buf first_id;
    int asked;
};

static void set(struct finding *f, const char *name, const char *value)
{
    buf_addf(&f->options, "%s=%s\n", name, value);
}

static bool ask(struct look *l, const char *url)
{
    if (l->asked == DISCOVER_REQUESTS)
        return false;
    l->asked++;
    return probe_get(l->probe, url, &l->places) == 0 && (l->probe->split.way >= 0 || l->probe->split.many);
}

/* The n-th record of the last answer. */
static struct slice record(const struct look *l, int64_t n)
{
    const char *p = l->probe->records.data;
    if (n >= l->probe->split.count)
        return (struct slice){0};
    for (; n > 0; n--)
        p = strchr(p, '\n') + 1;
    return (struct slice){p, strcspn(p, "\n")};
}

static bool is_second(struct look *l, struct slice r)
{
    return r.text && l->second.len && r.len == l->second.len && memcmp(r.text, l->second.data, r.len) == 0;
}

/* ---- the first answer ---- */

static void find_place(struct look *l)
{
    struct finding *f = l->f;
    f->has_list = true;
    if (l->probe->split.way < 0)
        return;
    path_show(&l->places.way[l->probe->split.way], &f->records);
    if (!l->options->records && f->records.len)
        set(f, "records", buf_text(&f->records));
}

static void find_count(struct look *l)
{
    struct total_source source;
    struct total total;
    struct error ignored;
    struct answer a = probe_answer(l->probe);
    if (total_parse(&source, l->options->count_from, &ignored) == 0 &&
        total_find(&source, a.header, a.headers, a.envelope.text, a.envelope.len, &total, &ignored) == 1) {
        l->f->count = total.records;
        buf_adds(&l->f->count_from, total.where);
    }
    total_free(&source);
}

/* A next link: a Link header, or a member of the body that looks like a URL or a path. */
static void find_link(struct look *l)
{
    struct answer a = probe_answer(l->probe);
    l->by_header = probe_link(l->probe, "next", &l->next_url);
    for (size_t i = 0; !l->next_url.len && i < sizeof next_urls / sizeof *next_urls; i++) {
        struct path path;
        struct buf text = {0};
        path_parse(&path, next_urls[i]);
        struct slice value = path_find(&path, a.envelope.text, a.envelope.len);
        if (!path_is_void(value) && *value.text == '"')
            path_scalar(value, &text);
        if (text.len && strpbrk(buf_text(&text), "/?") && url_resolve(a.url, buf_text(&text), &l->next_url) == 0)
            path_show(&path.way[path.count - 1], &l->next_at);
        buf_free(&text);
        path_free(&path);
    }
}

static void find_cursor(struct look *l)
{
    struct answer a = probe_answer(l->probe);
    for (size_t i = 0; !l->cursor && i < sizeof cursor_names / sizeof *cursor_names; i++) {
        struct path path;
        path_parse(&path, cursor_names[i].next);
        if (!path_is_void(path_find(&path, a.envelope.text, a.envelope.len)))
            l->cursor = &cursor_names[i];
        path_free(&path);
    }
}

static void find_hints(struct look *l)
{
    struct answer a = probe_answer(l->probe);
    struct path more, id;
    path_parse(&more, l->options->has_more ? l->options->has_more : "has_more");
    path_parse(&id, l->options->id);
    l->has_more = !path_is_void(path_find(&more, a.envelope.text, a.envelope.len));
    l->ranges = probe_header(l->probe->exchange, "Content-Range", 0);
    struct slice first = record(l, 0);
    struct slice value = first.text ? path_find(&id, first.text, first.len) : first;
    if (!path_is_void(value))
        path_scalar(value, &l->first_id);
    path_free(&more);
    path_free(&id);
}

static int no_list(struct look *l, struct error *e)
{
    const char *type = probe_header(l->probe->exchange, "Content-Type", 0);
    if (l->probe->failed && type && strcasestr(type, "html") && l->probe->error.code == EXIT_ANSWER)
        error_set(e, EXIT_ANSWER, "the answer is a web page, not JSON: is this the API's URL, and does it ask for a login?");
    else if (l->probe->error.code)
        *e = l->probe->error;
    else
        error_set(e, EXIT_ANSWER, "the answer is JSON, but has no list of records at a usual place: say where with --records");
    if (!*e->url)
        transfer_locate(l->probe->exchange, e);
    return -1;
}

static int first_answer(struct look *l, struct error *e)
{
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    bool listed = ask(l, buf_text(&l->base));
    l->f->seconds = cmd_seconds_since(&began);
    if (!listed)
        return no_list(l, e);
    find_place(l);
    find_count(l);
    find_link(l);
    find_cursor(l);
    find_hints(l);
    l->first_length = l->probe->split.count;
    struct slice second = record(l, 1);
    if (second.text)
        buf_add(&l->second, second.text, second.len);
    return 0;
}

/* ---- trying a reading: it is right when it leads to the second record ---- */

static const char *named_in(const struct buf *url, const char *const *names)
{
    struct buf value = {0};
    const char *found = NULL;
    for (; url->len && *names && !found; names++)
        if (url_query(url->data, *names, &value))
            found = *names;
    buf_free(&value);
    return found;
}

/* The list with these two parameters; is its first record the second one of the list? */
static bool leads_on(struct look *l, const char *place, const char *at, const char *limit, const char *size)
{
    struct buf url = {0};
    buf_add(&url, l->base.data, l->base.len);
    buf_text(&url);
    url_drop_query(&url, place);
    url_drop_query(&url, limit);
    url_add_query(&url, place, at, strlen(at));
    url_add_query(&url, limit, size, strlen(size));
    bool right = ask(l, buf_text(&url)) && is_second(l, record(l, 0));
    buf_free(&url);
    return right;
}

static void seekable(struct look *l, const char *style, const char *limit)
{
    l->f->style = style;
    l->f->seekable = true;
    set(l->f, "paginate", style);
    set(l->f, "param-limit", limit);
    l->f->page_size_asked = 1;
    l->f->page_size = l->probe->split.count;
}

static bool try_offset(struct look *l, const char *place, const char *limit)
{
    if (!leads_on(l, place, "1", limit, "1"))
        return false;
    seekable(l, "offset", limit);
    set(l->f, "param-offset", place);
    return true;
}

static bool try_page(struct look *l, const char *place, const char *limit)
{
    if (!leads_on(l, place, "2", limit, "1") || l->probe->split.count != 1)
        return false;
    seekable(l, "page", limit);
    set(l->f, "param-page", place);
    return true;
}

/* By the names in the server's own next link, else by the commonest ones. */
static bool try_seeking(struct look *l)
{
    const char *offset = named_in(&l->next_url, offset_names), *page = named_in(&l->next_url, page_names);
    const char *limit = named_in(&l->next_url, limit_names);
    if (!l->second.len)
        return false;
    if (offset)
        return try_offset(l, offset, limit ? limit : "limit");
    if (page && limit)
        return try_page(l, page, limit);
    if (page)
        return try_page(l, page, "per_page") || try_page(l, page, "page_size");
    if (l->next_url.len || l->cursor) /* it has its own way; no more requests to guess another */
        return false;
    if (l->has_more)
        return false;
    return try_offset(l, "offset", "limit") || try_page(l, "page", "page_size") || try_page(l, "page", "per_page") ||
           try_page(l, "_page", "_limit");
}

/* has_more without a cursor: the id of a record leads to the one behind it, as Stripe does it. */
static bool try_last_id(struct look *l)
{
    static const char *const names[] = {"starting_after", "after"};
    bool right = false;
    for (size_t i = 0; l->has_more && l->first_id.len && !right && i < sizeof names / sizeof *names; i++) {
        right = leads_on(l, names[i], buf_text(&l->first_id), "limit", "1");
        if (right) {
            l->f->style = "last-id";
            set(l->f, "paginate", "last-id");
            set(l->f, "param-cursor", names[i]);
        }
    }
    return right;
}

/* Content-Range without our asking for it: PostgREST. */
static bool try_range(struct look *l)
{
    if (!l->ranges || l->asked == DISCOVER_REQUESTS || !l->second.len)
        return false;
    l->asked++;
    request_clear(&l->probe->request);
    buf_add(&l->probe->request.url, l->base.data, l->base.len);
    buf_adds(&l->probe->request.headers, "Range-Unit: items\nRange: 1-1\n");
    if (probe_ask(l->probe, &l->places) || l->probe->split.count != 1 || !is_second(l, record(l, 0)))
        return false;
    l->f->style = "range";
    l->f->seekable = true;
    l->f->page_size_asked = l->f->page_size = 1;
    set(l->f, "paginate", "range");
    return true;
}

static bool try_cursor(struct look *l)
{
    struct buf url = {0}, token = {0};
    struct path path;
    struct answer a = probe_answer(l->probe);
    path_parse(&path, l->cursor->next);
    struct slice value = path_find(&path, a.envelope.text, a.envelope.len);
    if (!path_is_void(value))
        path_scalar(value, &token);
    buf_add(&url, l->base.data, l->base.len);
    url_add_query(&url, l->cursor->param, buf_text(&token), token.len);
    struct slice first = record(l, 0);
    struct buf before = {0};
    buf_add(&before, first.text, first.text ? first.len : 0);
    bool right = token.len && ask(l, buf_text(&url));
    first = record(l, 0);
    right = right && !(first.text && first.len == before.len && memcmp(first.text, before.data, before.len) == 0);
    if (right) {
        l->f->style = "cursor";
        set(l->f, "paginate", "cursor");
        set(l->f, "next", l->cursor->next);
        set(l->f, "param-cursor", l->cursor->param);
    }
    buf_free(&url);
    buf_free(&token);
    buf_free(&before);
    path_free(&path);
    return right;
}

static bool take_link(struct look *l)
{
    if (!l->next_url.len)
        return false;
    l->f->style = l->by_header ? "link" : "next-url";
    set(l->f, "paginate", l->f->style);
    if (!l->by_header)
        set(l->f, "next", buf_text(&l->next_at));
    return true;
}

/* Nothing leads on. The answer is the whole list when the count says so; without one when its length is none that page sizes have. */
static bool take_none(struct look *l)
{
    bool round = l->first_length % 5 == 0 || (l->first_length & (l->first_length - 1)) == 0;
    if (l->f->count >= 0 ? l->f->count != l->first_length : l->has_more || (round && l->first_length > 1))
        return false;
    l->f->style = "none";
    set(l->f, "paginate", "none");
    return true;
}

/* The path with /count behind it, as `restsrc count` asks it first. */
static void try_count_url(struct look *l)
{
    struct total_source source = {.kind = TOTAL_AUTO};
    struct total total;
    struct error ignored;
    struct buf url = {0};
    buf_add(&url, l->base.data, l->base.len);
    if (l->f->count < 0 && l->asked < DISCOVER_REQUESTS && url_add_segment(&url, "count", &ignored) == 0 && ++l->asked &&
        probe_get(l->probe, buf_text(&url), NULL) == 0 &&
        total_of_count(&source, buf_text(&l->probe->envelope), l->probe->envelope.len, &total, &ignored) == 1) {
        l->f->count = total.records;
        url_redact(buf_text(&url), &l->f->count_from);
    }
    buf_free(&url);
}

static void decide(struct look *l)
{
    if (l->cursor && !l->next_url.len && try_cursor(l))
        return;
    if (try_seeking(l) || take_link(l) || try_last_id(l) || try_range(l))
        return;
    try_count_url(l);
    if (take_none(l))
        return;
    if (l->f->count >= 0)
        buf_addf(&l->f->candidates, "the list has %lld records, the answer %lld, and no parameters that were tried lead on", (long long)l->f->count,
                 (long long)l->first_length);
    else
        buf_addf(&l->f->candidates, "the answer has %lld records: the whole list (none), or a page of it that no parameters that were tried lead on from",
                 (long long)l->first_length);
}

/* A number that is as large as the answer, while there is more behind it, is the length of the page. */
static void check_count(struct look *l)
{
    bool more = l->f->style && strcmp(l->f->style, "none");
    if (l->f->count != l->first_length || !more)
        return;
    l->f->count = -1;
    buf_clear(&l->f->count_from);
}

int discover(const struct options *o, struct probe *probe, struct finding *f, struct error *e)
{
    struct look l = {.options = o, .probe = probe, .f = f};
    *f = (struct finding){.count = -1, .page_size_asked = -1, .page_size = -1};
    int result = cmd_records_path(o, &l.places, e) || cmd_target(o, &l.base, e) || first_answer(&l, e) ? -1 : 0;
    if (result == 0) {
        decide(&l);
        bool again = l.asked < DISCOVER_REQUESTS && ask(&l, buf_text(&l.base));
        f->asked_twice = again;
        f->stable = again && (!l.second.len || is_second(&l, record(&l, 1)));
        check_count(&l);
        try_count_url(&l);
    }
    path_free(&l.places);
    buf_free(&l.base);
    buf_free(&l.second);
    buf_free(&l.first_id);
    buf_free(&l.next_url);
    buf_free(&l.next_at);
    return result;
}

void finding_free(struct finding *f)
{
    buf_free(&f->records);
    buf_free(&f->count_from);
    buf_free(&f->options);
    buf_free(&f->candidates);
}

int finding_apply(const struct finding *f, struct options *o, struct error *e)
{
    for (size_t at = 0; at < f->options.len;) {
        const char *line = f->options.data + at, *equals = strchr(line, '=');
        size_t len = strcspn(line, "\n");
        char *value = mem_text(equals + 1, len - (size_t)(equals + 1 - line));
        int result = option_set(o, option_find(line, (size_t)(equals - line)), value, e);
        free(value);
        if (result)
            return -1;
        at += len + 1;
    }
    return 0;
}
