/* read_output: what a read writes. */
#include "cli/read_output.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "cli/report.h"
#include "json/lines.h"

void read_output_note(void *ctx, bool verbose, const char *line)
{
    struct read_run *r = ctx;
    terminal_note(&r->shared->terminal, verbose, line);
}

static void wait_for_reader(void *ctx, int fd)
{
    struct read_run *r = ctx;
    transfer_wait(r->shared->transfer, fd);
}

/* May requests go on while nobody reads? Not inside of one, and not before they begin. */
enum pace { ALONE, BUSY };

/* *done: so many bytes have gone out, also when not all have. */
static int write_out(struct read_run *r, enum pace pace, const char *bytes, size_t n, size_t *done, struct error *e)
{
    *done = 0;
    if (output_begin(&r->shared->output, e))
        return -1;
    int result = io_write_busy(r->shared->output.fd, bytes, n, pace == BUSY ? wait_for_reader : NULL, r, done, e);
    r->shared->bytes += (int64_t)*done;
    if (result && r->shared->output.name)
        error_set(e, e->code, "%s: %s", r->shared->output.name, e->message);
    return result;
}

static int write_arrow(struct read_run *r, enum pace pace, struct error *e)
{
    struct buf *out = &r->shared->arrow->out;
    size_t done;
    int result = write_out(r, pace, buf_text(out), out->len, &done, e);
    buf_clear(out);
    return result;
}

int read_output_begin(struct read_run *r, struct error *e)
{
    const struct options *o = r->options;
    if (o->output.fields && fields_parse(&r->shared->fields, o->output.fields, e))
        return -1;
    if (strcmp(o->output.output, "arrow"))
        return 0;
    if (r->state.file)
        return error_set(e, EXIT_USAGE, "--state does not go with --output arrow, which writes records by batches");
    r->shared->arrow = mem_zeroed(1, sizeof *r->shared->arrow);
    return read_arrow_init(r->shared->arrow, &o->output, o->range.offset, e) ? -1 : write_arrow(r, ALONE, e);
}

int read_output_finish(struct read_run *r, bool failed, struct error *e)
{
    struct error lost = {0};
    if (!r->shared->arrow || io_signalled() || (failed && e->quiet))
        return 0;
    if (read_arrow_end(r->shared->arrow, failed, &lost) == 0 && write_arrow(r, ALONE, &lost) == 0)
        return 0;
    if (!failed)
        *e = lost;
    return -1;
}

void read_output_free(struct read_run *r)
{
    if (r->shared->arrow)
        read_arrow_free(r->shared->arrow);
    free(r->shared->arrow);
    list_free(&r->shared->fields);
    buf_free(&r->shared->chosen);
}

static int64_t count_lines(const char *text, size_t n)
{
    int64_t lines = 0;
    for (const char *at = text; (at = memchr(at, '\n', n - (size_t)(at - text))); at++)
        lines++;
    return lines;
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

/* What is written of records of the range: all, or the members that --fields names. */
static struct slice chosen(struct read_run *r, struct slice lines)
{
    if (!r->shared->fields.count)
        return lines;
    buf_clear(&r->shared->chosen);
    fields_keep(&r->shared->fields, lines, &r->shared->chosen);
    return (struct slice){buf_text(&r->shared->chosen), r->shared->chosen.len};
}

/* --since-path: those that are new. */
static struct slice kept(struct read_run *r, struct slice lines)
{
    if (!r->newer.path.count)
        return lines;
    if (!r->newer.told && newer_lacks(&r->newer, lines)) {
        read_output_note(r, false,
                         "warning: some records have nothing at --since-path to compare: they are taken for new");
        r->newer.told = true;
    }
    buf_clear(&r->kept);
    newer_keep(&r->newer, lines, &r->kept);
    return (struct slice){buf_text(&r->kept), r->kept.len};
}

/* So many of the lines have been dealt with when `left` of those that are kept have left. */
static int64_t dealt_with(struct slice lines, struct slice kept, int64_t left)
{
    int64_t done = 0;
    struct slice wanted = lines_first(kept);
    for (struct slice line; left > 0 && lines.len; lines = lines_after(lines, line), done++) {
        line = lines_first(lines);
        if (!lines_same(line, wanted))
            continue;
        kept = lines_after(kept, wanted);
        wanted = lines_first(kept);
        left--;
    }
    return done;
}

/* Records of the range, by lines; those that have gone out are counted, also when only a part of them has. */
static int write_records(struct read_run *r, enum pace pace, const char *lines, size_t n, int64_t count,
                         struct error *e)
{
    struct error lost = {0};
    struct slice all = {lines, n}, new = kept(r, all), out = chosen(r, new);
    size_t done;
    int64_t left = new.len == n ? count : count_lines(new.text, new.len);
    if (!r->shared->arrow) {
        int result = write_out(r, pace, out.text, out.len, &done, e);
        const char *end = done ? memrchr(out.text, '\n', done) : NULL;
        done = end ? (size_t)(end + 1 - out.text) : 0;
        bool whole = done == out.len;
        int64_t records = whole ? left : count_lines(out.text, done);
        int64_t passed = whole ? count : new.len == n ? records : dealt_with(all, new, records);
        r->written += passed;
        r->dropped += passed - records;
        if (r->newer.path.count)
            newer_note(&r->newer, (struct slice){new.text, line_start(new.text, new.len, left, records)});
        r->shared->output.bytes += (int64_t)done;
        return result;
    }
    int result = read_arrow_add(r->shared->arrow, out, e);
    r->written += count;
    r->dropped += count - left;
    return write_arrow(r, pace, result ? &lost : e) || result ? -1 : 0;
}

int read_output_save(struct read_run *r, bool durable, struct error *e)
{
    if (!r->state.file)
        return 0;
    bookmark_set(&r->state.place, &r->place);
    if (paginate_seeks(&r->paginate) && r->paginate.learned_size > 0)
        r->state.page_size = r->paginate.learned_size;
    r->state.records = r->before + r->written;
    r->state.bytes = r->shared->output.part ? r->shared->output.bytes : -1;
    if (r->newer.path.count) {
        newer_save(&r->newer, r->state.done, &r->state.seen, &r->state.noted);
        buf_clear(&r->state.newest);
        buf_add(&r->state.newest, buf_text(&r->newer.newest), r->newer.newest.len);
    }
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    int result = (durable && output_sync(&r->shared->output, e)) || state_save(&r->state, durable, e) ? -1 : 0;
    clock_gettime(CLOCK_MONOTONIC, &r->saved);
    if (durable)
        r->save_takes = io_seconds_since(&began);
    return result;
}

/* What a file has after its known length is cut off when the run goes on: there the disk is waited for at times only, a
 * twentieth of the time. Elsewhere what the state does not know would be written again. */
static int save_at_times(struct read_run *r, struct error *e)
{
    bool late = io_seconds_since(&r->saved) >= 20 * r->save_takes;
    return late || !r->shared->output.part ? read_output_save(r, late, e) : 0;
}

int read_output_stream(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = &r->held[x->slot];
    int64_t lines = h->split.count - h->streamed;
    int64_t skip = r->range.offset > h->streamed ? r->range.offset - h->streamed : 0;
    skip = skip < lines ? skip : lines;
    int64_t keep = lines - skip, left = r->paginate.end - r->range.offset - r->written;
    keep = keep < left ? keep : left;
    if (lines == 0)
        return 0;
    const char *text = h->records.data;
    size_t all =
        (size_t)((const char *)memrchr(text, '\n', h->records.len) + 1 - text); /* the record after it is incomplete */
    size_t from = line_start(text, all, lines, skip), to = line_start(text, all, lines, skip + keep);
    x->spent = true;
    h->split.lines = h->split.many; /* what is out cannot be put together again */
    h->split.settled = true;
    if (write_records(r, ALONE, h->records.data + from, to - from, keep, e))
        return -1;
    r->place.skip = r->range.offset + r->written;
    if (save_at_times(r, e))
        return -1;
    h->streamed += lines;
    memmove(h->records.data, h->records.data + all, h->records.len - all);
    h->records.len -= all;
    r->enough = keep == left;
    return r->enough || io_signalled() ? -1 : 0;
}

/* --inner-more: records in which a list goes on elsewhere. */
static void count_inner(struct read_run *r)
{
    struct slice rest = {r->ready.data + r->ready_from, r->ready_bytes};
    while (r->paging.inner_more && rest.len) {
        struct slice line = lines_first(rest), record = lines_record(line);
        r->inner_cut += !value_is_empty(path_find(&r->inner, record.text, record.len));
        rest = lines_after(rest, line);
    }
}

void read_output_take(struct read_run *r, struct held_page *h, int64_t asked)
{
    int64_t got = h->split.count, skip = h->page.skip;
    if (r->options->run.envelope_fd >= 0)
        report_page(&(struct report_page){h->page.keep, buf_text(&h->url), h->came_at, buf_text(&h->date),
                                          buf_text(&h->envelope)},
                    &r->ready_about);
    paginate_after(&r->paginate, &h->page, &r->at, &r->after);
    if (h->page.keep == 0)
        bookmark_set(&r->place, &r->after);
    if (h->page.got == 0)
        return;
    buf_swap(&r->ready, &h->records);
    r->ready_from = line_start(r->ready.data, r->ready.len, got, skip);
    r->ready_bytes = line_start(r->ready.data, r->ready.len, got, skip + h->page.keep) - r->ready_from;
    r->ready_records = h->page.keep;
    r->ready_missing = asked - got;
    count_inner(r);
}

static struct progress progress(const struct read_run *r)
{
    return (struct progress){.records = r->written - r->dropped,
                             .total = r->paginate.total,
                             .bytes = r->shared->bytes,
                             .bytes_total = -1,
                             .parts = r->paginate.pages,
                             .part = "page",
                             .retries = r->shared->stats.retries};
}

/* The place moves on with each record. */
static int write_ready(struct read_run *r, struct error *e)
{
    int64_t before = r->written;
    int result = write_records(r, BUSY, r->ready.data + r->ready_from, r->ready_bytes, r->ready_records, e);
    int64_t done = r->written - before;
    bool whole = done == r->ready_records;
    r->partial = !whole;
    r->at.skip += done;
    r->at.offset += done;
    bookmark_set(&r->place, whole ? &r->after : &r->at);
    if (done)
        bookmark_set(&r->last, &r->at);
    r->ready_bytes = 0;
    r->ready_records = 0;
    return result ? -1 : save_at_times(r, e);
}

int read_output_write(void *ctx, struct error *e)
{
    struct read_run *r = ctx;
    struct buf *note = &r->paginate.note;
    if (note->len)
        read_output_note(r, false, buf_text(note));
    buf_clear(note);
    if (r->ready_about.len &&
        io_write_lines((int)r->options->run.envelope_fd, r->ready_about.data, r->ready_about.len, e))
        return -1;
    buf_clear(&r->ready_about);
    if (r->ready_bytes && write_ready(r, e))
        return -1;
    struct progress done = progress(r);
    terminal_progress_show(&r->shared->terminal, &done);
    return 0;
}

void read_output_end(struct read_run *r)
{
    struct progress done = progress(r);
    terminal_progress_end(&r->shared->terminal, &done);
}
