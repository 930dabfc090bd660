/* count: the number of records of the whole list, on standard output. An exact count or an error, never a guess. */
#include "cli/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/number.h"
#include "base/terminal.h"
#include "cli/plan.h"
#include "cli/report.h"
#include "http/answer.h"
#include "http/origin.h"
#include "http/url.h"
#include "pages/ask.h"
#include "pages/total.h"
#include "json/refusal.h"

#define PAGE_LENGTH "'%s' is the length of a page, not of the list: say where the count is with --count-from"

struct count {
    const struct options *options;
    struct terminal terminal;
    struct total_source source;
    struct path places;
    struct ask ask;
    struct paginate paginate; /* of the page that was asked for */
    bool more;                /* a style that follows the server has a page after it */
};

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct count *c = ctx;
    terminal_note(&c->terminal, verbose, line);
}

/* *e becomes what is wrong with the last answer. */
static int because(struct count *c, struct error *e)
{
    *e = c->ask.error;
    return -1;
}

static int about_answer(struct count *c, struct error *e)
{
    transfer_locate(c->ask.exchange, e);
    return -1;
}

/* The most that the API gives or counts: there may be more. */
static int check_limit(struct count *c, int64_t records, struct error *e)
{
    int64_t limit = c->options->range.result_limit;
    if (limit < 1 || records != limit)
        return 0;
    error_set(e, EXIT_ANSWER,
              "the count is %" PRId64 ", the most that this API counts or gives (--result-limit): there may be more; "
              "count less at a time, by a filter",
              records);
    return about_answer(c, e);
}

static int counted(struct count *c, int64_t records, struct error *e)
{
    if (check_limit(c, records, e))
        return -1;
    struct buf line = {0}, summary = {0};
    int64_t fd = c->options->run.summary_fd;
    report_count(records, c->ask.stats.requests, answer_header(c->ask.exchange, "Date", NULL), &summary);
    int result = 0;
    if (c->options->run.plan)
        result = plan_make(c->options, &c->ask, &c->places, records, &line, e);
    else
        buf_addf(&line, "%" PRId64 "\n", records);
    if (result == 0)
        result = io_write_lines(STDOUT_FILENO, line.data, line.len, e);
    if (result == 0 && fd >= 0)
        result = io_write_lines((int)fd, summary.data, summary.len, e);
    buf_free(&line);
    buf_free(&summary);
    return result;
}

static int find_total(struct count *c, struct total *total, struct error *e)
{
    return total_find(&c->source, answer_header, c->ask.exchange, buf_text(&c->ask.envelope), c->ask.envelope.len,
                      total, e);
}

/* ---- by a page of the list ---- */

/* One page of one record, at an offset; or the list as it is without our parameters, if we send any: else it is not
 * asked for, and the last answer stays. */
static int ask_list(struct count *c, int64_t offset, bool bare, struct error *e)
{
    const struct options *o = c->options;
    struct http_options http = options_http(o);
    struct range_options one = {.offset = offset,
                                .limit = NOT_GIVEN,
                                .page_size = 1,
                                .max_pages = NOT_GIVEN,
                                .planned_total = NOT_GIVEN,
                                .result_limit = NOT_GIVEN,
                                .on_drift = DRIFT_IGNORE};
    struct page page;
    struct error ignored;
    int result = paginate_init(&c->paginate, &o->paging, &one, &http, e);
    if (result == 0) {
        paginate_next(&c->paginate, &page, &c->ask.request);
        c->ask.first = offset == 0;
        bool asks = !bare || paginate_bare(&c->paginate, &c->ask.request);
        result = asks && ask_request(&c->ask, &c->places) ? because(c, e) : 0;
    }
    if (result == 0 && !paginate_seeks(&c->paginate)) {
        struct answer answer = ask_answer(&c->ask);
        page.got = c->ask.split.count;
        c->more = paginate_learn(&c->paginate, &page, &answer, &c->ask.request, &ignored) != PAGE_LAST;
    }
    paginate_free(&c->paginate);
    return result;
}

static int ask_page(struct count *c, int64_t offset, struct error *e)
{
    return ask_list(c, offset, false, e);
}

/* Is there a record after those of the first page? -1: error. */
static int goes_on(struct count *c, struct error *e)
{
    struct error ended = {0};
    if (!paginate_seeks(&c->paginate))
        return c->more;
    if (ask_page(c, c->ask.split.count, &ended))
        return ended.code == EXIT_REFUSED ? 0 : (*e = ended, -1);
    return c->ask.split.count > 0;
}

static struct slice envelope_of(struct count *c)
{
    return (struct slice){buf_text(&c->ask.envelope), c->ask.envelope.len};
}

/* A number in a body that equals the length of the page may be just that. The record after it tells; so does another,
 * larger number, which the second page confirms, and the same number where it counts both pages: the list has grown. */
static int check_page_length(struct count *c, struct total *total, struct error *e)
{
    struct total larger, again;
    struct error ignored;
    if (!total->guessed || total->records != c->ask.split.count || total->records == 0)
        return 0;
    bool other = total_larger(envelope_of(c), total->records, &larger);
    int more = goes_on(c, e);
    if (more < 1)
        return more;
    if (other && total_larger(envelope_of(c), c->ask.split.count, &again) && again.records == larger.records) {
        *total = larger;
        return 0;
    }
    if (find_total(c, &again, &ignored) == 1 && again.records >= total->records + c->ask.split.count) {
        *total = again;
        return 0;
    }
    error_set(e, EXIT_ANSWER, PAGE_LENGTH, total->where);
    return about_answer(c, e);
}

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
    int more = size ? goes_on(c, e) : 0;
    if (more <= 0)
        return more < 0 ? -1 : counted(c, size, e);
    error_set(e, EXIT_ANSWER, "the answer has no link to a last page (rel=\"last\")");
    return about_answer(c, e);
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
        result = ask_get(&c->ask, buf_text(&second), &c->places) ? because(c, e) : 0;
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
    if (number_combine(n, 1, c->ask.split.count, &all) && find_total(c, &said, &ignored) == 1 && said.records > all) {
        error_set(e, EXIT_ANSWER,
                  "the links lead to %" PRId64 " records, and %s says %" PRId64 ": the API does not give all of them",
                  all, said.where, said.records);
        return about_answer(c, e);
    }
    if (number_combine(n, 1, c->ask.split.count, &all))
        return counted(c, all, e);
    error_set(e, EXIT_ANSWER, "the link to the last page says that there are more records than can be counted");
    return about_answer(c, e);
}

/* The link to the last page says how many pages there are; how long the last one is, it says itself. */
static int count_by_last_page(struct count *c, struct error *e)
{
    struct buf link = {0}, last = {0};
    int result = -1;
    if (!ask_link(&c->ask, "last", &link))
        return count_one_page(c, e);
    int64_t n = before_last(c, buf_text(&link), e);
    if (n > c->ask.split.count && check_second(c, e))
        n = -1;
    if (n < 0 || origin_link(&c->ask.http, c->ask.exchange->request.url.data, buf_text(&link), &last, e) < 0)
        about_answer(c, e);
    else
        result = ask_get(&c->ask, buf_text(&last), &c->places) ? because(c, e) : counted_from(c, n, e);
    buf_free(&link);
    buf_free(&last);
    return result;
}

/* No records, and an error beside them: that is not a count. */
static int check_denial(struct count *c, struct error *e)
{
    struct slice said = envelope_of(c);
    if (c->ask.split.count || c->ask.exchange->action == RULE_OK || !refusal_is(said, (struct slice){0}))
        return 0;
    answer_denied(c->ask.exchange, said, e);
    return about_answer(c, e);
}

/* Is that number the count? A page that is the whole list says so; so does a page of one record when the number is
 * larger, for then it is not the page's length; else the list itself, where any place in it can be asked for: there is
 * a record before that place, and none from it on. */
static bool is_proven(struct count *c, int64_t total)
{
    struct error ignored = {0};
    bool seeks = paginate_seeks(&c->paginate);
    int64_t got = c->ask.split.count;
    if (got == 0 || (!seeks && !c->more))
        return total == got;
    if (got == 1 && total > 1)
        return true;
    if (!seeks || total < 1 || ask_page(c, total - 1, &ignored) || c->ask.split.count == 0)
        return false;
    if (ask_page(c, total, &ignored))
        return ignored.code == EXIT_REFUSED;
    return c->ask.split.count == 0;
}

/* By the names that are not to be trusted without a proof. */
static int count_by_guess(struct count *c, struct error *e)
{
    struct total total;
    struct slice envelope = envelope_of(c);
    if (total_guess(answer_header, c->ask.exchange, envelope, c->ask.split.count, &total, e) == 1 &&
        is_proven(c, total.records))
        return counted(c, total.records, e);
    error_set(e, EXIT_ANSWER,
              "the API does not say how many records there are: say where the count is with --count-from");
    return about_answer(c, e);
}

/* What it counts may be only what it has found. */
static int check_partial(struct count *c, struct error *e)
{
    if (c->ask.exchange->action != RULE_PARTIAL || c->ask.exchange->rule->at_end)
        return 0;
    error_set(e, EXIT_ANSWER, "the answer says that it is not all (%s), so what it counts is not either",
              c->ask.exchange->rule->text);
    return about_answer(c, e);
}

/* A total of all, beside a filter that it does not heed. */
static int check_heeded(struct count *c, const struct total *total, struct error *e)
{
    const char *source = c->options->paging.count_from, *slash = strpbrk(source, "/:");
    struct buf name = {0}, value = {0};
    int result = 0;
    while (slash && strpbrk(slash + 1, "/:."))
        slash = strpbrk(slash + 1, "/:.");
    const char *last = total->name ? total->name->name : slash ? slash + 1 : "";
    for (const struct usual *u = usual_first(USUAL_UNHEEDING); u && strcmp(u->name, last) == 0; u = usual_next(u)) {
        const char *rest = url_queries(c->ask.exchange->request.url.data);
        while (!result && url_next_query(&rest, &name, &value))
            if (strstr(buf_text(&name), u->parameter))
                result = error_set(e, EXIT_ANSWER, "%s counts all records, whatever %s filters: there is no count",
                                   last, name.data);
    }
    buf_free(&name);
    buf_free(&value);
    return result ? about_answer(c, e) : 0;
}

/* Servers take parameters that they do not know for filters, or drop all filters when they do not know one: then what
 * counts is the total without ours. */
static int check_filtered(struct count *c, struct total *total, struct error *e)
{
    struct error ignored = {0};
    const struct request_options *request = &c->options->request;
    bool filtered = request->query.count || strchr(request->url, '?');
    if (total->records && !filtered)
        return 0;
    struct total bare;
    if (ask_list(c, 0, true, &ignored) || find_total(c, &bare, &ignored) < 1 || bare.records == total->records)
        return 0;
    *total = bare;
    return check_denial(c, e);
}

static int count_by_page(struct count *c, struct error *e)
{
    struct total total;
    if (ask_page(c, 0, e))
        return -1;
    if (c->ask.empty || c->ask.no_content)
        return counted(c, 0, e);
    if (check_denial(c, e) || check_partial(c, e))
        return -1;
    if (c->source.kind == TOTAL_LAST_PAGE)
        return count_by_last_page(c, e);
    int found = find_total(c, &total, e);
    if (found == 0 && c->source.kind == TOTAL_AUTO)
        return count_by_guess(c, e);
    if (found == 0)
        error_set(e, EXIT_ANSWER,
                  "the API does not say how many records there are: say where the count is with --count-from");
    if (found < 1)
        return about_answer(c, e);
    return check_heeded(c, &total, e) || check_filtered(c, &total, e) || check_page_length(c, &total, e)
               ? -1
               : counted(c, total.records, e);
}

/* ---- by a counting URL ---- */

/* With the queries of the list that it lacks: what filters the list filters the count. */
static int counting_url(struct buf *list, const char *reference, struct buf *url, struct error *e)
{
    struct buf name = {0}, value = {0}, own = {0};
    if (url_resolve(buf_text(list), reference, url))
        return error_set(e, EXIT_USAGE, "--count-from url: that is not a URL");
    buf_adds(&own, buf_text(url));
    for (const char *rest = url_queries(list->data); url_next_query(&rest, &name, &value);) {
        struct buf ignored = {0};
        if (!url_query(buf_text(&own), buf_text(&name), &ignored))
            url_add_query(url, name.data, value.data, value.len);
        buf_free(&ignored);
    }
    buf_free(&name);
    buf_free(&value);
    buf_free(&own);
    return 0;
}

/* --count-from url:, else the list's own with /count after its path; filters stay. */
static int make_count_request(struct count *c, struct error *e)
{
    struct paginate p;
    struct request *r = &c->ask.request;
    int result = paginate_init(&p, &c->options->paging, &c->options->range, &c->ask.http, e);
    request_clear(r);
    r->repeatable = true;
    r->method = request_options_method(&c->options->request);
    buf_swap(&r->body, &p.body);
    if (result == 0 && c->source.kind == TOTAL_URL) {
        result = counting_url(&p.base, c->source.url, &r->url, e);
    } else if (result == 0) {
        buf_swap(&r->url, &p.base);
        result = url_add_segment(&r->url, "count", e);
    }
    paginate_free(&p);
    return result;
}

/* Does this failure only mean that there is no counting URL? */
static bool no_such_url(const struct error *e)
{
    return e->code == EXIT_REFUSED || e->code == EXIT_ANSWER;
}

static int count_by_url(struct count *c, struct error *e)
{
    struct total total;
    bool guess = c->source.kind == TOTAL_AUTO;
    if (make_count_request(c, e))
        return -1;
    c->ask.first = !guess; /* where we guess, 404 says something of the guess */
    if (ask_request(&c->ask, NULL))
        return guess && no_such_url(&c->ask.error) ? count_by_page(c, e) : because(c, e);
    if (c->ask.empty || (c->ask.no_content && !guess))
        return counted(c, 0, e);
    if (c->ask.no_content)
        return count_by_page(c, e);
    int found = total_of_count(&c->source, buf_text(&c->ask.envelope), c->ask.envelope.len, &total, e);
    if (found > 0)
        return counted(c, total.records, e);
    if (found == 0 && guess)
        return count_by_page(c, e);
    if (found == 0)
        error_set(e, EXIT_ANSWER,
                  "the answer of the counting URL has no count: say where it is with --count-from url:URL#PATH");
    return about_answer(c, e);
}

int cmd_count(const struct options *o, struct error *e)
{
    struct count c = {.options = o, .ask = {.http = options_http(o), .note = on_note}};
    int result = -1;
    c.ask.ctx = &c;
    terminal_init(&c.terminal, o->run.quiet, PROGRESS_NONE, -1);
    if (paging_records(o->paging.records, &c.places, e) == 0 && total_parse(&c.source, o->paging.count_from, e) == 0 &&
        ask_init(&c.ask, e) == 0)
        result = c.source.kind == TOTAL_AUTO || c.source.kind == TOTAL_URL ? count_by_url(&c, e) : count_by_page(&c, e);
    ask_free(&c.ask);
    path_free(&c.places);
    total_free(&c.source);
    return result;
}
