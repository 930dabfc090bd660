/* read: the records of a range, as NDJSON or an Arrow IPC stream on standard output. */
#include "cli/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/io.h"
#include "cli/advice.h"
#include "cli/read_learn.h"
#include "cli/read_output.h"
#include "cli/read_page.h"
#include "cli/report.h"
#include "pages/follow.h"

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = &r->held[x->slot];
    (void)e;
    h->split.count = 0; /* of an earlier page */
    if (!paginate_next(&r->paginate, &h->page, &x->request))
        return TRANSFER_NONE;
    x->offset = h->page.offset;
    x->first = h->page.offset == 0 && !r->options->paging.cursor;
    return TRANSFER_READY;
}

static bool on_matters(void *ctx, const struct exchange *x)
{
    struct read_run *r = ctx;
    return paginate_matters(&r->paginate, &r->held[x->slot].page);
}

static const struct transfer_ops read_ops = {
    .next = on_next,
    .begin = read_page_begin,
    .data = read_page_data,
    .kind = RULE_READ,
    .said = read_page_said,
    .whole = read_page_whole,
    .done = read_learn_done,
    .idle = read_output_write,
    .note = read_output_note,
    .matters = on_matters,
};

static int run(struct read_run *r, struct error *e)
{
    struct http_options http = options_http(r->options);
    unsigned parallel = options_parallel(r->options, 4);
    if (r->options->range.limit == 0)
        return 0;
    struct transfer *t = transfer_new(&http, parallel, &r->stats, e);
    struct transfer_ops ops = read_ops;
    if (!t)
        return -1;
    ops.endless = r->options->paging.stream;
    r->held = mem_zeroed(parallel, sizeof *r->held);
    r->slots = parallel;
    r->transfer = t;
    int result = transfer_run(t, &ops, r, e);
    for (unsigned i = 0; i < parallel; i++) {
        buf_free(&r->held[i].records);
        buf_free(&r->held[i].envelope);
        buf_free(&r->held[i].url);
        buf_free(&r->held[i].date);
    }
    free(r->held);
    return result;
}

static int check_coverage(struct read_run *r, struct error *e)
{
    const struct options *o = r->options;
    if (r->paginate.late.code) {
        *e = r->paginate.late;
        return -1;
    }
    if (o->range.expect >= 0 && r->written < o->range.expect)
        return error_set(e, EXIT_ANSWER,
                         "only %" PRId64 " records where --expect %" PRId64
                         " were expected: the list ended at offset %" PRId64,
                         r->written, o->range.expect, paging_sum(o->range.offset, r->written));
    if (o->range.max_pages >= 0 && !r->paginate.over && o->range.limit != 0)
        read_output_note(r, false, "stopped by --max-pages");
    return 0;
}

static int summarize(struct read_run *r, struct error *e)
{
    struct buf line = {0};
    struct report_summary s = {
        .records = r->written,
        .pages = r->paginate.pages,
        .bytes = r->bytes,
        .retries = r->stats.retries,
        .total = r->paginate.total,
        .first_offset = r->options->range.offset,
        .next_offset = paging_sum(r->options->range.offset, r->written),
        .next_skip = -1,
        .page_size = r->paginate.learned_size,
        .status = r->stats.status,
        .style = r->paginate.style->name,
        .seconds = io_seconds_since(&r->began),
    };
    if (r->options->paging.stream)
        s.next_skip = r->paginate.over && !r->enough ? -1 : s.next_offset;
    else if (!paginate_seeks(&r->paginate) && !r->ready_records)
        follow_resume(&r->paginate, &s.next_cursor, &s.next_skip);
    s.cursor_is_secret = r->transfer && s.next_cursor && transfer_hides(r->transfer, s.next_cursor);
    report_summary(&s, &line);
    int result = io_write_lines((int)r->options->run.summary_fd, line.data, line.len, e);
    buf_free(&line);
    return result;
}

static int check_fd(const char *option, int64_t fd, struct error *e)
{
    if (fd < 0 || io_is_open((int)fd))
        return 0;
    return error_set(e, EXIT_USAGE, "--%s %" PRId64 " is not an open file descriptor", option, fd);
}

int cmd_read(const struct options *o, struct error *e)
{
    struct read_run r = {.options = o, .records_known = o->paging.records != NULL};
    struct http_options http = options_http(o);
    clock_gettime(CLOCK_MONOTONIC, &r.began);
    bool meter = o->run.progress_meter && !o->network.verbose;
    terminal_init(&r.terminal, o->run.quiet, meter ? PROGRESS_ALONE : PROGRESS_NONE, o->range.limit);
    int result = -1;
    if (check_fd("summary-fd", o->run.summary_fd, e) || check_fd("envelope-fd", o->run.envelope_fd, e))
        result = -1;
    else if (o->paging.stream && o->run.envelope_fd >= 0)
        error_set(e, EXIT_USAGE, "--envelope-fd does not go with --stream");
    else if (o->paging.stream && o->paging.paginate != PAGING_NONE)
        error_set(e, EXIT_USAGE, "--stream goes with --paginate none");
    else if (paging_records(o->paging.records, &r.records, e) == 0 &&
             total_parse(&r.total_source, o->paging.count_from, e) == 0 &&
             paginate_init(&r.paginate, &o->paging, &o->range, &http, e) == 0 && read_output_begin(&r, e) == 0)
        result = run(&r, e);
    read_output_end(&r);
    if (result && !r.paginate.pages && !e->quiet)
        advice_add(o, e);
    if (result == 0)
        result = check_coverage(&r, e);
    if (read_output_finish(&r, result != 0, e))
        result = -1;
    struct error lost = {0};
    if (o->run.summary_fd >= 0 && r.paginate.style && !io_signalled() && summarize(&r, &lost) && result == 0) {
        *e = lost;
        result = -1;
    }
    transfer_free(r.transfer);
    read_output_free(&r);
    buf_free(&r.ready);
    buf_free(&r.ready_about);
    paginate_free(&r.paginate);
    total_free(&r.total_source);
    path_free(&r.records);
    return result;
}
