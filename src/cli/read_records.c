/* read_records: records of the range go out. */
#include "cli/read_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "cli/read_parents.h"
#include "cli/read_tell.h"
#include "json/lines.h"

static void wait_for_reader(void *ctx, int fd)
{
    struct read_run *r = ctx;
    transfer_wait(r->shared->transfer, fd);
}

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

int read_records_begin(struct read_run *r, struct error *e)
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

static void warn_of_loss(struct read_run *r)
{
    struct buf lines = {0};
    read_arrow_warnings(r->shared->arrow, &lines);
    if (lines.len)
        read_tell_note(r, false, buf_text(&lines));
    buf_free(&lines);
}

int read_records_finish(struct read_run *r, bool failed, struct error *e)
{
    struct error lost = {0};
    if (!r->shared->arrow || io_signalled() || (failed && e->quiet))
        return 0;
    if (read_arrow_end(r->shared->arrow, failed, &lost) || write_arrow(r, ALONE, &lost)) {
        if (!failed)
            *e = lost;
        return -1;
    }
    if (!failed)
        warn_of_loss(r);
    return 0;
}

void read_records_free(struct read_run *r)
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

size_t read_records_line(const char *text, size_t len, int64_t lines, int64_t n)
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

/* value: a time in a form that is not known, as JSON; empty: there is none. */
static void tell_taken_for_new(struct read_run *r, struct slice value)
{
    struct buf line = {0};
    char *shown = mem_text(value.text ? value.text : "", value.len);
    text_clean(shown);
    buf_adds(&line, "warning: some records have nothing at --since-path to compare: they are taken for new");
    if (*shown)
        buf_addf(&line, " (%.60s is in no form of times that is known: --time-format says which it is)", shown);
    read_tell_note(r, false, buf_text(&line));
    free(shown);
    buf_free(&line);
}

/* --since-path: those that are new. */
static struct slice kept(struct read_run *r, struct slice lines)
{
    struct newer *n = newer_of(r);
    struct slice unread;
    if (!n->path.count && !r->shared->windows)
        return lines;
    if (!n->told && newer_lacks(n, lines, &unread)) {
        tell_taken_for_new(r, unread);
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
        if (!value_same(line, wanted))
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

int read_records_write(struct read_run *r, enum pace pace, struct slice lines, int64_t count, struct error *e)
{
    struct error lost = {0};
    struct slice new = kept(r, lines), out = chosen(r, new);
    size_t done;
    int64_t left = new.len == lines.len ? count : count_lines(new.text, new.len);
    if (add_kept(r, &out, e))
        return -1;
    if (!r->shared->arrow) {
        int result = write_out(r, pace, out.text, out.len, &done, e);
        const char *end = done ? memrchr(out.text, '\n', done) : NULL;
        done = end ? (size_t)(end + 1 - out.text) : 0;
        bool whole = done == out.len;
        int64_t records = whole ? left : count_lines(out.text, done);
        int64_t passed = whole ? count : new.len == lines.len ? records : dealt_with(lines, new, records);
        r->written += passed;
        r->dropped += passed - records;
        r->shared->written += records;
        if (newer_of(r)->path.count)
            newer_note(newer_of(r), (struct slice){new.text, read_records_line(new.text, new.len, left, records)});
        r->shared->output.bytes += (int64_t)done;
        return result;
    }
    int result = read_arrow_add(r->shared->arrow, out, e);
    r->written += count;
    r->dropped += count - left;
    r->shared->written += left;
    return write_arrow(r, pace, result ? &lost : e) || result ? -1 : 0;
}
