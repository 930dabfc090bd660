/* read_output: what a read writes. */
#include "cli/read_output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "cli/read_parents.h"
#include "cli/report.h"
#include "json/lines.h"

void read_output_note(void *ctx, bool verbose, const char *line)
{
    struct read_run *r = ctx;
    struct buf text = {0};
    if (r->parent)
        buf_addf(&text, "%.*s: ", (int)r->parent->name.len, r->parent->name.data);
    buf_adds(&text, line);
    terminal_note(&r->shared->terminal, verbose, buf_text(&text));
    buf_free(&text);
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
    if (strcmp(o->output.output, "arrow") || o->run.dry_run)
        return 0;
    if (r->shared->states)
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
    buf_free(&r->shared->kept);
    list_free(&r->shared->told);
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

static struct newer *newer_of(struct read_run *r)
{
    return r->shared->windows ? &r->shared->whole->newer : &r->newer;
}

/* --since-path: those that are new. */
static struct slice kept(struct read_run *r, struct slice lines)
{
    struct newer *n = newer_of(r);
    if (!n->path.count && !r->shared->windows)
        return lines;
    if (!n->told && newer_lacks(n, lines)) {
        read_output_note(r, false,
                         "warning: some records have nothing at --since-path to compare: they are taken for new");
        n->told = true;
    }
    buf_clear(&r->kept);
    newer_keep(n, lines, &r->kept);
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

/* --keep: the fields of the line that the list is made of come first. */
static int add_kept(struct read_run *r, struct slice *lines, struct error *e)
{
    struct buf *out = &r->shared->kept;
    if (!r->parent || !r->parent->kept.len)
        return 0;
    buf_clear(out);
    int result = parents_add_kept(r->each, r->parent, *lines, out, e);
    *lines = (struct slice){buf_text(out), out->len};
    return result;
}

/* Records of the range, by lines; those that have gone out are counted, also when only a part of them has. */
static int write_records(struct read_run *r, enum pace pace, const char *lines, size_t n, int64_t count,
                         struct error *e)
{
    struct error lost = {0};
    struct slice all = {lines, n}, new = kept(r, all), out = chosen(r, new);
    size_t done;
    int64_t left = new.len == n ? count : count_lines(new.text, new.len);
    if (add_kept(r, &out, e))
        return -1;
    if (!r->shared->arrow) {
        int result = write_out(r, pace, out.text, out.len, &done, e);
        const char *end = done ? memrchr(out.text, '\n', done) : NULL;
        done = end ? (size_t)(end + 1 - out.text) : 0;
        bool whole = done == out.len;
        int64_t records = whole ? left : count_lines(out.text, done);
        int64_t passed = whole ? count : new.len == n ? records : dealt_with(all, new, records);
        r->written += passed;
        r->dropped += passed - records;
        r->shared->written += records;
        if (newer_of(r)->path.count)
            newer_note(newer_of(r), (struct slice){new.text, line_start(new.text, new.len, left, records)});
        r->shared->output.bytes += (int64_t)done;
        return result;
    }
    int result = read_arrow_add(r->shared->arrow, out, e);
    r->written += count;
    r->dropped += count - left;
    r->shared->written += left;
    return write_arrow(r, pace, result ? &lost : e) || result ? -1 : 0;
}

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
    size_t from = line_start(text, all, lines, skip), to = line_start(text, all, lines, skip + keep);
    x->spent = true;
    h->split.lines = h->split.many; /* what is out cannot be put together again */
    h->split.settled = true;
    if (write_records(r, ALONE, h->records.data + from, to - from, keep, e))
        return -1;
    r->place.skip = r->range.offset + r->written;
    if (read_output_save_at_times(r, e))
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
    r->ready_from = line_start(r->ready.data, r->ready.len, got, skip);
    r->ready_bytes = line_start(r->ready.data, r->ready.len, got, skip + h->page.keep) - r->ready_from;
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

static struct progress progress(const struct read_run *r)
{
    const struct read_shared *s = r->shared;
    return (struct progress){.records = s->written,
                             .total = r->options->each.for_each || s->windows ? -1 : r->paginate.total,
                             .bytes = s->bytes,
                             .bytes_total = -1,
                             .parts = s->pages + r->paginate.pages,
                             .part = "page",
                             .retries = s->stats.retries};
}

/* The place moves on with each record. */
static int write_page(struct read_run *r, struct slice lines, int64_t records, struct bookmark *at,
                      const struct bookmark *after, struct error *e)
{
    int64_t before = r->written;
    int result = write_records(r, BUSY, lines.text, lines.len, records, e);
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

/* What has been said of one list is not said again of each. */
static bool was_told(struct read_run *r, const char *note)
{
    enum { MOST_TOLD = 100 };
    struct list *told = &r->shared->told;
    for (size_t i = 0; r->each && i < told->count; i++)
        if (strcmp(told->item[i], note) == 0)
            return true;
    if (r->each && told->count < MOST_TOLD)
        list_add(told, note);
    return false;
}

void read_output_tell(struct read_run *r)
{
    struct buf *note = &r->paginate.note;
    if (note->len && !was_told(r, buf_text(note)))
        read_output_note(r, false, buf_text(note));
    buf_clear(note);
}

int read_output_write(void *ctx, struct error *e)
{
    struct read_run *r = ctx;
    int result = 0;
    read_output_tell(r);
    if (r->ready_waits)
        put_aside(r);
    else
        result = write_ready(r, e);
    r->ready_waits = false;
    r->ready_bytes = 0;
    r->ready_records = 0;
    struct progress done = progress(r);
    terminal_progress_show(&r->shared->terminal, &done);
    return result;
}

void read_output_end(struct read_run *r)
{
    struct progress done = progress(r);
    terminal_progress_end(&r->shared->terminal, &done);
}
