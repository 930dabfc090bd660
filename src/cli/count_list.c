/* count_list: the number of records of one list. An exact count or an error, never a guess. */
#include "cli/count_list.h"

#include <string.h>

#include "cli/count_links.h"
#include "http/answer.h"
#include "http/url.h"
#include "json/refusal.h"

#define PAGE_LENGTH "'%s' is the length of a page, not of the list: say where the count is with --count-from"

/* ---- by a page of the list ---- */

/* No records, and an error beside them: that is not a count. */
static int check_denial(struct count *c, struct error *e)
{
    struct slice said = count_envelope(c);
    if (c->ask.split.count || c->ask.exchange->action == RULE_OK || !refusal_is(said, (struct slice){0}))
        return 0;
    answer_denied(c->ask.exchange, said, e);
    return count_about_answer(c, e);
}

/* What it counts may be only what it has found. */
static int check_partial(struct count *c, struct error *e)
{
    if (c->ask.exchange->action != RULE_PARTIAL || c->ask.exchange->rule->at_end)
        return 0;
    error_set(e, EXIT_ANSWER, "the answer says that it is not all (%s), so what it counts is not either",
              c->ask.exchange->rule->text);
    return count_about_answer(c, e);
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
    return result ? count_about_answer(c, e) : 0;
}

static bool is_learned(const struct count *c, const char *url)
{
    const struct buf *path = &c->learned->path;
    return path->len && path->len == strcspn(url, "?") && memcmp(path->data, url, path->len) == 0;
}

/* A total that is the same without our parameters. Where a second one, of another query, is smaller, both are what
 * these filter: they hold beside ours. That the list has grown between the two would not make it smaller. */
static void learn_filters(struct count *c, int64_t records)
{
    struct count_learned *l = c->learned;
    const char *url = c->ask.http.request->url;
    if (!l || !c->same || !records || l->heeded)
        return;
    l->heeded = is_learned(c, url) && records < l->total;
    l->total = records;
    buf_clear(&l->path);
    buf_add(&l->path, url, strcspn(url, "?"));
}

static int end_total(struct count *c, int64_t records, struct error *e)
{
    learn_filters(c, records);
    return count_ends(c, records, e);
}

/* The record after a page tells whether its total is its length; so does another, larger number, which the second page
 * confirms, and the same number where it counts both pages: the list has grown. */
static int judge_length(struct count *c, struct error *e)
{
    struct total again;
    struct error ignored;
    if (!c->more)
        return end_total(c, c->total.records, e);
    if (c->has_larger && total_larger(count_envelope(c), c->ask.split.count, &again) &&
        again.records == c->larger.records)
        return end_total(c, again.records, e);
    if (count_total(c, &again, &ignored) == 1 && again.records >= c->total.records + c->ask.split.count)
        return end_total(c, again.records, e);
    error_set(e, EXIT_ANSWER, PAGE_LENGTH, c->total.where);
    return count_about_answer(c, e);
}

/* A number in a body that equals the length of the page may be just that. */
static int check_page_length(struct count *c, struct error *e)
{
    const struct total *total = &c->total;
    if (!total->guessed || total->records != c->ask.split.count || total->records == 0 ||
        (c->learned && c->learned->longer))
        return end_total(c, total->records, e);
    c->has_larger = total_larger(count_envelope(c), total->records, &c->larger);
    return count_goes_on(c, judge_length, e);
}

static int prove(struct count *c, bool proven, struct error *e)
{
    if (proven)
        return count_ends(c, c->total.records, e);
    error_set(e, EXIT_ANSWER,
              "the API does not say how many records there are: say where the count is with --count-from");
    return count_about_answer(c, e);
}

static int judge_end(struct count *c, struct error *e)
{
    return prove(c, c->ask.failed ? c->ask.error.code == EXIT_REFUSED : c->ask.split.count == 0, e);
}

static int judge_last_record(struct count *c, struct error *e)
{
    return c->ask.failed || c->ask.split.count == 0 ? prove(c, false, e) : count_ask(c, c->total.records, judge_end, e);
}

/* By the names that are not to be trusted without a proof. A page that is the whole list is one; so is a page of one
 * record when the number is larger, for then it is not the page's length; else the list itself, where any place in it
 * can be asked for: there is a record before that place, and none from it on. */
static int count_by_guess(struct count *c, struct error *e)
{
    bool seeks = paginate_seeks(&c->paginate);
    int64_t got = c->ask.split.count, *total = &c->total.records;
    if (total_guess(answer_header, c->ask.exchange, count_envelope(c), got, &c->total, e) != 1)
        return prove(c, false, e);
    if (got == 0 || (!seeks && !c->more))
        return prove(c, *total == got, e);
    if (got == 1 && *total > 1)
        return prove(c, true, e);
    return !seeks || *total < 1 ? prove(c, false, e) : count_ask(c, *total - 1, judge_last_record, e);
}

/* Servers take parameters that they do not know for filters, or drop all filters when they do not know one: then what
 * counts is the total without ours. */
static int compare_bare(struct count *c, struct error *e)
{
    struct total bare;
    struct error ignored;
    bool told = !c->ask.failed && count_total(c, &bare, &ignored) == 1;
    c->same = told && bare.records == c->total.records;
    if (told && !c->same) {
        c->total = bare;
        if (check_denial(c, e))
            return -1;
    }
    bool longer = c->same && c->got && c->total.records > c->got; /* whatever the page without our parameters has */
    if (c->learned && c->got)
        c->learned->longer |= c->total.records > c->got;
    return longer ? end_total(c, c->total.records, e) : check_page_length(c, e);
}

/* A page of the list says so. */
static int check_filtered(struct count *c, struct error *e)
{
    const struct request_options *request = c->ask.http.request;
    bool filtered = request->query.count || strchr(request->url, '?');
    c->got = c->ask.split.count;
    if (check_heeded(c, &c->total, e))
        return -1;
    if ((!c->total.records || filtered) && !(c->learned && c->learned->heeded && is_learned(c, request->url)))
        return count_ask_bare(c, compare_bare, e);
    if (c->learned && c->got)
        c->learned->longer |= c->total.records > c->got;
    return check_page_length(c, e);
}

static int judge_page(struct count *c, struct error *e)
{
    if (c->ask.failed)
        return count_because(c, e);
    if (c->ask.empty || c->ask.no_content)
        return count_ends(c, 0, e);
    if (check_denial(c, e) || check_partial(c, e))
        return -1;
    if (c->source.kind == TOTAL_LAST_PAGE)
        return count_by_links(c, e);
    int found = count_total(c, &c->total, e);
    if (found == 0)
        return c->source.kind == TOTAL_AUTO ? count_by_guess(c, e) : prove(c, false, e);
    return found < 0 ? count_about_answer(c, e) : check_filtered(c, e);
}

static int count_by_page(struct count *c, struct error *e)
{
    return count_ask(c, 0, judge_page, e);
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
    r->method = request_options_method(c->ask.http.request);
    buf_swap(&r->body, &p.body);
    buf_add(&r->headers, c->headers.text, c->headers.len);
    if (result == 0 && c->source.kind == TOTAL_URL) {
        result = counting_url(&p.base, c->source.url, &r->url, e);
    } else if (result == 0) {
        buf_swap(&r->url, &p.base);
        result = url_add_segment(&r->url, "count", e);
    }
    paginate_free(&p);
    return result;
}

/* Does this failure only mean that there is no counting URL? Of a URL that they do not have servers also say 401 or
 * 403, as gateways do, or 500, because `count` is no id: whether it means more, the list tells. */
static bool no_such_url(const struct error *e)
{
    return e->code == EXIT_REFUSED || e->code == EXIT_ANSWER || (e->code == EXIT_DENIED && e->http_status) ||
           e->http_status == 500;
}

static int judge_count(struct count *c, struct error *e)
{
    struct total total;
    bool guess = c->source.kind == TOTAL_AUTO;
    c->ask.guess = false;
    c->by_page = c->ask.failed && guess && no_such_url(&c->ask.error);
    if (c->ask.failed)
        return c->by_page ? count_by_page(c, e) : count_because(c, e);
    if (check_partial(c, e))
        return -1;
    if (c->ask.empty || (c->ask.no_content && !guess))
        return count_ends(c, 0, e);
    if (c->ask.no_content)
        return count_by_page(c, e);
    int found = total_of_count(&c->source, buf_text(&c->ask.envelope), c->ask.envelope.len, &total, e);
    if (found > 0)
        return count_ends(c, total.records, e);
    c->by_page = found == 0 && guess;
    if (c->by_page)
        return count_by_page(c, e);
    if (found == 0)
        error_set(e, EXIT_ANSWER,
                  "the answer of the counting URL has no count: say where it is with --count-from url:URL#PATH");
    return count_about_answer(c, e);
}

static int count_by_url(struct count *c, struct error *e)
{
    bool guess = c->source.kind == TOTAL_AUTO;
    if (make_count_request(c, e))
        return -1;
    c->ask.first = !guess; /* where we guess, 404 says something of the guess */
    c->ask.guess = guess;
    return count_asks(c, NULL, judge_count);
}

int count_start(struct count *c, struct error *e)
{
    enum total_kind kind = c->source.kind;
    return (kind == TOTAL_AUTO && !c->by_page) || kind == TOTAL_URL ? count_by_url(c, e) : count_by_page(c, e);
}

int count_list(struct count *c, struct error *e)
{
    int step = count_start(c, e);
    while (step == COUNT_ASKS) {
        ask_request(&c->ask, c->ask.places);
        step = count_take(c, e);
    }
    return step;
}
