/* read_output: what a read writes. */
#include "cli/read_output.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "cli/read_records.h"
#include "cli/read_tell.h"
#include "cli/report.h"
#include "json/lines.h"

void read_output_note_place(struct read_run *r)
{
    const struct read_shared *shared = r->shared;
    struct state *s = &r->state;
    if (!shared->states || (shared->windows && r != shared->whole))
        return;
    bookmark_set(&s->place, &r->place);
    if (r != shared->whole && paginate_seeks(&r->paginate) && r->paginate.learned_size > 0)
        s->page_size = r->paginate.learned_size;
    s->records = r->before + (r == shared->whole ? shared->written : r->written);
    s->bytes = shared->output.part && !r->each ? shared->output.bytes : -1;
    if (shared->windows || (r->newer.path.count && r != shared->whole)) {
        newer_save(&r->newer, s->done, &s->seen, &s->noted);
        buf_clear(&s->newest);
        if (r->newer.newest.len)
            buf_add(&s->newest, r->newer.newest.data, r->newer.newest.len);
    }
    states_put(shared->states, s);
}

int read_output_save(struct read_run *r, bool durable, struct error *e)
{
    struct read_shared *shared = r->shared;
    struct timespec began;
    if (!shared->states)
        return 0;
    read_output_note_place(r);
    if (shared->whole && r != shared->whole)
        read_output_note_place(shared->whole);
    clock_gettime(CLOCK_MONOTONIC, &began);
    int result = (durable && output_sync(&shared->output, e)) || states_save(shared->states, durable, e) ? -1 : 0;
    clock_gettime(CLOCK_MONOTONIC, &shared->saved);
    if (durable)
        shared->save_takes = io_seconds_since(&began);
    return result;
}

/* What a file has after its known length is cut off when the run goes on: there the disk is waited for at times only, a
 * twentieth of the time. Elsewhere what the state does not know would be written again, so it is written with each
 * page, unless it is long. */
int read_output_save_at_times(struct read_run *r, struct error *e)
{
    struct read_shared *s = r->shared;
    enum { LONG = 100 };
    bool late = io_seconds_since(&s->saved) >= 20 * s->save_takes;
    if (!s->states || (s->windows && r != s->whole))
        return 0;
    return late || (!s->output.part && s->states->count < LONG) ? read_output_save(r, late, e) : 0;
}

int read_output_stream(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = &r->shared->held[x->slot];
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
    size_t from = read_records_line(text, all, lines, skip), to = read_records_line(text, all, lines, skip + keep);
    x->spent = true;
    h->split.lines = h->split.many; /* what is out cannot be put together again */
    h->split.settled = true;
    if (read_records_write(r, ALONE, (struct slice){h->records.data + from, to - from}, keep, e))
        return -1;
    r->place.skip = r->range.offset + r->written;
    if (read_output_save_at_times(r, e))
        return -1;
    h->streamed += lines;
    struct slice last = lines_last((struct slice){text, all}); /* kept for the end of the answer */
    buf_clear(&r->ready);
    buf_add(&r->ready, last.text, last.len);
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

int read_output_take(struct read_run *r, struct held_page *h, int64_t asked, struct error *e)
{
    int64_t got = h->split.count, skip = h->page.skip;
    if (r->options->run.envelope_fd >= 0)
        report_page(&(struct report_page){h->page.keep, buf_text(&h->url), h->came_at, buf_text(&h->date),
                                          buf_text(&h->envelope)},
                    &r->ready_about);
    paginate_after(&r->paginate, &h->page, &r->at, &r->after);
    r->ready_waits = r->waits;
    if (h->page.keep == 0 && !r->waits)
        bookmark_set(&r->place, &r->after);
    if (h->page.got == 0)
        return 0;
    if (h->records.len > r->page_bytes)
        r->page_bytes = h->records.len;
    buf_swap(&r->ready, &h->records);
    r->ready_from = read_records_line(r->ready.data, r->ready.len, got, skip);
    r->ready_bytes = read_records_line(r->ready.data, r->ready.len, got, skip + h->page.keep) - r->ready_from;
    r->ready_records = h->page.keep;
    r->ready_missing = asked - got;
    count_inner(r);
    struct slice lines = {r->ready.data + r->ready_from, r->ready_bytes};
    if (seen_take(&r->seen, &r->paginate, lines, r->ready_records, e) == 0)
        return 0;
    buf_clear(&r->ready_about);
    r->ready_bytes = 0; /* none of it is written */
    r->ready_records = 0;
    return -1;
}

/* The place moves on with each record. */
static int write_page(struct read_run *r, struct slice lines, int64_t records, struct bookmark *at,
                      const struct bookmark *after, struct error *e)
{
    int64_t before = r->written;
    int result = read_records_write(r, BUSY, lines, records, e);
    int64_t done = r->written - before;
    bool whole = done == records;
    r->partial = !whole;
    at->skip += done;
    at->offset += done;
    bookmark_set(&r->place, whole ? after : at);
    if (done)
        bookmark_set(&r->last, at);
    return result ? -1 : read_output_save_at_times(r, e);
}

static int write_about(struct read_run *r, struct buf *about, struct error *e)
{
    int result = about->len ? io_write_lines((int)r->options->run.envelope_fd, about->data, about->len, e) : 0;
    buf_clear(about);
    return result;
}

static void put_aside(struct read_run *r)
{
    size_t n = ++r->waiting_count;
    r->waiting = mem_grown(r->waiting, n * sizeof *r->waiting);
    struct waiting_page *w = &r->waiting[n - 1];
    *w = (struct waiting_page){.records = r->ready_records};
    if (r->ready_bytes)
        buf_add(&w->lines, r->ready.data + r->ready_from, r->ready_bytes);
    buf_swap(&w->about, &r->ready_about);
    bookmark_set(&w->at, &r->at);
    bookmark_set(&w->after, &r->after);
    r->shared->waiting_bytes += w->lines.len;
}

static void free_waiting(struct read_run *r, struct waiting_page *w)
{
    r->shared->waiting_bytes -= w->lines.len;
    buf_free(&w->lines);
    buf_free(&w->about);
    buf_free(&w->at.cursor);
    buf_free(&w->after.cursor);
}

static int write_waiting(struct read_run *r, struct waiting_page *w, struct error *e)
{
    struct slice lines = {w->lines.data, w->lines.len};
    if (write_about(r, &w->about, e))
        return -1;
    if (w->records)
        return write_page(r, lines, w->records, &w->at, &w->after, e);
    bookmark_set(&r->place, &w->after);
    return 0;
}

int read_output_release(struct read_run *r, struct error *e)
{
    int result = 0;
    r->waits = false;
    for (struct waiting_page *w = r->waiting; result == 0 && w < r->waiting + r->waiting_count; w++)
        result = write_waiting(r, w, e);
    read_output_forget(r);
    return result;
}

void read_output_forget(struct read_run *r)
{
    while (r->waiting_count)
        free_waiting(r, &r->waiting[--r->waiting_count]);
    free(r->waiting);
    r->waiting = NULL;
}

static int write_ready(struct read_run *r, struct error *e)
{
    struct slice lines = {r->ready.data + r->ready_from, r->ready_bytes};
    int64_t records = r->ready_records;
    if (write_about(r, &r->ready_about, e))
        return -1;
    return records ? write_page(r, lines, records, &r->at, &r->after, e) : 0;
}

int read_output_write(void *ctx, struct error *e)
{
    struct read_run *r = ctx;
    int result = 0;
    read_tell_notes(r);
    if (r->ready_waits)
        put_aside(r);
    else
        result = write_ready(r, e);
    r->ready_waits = false;
    r->ready_bytes = 0;
    r->ready_records = 0;
    read_tell_progress(r);
    return result;
}
