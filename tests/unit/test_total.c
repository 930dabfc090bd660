/* total: how many records a list has, from what an answer says. */
#include <strings.h>

#include "pages/total.h"
#include "tap.h"

struct header {
    const char *name, *value;
};

/* answer: headers up to one without a name. */
static const char *header_of(const void *answer, const char *name, const char *previous)
{
    bool on = !previous;
    for (const struct header *h = answer; h->name; on |= h++->value == previous)
        if (on && strcasecmp(h->name, name) == 0)
            return h->value;
    return NULL;
}

enum { NONE = -1, WRONG = -2 };

/* The total of an answer by a --count-from; NONE, or WRONG when it is no exact count. */
static int64_t total_in(const char *source, const struct header *headers, const char *body)
{
    struct total_source s;
    struct total total;
    struct error e = {0};
    if (total_parse(&s, source, &e))
        return WRONG;
    int found = total_find(&s, header_of, headers, body, strlen(body), &total, &e);
    total_free(&s);
    if (found < 0 && e.code != EXIT_ANSWER)
        return -3;
    return found > 0 ? total.records : found < 0 ? WRONG : NONE;
}

static const struct header no_headers[] = {{NULL, NULL}};

static void body_says(const char *body, int64_t records)
{
    is_int(total_in("auto", no_headers, body), records, body);
}

static void check_bodies(void)
{
    body_says("{\"count\":5,\"results\":[]}", 5);
    body_says("{\"total\":5}", 5);
    body_says("{\"total_count\":5}", 5);
    body_says("{\"totalItems\":5}", 5);
    body_says("{\"totalSize\":5}", 5);
    body_says("{\"total_rows\":5}", 5);
    body_says("{\"filtered_table_rows_count\":5}", 5);
    body_says("{\"@odata.count\":5}", 5);
    body_says("{\"hits\":{\"total\":{\"value\":5,\"relation\":\"eq\"},\"hits\":[]}}", 5);
    body_says("{\"hits\":{\"total\":{\"value\":10000,\"relation\":\"gte\"},\"hits\":[]}}", WRONG);
    body_says("{\"total\":6,\"count\":5}", 5);
    body_says("{\"count\":null,\"total\":6}", 6);
    body_says("{\"count\":{\"a\":1},\"total\":6}", 6);
    body_says("{\"total\":0}", 0);
    body_says("{\"total\":\"12\"}", 12);
    body_says("{\"total\":9007199254740993}", 9007199254740993);
    body_says("{\"total\":9223372036854775807}", INT64_MAX);
    body_says("{\"total\":9223372036854775808}", WRONG);
    body_says("{\"total\":-1}", WRONG);
    body_says("{\"total\":1.5}", WRONG);
    body_says("{\"total\":1.0}", WRONG);
    body_says("{\"total\":1e3}", WRONG);
    body_says("{\"total\":\"about 5\"}", WRONG);
    body_says("{\"total\":true}", WRONG);
    body_says("{\"meta\":{\"total\":5}}", NONE);
    body_says("[]", NONE);
    body_says("{}", NONE);
}

static void header_says(const char *source, const char *name, const char *value, int64_t records)
{
    const struct header headers[] = {{"X-Other", "1"}, {name, value}, {NULL, NULL}};
    char title[200];
    snprintf(title, sizeof title, "%s: '%s: %s'", source, name, value);
    is_int(total_in(source, headers, "{}"), records, title);
}

static void check_headers(void)
{
    header_says("auto", "X-Total-Count", "345", 345);
    header_says("auto", "x-total-count", " 345 ", 345);
    header_says("auto", "X-Total-Count", "-1", WRONG);
    header_says("auto", "X-Total-Count", "", WRONG);
    header_says("auto", "Content-Range", "items 0-99/345", 345);
    header_says("auto", "Content-Range", "items */0", 0);
    header_says("auto", "Content-Range", "items 0-99/*", WRONG);
    header_says("auto", "Content-Range", "items 0-99", WRONG);
    header_says("content-range", "Content-Range", "0-9/10", 10);
    header_says("content-range", "X-Total-Count", "345", NONE);
    header_says("header:X-Total", "x-total", "345", 345);
    header_says("header:X-Total", "X-Total-Count", "345", NONE);
    header_says("header:X-Total", "X-Total", "many", WRONG);
    const struct header both[] = {{"Content-Range", "0-9/10"}, {"X-Total-Count", "20"}, {NULL, NULL}};
    is_int(total_in("auto", both, "{\"count\":30}"), 20, "X-Total-Count comes before Content-Range and the body");
}

static void check_paths(void)
{
    static const char body[] = "{\"meta\":{\"page\":{\"all\":\"7\"}},\"count\":1,\"none\":null}";
    is_int(total_in("body:meta.page.all", no_headers, body), 7, "a path into the body");
    is_int(total_in("body:/meta/page/all", no_headers, body), 7, "a JSON Pointer into the body");
    is_int(total_in("body:meta.total", no_headers, body), NONE, "a path that is not there");
    is_int(total_in("body:none", no_headers, body), NONE, "a path to null");
    is_int(total_in("body:meta", no_headers, body), WRONG, "a path to an object");
}

static void check_guesses(void)
{
    struct total_source s;
    struct total total;
    struct error e = {0};
    const struct header headers[] = {{"X-Total-Count", "3"}, {NULL, NULL}};
    total_parse(&s, "auto", &e);
    total_find(&s, header_of, no_headers, "{\"count\":3}", 11, &total, &e);
    ok(total.guessed, "a usual name in the body is a guess");
    is_text(total.where, "count", "that says its name");
    total_find(&s, header_of, headers, "{\"count\":3}", 11, &total, &e);
    ok(!total.guessed, "a header is none");
    total_free(&s);
}

/* The total by names that are not trusted, of an answer with 10 records. */
static int64_t guess_in(const struct header *headers, const char *body)
{
    struct total total;
    struct error e = {0};
    int found = total_guess(header_of, headers, (struct slice){body, strlen(body)}, 10, &total, &e);
    if (found > 0 && (!total.name || total.name->trusted || total.guessed != (total.name->kind != USUAL_TOTAL_HEADER)))
        return -3;
    return found > 0 ? total.records : found < 0 ? WRONG : NONE;
}

static void check_untrusted(void)
{
    const struct header headers[] = {{"x-wp-total", "7"}, {NULL, NULL}};
    static const char *const names[] = {"totalCount", "totalResults", "numberMatched", "totalElements"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char body[60];
        snprintf(body, sizeof body, "{\"%s\":5}", names[i]);
        is_int(total_in("auto", no_headers, body), NONE, names[i]);
        is_int(guess_in(no_headers, body), 5, "... is a guess");
    }
    is_int(guess_in(headers, "{\"totalCount\":5}"), 7, "a header comes first");
    is_int(guess_in(no_headers, "{\"meta\":{\"total\":5},\"remainingItemCount\":1}"), 5, "a total before a remainder");
    is_int(guess_in(no_headers, "{\"metadata\":{\"remainingItemCount\":5}}"), 15, "what remains comes on top");
    is_int(guess_in(no_headers, "{\"remainingItemCount\":9223372036854775807}"), NONE, "as far as numbers go");
    is_int(guess_in(no_headers, "{\"totalCount\":\"many\"}"), WRONG, "a word is no number");
    is_int(guess_in(no_headers, "{\"total\":5}"), NONE, "what is trusted is no guess");
}

/* For a read that has seen 10 records: what an answer claims at the least. */
static void claims(const char *body, int64_t at_least)
{
    struct total_source s = {.kind = TOTAL_AUTO};
    struct total total;
    total_claimed(&s, header_of, no_headers, (struct slice){body, strlen(body)}, 10, &total);
    is_int(total.at_least, at_least, body);
    ok(total.by_remaining == (at_least >= 0), "by how many remain");
}

static void check_claims(void)
{
    claims("{\"metadata\":{\"remainingItemCount\":5}}", 15);
    claims("{\"remainingItemCount\":9223372036854775807}", -1);
    claims("{\"remainingItemCount\":null}", -1);
}

/* What the answer of a counting URL says. */
static void url_says(const char *source, const char *json, int64_t records)
{
    struct total_source s;
    struct total total;
    struct error e = {0};
    char title[200];
    total_parse(&s, source, &e);
    int found = total_of_count(&s, json, strlen(json), &total, &e);
    snprintf(title, sizeof title, "%s: %s", source, json);
    is_int(found > 0 ? total.records : found < 0 ? WRONG : NONE, records, title);
    total_free(&s);
}

static void check_urls(void)
{
    url_says("auto", "{\"total\":5}", 5);
    url_says("auto", "{\"count\":5}", 5);
    url_says("auto", "5", 5);
    url_says("auto", "\"5\"", 5);
    url_says("auto", "-5", WRONG);
    url_says("auto", "5.0", WRONG);
    url_says("auto", "{\"total\":1.5}", WRONG);
    url_says("auto", "{\"results\":[]}", NONE);
    url_says("auto", "{\"items\":[],\"total\":0}", NONE);
    url_says("auto", "{\"total\":0,\"page\":{\"flights\":[]}}", NONE);
    url_says("auto", "{\"data\":null,\"total\":0}", NONE);
    url_says("auto", "{\"items\":{},\"total\":0}", NONE);
    url_says("auto", "{\"total\":5,\"warnings\":[]}", 5);
    url_says("auto", "{\"count\":0}", 0);
    url_says("auto", "{\"count\":0,\"error\":null}", 0);
    url_says("auto", "0", 0);
    url_says("auto", "{\"id\":\"count\",\"count\":7}", NONE);
    url_says("auto", "{\"item\":{\"name\":\"c\\u006funt\"},\"count\":7}", NONE);
    url_says("auto", "{\"url\":\"/items/count\",\"count\":7}", 7);
    url_says("url:/count", "{\"id\":\"count\",\"count\":7}", 7);
    url_says("url:/count", "{\"items\":[],\"total\":0}", 0);
    url_says("auto", "[5]", NONE);
    url_says("auto", "null", NONE);
    url_says("url:/count#meta.n", "{\"meta\":{\"n\":5},\"total\":6}", 5);
    url_says("url:/count#/0/n", "[{\"n\":5}]", 5);
    url_says("url:/count#meta.m", "{\"meta\":{\"n\":5},\"total\":6}", NONE);
    url_says("url:/count", "{\"total\":6}", 6);
}

static void check_sources(void)
{
    static const char *const wrong[] = {
        "", "Auto", "url:", "body:", "header:", "total", "content_range", "body:1.2.3.4.5.6.7.8.9.10.11.12.13"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct total_source s = {0};
        struct error e = {0};
        ok(total_parse(&s, wrong[i], &e) == -1 && e.code == EXIT_USAGE, "'%s' is no source of a count", wrong[i]);
        total_free(&s);
    }
}

int main(void)
{
    check_bodies();
    check_headers();
    check_paths();
    check_guesses();
    check_untrusted();
    check_claims();
    check_urls();
    check_sources();
    return tap_end();
}
