/* plan: what the reading of a list would take.
 *
 * The count and the first pages are under way at the same time. They are requests of their own: pages of one record and
 * of many show whether a total is that of the list, or the length or the number of its pages. */
#include "cli/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/count_list.h"
#include "cli/read_learn.h"
#include "cli/read_list.h"
#include "cli/read_output.h"
#include "cli/read_page.h"
#include "cli/report.h"
#include "http/answer.h"
#include "http/rate.h"
#include "http/ratelimit.h"
#include "pages/styles.h"
#include "json/lines.h"

enum { PAGES = 2 };

struct plan {
    const struct options *options;
    struct count count;
    int step;               /* of the count */
    bool asked;             /* its first request has been made */
    int64_t requests;       /* it has made */
    struct error uncounted; /* code 0: counted, or not yet */
    struct read_shared shared;
    struct read_run read;
    bool ended;          /* the read has */
    struct error unread; /* code 0: it has not failed */
    int64_t given;       /* records of the first page; -1: unknown */
    int64_t page_size;   /* -1: unknown */
    char first[17];      /* digest of the first record, hexadecimal; empty: there is none */
    double left, reset;  /* by the last answer */
    struct buf date;
    struct terminal terminal;
};

/* ---- the count ---- */

static int next_of_count(struct plan *p, struct exchange *x, struct error *e)
{
    p->asked = true;
    p->requests++;
    return ask_ops.next(&p->count.ask, x, e);
}

static void note_end(struct plan *p, int step)
{
    const char *date = answer_header(p->count.ask.exchange, "Date", NULL);
    p->step = step;
    buf_clear(&p->date);
    buf_adds(&p->date, date ? date : "");
}

/* Nothing is wanted of the pages: there is no count, or the list ends before the range begins. */
static bool needs_no_page(const struct plan *p)
{
    return p->uncounted.code || (p->step == COUNT_ENDS && p->count.records <= p->options->range.offset);
}

static int done_count(struct plan *p, struct exchange *x, struct error *e)
{
    ask_ops.done(&p->count.ask, x, e);
    int step = count_take(&p->count, &p->uncounted);
    if (step == COUNT_ASKS)
        return next_of_count(p, x, e) == TRANSFER_READY ? TRANSFER_AGAIN : -1;
    note_end(p, step);
    return needs_no_page(p) ? TRANSFER_STOP : TRANSFER_DONE;
}

/* ---- the pages ---- */

static int done_page(struct plan *p, struct exchange *x)
{
    if (p->given < 0 && !x->failed)
        p->given = p->shared.held[x->slot].split.count;
    int next = read_learn_done(&p->read, x, &p->unread);
    if (next == TRANSFER_AGAIN)
        return next;
    if (next < 0)
        transfer_locate(x, &p->unread);
    p->ended |= next != TRANSFER_DONE;
    return needs_no_page(p) ? TRANSFER_STOP : TRANSFER_DONE;
}

/* How many of the pages had records. */
static size_t count_pages(const struct read_run *r)
{
    size_t n = 0;
    for (const struct waiting_page *w = r->waiting; w < r->waiting + r->waiting_count; w++)
        n += w->records > 0;
    return n;
}

static int begin_read(struct plan *p, struct range_options range, struct error *e)
{
    struct http_options http = options_http(p->options);
    p->read = (struct read_run){.options = p->options,
                                .shared = &p->shared,
                                .range = range,
                                .paging = p->options->paging,
                                .waits = true}; /* for good: nothing is written */
    return read_list_begin(&p->read, &http, e);
}

static void end_read(struct plan *p)
{
    read_output_forget(&p->read);
    read_list_free(&p->read);
}

/* A range of one page does not show whether the server heeds offsets: the first two records do, one by one. */
static int check_offsets(struct plan *p, struct error *e)
{
    struct range_options two = p->options->range;
    two.offset = 0;
    two.limit = 2;
    two.page_size = 1;
    two.expect = two.planned_total = NOT_GIVEN;
    end_read(p);
    return begin_read(p, two, e) || transfer_run(p->shared.transfer, &read_list_ops, &p->read, e) ||
                   read_list_check(&p->read, e)
               ? -1
               : 0;
}

/* ---- the window ---- */

static bool is_of_count(const struct plan *p, const struct exchange *x)
{
    return x->ctx == &p->count.ask;
}

/* With --rate a request may cost seconds: pages are asked for when they are known to be wanted. */
static bool may_read(const struct plan *p)
{
    return !p->ended && !needs_no_page(p) && (!p->options->network.rate || p->step != COUNT_ASKS);
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct plan *p = ctx;
    if (p->step == COUNT_ASKS && !p->asked)
        return next_of_count(p, x, e);
    return may_read(p) && read_list_next(&p->read, x) ? TRANSFER_READY : TRANSFER_NONE;
}

static const char *header_of(const void *answer, const char *name)
{
    return answer_header(answer, name, NULL);
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct plan *p = ctx;
    ratelimit_left(header_of, x, io_time(), &p->left, &p->reset);
    return is_of_count(p, x) ? done_count(p, x, e) : done_page(p, x);
}

static bool on_apart(void *ctx, const struct exchange *x, const struct exchange *y)
{
    const struct plan *p = ctx;
    return is_of_count(p, x) != is_of_count(p, y);
}

static int on_idle(void *ctx, struct error *e)
{
    struct plan *p = ctx;
    return read_output_write(&p->read, e);
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct plan *p = ctx;
    terminal_note(&p->terminal, verbose, line);
}

static const struct transfer_ops plan_ops = {
    .next = on_next,
    .kind = RULE_READ,
    .done = on_done,
    .apart = on_apart,
    .idle = on_idle,
    .note = on_note,
};

/* ---- the whole ---- */

/* Of a list that is all on one page the server's own page size does not show. */
static int64_t page_size(const struct plan *p)
{
    int64_t asked = p->options->range.page_size, given = p->given, records = p->count.records;
    if (p->read.paginate.learned_size > 0)
        return p->read.paginate.learned_size;
    if (given <= 0)
        return given < 0 ? asked : -1;
    bool more = paging_sum(p->options->range.offset, given) < records;
    return more && (given < asked || p->options->paging.paginate == PAGING_NONE) ? given : asked;
}

/* Of a list of so many records. */
static int64_t records_of_range(const struct range_options *o, int64_t total)
{
    int64_t end = o->limit < 0 ? total : paging_sum(o->offset, o->limit);
    end = end < total ? end : total;
    return end > o->offset ? end - o->offset : 0;
}

static void estimate(const struct plan *p, double interval, struct report_plan *plan)
{
    int64_t size = plan->page_size > 0 ? plan->page_size : p->options->range.page_size;
    if (p->uncounted.code)
        return;
    plan->total = p->count.records;
    plan->records = records_of_range(&p->options->range, plan->total);
    plan->pages = plan->records / size + (plan->records % size > 0);
    plan->pages = plan->pages ? plan->pages : 1;
    plan->requests = plan->pages + p->requests;
    plan->minutes = interval > 0 ? (double)plan->requests * interval / 60 : -1;
}

static int print(const struct plan *p, struct error *e)
{
    const struct options *o = p->options;
    struct buf line = {0};
    struct rate rate;
    struct report_plan plan = {.records = -1,
                               .total = -1,
                               .page_size = p->page_size,
                               .pages = -1,
                               .requests = -1,
                               .minutes = -1,
                               .left = p->left,
                               .reset = p->reset,
                               .style = styles_find(o->paging.paginate)->name,
                               .first = *p->first ? p->first : NULL,
                               .doubt = p->uncounted.code ? p->uncounted.message : NULL};
    if (rate_init(&rate, o->network.rate, NULL, 0, e))
        return -1;
    estimate(p, rate.interval, &plan);
    rate_free(&rate);
    report_plan(&plan, &line);
    struct report_count summary = {.records = plan.total,
                                   .requests = p->shared.stats.requests,
                                   .date = p->date.len ? p->date.data : NULL,
                                   .style = plan.style,
                                   .page_size = plan.page_size};
    int result = io_write_lines(STDOUT_FILENO, line.data, line.len, e) || count_summarize(o, &summary, e);
    buf_free(&line);
    return result ? -1 : 0;
}

/* Is there a count, or may there be none? */
static int judge_count(const struct plan *p, bool counted, struct error *e)
{
    const struct error *why = &p->uncounted;
    if (!why->code || (!counted && why->code == EXIT_ANSWER && p->count.source.kind == TOTAL_AUTO))
        return 0;
    *e = *why;
    return -1;
}

/* By it a reader knows whether the list still begins with the same record. */
static void note_first(struct plan *p)
{
    struct waiting_page *w = p->read.waiting;
    struct slice line = {0};
    if (p->read.waiting_count)
        line = lines_first((struct slice){buf_text(&w->lines), w->lines.len});
    if (line.len) {
        struct slice record = lines_record(line);
        snprintf(p->first, sizeof p->first, "%016" PRIx64, mem_digest(record.text, record.len));
    }
}

static int judge_pages(struct plan *p, struct error *e)
{
    note_first(p);
    if (needs_no_page(p))
        return 0;
    p->page_size = page_size(p);
    p->read.range.max_pages = NOT_GIVEN; /* which is no news */
    if (p->unread.code || read_list_check(&p->read, &p->unread)) {
        *e = p->unread;
        return -1;
    }
    return p->options->range.offset && count_pages(&p->read) < PAGES ? check_offsets(p, e) : 0;
}

static int run(struct plan *p, struct error *e)
{
    struct http_options http = options_http(p->options);
    p->shared.transfer = transfer_new(&http, p->shared.slots, &p->shared.stats, e);
    if (!p->shared.transfer)
        return -1;
    p->step = count_start(&p->count, e);
    return p->step < 0 ? -1 : transfer_run(p->shared.transfer, &plan_ops, p, e);
}

static void free_plan(struct plan *p)
{
    count_free(&p->count);
    end_read(p);
    transfer_free(p->shared.transfer);
    for (struct held_page *h = p->shared.held; h < p->shared.held + p->shared.slots; h++)
        read_page_free(h);
    free(p->shared.held);
    list_free(&p->shared.told);
    buf_free(&p->date);
}

int plan_make(const struct options *o, bool counted, struct error *e)
{
    struct range_options range = o->range;
    struct plan p = {.options = o, .given = -1, .page_size = -1, .left = -1, .reset = -1};
    p.shared.output.fd = p.shared.state_lock = -1;
    range.limit = range.expect = NOT_GIVEN;
    range.max_pages = PAGES;
    terminal_init(&p.terminal, o->run.quiet, PROGRESS_NONE, -1);
    terminal_init(&p.shared.terminal, true, PROGRESS_NONE, -1); /* what is odd about pages, reading them says */
    p.shared.slots = options_parallel(o, PAGES) < PAGES ? 1 : PAGES;
    p.shared.held = mem_zeroed(p.shared.slots, sizeof *p.shared.held);
    p.count.ask = (struct ask){.http = options_http(o), .note = terminal_tell, .ctx = &p.terminal};
    int result = count_begin(&p.count, o, e) || begin_read(&p, range, e) || run(&p, e) || judge_count(&p, counted, e) ||
                         judge_pages(&p, e) || print(&p, e)
                     ? -1
                     : 0;
    free_plan(&p);
    return result;
}
