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

static int judge_one_page(struct count *c, struct error *e)
{
    if (!c->more)
        return count_ends(c, c->got, e);
    error_set(e, EXIT_ANSWER, "the answer has no link to a last page (rel=\"last\")");
    return count_about_answer(c, e);
}

/* A list of one page may do without links. */
static int count_one_page(struct count *c, struct error *e)
{
    return c->got ? count_goes_on(c, judge_one_page, e) : count_ends(c, 0, e);
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

/* Links may end before the list does, as those of searches. */
static int judge_last(struct count *c, struct error *e)
{
    int64_t all;
    struct total said;
    struct error ignored;
    if (c->ask.failed)
        return count_because(c, e);
    if (!number_combine(c->before, 1, c->ask.split.count, &all)) {
        error_set(e, EXIT_ANSWER, "the link to the last page says that there are more records than can be counted");
        return count_about_answer(c, e);
    }
    if (count_total(c, &said, &ignored) < 1 || said.records <= all)
        return count_ends(c, all, e);
    error_set(e, EXIT_ANSWER,
              "the links lead to %" PRId64 " records, and %s says %" PRId64 ": the API does not give all of them", all,
              said.where, said.records);
    return count_about_answer(c, e);
}

static int ask_last(struct count *c)
{
    return count_asks_url(c, buf_text(&c->last), judge_last);
}

static int judge_second(struct count *c, struct error *e)
{
    if (c->ask.failed)
        return count_because(c, e);
    if (c->ask.split.count == c->got)
        return ask_last(c);
    error_set(e, EXIT_ANSWER, "the first page has %" PRId64 " records, the second %" PRId64 ": how long are pages?",
              c->got, c->ask.split.count);
    return count_about_answer(c, e);
}

/* The target of a link of the answer; false: there is none that we follow, or no link. */
static bool find(struct count *c, const char *relation, struct buf *url, struct error *e)
{
    struct buf link = {0};
    bool found = ask_link(&c->ask, relation, &link) &&
                 origin_link(&c->ask.http, c->ask.exchange->request.url.data, buf_text(&link), url, e) >= 0;
    buf_free(&link);
    return found;
}

/* The first page is only as long as the others where nothing is hidden from it: the second one tells. */
static int ask_second(struct count *c)
{
    struct buf second = {0};
    struct error ignored;
    bool leads_on = find(c, "next", &second, &ignored);
    int step = leads_on ? count_asks_url(c, buf_text(&second), judge_second) : ask_last(c);
    buf_free(&second);
    return step;
}

/* The link says how many pages there are; how long the last one is, it says itself. */
int count_by_links(struct count *c, struct error *e)
{
    struct buf link = {0};
    c->got = c->ask.split.count;
    bool linked = ask_link(&c->ask, "last", &link);
    c->before = linked ? before_last(c, buf_text(&link), e) : 0;
    buf_free(&link);
    if (!linked)
        return count_one_page(c, e);
    if (c->before < 0 || !find(c, "last", &c->last, e))
        return count_about_answer(c, e);
    return c->before > c->got ? ask_second(c) : ask_last(c);
}
