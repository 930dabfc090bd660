/* total: how many records an answer says that there are. */
#include "pages/total.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "json/usual.h"

static const struct total NOTHING = {.records = -1, .at_least = -1};

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
        return error_set(e, EXIT_ANSWER, "%s is not a count of records: %.*s", where, (int)(len < 40 ? len : 40), text);
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

static struct slice unquoted(struct slice value)
{
    bool is_text = value.len >= 2 && value_is_text(value); /* OData v2 and others write counts as strings */
    return is_text ? (struct slice){value.text + 1, value.len - 2} : value;
}

static int lower_bound(struct slice value, struct total *total, struct error *e)
{
    value = unquoted(value);
    if (!number_whole(value.text, value.len, &total->at_least))
        total->at_least = -1;
    return error_set(e, EXIT_ANSWER, "hits.total is only a lower bound: send track_total_hits=true");
}

/* 1000+, >1000 */
static bool is_more_than(struct slice value, struct slice *number)
{
    size_t before = value.len && *value.text == '>', after = value.len && value.text[value.len - 1] == '+';
    *number = (struct slice){value.text + before, value.len - before - after};
    return before != after && number->len;
}

static int from_value(struct slice value, const char *where, struct total *total, struct error *e)
{
    struct slice number;
    value = unquoted(value);
    if (is_more_than(value, &number) && number_whole(number.text, number.len, &total->at_least))
        return error_set(e, EXIT_ANSWER, "%s is only a lower bound: %.*s", where,
                         (int)(value.len < 40 ? value.len : 40), value.text);
    total->at_least = -1;
    return read_count(value.text, value.len, where, total, e);
}

static int from_header(const struct usual *name, total_header header, const void *answer, struct total *total,
                       struct error *e)
{
    const char *value = header(answer, name->name, NULL);
    total->name = value ? name : NULL;
    return value ? read_count(value, strlen(value), name->name, total, e) : 0;
}

static int from_body(const struct usual *name, struct slice envelope, struct total *total, struct error *e)
{
    struct slice value = path_get(name->name, envelope);
    if (value_is_void(value) || value_is_container(value))
        return 0;
    if (is_lower_bound(value, envelope.text, envelope.len))
        return lower_bound(value, total, e);
    total->guessed = true;
    total->name = name;
    return from_value(value, name->name, total, e);
}

/* By the names that are trusted, or by the others. */
static int from_headers(bool trusted, total_header header, const void *answer, struct total *total, struct error *e)
{
    int found = 0;
    for (const struct usual *u = usual_first(USUAL_TOTAL_HEADER); u && !found; u = usual_next(u))
        if (u->trusted == trusted)
            found = from_header(u, header, answer, total, e);
    return found;
}

static int from_names(bool trusted, struct slice envelope, struct total *total, struct error *e)
{
    int found = 0;
    for (const struct usual *u = usual_first(USUAL_TOTAL); u && !found; u = usual_next(u))
        if (u->trusted == trusted)
            found = from_body(u, envelope, total, e);
    return found;
}

/* Does the body say that what it counts is not exact? */
static bool is_inexact(struct slice envelope, const char **flag)
{
    for (const struct usual *u = usual_first(USUAL_INEXACT); u; u = usual_next(u)) {
        *flag = u->name + (*u->name == '!');
        struct slice value = path_get(*flag, envelope);
        const char *says = *u->name == '!' ? "false" : "true";
        if (value_is(value, says))
            return true;
    }
    return false;
}

static int check_exact(int found, struct slice envelope, struct total *total, struct error *e)
{
    const char *flag;
    if (found < 1 || !is_inexact(envelope, &flag))
        return found;
    int64_t records = total->records;
    total->records = -1;
    return error_set(e, EXIT_ANSWER, "%lld is not an exact count: %s says so", (long long)records, flag);
}

static int find(const struct total_source *s, total_header header, const void *answer, struct slice envelope,
                struct total *total, struct error *e)
{
    const char *value;
    bool by_itself = s->kind == TOTAL_AUTO || s->kind == TOTAL_URL || s->kind == TOTAL_LAST_PAGE;
    if (s->kind == TOTAL_HEADER)
        return (value = header(answer, s->header, NULL)) ? read_count(value, strlen(value), s->header, total, e) : 0;
    if (s->kind == TOTAL_BODY) {
        struct slice found = path_find(&s->path, envelope.text, envelope.len);
        if (value_is_void(found))
            return 0;
        return is_lower_bound(found, envelope.text, envelope.len)
                   ? lower_bound(found, total, e)
                   : from_value(found, "the value at --count-from", total, e);
    }
    int found = by_itself ? from_headers(true, header, answer, total, e) : 0;
    bool range = by_itself || s->kind == TOTAL_CONTENT_RANGE;
    if (!found && range && (value = header(answer, "Content-Range", NULL)))
        return from_content_range(value, total, e);
    return found || !by_itself ? found : from_names(true, envelope, total, e);
}

int total_find(const struct total_source *s, total_header header, const void *answer, const char *envelope, size_t len,
               struct total *total, struct error *e)
{
    struct slice body = {envelope, len};
    *total = NOTHING;
    return check_exact(find(s, header, answer, body, total, e), body, total, e);
}

static void find_remaining(struct slice envelope, int64_t seen, struct total *total)
{
    struct error ignored;
    int64_t rest;
    for (const struct usual *u = usual_first(USUAL_REMAINING); u && total->at_least < 0; u = usual_next(u)) {
        struct total after = NOTHING;
        if (from_body(u, envelope, &after, &ignored) > 0 && number_combine(after.records, 1, seen, &rest)) {
            total->at_least = rest;
            total->by_remaining = true;
        }
    }
}

bool total_larger(struct slice envelope, int64_t than, struct total *total)
{
    struct error ignored;
    bool found = false;
    for (const struct usual *u = usual_first(USUAL_TOTAL); u && !found; u = usual_next(u)) {
        struct total other = NOTHING;
        found = u->trusted && from_body(u, envelope, &other, &ignored) > 0 && other.records > than;
        if (found)
            *total = other;
    }
    return found;
}

int total_claimed(const struct total_source *s, total_header header, const void *answer, struct slice envelope,
                  int64_t seen, struct total *total)
{
    struct error ignored;
    int found = total_find(s, header, answer, envelope.text, envelope.len, total, &ignored);
    if (found > 0 && total->guessed && total->records <= seen)
        total_larger(envelope, total->records, total);
    if (found > 0 || total->at_least >= 0 || s->kind != TOTAL_AUTO)
        return found > 0;
    *total = NOTHING;
    found = from_headers(false, header, answer, total, &ignored);
    if (found <= 0)
        found = from_names(false, envelope, total, &ignored);
    if (found <= 0)
        find_remaining(envelope, seen, total);
    return found > 0;
}

int total_guess(total_header header, const void *answer, struct slice envelope, int64_t records, struct total *total,
                struct error *e)
{
    *total = NOTHING;
    int found = from_headers(false, header, answer, total, e);
    if (!found)
        found = from_names(false, envelope, total, e);
    for (const struct usual *u = usual_first(USUAL_REMAINING); u && !found; u = usual_next(u)) {
        found = from_body(u, envelope, total, e);
        if (found > 0 && !number_combine(total->records, 1, records, &total->records))
            found = 0;
    }
    return found;
}

/* Is there a list, whatever it is called, at the top or in an object there? Then it is a page of the list,
 * as from a server with one answer for whatever path, and what it counts may be the page. */
static bool is_page(struct slice value, unsigned levels, bool empty)
{
    struct slice key, member;
    size_t at = 0;
    bool is = value_is_list(value) && (empty || !value_is_empty(value));
    while (!is && levels && value_is_object(value) && value_next(value, &at, &key, &member))
        is = is_page(member, levels - 1, empty);
    return is;
}

/* A page without a record, where a server took "count" for a filter; or null or {} stands for its list. A count of
 * nothing with a list beside it is no loss: the list then says the same. */
static bool is_empty_page(struct slice value)
{
    bool is = is_page(value, 2, true);
    for (const struct usual *u = usual_first(USUAL_RECORDS); u && !is; u = usual_next(u))
        is = *u->name && path_get(u->name, value).len && value_is_empty(path_get(u->name, value));
    return is;
}

/* {"id": "count", "count": 7}: the server took "count" for an id, and this is a record. */
static bool is_record(struct slice value, unsigned levels)
{
    struct slice key, member;
    bool is = value.len > 2 && value_is_text(value) &&
              value_spells((struct slice){value.text + 1, value.len - 2}, "count", 5);
    for (size_t at = 0; !is && levels && value_is_object(value) && value_next(value, &at, &key, &member);)
        is = is_record(member, levels - 1);
    return is;
}

int total_of_count(const struct total_source *s, const char *json, size_t len, struct total *total, struct error *e)
{
    struct slice value = {json, len};
    bool guess = s->kind == TOTAL_AUTO;
    *total = NOTHING;
    if (guess && (is_page(value, 2, false) || is_record(value, 2)))
        return 0;
    if (s->has_path)
        value = path_find(&s->path, json, len);
    for (const struct usual *u = usual_first(USUAL_COUNT); u && !s->has_path && *json == '{'; u = usual_next(u)) {
        int found = from_body(u, value, total, e);
        if (found > 0 && guess && total->records == 0 && is_empty_page(value))
            return 0;
        if (found)
            return check_exact(found, value, total, e);
    }
    if (value_is_void(value) || value_is_container(value))
        return 0;
    return from_value(value, "the count", total, e);
}
