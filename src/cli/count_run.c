/* count_run: the state of a count. */
#include "cli/count_run.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/plan.h"
#include "cli/report.h"
#include "http/answer.h"

int count_begin(struct count *c, const struct options *o, struct error *e)
{
    c->options = o;
    return paging_records(o->paging.records, &c->places, e) || total_parse(&c->source, o->paging.count_from, e) ? -1
                                                                                                                : 0;
}

void count_free(struct count *c)
{
    ask_free(&c->ask);
    path_free(&c->places);
    total_free(&c->source);
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
    if (check_limit(c, records, e))
        return -1;
    struct buf line = {0}, summary = {0};
    int64_t fd = c->learned ? -1 : c->options->run.summary_fd;
    c->records = records;
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

int count_total(struct count *c, struct total *total, struct error *e)
{
    return total_find(&c->source, answer_header, c->ask.exchange, buf_text(&c->ask.envelope), c->ask.envelope.len,
                      total, e);
}

/* One page of one record, at an offset; or the list as it is without our parameters, if we send any: else it is not
 * asked for, and the last answer stays. */
static int ask_list(struct count *c, int64_t offset, bool bare, struct error *e)
{
    const struct options *o = c->options;
    struct range_options one = {.offset = offset,
                                .limit = NOT_GIVEN,
                                .page_size = 1,
                                .max_pages = NOT_GIVEN,
                                .planned_total = NOT_GIVEN,
                                .result_limit = NOT_GIVEN,
                                .on_drift = DRIFT_IGNORE};
    struct page page;
    struct error ignored;
    int result = paginate_init(&c->paginate, &o->paging, &one, &c->ask.http, e);
    if (result == 0) {
        buf_add(&c->paginate.headers, c->headers.text, c->headers.len);
        paginate_next(&c->paginate, &page, &c->ask.request);
        c->ask.first = offset == 0;
        bool asks = !bare || paginate_bare(&c->paginate, &c->ask.request);
        result = asks && ask_request(&c->ask, &c->places) ? count_because(c, e) : 0;
    }
    if (result == 0 && !paginate_seeks(&c->paginate)) {
        struct answer answer = ask_answer(&c->ask);
        page.got = c->ask.split.count;
        c->more = paginate_learn(&c->paginate, &page, &answer, &c->ask.request, &ignored) != PAGE_LAST;
    }
    paginate_free(&c->paginate);
    return result;
}

int count_ask(struct count *c, int64_t offset, struct error *e)
{
    return ask_list(c, offset, false, e);
}

int count_ask_bare(struct count *c, struct error *e)
{
    return ask_list(c, 0, true, e);
}

int count_goes_on(struct count *c, struct error *e)
{
    struct error ended = {0};
    if (!paginate_seeks(&c->paginate))
        return c->more;
    if (count_ask(c, c->ask.split.count, &ended))
        return ended.code == EXIT_REFUSED ? 0 : (*e = ended, -1);
    return c->ask.split.count > 0;
}

struct slice count_envelope(struct count *c)
{
    return (struct slice){buf_text(&c->ask.envelope), c->ask.envelope.len};
}
