/* write_tell: what a write says on the terminal. */
#include "cli/write_tell.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

void write_tell_note(void *ctx, bool verbose, const char *line)
{
    struct write_run *w = ctx;
    terminal_note(&w->terminal, verbose, line);
}

/* How much of a file on standard input is in batches. */
static struct progress progress(const struct write_run *w)
{
    struct stat s;
    bool file = w->input.fd >= 0 && fstat(w->input.fd, &s) == 0 && S_ISREG(s.st_mode);
    int64_t ahead = (int64_t)(w->input.pending.len - w->input.taken);
    return (struct progress){.records = w->receipt.records,
                             .total = -1,
                             .bytes = file ? lseek(w->input.fd, 0, SEEK_CUR) - ahead : w->receipt.bytes,
                             .bytes_total = file ? s.st_size : -1,
                             .parts = w->receipt.batches,
                             .part = "batch",
                             .retries = w->stats.retries};
}

void write_tell_progress(struct write_run *w)
{
    struct progress done = progress(w);
    terminal_progress_show(&w->terminal, &done);
}

/* Which lines may or may not have been stored. */
static void name_unknown(const struct write_run *w, struct error *e)
{
    struct buf lines = {0};
    const struct receipt_ranges *unknown = &w->receipt.unknown;
    if (!unknown->count)
        return;
    for (size_t i = 0; i < unknown->count && i < 8; i++) {
        buf_adds(&lines, i ? ", " : "");
        receipt_name(unknown->range[i].first, unknown->range[i].last, &lines);
    }
    error_set(e, e->code, "%s; may or may not have been stored: %s%s", e->message, buf_text(&lines),
              unknown->count > 8 ? ", ... (see the receipt)" : "");
    buf_free(&lines);
}

static void note_rejects(struct write_run *w)
{
    struct buf note = {0};
    int64_t n = w->receipt.rejected;
    if (!n || !w->options->reject_file)
        return;
    buf_addf(&note, "%" PRId64 " record%s rejected: see %s", n, n == 1 ? " was" : "s were", w->options->reject_file);
    terminal_note(&w->terminal, false, buf_text(&note));
    buf_free(&note);
}

/* What is queued is not stored yet, and may still be refused. */
static void note_accepted(struct write_run *w)
{
    struct buf note = {0};
    int64_t n = w->receipt.accepted;
    if (!n)
        return;
    buf_addf(&note,
             "%" PRId64 " of %" PRId64 " records %s accepted, not stored yet: the API works on them later, and tells "
             "what became of them elsewhere (--answers-file keeps its answers, which name the job)",
             n, w->receipt.records, n == 1 ? "was" : "were");
    terminal_note(&w->terminal, false, buf_text(&note));
    buf_free(&note);
}

static void note_ids(struct write_run *w)
{
    if (w->ids_fd >= 0 && w->receipt.records && !w->has_ids)
        terminal_note(&w->terminal, false, "no answer had an id at --ids: the file of ids has null for each record");
}

void write_tell_end(struct write_run *w, struct error *failure)
{
    struct progress done = progress(w);
    terminal_progress_end(&w->terminal, &done);
    if (failure) {
        name_unknown(w, failure);
        return;
    }
    note_rejects(w);
    note_ids(w);
    note_accepted(w);
}
