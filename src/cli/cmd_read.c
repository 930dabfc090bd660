/* read: the records of a range, as NDJSON or an Arrow IPC stream on standard output. */
#include "cli/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "cli/advice.h"
#include "cli/read_learn.h"
#include "cli/read_output.h"
#include "cli/read_page.h"
#include "cli/read_state.h"
#include "cli/report.h"

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = &r->held[x->slot];
    (void)e;
    h->split.count = 0; /* of an earlier page */
    if (!paginate_next(&r->paginate, &h->page, &x->request))
        return TRANSFER_NONE;
    x->offset = h->page.offset;
    x->first = h->page.offset == 0 && !r->paging.cursor;
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
    if (r->range.limit == 0)
        return 0;
    struct transfer *t = transfer_new(&http, parallel, &r->shared->stats, e);
    struct transfer_ops ops = read_ops;
    if (!t)
        return -1;
    ops.endless = r->paging.stream;
    r->held = mem_zeroed(parallel, sizeof *r->held);
    r->slots = parallel;
    r->shared->transfer = t;
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

/* --inner-more */
static int check_inner(struct read_run *r, struct error *e)
{
    char note[320];
    if (!r->inner_cut || r->range.on_drift == DRIFT_IGNORE)
        return 0;
    snprintf(note, sizeof note,
             "warning: %" PRId64
             " record%s a list inside that goes on elsewhere (--inner-more %.200s): it is not all here",
             r->inner_cut, r->inner_cut == 1 ? " has" : "s have", r->paging.inner_more);
    if (r->range.on_drift == DRIFT_FAIL)
        return error_set(e, EXIT_ANSWER, "%s", note + strlen("warning: "));
    read_output_note(r, false, note);
    return 0;
}

static int check_coverage(struct read_run *r, struct error *e)
{
    const struct range_options *range = &r->range;
    if (check_inner(r, e))
        return -1;
    if (r->paginate.late.code) {
        *e = r->paginate.late;
        return -1;
    }
    if (range->expect >= 0 && r->written < range->expect)
        return error_set(e, EXIT_ANSWER,
                         "only %" PRId64 " records where --expect %" PRId64
                         " were expected: the list ended at offset %" PRId64,
                         r->written, range->expect, paging_sum(range->offset, r->written));
    if (range->max_pages >= 0 && !r->paginate.over && range->limit != 0)
        read_output_note(r, false, "stopped by --max-pages");
    return 0;
}

static bool is_secret(const struct read_run *r, const char *cursor)
{
    return r->shared->transfer && cursor && transfer_hides(r->shared->transfer, cursor);
}

static int summarize(struct read_run *r, struct error *e)
{
    struct buf line = {0};
    struct report_summary s = {
        .records = r->written - r->dropped,
        .pages = r->paginate.pages,
        .bytes = r->shared->bytes,
        .requests = r->shared->stats.requests,
        .retries = r->shared->stats.retries,
        .total = r->paginate.total,
        .first_offset = r->range.offset,
        .next_offset = paging_sum(r->range.offset, r->written),
        .next_skip = -1,
        .last_skip = -1,
        .page_size = r->paginate.learned_size,
        .status = r->shared->stats.status,
        .style = r->paginate.style->name,
        .seconds = io_seconds_since(&r->shared->began),
        .waited = r->shared->stats.waited,
    };
    bool all_out = !r->partial && !r->ready_records;
    if (r->paging.stream) {
        s.next_skip = r->paginate.over && !r->enough ? -1 : s.next_offset;
    } else if (!paginate_seeks(&r->paginate) && !(all_out && paginate_ended(&r->paginate))) {
        s.next_cursor = r->place.cursor.len ? buf_text(&r->place.cursor) : NULL;
        s.next_skip = r->place.skip;
    }
    if (!r->paging.stream && !paginate_seeks(&r->paginate)) {
        s.last_cursor = r->last.cursor.len ? buf_text(&r->last.cursor) : NULL;
        s.last_skip = r->last.skip;
    }
    s.cursor_is_secret = is_secret(r, s.next_cursor) || is_secret(r, s.last_cursor);
    report_summary(&s, &line);
    int result = 0;
    if (io_signalled())
        io_write_last((int)r->options->run.summary_fd, line.data, line.len);
    else
        result = io_write_lines((int)r->options->run.summary_fd, line.data, line.len, e);
    buf_free(&line);
    return result;
}

/* How a run was ended that neither failed nor came to its end. */
static void tell_end(struct read_run *r, struct error *e)
{
    struct buf note = {0};
    int number = io_signalled();
    if (io_deadline_is_over()) {
        error_set(e, e->code, "%s; %" PRId64 " records are out", e->message, r->written - r->dropped);
    } else if (number) {
        buf_addf(&note, "ended by signal %d (%s); %" PRId64 " records are out", number, strsignal(number),
                 r->written - r->dropped);
        read_output_note(r, false, buf_text(&note));
    }
    buf_free(&note);
}

static int check_fd(const char *option, int64_t fd, struct error *e)
{
    if (fd < 0 || io_is_open((int)fd))
        return 0;
    return error_set(e, EXIT_USAGE, "--%s %" PRId64 " is not an open file descriptor", option, fd);
}

static int check_options(const struct options *o, struct error *e)
{
    if (check_fd("summary-fd", o->run.summary_fd, e) || check_fd("envelope-fd", o->run.envelope_fd, e))
        return -1;
    if (o->paging.stream && o->run.envelope_fd >= 0)
        return error_set(e, EXIT_USAGE, "--envelope-fd does not go with --stream");
    if (o->paging.stream && o->paging.paginate != PAGING_NONE)
        return error_set(e, EXIT_USAGE, "--stream goes with --paginate none");
    return 0;
}

static int set_up(struct read_run *r, struct error *e)
{
    const struct options *o = r->options;
    struct http_options http = options_http(o);
    if (check_options(o, e) || read_state_load(r, e) || paging_records(r->paging.records, &r->records, e) ||
        (r->paging.inner_more && path_option(&r->inner, "inner-more", r->paging.inner_more, e)) ||
        total_parse(&r->total_source, r->paging.count_from, e) ||
        paginate_init(&r->paginate, &r->paging, &r->range, &http, e))
        return -1;
    paginate_start(&r->paginate, &r->place);
    return read_state_output(r, e) || read_output_begin(r, e) ? -1 : 0;
}

/* What has been read is kept, however the run ended. */
static int end(struct read_run *r, int result, struct error *e)
{
    struct error lost = {0};
    if (result == 0)
        result = check_coverage(r, e);
    tell_end(r, e);
    if (read_output_finish(r, result != 0, e))
        result = -1;
    if (read_state_end(r, result == 0, &lost) && result == 0) {
        *e = lost;
        result = -1;
    }
    if (r->options->run.summary_fd >= 0 && summarize(r, &lost) && result == 0) {
        *e = lost;
        result = -1;
    }
    return result;
}

static void free_run(struct read_run *r)
{
    transfer_free(r->shared->transfer);
    read_output_free(r);
    buf_free(&r->ready);
    buf_free(&r->ready_about);
    buf_free(&r->place.cursor);
    buf_free(&r->last.cursor);
    buf_free(&r->at.cursor);
    buf_free(&r->after.cursor);
    paginate_free(&r->paginate);
    total_free(&r->total_source);
    path_free(&r->records);
    path_free(&r->inner);
    newer_free(&r->newer);
    buf_free(&r->kept);
    state_free(&r->state);
    output_free(&r->shared->output);
}

int cmd_read(const struct options *o, struct error *e)
{
    struct read_shared shared = {.output = {.fd = -1}};
    struct read_run r = {.options = o,
                         .shared = &shared,
                         .range = o->range,
                         .paging = o->paging,
                         .records_known = o->paging.records != NULL};
    clock_gettime(CLOCK_MONOTONIC, &shared.began);
    bool meter = o->run.progress_meter && !o->network.verbose;
    terminal_init(&shared.terminal, o->run.quiet, meter ? PROGRESS_ALONE : PROGRESS_NONE, o->range.limit);
    int result = set_up(&r, e);
    bool ready = result == 0;
    if (ready)
        result = run(&r, e);
    read_output_end(&r);
    if (result && !r.paginate.pages && !e->quiet)
        advice_add(o, e);
    if (ready)
        result = end(&r, result, e);
    free_run(&r);
    return result;
}
