/* count_run: the state of a count. */
#include "cli/count_run.h"

#include <inttypes.h>

#include "base/io.h"
#include "http/answer.h"

int count_begin(struct count *c, const struct options *o, struct error *e)
{
    c->options = o;
    return paging_records(o->paging.records, &c->places, e) || total_parse(&c->source, o->paging.count_from, e) ? -1
                                                                                                                : 0;
}

int count_summarize(const struct options *o, const struct report_count *summary, struct error *e)
{
    int64_t fd = o->run.summary_fd;
    struct buf line = {0};
    report_count(summary, &line);
    int result = fd >= 0 ? io_write_lines((int)fd, line.data, line.len, e) : 0;
    buf_free(&line);
    return result;
}

void count_free(struct count *c)
{
    ask_free(&c->ask);
    path_free(&c->places);
    total_free(&c->source);
    paginate_free(&c->paginate);
    buf_free(&c->last);
}

int count_because(struct count *c, struct error *e)
{
    *e = c->ask.error;
    return -1;
}

int count_about_answer(struct count *c, struct error *e)
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
    return count_about_answer(c, e);
}

int count_ends(struct count *c, int64_t records, struct error *e)
{
    c->records = records;
    return check_limit(c, records, e) ? -1 : COUNT_ENDS;
}

int count_total(struct count *c, struct total *total, struct error *e)
{
    return total_find(&c->source, answer_header, c->ask.exchange, buf_text(&c->ask.envelope), c->ask.envelope.len,
                      total, e);
}

struct slice count_envelope(struct count *c)
{
    return (struct slice){buf_text(&c->ask.envelope), c->ask.envelope.len};
}

/* ---- the next request ---- */

int count_asks(struct count *c, const struct path *places, int (*then)(struct count *c, struct error *e))
{
    ask_ready(&c->ask, places);
    c->then = then;
    c->pages = false;
    return COUNT_ASKS;
}

int count_asks_url(struct count *c, const char *url, int (*then)(struct count *c, struct error *e))
{
    ask_to_get(&c->ask, url);
    buf_add(&c->ask.request.headers, c->headers.text, c->headers.len);
    return count_asks(c, &c->places, then);
}

static int make_page(struct count *c, int64_t offset, struct error *e)
{
    const struct options *o = c->options;
    struct range_options one = {.offset = offset,
                                .limit = NOT_GIVEN,
                                .page_size = 1,
                                .max_pages = NOT_GIVEN,
                                .planned_total = NOT_GIVEN,
                                .result_limit = NOT_GIVEN,
                                .on_drift = DRIFT_IGNORE};
    c->range = one;
    paginate_free(&c->paginate);
    if (paginate_init(&c->paginate, &o->paging, &c->range, &c->ask.http, e))
        return -1;
    buf_add(&c->paginate.headers, c->headers.text, c->headers.len);
    paginate_next(&c->paginate, &c->page, &c->ask.request);
    return 0;
}

static int ask_page(struct count *c, int64_t offset, int (*then)(struct count *c, struct error *e))
{
    c->ask.first = offset == 0;
    count_asks(c, &c->places, then);
    c->pages = true;
    return COUNT_ASKS;
}

int count_ask(struct count *c, int64_t offset, int (*then)(struct count *c, struct error *e), struct error *e)
{
    return make_page(c, offset, e) ? -1 : ask_page(c, offset, then);
}

int count_ask_bare(struct count *c, int (*then)(struct count *c, struct error *e), struct error *e)
{
    if (make_page(c, 0, e))
        return -1;
    return paginate_bare(&c->paginate, &c->ask.request) ? ask_page(c, 0, then) : then(c, e);
}

/* ---- its answer ---- */

/* Does the page lead on? */
static void learn_page(struct count *c)
{
    struct error ignored;
    struct answer answer = ask_answer(&c->ask);
    c->page.got = c->ask.split.count;
    c->more = paginate_learn(&c->paginate, &c->page, &answer, &c->ask.request, &ignored) != PAGE_LAST;
}

int count_take(struct count *c, struct error *e)
{
    if (c->pages && !c->ask.failed && !paginate_seeks(&c->paginate))
        learn_page(c);
    return c->then(c, e);
}

static int learn_goes_on(struct count *c, struct error *e)
{
    if (c->ask.failed && c->ask.error.code != EXIT_REFUSED)
        return count_because(c, e);
    c->more = !c->ask.failed && c->ask.split.count > 0;
    return c->after(c, e);
}

int count_goes_on(struct count *c, int (*then)(struct count *c, struct error *e), struct error *e)
{
    c->after = then;
    return paginate_seeks(&c->paginate) ? count_ask(c, c->ask.split.count, learn_goes_on, e) : then(c, e);
}
