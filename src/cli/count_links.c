/* count_links: a count by the link to the last page. */
#include "cli/count_links.h"

#include <inttypes.h>

#include "base/number.h"
#include "http/origin.h"
#include "http/url.h"

/* How many records are before the page that url asks for, of pages of `size`; -1: it does not say. */
static int64_t before(const struct options *o, const char *url, int64_t size)
{
    struct buf value = {0};
    int64_t n, first = o->paging.page_base;
    bool says = false;
    if (url_query(url, o->paging.param_page, &value))
        says = number_of_text(buf_text(&value), &n) && n >= first && number_combine(n - first, size, 0, &n);
    else if (url_query(url, o->paging.param_offset, &value))
        says = number_of_text(buf_text(&value), &n);
    buf_free(&value);
    return says ? n : -1;
}

/* A list of one page may do without links. */
static int count_one_page(struct count *c, struct error *e)
{
    int64_t size = c->ask.split.count;
    int more = size ? count_goes_on(c, e) : 0;
    if (more <= 0)
        return more < 0 ? -1 : count_ends(c, size, e);
    error_set(e, EXIT_ANSWER, "the answer has no link to a last page (rel=\"last\")");
    return count_about_answer(c, e);
}

/* Does the link with that relation, if there is one, lead to the n-th record? */
static bool leads_to(struct count *c, const char *relation, int64_t n)
{
    struct buf url = {0};
    bool does = !ask_link(&c->ask, relation, &url) || before(c->options, buf_text(&url), c->ask.split.count) == n;
    buf_free(&url);
    return does;
}

/* How many records are before the last page, by the link to it; the other links show whether we count as the server
 * does. */
static int64_t before_last(struct count *c, const char *last, struct error *e)
{
    int64_t size = c->ask.split.count, n = before(c->options, last, size);
    if (size == 0)
        return error_set(e, EXIT_ANSWER, "the first page is empty, but not the last one: how long are pages?");
    if (n < 0)
        return error_set(e, EXIT_ANSWER, "the link to the last page has no number at %s: see --param-page",
                         c->options->paging.param_page);
    if (!leads_to(c, "first", 0) || !leads_to(c, "next", size))
        return error_set(e, EXIT_ANSWER,
                         "the links to the first and the next page are not those to records 0 and %" PRId64
                         ": see --page-base, --param-page",
                         size);
    return n;
}

/* The first page is only as long as the others where nothing is hidden from it: the second one tells. Back on the first
 * one after it. */
static int check_second(struct count *c, struct error *e)
{
    int64_t size = c->ask.split.count;
    struct buf url = {0}, second = {0};
    int result = 0;
    if (ask_link(&c->ask, "next", &url) &&
        origin_link(&c->ask.http, c->ask.exchange->request.url.data, buf_text(&url), &second, e) >= 0) {
        result = ask_get(&c->ask, buf_text(&second), &c->places) ? count_because(c, e) : 0;
        if (result == 0 && c->ask.split.count != size)
            result = error_set(e, EXIT_ANSWER,
                               "the first page has %" PRId64 " records, the second %" PRId64 ": how long are pages?",
                               size, c->ask.split.count);
    }
    buf_free(&url);
    buf_free(&second);
    return result;
}

/* With n records before the page at hand. Links may end before the list does, as those of searches. */
static int counted_from(struct count *c, int64_t n, struct error *e)
{
    int64_t all;
    struct total said;
    struct error ignored;
    if (number_combine(n, 1, c->ask.split.count, &all) && count_total(c, &said, &ignored) == 1 && said.records > all) {
        error_set(e, EXIT_ANSWER,
                  "the links lead to %" PRId64 " records, and %s says %" PRId64 ": the API does not give all of them",
                  all, said.where, said.records);
        return count_about_answer(c, e);
    }
    if (number_combine(n, 1, c->ask.split.count, &all))
        return count_ends(c, all, e);
    error_set(e, EXIT_ANSWER, "the link to the last page says that there are more records than can be counted");
    return count_about_answer(c, e);
}

/* The link says how many pages there are; how long the last one is, it says itself. */
int count_by_links(struct count *c, struct error *e)
{
    struct buf link = {0}, last = {0};
    int result = -1;
    if (!ask_link(&c->ask, "last", &link))
        return count_one_page(c, e);
    int64_t n = before_last(c, buf_text(&link), e);
    if (n > c->ask.split.count && check_second(c, e))
        n = -1;
    if (n < 0 || origin_link(&c->ask.http, c->ask.exchange->request.url.data, buf_text(&link), &last, e) < 0)
        count_about_answer(c, e);
    else
        result = ask_get(&c->ask, buf_text(&last), &c->places) ? count_because(c, e) : counted_from(c, n, e);
    buf_free(&link);
    buf_free(&last);
    return result;
}
