/* read: the records of a range, as NDJSON on standard output. */
#include "cli/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/terminal.h"
#include "cli/advice.h"
#include "cli/report.h"
#include "http/answer.h"
#include "http/secret.h"
#include "pages/coverage.h"
#include "pages/follow.h"
#include "pages/paginate.h"
#include "pages/repeat.h"
#include "json/error_body.h"
#include "json/refusal.h"

/* What is kept of the page in one slot of the window. */
struct held_page {
    struct page page;
    struct split split;
    struct buf records, envelope;
    size_t bytes;     /* of the body so far, decompressed */
    double came_at;   /* when, and from where: for --envelope-fd */
    struct buf url;   /* redacted */
    int64_t streamed; /* records that --stream has seen */
    bool denied;      /* there is an error beside the records */
};

struct read_run {
    const struct options *options;
    struct paginate paginate;
    struct total_source total_source;
    struct path records;
    bool records_known; /* `records` is one way: given, or learned from the first page */
    struct transfer *transfer;
    struct held_page *held;
    unsigned slots;
    struct buf ready;               /* a page to be written; after that, kept to notice a page that repeats */
    size_t ready_from, ready_bytes; /* the part of it to write */
    int64_t ready_records;
    struct buf ready_about; /* its line for --envelope-fd */
    int64_t ready_missing;  /* so many records fewer than asked for were in it */
    int64_t written, bytes;
    struct transfer_stats stats;
    struct terminal terminal;
    struct timespec began;
    bool enough; /* --stream has all of the range */
    bool told_denied, told_partial;
    bool lines; /* the pages are NDJSON */
    bool bare;  /* the list is empty; is it without our parameters, too? */
};

static struct held_page *held_of(struct read_run *r, const struct exchange *x)
{
    return &r->held[x->slot];
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = held_of(r, x);
    (void)e;
    h->split.count = 0; /* of an earlier page */
    if (!paginate_next(&r->paginate, &h->page, &x->request))
        return TRANSFER_NONE;
    x->offset = h->page.offset;
    x->first = h->page.offset == 0 && !r->options->paging.cursor;
    return TRANSFER_READY;
}

static void on_begin(void *ctx, struct exchange *x)
{
    struct read_run *r = ctx;
    struct held_page *h = held_of(r, x);
    buf_clear(&h->records);
    buf_clear(&h->envelope);
    h->bytes = 0;
    h->streamed = 0;
    h->denied = false;
    split_start(&h->split, &r->records, &h->records, &h->envelope);
    h->split.lines = paginate_takes_lines(&r->paginate);
    h->split.guarded = true;
    if (r->lines)
        split_many(&h->split);
}

/* Where the n-th of so many lines begins in the text that they fill. */
static size_t line_start(const char *text, size_t len, int64_t lines, int64_t n)
{
    const char *p = text;
    if (n >= lines)
        return len;
    while (n-- > 0)
        p = (const char *)memchr(p, '\n', len - (size_t)(p - text)) + 1;
    return (size_t)(p - text);
}

/* A first line of NDJSON may have an array at a usual place. Before records of one text go out, there should be more of
 * it than a line. */
enum { STREAM_DOUBT = 65536 };

/* --stream: the records that are complete go out at once, as far as they belong to the range. */
static int stream_out(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = held_of(r, x);
    const struct options *o = r->options;
    int64_t lines = h->split.count - h->streamed;
    int64_t skip = o->range.offset > h->streamed ? o->range.offset - h->streamed : 0;
    skip = skip < lines ? skip : lines;
    int64_t keep = lines - skip, left = r->paginate.end - o->range.offset - r->written;
    keep = keep < left ? keep : left;
    if (lines == 0)
        return 0;
    const char *text = h->records.data;
    size_t all =
        (size_t)((const char *)memrchr(text, '\n', h->records.len) + 1 - text); /* behind it a record is incomplete */
    size_t from = line_start(text, all, lines, skip), to = line_start(text, all, lines, skip + keep);
    x->spent = true;
    h->split.lines = h->split.many; /* what is out cannot be put together again */
    h->split.settled = true;
    if (io_write_lines(STDOUT_FILENO, h->records.data + from, to - from, e))
        return -1;
    r->written += keep;
    r->bytes += (int64_t)(to - from);
    h->streamed += lines;
    memmove(h->records.data, h->records.data + all, h->records.len - all);
    h->records.len -= all;
    r->enough = keep == left;
    return r->enough || io_signalled() ? -1 : 0;
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = held_of(r, x);
    if (h->bytes == 0 && answer_is_ndjson(x))
        split_many(&h->split);
    h->bytes = r->options->paging.stream ? h->records.len + h->envelope.len : h->bytes;
    h->bytes += n;
    if (h->bytes > (size_t)r->options->network.max_page_bytes)
        return error_set(e, EXIT_ANSWER,
                         "the page is larger than --max-page-bytes %" PRId64 ": ask for fewer records with --page-size",
                         r->options->network.max_page_bytes);
    if (split_feed(&h->split, bytes, n) == 0)
        return r->options->paging.stream && (h->split.many || h->streamed || h->bytes > STREAM_DOUBT)
                   ? stream_out(r, x, e)
                   : 0;
    answer_split_error(&h->split, e);
    return -1;
}

/* What is there instead of a list. */
static void describe_kind(struct slice value, char *text, size_t room)
{
    struct slice key, member;
    size_t at = 0, members = 0;
    while (*value.text == '{' && value_next(value, &at, &key, &member))
        members++;
    if (*value.text == '{')
        snprintf(text, room, ", but an object with %zu member%s", members, members == 1 ? "" : "s");
    else
        snprintf(text, room, ", but %s",
                 *value.text == '"'                         ? "a text"
                 : *value.text == 'n'                       ? "null"
                 : *value.text == 't' || *value.text == 'f' ? "a truth value"
                                                            : "a number");
}

static int no_records(struct read_run *r, const struct held_page *h, const struct exchange *x, struct error *e)
{
    struct buf place = {0};
    char detail[200];
    path_show(&r->records, 0, &place);
    const char *given = r->options->paging.records, *shown = given ? given : buf_text(&place);
    const char *name = !r->records_known ? "a usual place" : *shown ? shown : "the top level";
    struct slice there = r->records_known && r->records.count == 1 && !r->records.many
                             ? path_find_way(&r->records, 0, (struct slice){h->envelope.data, h->envelope.len})
                             : (struct slice){0};
    char kind[60] = "";
    if (there.len)
        describe_kind(there, kind, sizeof kind);
    error_body_detail(h->envelope.data, h->envelope.len, detail, sizeof detail);
    transfer_mask(x, detail);
    if (h->split.scalar)
        error_set(e, EXIT_ANSWER, "the answer has no list of records: it is neither an array nor an object");
    else
        error_set(e, EXIT_ANSWER,
                  "no list of records at %s of the answer%s%s%s%s: say where with --records; `restsrc check URL` looks "
                  "for it",
                  name, kind, *detail ? " (it says: " : "", detail, *detail ? ")" : "");
    buf_free(&place);
    return -1;
}

/* An error beside the records: of the whole answer where it has none, else perhaps of some that are missing. */
static int check_denial(struct held_page *h, const struct exchange *x, struct error *e)
{
    struct slice envelope = {buf_text(&h->envelope), h->envelope.len};
    h->denied = h->split.way >= 0 && x->action != RULE_OK && refusal_is(envelope, (struct slice){0});
    return h->denied && !h->split.count ? answer_denied(x, envelope, e) : 0;
}

/* Nothing is there, and nothing needs to be: no content, or no lines. */
static bool has_no_text(const struct read_run *r, const struct held_page *h, const struct exchange *x)
{
    return x->status == 204 || x->status == 205 || (h->bytes == 0 && (r->lines || answer_is_ndjson(x)));
}

static int on_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = held_of(r, x);
    if (has_no_text(r, h, x))
        return 0;
    if (split_end(&h->split)) {
        answer_split_error(&h->split, e);
        return h->split.reason == SPLIT_CUT ? 1 : -1;
    }
    if (!h->split.many)
        *said = (struct slice){buf_text(&h->envelope), h->envelope.len};
    return 0;
}

/* The empty PATH, the whole answer, says as much where there is one answer only. */
static bool wants_object(const struct read_run *r)
{
    const struct paging_options *o = &r->options->paging;
    return o->object_is_record || (paginate_single(&r->paginate) && o->records && !*o->records);
}

/* --object-is-record: one record stands where a list should be. An error is none. */
static void take_object(const struct read_run *r, struct held_page *h, const struct exchange *x)
{
    struct slice envelope = {buf_text(&h->envelope), h->envelope.len};
    for (unsigned w = 0; w < r->records.count && !r->records.many; w++) {
        struct slice object = path_find_way(&r->records, w, envelope);
        bool whole = !r->records.way[w].depth; /* where that is meant, and not only a usual place */
        if (!object.len || *object.text != '{' || (whole && !r->records_known))
            continue;
        if (x->action != RULE_OK && refusal_is(object, (struct slice){0}))
            return;
        buf_add(&h->records, object.text, object.len);
        buf_addc(&h->records, '\n');
        if (whole)
            buf_clear(&h->envelope);
        h->split.way = (int)w;
        h->split.count = 1;
        return;
    }
}

/* Before anything is learned from the page, because the request may be changed then. */
static void note_source(struct held_page *h, const struct exchange *x)
{
    h->came_at = io_time();
    buf_clear(&h->url);
    secret_redact(x->request.url.data, &h->url);
    buf_text(&h->url); /* ends it */
    transfer_mask(x, h->url.data);
}

static int on_whole(void *ctx, struct exchange *x, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = held_of(r, x);
    if (r->options->run.envelope_fd >= 0)
        note_source(h, x);
    if (has_no_text(r, h, x) || x->action == RULE_EMPTY)
        return 0;
    if (check_denial(h, x, e))
        return -1;
    if (wants_object(r) && h->split.way < 0 && !h->split.many)
        take_object(r, h, x);
    if (h->split.way >= 0 || h->split.many)
        return r->options->paging.stream ? stream_out(r, x, e) : 0;
    char detail[8]; /* Go and others write null for an empty list; next to an error it means an error */
    error_body_detail(h->envelope.data, h->envelope.len, detail, sizeof detail);
    bool absent = r->options->paging.absent_is_empty && h->envelope.len && *h->envelope.data == '{';
    bool denied = *detail && x->action != RULE_OK;
    return r->records_known && (h->split.null_records || absent) && !denied ? 0 : no_records(r, h, x, e);
}

/* Where the first page had its records the others have theirs, whatever other arrays they hold. */
static void learn_place(struct read_run *r, const struct held_page *h)
{
    r->lines |= h->split.many;
    if (r->records_known || h->split.way < 0)
        return;
    struct path one;
    path_only(&one, &r->records, (unsigned)h->split.way);
    path_free(&r->records);
    r->records = one;
    r->records_known = true;
}

/* A total that is no exact count is no use here and no error either: `restsrc count` says what is wrong with it. */
static void find_total(struct read_run *r, const struct exchange *x, struct held_page *h)
{
    struct error ignored;
    const char *envelope = buf_text(&h->envelope);
    if (total_find(&r->total_source, answer_header, x, envelope, h->envelope.len, &h->page.total, &ignored) < 1)
        h->page.total.records = -1;
}

/* The records of the page that belong to the range are to be written next. */
static void make_ready(struct read_run *r, struct held_page *h, int64_t asked)
{
    int64_t got = h->split.count, skip = h->page.skip;
    if (h->page.keep == 0)
        return;
    if (r->options->run.envelope_fd >= 0)
        report_page(&(struct report_page){h->page.keep, buf_text(&h->url), h->came_at, buf_text(&h->envelope)},
                    &r->ready_about);
    buf_swap(&r->ready, &h->records);
    r->ready_from = line_start(r->ready.data, r->ready.len, got, skip);
    r->ready_bytes = line_start(r->ready.data, r->ready.len, got, skip + h->page.keep) - r->ready_from;
    r->ready_records = h->page.keep;
    r->ready_missing = asked - got;
}

static int check_end(const struct read_run *r, const struct held_page *end, struct error *e)
{
    for (const struct held_page *h = r->held; h < r->held + r->slots; h++)
        if (coverage_check_end(&r->paginate, &end->page, &h->page, h->split.count, e))
            return -1;
    return 0;
}

static int take(struct exchange *x, const struct held_page *h, int verdict)
{
    if (verdict == PAGE_REST)
        x->offset = h->page.offset;
    return verdict == PAGE_REST ? TRANSFER_AGAIN : verdict == PAGE_LAST ? TRANSFER_STOP : TRANSFER_DONE;
}

static int on_failed(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = held_of(r, x);
    int verdict = paginate_failed(&r->paginate, &h->page, &x->request, x->status);
    if (verdict == PAGE_LAST && check_end(r, h, e))
        return -1;
    if (verdict >= 0)
        return take(x, h, verdict);
    *e = x->error;
    return -1;
}

static void tell_denied(struct read_run *r, const struct held_page *h, const struct exchange *x)
{
    if (h->denied && !r->told_denied && x->action != RULE_PARTIAL) /* which says the same */
        buf_addf(&r->paginate.note,
                 "warning: the answer that begins with record %" PRId64 " also has an error; records may be missing",
                 h->page.offset);
    r->told_denied |= h->denied;
}

/* The answer says that it is not all. What only means something at the end of the list is asked for again there. */
static int check_partial(struct read_run *r, const struct exchange *x, bool ends, struct error *e)
{
    const struct range_options *range = &r->options->range;
    struct buf note = {0};
    if (x->action != RULE_PARTIAL || x->rule->at_end != ends || range->on_drift == DRIFT_IGNORE)
        return 0;
    answer_partial(x->rule, &note);
    const char *text = buf_text(&note);
    int result = 0;
    if (range->expect >= 0 || range->on_drift == DRIFT_FAIL)
        result = error_set(e, EXIT_ANSWER, "%s", text + strlen("warning: "));
    else if (!r->told_partial)
        buf_adds(&r->paginate.note, text);
    r->told_partial = true;
    buf_free(&note);
    return result;
}

/* A rule says that the list is empty. */
static int end_empty(struct read_run *r)
{
    r->paginate.over = true;
    r->paginate.pages++;
    return TRANSFER_STOP;
}

/* What became of the request without our parameters: an error says nothing of the list. */
static int learn_bare(struct read_run *r, const struct held_page *h, const struct exchange *x, struct error *e)
{
    return !x->failed && h->split.count ? paginate_filtered(&r->paginate, e) : TRANSFER_STOP;
}

static void doubt_lines(struct read_run *r, const struct held_page *h, const struct exchange *x)
{
    if (x->open_end && h->split.many && !x->failed && r->options->range.expect < 0)
        buf_adds(&r->paginate.note, ANSWER_OPEN_END " (--expect)");
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = held_of(r, x);
    if (r->bare)
        return learn_bare(r, h, x, e);
    doubt_lines(r, h, x);
    if (!x->failed && check_partial(r, x, false, e))
        return -1;
    if (r->enough || (r->options->paging.stream && !x->failed)) {
        r->paginate.over = true;
        r->paginate.pages++;
        return TRANSFER_STOP;
    }
    if (x->failed)
        return on_failed(r, x, e);
    if (x->action == RULE_EMPTY)
        return end_empty(r);
    learn_place(r, h);
    int ask = paginate_doubt(&r->paginate, &h->page, &h->records, &h->split.count, &x->request, e);
    if (ask)
        return ask < 0 ? -1 : TRANSFER_AGAIN;
    tell_denied(r, h, x);
    h->page.got = h->split.count;
    h->page.no_content = x->status == 204 || x->status == 205;
    find_total(r, x, h);
    struct repeat before = {{r->ready.data, r->ready.len}, r->ready_missing};
    int again = repeat_check(&r->paginate, &h->page, (struct slice){h->records.data, h->records.len}, &before, e);
    if (again)
        return again < 0 ? -1 : TRANSFER_STOP;
    struct answer answer = {
        .url = buf_text(&x->request.url),
        .header = answer_header,
        .headers = x,
        .envelope = {buf_text(&h->envelope), h->envelope.len},
        .records = {h->records.data, h->records.len},
        .before = before.records,
    };
    int64_t asked = h->page.asked; /* learning may change it, to ask for the rest */
    int verdict = paginate_learn(&r->paginate, &h->page, &answer, &x->request, e);
    if (verdict < 0 || (verdict == PAGE_LAST && !h->page.got && check_end(r, h, e)))
        return -1;
    if (verdict == PAGE_LAST && r->paginate.position < r->paginate.end && check_partial(r, x, true, e))
        return -1;
    r->bare = verdict == PAGE_LAST && paginate_is_empty(&r->paginate) && paginate_bare(&r->paginate, &x->request);
    if (r->bare)
        return TRANSFER_AGAIN;
    make_ready(r, h, asked);
    return take(x, h, verdict);
}

static bool on_matters(void *ctx, const struct exchange *x)
{
    struct read_run *r = ctx;
    return paginate_matters(&r->paginate, &held_of(r, x)->page);
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct read_run *r = ctx;
    terminal_note(&r->terminal, verbose, line);
}

static void wait_for_reader(void *ctx, int fd)
{
    struct read_run *r = ctx;
    transfer_wait(r->transfer, fd);
}

/* The page goes out while the requests for the following ones are under way. */
static int on_idle(void *ctx, struct error *e)
{
    struct read_run *r = ctx;
    struct buf *note = &r->paginate.note;
    if (note->len)
        on_note(r, false, buf_text(note));
    buf_clear(note);
    if (r->ready_about.len &&
        io_write_lines((int)r->options->run.envelope_fd, r->ready_about.data, r->ready_about.len, e))
        return -1;
    buf_clear(&r->ready_about);
    if (r->ready_bytes &&
        io_write_busy(STDOUT_FILENO, r->ready.data + r->ready_from, r->ready_bytes, wait_for_reader, r, e))
        return -1;
    r->bytes += (int64_t)r->ready_bytes;
    r->written += r->ready_records;
    r->ready_bytes = 0;
    r->ready_records = 0;
    terminal_progress_show(&r->terminal, r->written, r->paginate.pages, r->stats.retries, r->paginate.total);
    return 0;
}

static const struct transfer_ops read_ops = {
    .next = on_next,
    .begin = on_begin,
    .data = on_data,
    .kind = RULE_READ,
    .said = on_said,
    .whole = on_whole,
    .done = on_done,
    .idle = on_idle,
    .note = on_note,
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
        on_note(r, false, "stopped by --max-pages");
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
    terminal_init(&r.terminal, o->run.quiet, o->run.progress_meter && !o->network.verbose, o->range.limit);
    int result = -1;
    if (check_fd("summary-fd", o->run.summary_fd, e) || check_fd("envelope-fd", o->run.envelope_fd, e))
        result = -1;
    else if (o->paging.stream && o->run.envelope_fd >= 0)
        error_set(e, EXIT_USAGE, "--envelope-fd does not go with --stream");
    else if (o->paging.stream && o->paging.paginate != PAGING_NONE)
        error_set(e, EXIT_USAGE, "--stream goes with --paginate none");
    else if (paging_records(o->paging.records, &r.records, e) == 0 &&
             total_parse(&r.total_source, o->paging.count_from, e) == 0 &&
             paginate_init(&r.paginate, &o->paging, &o->range, &http, e) == 0)
        result = run(&r, e);
    terminal_progress_hide(&r.terminal);
    if (result && !r.paginate.pages && !e->quiet)
        advice_add(o, e);
    if (result == 0)
        result = check_coverage(&r, e);
    struct error lost = {0};
    if (o->run.summary_fd >= 0 && r.paginate.style && !io_signalled() && summarize(&r, &lost) && result == 0) {
        *e = lost;
        result = -1;
    }
    transfer_free(r.transfer);
    buf_free(&r.ready);
    buf_free(&r.ready_about);
    paginate_free(&r.paginate);
    total_free(&r.total_source);
    path_free(&r.records);
    return result;
}
