/* read_output: what a read writes. */
#include "cli/read_output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/report.h"

void read_output_note(void *ctx, bool verbose, const char *line)
{
    struct read_run *r = ctx;
    terminal_note(&r->terminal, verbose, line);
}

static void wait_for_reader(void *ctx, int fd)
{
    struct read_run *r = ctx;
    transfer_wait(r->transfer, fd);
}

/* May requests go on while nobody reads? Not inside of one, and not before they begin. */
enum pace { ALONE, BUSY };

static int write_out(struct read_run *r, enum pace pace, const char *bytes, size_t n, struct error *e)
{
    r->bytes += (int64_t)n;
    return io_write_busy(STDOUT_FILENO, bytes, n, pace == BUSY ? wait_for_reader : NULL, r, e);
}

static int write_arrow(struct read_run *r, enum pace pace, struct error *e)
{
    struct buf *out = &r->arrow->out;
    int result = write_out(r, pace, buf_text(out), out->len, e);
    buf_clear(out);
    return result;
}

int read_output_begin(struct read_run *r, struct error *e)
{
    const struct options *o = r->options;
    if (strcmp(o->output.output, "ndjson") == 0)
        return 0;
    if (strcmp(o->output.output, "arrow"))
        return error_set(e, EXIT_USAGE, "--output takes ndjson or arrow");
    r->arrow = mem_zeroed(1, sizeof *r->arrow);
    return read_arrow_init(r->arrow, &o->output, o->range.offset, e) ? -1 : write_arrow(r, ALONE, e);
}

int read_output_finish(struct read_run *r, bool failed, struct error *e)
{
    struct error lost = {0};
    if (!r->arrow || io_signalled() || (failed && e->quiet))
        return 0;
    if (read_arrow_end(r->arrow, failed, &lost) == 0 && write_arrow(r, ALONE, &lost) == 0)
        return 0;
    if (!failed)
        *e = lost;
    return -1;
}

void read_output_free(struct read_run *r)
{
    if (r->arrow)
        read_arrow_free(r->arrow);
    free(r->arrow);
}

/* Records of the range, by lines. */
static int write_records(struct read_run *r, enum pace pace, const char *lines, size_t n, struct error *e)
{
    struct error lost = {0};
    if (!r->arrow)
        return write_out(r, pace, lines, n, e);
    int result = read_arrow_add(r->arrow, (struct slice){lines, n}, e);
    return write_arrow(r, pace, result ? &lost : e) || result ? -1 : 0;
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

int read_output_stream(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = &r->held[x->slot];
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
    if (write_records(r, ALONE, h->records.data + from, to - from, e))
        return -1;
    r->written += keep;
    h->streamed += lines;
    memmove(h->records.data, h->records.data + all, h->records.len - all);
    h->records.len -= all;
    r->enough = keep == left;
    return r->enough || io_signalled() ? -1 : 0;
}

void read_output_take(struct read_run *r, struct held_page *h, int64_t asked)
{
    int64_t got = h->split.count, skip = h->page.skip;
    if (r->options->run.envelope_fd >= 0)
        report_page(&(struct report_page){h->page.keep, buf_text(&h->url), h->came_at, buf_text(&h->date),
                                          buf_text(&h->envelope)},
                    &r->ready_about);
    if (h->page.got == 0)
        return;
    buf_swap(&r->ready, &h->records);
    r->ready_from = line_start(r->ready.data, r->ready.len, got, skip);
    r->ready_bytes = line_start(r->ready.data, r->ready.len, got, skip + h->page.keep) - r->ready_from;
    r->ready_records = h->page.keep;
    r->ready_missing = asked - got;
}

static struct progress progress(const struct read_run *r)
{
    return (struct progress){.records = r->written,
                             .total = r->paginate.total,
                             .bytes = r->bytes,
                             .bytes_total = -1,
                             .parts = r->paginate.pages,
                             .part = "page",
                             .retries = r->stats.retries};
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
    if (r->ready_bytes && write_records(r, BUSY, r->ready.data + r->ready_from, r->ready_bytes, e))
        return -1;
    r->written += r->ready_records;
    r->ready_bytes = 0;
    r->ready_records = 0;
    struct progress done = progress(r);
    terminal_progress_show(&r->terminal, &done);
    return 0;
}

void read_output_end(struct read_run *r)
{
    struct progress done = progress(r);
    terminal_progress_end(&r->terminal, &done);
}
