/* settle: what became of the records of a batch, told: the receipt, the reject file, the file of ids. */
#include "write/settle.h"

#include <inttypes.h>

#include "base/io.h"

void settle_fail(struct write_run *w, const struct error *e)
{
    if (!w->failed)
        w->failure = *e;
    w->failed = true;
}

/* Also after a signal: what the receipt calls done must be in the files. */
static int keep(int fd, const struct buf *line, struct error *e)
{
    return fd < 0 ? 0 : io_write_whole(fd, line->data, line->len, e);
}

/* A line for each record, so that the file and the records keep together. */
static int write_beside(int fd, struct slice text, struct error *e)
{
    struct buf line = {0};
    if (fd < 0)
        return 0;
    buf_add(&line, text.len ? text.text : "null", text.len ? text.len : 4);
    buf_addc(&line, '\n');
    int result = keep(fd, &line, e);
    buf_free(&line);
    return result;
}

/* The text stays where it is until the batch is done. */
static struct slice text_of(struct held_batch *h, size_t at, size_t len)
{
    return (struct slice){buf_text(&h->texts) + at, len};
}

/* What the server gave the record, and said of it. */
static int write_answer(struct write_run *w, struct held_batch *h, const struct record_fate *f, struct error *e)
{
    struct slice id = text_of(h, f->id, f->fate == FATE_STORED ? f->id_len : 0);
    w->has_ids |= id.len > 0;
    return write_beside(w->ids_fd, id, e) || write_beside(w->answers_fd, text_of(h, f->part, f->part_len), e) ? -1 : 0;
}

static int64_t most_rejects(const struct write_options *o)
{
    return o->max_rejects >= 0 ? o->max_rejects : o->reject_file ? INT64_MAX : 0;
}

bool settle_has_enough(const struct write_run *w, const struct held_batch *h)
{
    int64_t n = w->receipt.rejected;
    for (size_t i = 0; i < h->batch.count; i++)
        n += h->fate[i].fate == FATE_REJECTED;
    return n > most_rejects(w->options);
}

/* The first reject that is too many is an error; others are told where no file keeps them. */
static void count_reject(struct write_run *w, int64_t line, struct slice why, struct error *e)
{
    const struct write_options *o = w->options;
    int64_t most = most_rejects(o);
    struct buf note = {0};
    bool enough = w->receipt.rejected++ == most;
    buf_addf(&note, "input line %" PRId64 " was rejected%s%.*s", line, why.len ? ": " : "",
             (int)(why.len < 300 ? why.len : 300), why.len ? why.text : "");
    if (enough)
        error_set(e, EXIT_REFUSED, "%s; more rejects than --max-rejects %" PRId64, buf_text(&note), most);
    else if (!o->reject_file)
        terminal_note(&w->terminal, false, buf_text(&note));
    buf_free(&note);
}

void settle_add_reject(struct slice record, int64_t line, long status, struct slice why, struct buf *out)
{
    buf_adds(out, "{\"record\":");
    buf_add(out, record.text, record.len);
    buf_addf(out, ",\"line\":%lld,\"http_status\":", (long long)line);
    if (status)
        buf_addf(out, "%ld", status);
    else
        buf_adds(out, "null");
    buf_adds(out, ",\"error\":");
    if (why.len)
        buf_add(out, why.text, why.len);
    else
        buf_adds(out, "null");
    buf_adds(out, "}\n");
}

/* A record that the reject file does not get is not done: it would be nowhere. */
static void tell_reject(struct write_run *w, struct held_batch *h, size_t n, struct error *e)
{
    struct record_fate *f = &h->fate[n];
    struct slice why = text_of(h, f->error, f->error_len);
    struct buf line = {0};
    struct error wrong = {0};
    settle_add_reject(batch_record(&h->batch, n), batch_line(&h->batch, n), f->status, why, &line);
    if (keep(w->reject_fd, &line, &wrong)) {
        f->fate = FATE_OPEN;
    } else {
        count_reject(w, batch_line(&h->batch, n), why, &wrong);
        write_answer(w, h, f, &wrong);
    }
    buf_free(&line);
    if (wrong.code && !e->code)
        *e = wrong;
}

static void tell_stored(struct write_run *w, struct held_batch *h, size_t n, struct error *e)
{
    const struct record_fate *f = &h->fate[n];
    struct error wrong = {0};
    w->receipt.records++;
    w->receipt.accepted += f->queued;
    if (write_answer(w, h, f, &wrong) && !e->code)
        *e = wrong;
}

static void tell_skipped(struct write_run *w, struct held_batch *h, size_t n, struct error *e)
{
    struct error wrong = {0};
    w->receipt.skipped++;
    if (write_answer(w, h, &h->fate[n], &wrong) && !e->code)
        *e = wrong;
}

static bool is_done(enum fate fate)
{
    return fate == FATE_STORED || fate == FATE_REJECTED || fate == FATE_SKIPPED;
}

/* Lines in a row with one fate; stored and rejected ones are done alike. */
static void tell_lines(struct write_run *w, struct held_batch *h)
{
    for (size_t i = 0, last; i < h->batch.count; i = last + 1) {
        enum fate fate = h->fate[i].fate;
        for (last = i; last + 1 < h->batch.count; last++) {
            enum fate next = h->fate[last + 1].fate;
            if (next != fate && !(is_done(next) && is_done(fate)))
                break;
        }
        int64_t from = batch_line(&h->batch, i), to = batch_line(&h->batch, last);
        if (is_done(fate))
            receipt_done(&w->receipt, from, to);
        else if (fate == FATE_UNKNOWN)
            receipt_unknown(&w->receipt, from, to);
        else
            receipt_gap(&w->receipt);
    }
}

void settle_batch(struct write_run *w, struct held_batch *h, const struct exchange *x)
{
    struct error wrong = {0};
    for (size_t i = 0; i < h->batch.count; i++)
        if (h->fate[i].fate == FATE_REJECTED)
            tell_reject(w, h, i, &wrong);
        else if (h->fate[i].fate == FATE_STORED)
            tell_stored(w, h, i, &wrong);
        else if (h->fate[i].fate == FATE_SKIPPED)
            tell_skipped(w, h, i, &wrong);
    tell_lines(w, h);
    h->held = h->open = false;
    if (!wrong.code)
        return;
    if (x)
        transfer_locate(x, &wrong);
    settle_fail(w, &wrong);
}

void settle_open(struct write_run *w, unsigned slots)
{
    for (;;) {
        struct held_batch *first = NULL;
        for (struct held_batch *h = w->held; h < w->held + slots; h++)
            if (h->held && (!first || batch_line(&h->batch, 0) < batch_line(&first->batch, 0)))
                first = h;
        if (!first)
            return;
        for (size_t i = first->now.from; first->open && i < first->now.to; i++)
            first->fate[first->order[i]].fate = FATE_UNKNOWN;
        settle_batch(w, first, NULL);
    }
}
