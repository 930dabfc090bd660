/* total: how many records an answer says that there are. */
#include "pages/total.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

/* Where bodies usually say how many records there are, in the order that restsrc(1) gives. */
static const char *const usual_names[] = {
    "count",
    "total",
    "total_count",
    "totalItems",
    "totalSize",
    "total_rows",
    "filtered_table_rows_count",
    "@odata.count",
    "hits.total.value",
};

static int bad_source(struct error *e)
{
    return error_set(e, EXIT_USAGE,
                     "--count-from takes auto, url:URL[#PATH], body:PATH, header:NAME, content-range or last-page");
}

static const char *after(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 && text[n] ? text + n : NULL;
}

static int parse_url(struct total_source *s, const char *url, struct error *e)
{
    size_t len = strcspn(url, "#");
    s->kind = TOTAL_URL;
    s->url = mem_text(url, len);
    s->has_path = url[len] == '#';
    return s->has_path ? path_option(&s->path, "count-from", url + len + 1, e) : 0;
}

int total_parse(struct total_source *s, const char *text, struct error *e)
{
    const char *rest;
    *s = (struct total_source){.kind = TOTAL_AUTO};
    if (strcmp(text, "auto") == 0)
        return 0;
    if (strcmp(text, "content-range") == 0 || strcmp(text, "last-page") == 0) {
        s->kind = *text == 'c' ? TOTAL_CONTENT_RANGE : TOTAL_LAST_PAGE;
        return 0;
    }
    if ((rest = after(text, "url:")))
        return parse_url(s, rest, e);
    if ((rest = after(text, "header:"))) {
        s->kind = TOTAL_HEADER;
        s->header = mem_text(rest, strlen(rest));
        return 0;
    }
    if ((rest = after(text, "body:"))) {
        s->kind = TOTAL_BODY;
        s->has_path = true;
        return path_option(&s->path, "count-from", rest, e);
    }
    return bad_source(e);
}

void total_free(struct total_source *s)
{
    free(s->url);
    free(s->header);
    path_free(&s->path);
}

/* A count is a whole number; anything else is said to be what it is, never rounded. */
static int read_count(const char *text, size_t len, const char *where, struct total *total, struct error *e)
{
    while (len && isspace((unsigned char)*text))
        text++, len--;
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    if (!number_whole(text, len, &total->records)) {
        total->records = -1;
        return error_set(e, EXIT_ANSWER, "%s is no count of records: %.*s", where, (int)(len < 40 ? len : 40), text);
    }
    total->where = where;
    return 1;
}

/* Content-Range: items 0-99/1234, or items 0-99/ * when the server does not know (RFC 9110, section 14.4). */
static int from_content_range(const char *value, struct total *total, struct error *e)
{
    const char *slash = strrchr(value, '/');
    if (!slash || strcmp(slash, "/*") == 0)
        return error_set(e, EXIT_ANSWER,
                         "Content-Range does not say how many records there are: %.60s (PostgREST does with --header "
                         "'Prefer: count=exact')",
                         value);
    if (strncasecmp(value, "bytes", 5) == 0)
        return error_set(e, EXIT_ANSWER, "Content-Range counts bytes, not records: %.60s", value);
    return read_count(slash + 1, strlen(slash + 1), "Content-Range", total, e);
}

/* Elasticsearch: {"value": 10000, "relation": "gte"} is a lower bound. */
static bool is_lower_bound(struct slice value, const char *json, size_t len)
{
    struct slice relation = path_get("hits.total.relation", (struct slice){json, len});
    return value.text == path_get("hits.total.value", (struct slice){json, len}).text && relation.text &&
           !(relation.len == 4 && memcmp(relation.text, "\"eq\"", 4) == 0);
}

static int lower_bound(struct error *e)
{
    return error_set(e, EXIT_ANSWER, "hits.total is only a lower bound: send track_total_hits=true");
}

static int from_value(struct slice value, const char *where, struct total *total, struct error *e)
{
    if (value.len >= 2 && *value.text == '"') /* OData v2 and others write counts as strings */
        value = (struct slice){value.text + 1, value.len - 2};
    return read_count(value.text, value.len, where, total, e);
}

static bool is_container(struct slice value)
{
    return value.len && (*value.text == '{' || *value.text == '[');
}

static int from_usual_names(const char *json, size_t len, struct total *total, struct error *e)
{
    for (size_t i = 0; i < sizeof usual_names / sizeof *usual_names; i++) {
        struct slice value = path_get(usual_names[i], (struct slice){json, len});
        if (value_is_void(value) || is_container(value))
            continue;
        if (is_lower_bound(value, json, len))
            return lower_bound(e);
        total->guessed = true;
        return from_value(value, usual_names[i], total, e);
    }
    return 0;
}

int total_find(const struct total_source *s, total_header header, const void *answer, const char *envelope, size_t len,
               struct total *total, struct error *e)
{
    const char *value;
    *total = (struct total){.records = -1};
    if (s->kind == TOTAL_HEADER)
        return (value = header(answer, s->header, NULL)) ? read_count(value, strlen(value), s->header, total, e) : 0;
    if (s->kind == TOTAL_BODY) {
        struct slice found = path_find(&s->path, envelope, len);
        if (value_is_void(found))
            return 0;
        return is_lower_bound(found, envelope, len) ? lower_bound(e)
                                                    : from_value(found, "the value at --count-from", total, e);
    }
    if (s->kind == TOTAL_AUTO && (value = header(answer, "X-Total-Count", NULL)))
        return read_count(value, strlen(value), "X-Total-Count", total, e);
    bool range = s->kind == TOTAL_AUTO || s->kind == TOTAL_CONTENT_RANGE;
    if (range && (value = header(answer, "Content-Range", NULL)))
        return from_content_range(value, total, e);
    return s->kind == TOTAL_AUTO ? from_usual_names(envelope, len, total, e) : 0;
}

/* A page of the list, as from a server with one answer for whatever path. What it counts may be the page. */
static bool is_page(const char *json, size_t len)
{
    struct path usual;
    bool is = false;
    path_usual_records(&usual);
    for (unsigned w = 0; w < usual.count && !is; w++) {
        struct slice list = path_find_way(&usual, w, (struct slice){json, len});
        is = usual.way[w].depth && list.len > 2 && *list.text == '[';
    }
    path_free(&usual);
    return is;
}

int total_of_count(const struct total_source *s, const char *json, size_t len, struct total *total, struct error *e)
{
    static const char *const names[] = {"total", "count"};
    struct slice value = {json, len};
    *total = (struct total){.records = -1};
    if (s->kind == TOTAL_AUTO && is_page(json, len))
        return 0;
    if (s->has_path)
        value = path_find(&s->path, json, len);
    for (size_t i = 0; !s->has_path && *json == '{' && i < 2; i++) {
        struct slice member = path_get(names[i], (struct slice){json, len});
        if (!value_is_void(member) && !is_container(member))
            return from_value(member, names[i], total, e);
    }
    if (value_is_void(value) || is_container(value))
        return 0;
    return from_value(value, "the count", total, e);
}
