/* outcome: what became of the records of a batch: what the answer says of them, rejects, ids, the receipt. */
#include "write/outcome.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/io.h"
#include "http/answer.h"
#include "json/error_body.h"

/* ---- the answer ---- */

/* The answer as compact JSON; empty when it is none, which is fine: then it says nothing of single records. But JSON
 * cut short and what claims to be JSON may have said that records were refused, and a web page comes from something
 * else than an API. */
static int read_answer(struct held_batch *h, const struct exchange *x, struct error *e)
{
    struct split split;
    const char *type = transfer_header(x, "Content-Type", NULL), *text = buf_text(&h->answer);
    text += strspn(text, " \t\r\n");
    buf_clear(&h->compact);
    if (split_whole(&split, h->answer.data, h->answer.len, &h->compact) == 0)
        return 0;
    buf_clear(&h->compact);
    if (strncasecmp(text, "<!doctype html", 14) == 0 || strncasecmp(text, "<html", 5) == 0)
        return error_set(e, EXIT_ANSWER, "the answer is a web page (is this the URL of a JSON API?)");
    if (*text != '{' && *text != '[')
        return 0;
    if (split.reason == SPLIT_CUT) {
        error_set(e, EXIT_UNAVAILABLE, "the answer is cut short after %zu bytes", h->answer.len);
        return 1;
    }
    if (!type || !strcasestr(type, "json"))
        return 0;
    answer_split_error(&split, e);
    return -1;
}

int outcome_answer(struct write_run *w, struct held_batch *h, const struct exchange *x, struct error *e)
{
    char detail[300];
    int result = read_answer(h, x, e);
    if (result)
        return result;
    struct slice answer = {buf_text(&h->compact), h->compact.len};
    const char *wrong =
        results_find(&h->results, &w->paths, answer, h->now.to - h->now.from, batch_record(&h->batch, h->now.from));
    if (!wrong && x->status == 207 && h->results.kind == RESULTS_NONE) /* Multi-Status: some may have failed */
        wrong = "HTTP 207 has a status for each record, but the answer has them in no list that is known (--results)";
    if (!wrong)
        return 0;
    error_body_detail(answer.text, answer.len, detail, sizeof detail);
    return error_set(e, EXIT_ANSWER, "%s%s%s", wrong, *detail ? ": " : "", detail);
}

/* ---- the fate of records ---- */

static int64_t line_of(const struct held_batch *h, size_t n)
{
    return batch_line(&h->batch, n);
}

static void fail(struct write_run *w, const struct error *e)
{
    if (!w->failed)
        w->failure = *e;
    w->failed = true;
}

/* Also after a signal: what the receipt calls done must be in the files. */
static int keep(int fd, const struct buf *line, struct error *e)
{
    if (fd < 0)
        return 0;
    if (!io_signalled())
        return io_write_lines(fd, line->data, line->len, e);
    io_write_last(fd, line->data, line->len);
    return 0;
}

/* A line for each record, so that ids and records keep together. */
static int write_id(struct write_run *w, struct slice id, struct error *e)
{
    struct buf line = {0};
    w->has_ids |= id.text != NULL;
    if (w->ids_fd < 0)
        return 0;
    buf_add(&line, id.text ? id.text : "null", id.text ? id.len : 4);
    buf_addc(&line, '\n');
    int result = keep(w->ids_fd, &line, e);
    buf_free(&line);
    return result;
}

/* -1 with the first reject that is too many; others are told where no file keeps them. */
static int count_reject(struct write_run *w, int64_t line, struct slice why, struct error *e)
{
    const struct write_options *o = w->options;
    int64_t most = o->max_rejects >= 0 ? o->max_rejects : o->reject_file ? INT64_MAX : 0;
    struct buf note = {0};
    bool enough = w->receipt.rejected++ == most;
    buf_addf(&note, "input line %" PRId64 " was rejected%s%.*s", line, why.len ? ": " : "",
             (int)(why.len < 300 ? why.len : 300), why.len ? why.text : "");
    if (enough)
        error_set(e, EXIT_REFUSED, "%s; more rejects than --max-rejects %" PRId64, buf_text(&note), most);
    else if (!o->reject_file)
        terminal_note(&w->terminal, false, buf_text(&note));
    buf_free(&note);
    return enough ? -1 : 0;
}

/* A line of a reject file; record and why are JSON text and go through as they are. */
static void add_reject(struct slice record, int64_t line, long status, struct slice why, struct buf *out)
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

/* What the server says of a record, JSON text, without secrets. */
static void add_masked(const struct exchange *x, struct slice why, struct buf *said)
{
    struct split split;
    struct buf compact = {0};
    char *text = mem_text(why.text ? why.text : "", why.len);
    transfer_mask(x, text);
    size_t len = strlen(text);
    if (len && split_whole(&split, text, len, &compact)) /* a number was a secret */
        value_quote(text, len, said);
    else
        buf_add(said, text, len);
    buf_free(&compact);
    free(text);
}

static int reject(struct write_run *w, struct held_batch *h, const struct exchange *x, size_t n, long status,
                  struct slice why, struct error *e)
{
    struct buf line = {0}, said = {0};
    struct error wrong = {0};
    add_masked(x, why, &said);
    why = (struct slice){said.data, said.len};
    add_reject(batch_record(&h->batch, n), line_of(h, n), status, why, &line);
    int result = keep(w->reject_fd, &line, &wrong);
    buf_free(&line);
    if (count_reject(w, line_of(h, n), why, &wrong) || write_id(w, (struct slice){0}, &wrong))
        result = -1;
    buf_free(&said);
    if (result && !e->code)
        *e = wrong;
    return result;
}

/* A 2xx answer: the records are written, but for those that it says were not. All of them have their fate, whatever
 * fails here. */
static void accept_piece(struct write_run *w, struct held_batch *h, const struct exchange *x, struct error *e)
{
    w->receipt.bytes += (int64_t)h->body_bytes;
    for (size_t i = h->now.from; i < h->now.to; i++) {
        struct result said = results_next(&h->results, batch_record(&h->batch, i));
        if (said.rejected) {
            reject(w, h, x, i, said.status, said.error, e);
            continue;
        }
        w->receipt.records++;
        struct error wrong = {0};
        if (write_id(w, said.id, &wrong) && !e->code)
            *e = wrong;
    }
}

static bool takes_rejects(const struct write_run *w)
{
    return w->options->reject_file || w->options->max_rejects > 0;
}

static bool is_refusal(long status)
{
    return status == 400 || status == 413 || status == 422;
}

static void reject_single(struct write_run *w, struct held_batch *h, struct exchange *x, struct error *e)
{
    struct buf quoted = {0};
    value_quote(x->error.message, strlen(x->error.message), &quoted);
    reject(w, h, x, h->now.from, x->status, (struct slice){quoted.data, quoted.len}, e);
    buf_free(&quoted);
}

/* A piece of several records was refused as a whole, which is taken to mean that none of it is stored. */
static void halve(struct held_batch *h)
{
    size_t middle = h->now.from + (h->now.to - h->now.from) / 2;
    h->later[h->waiting++] = (struct piece){middle, h->now.to};
    h->later[h->waiting++] = (struct piece){h->now.from, middle};
}

static const char *hint(long status)
{
    return status == 413        ? " (a smaller --batch-size or --batch-bytes)"
           : is_refusal(status) ? " (--reject-file finds out the bad ones)"
                                : "";
}

static void fail_piece(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    struct error *e = &x->error;
    struct buf lines = {0};
    int64_t first = line_of(h, h->now.from), last = line_of(h, h->now.to - 1);
    receipt_name(first, last, &lines);
    error_set(e, e->code, "input %s: %s%s", buf_text(&lines), e->message, hint(x->status));
    buf_free(&lines);
    fail(w, e);
    if (x->unsettled)
        receipt_unknown(&w->receipt, first, last);
    else
        receipt_gap(&w->receipt);
}

static bool has_rejects(const struct held_batch *h)
{
    struct results results = h->results;
    for (size_t i = h->now.from; i < h->now.to; i++)
        if (results_next(&results, batch_record(&h->batch, i)).rejected)
            return true;
    return false;
}

/* An earlier try may have been taken: what is refused now may be so because it is there already. */
static void doubt_rejects(struct held_batch *h, struct exchange *x)
{
    if (x->failed || !x->unsettled || !has_rejects(h))
        return;
    x->failed = true;
    error_set(&x->error, EXIT_UNAVAILABLE, "records are refused that an earlier try may have stored");
    transfer_locate(x, &x->error);
}

int outcome_piece(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    struct error wrong = {0};
    doubt_rejects(h, x);
    bool several = h->now.to - h->now.from > 1,
         refused = x->failed && !x->unsettled && takes_rejects(w) && is_refusal(x->status);
    if (x->failed && !refused) {
        fail_piece(w, h, x);
        return -1;
    }
    if (refused && several) {
        halve(h);
        return 1;
    }
    if (refused)
        reject_single(w, h, x, &wrong);
    else
        accept_piece(w, h, x, &wrong);
    receipt_done(&w->receipt, line_of(h, h->now.from), line_of(h, h->now.to - 1));
    if (!wrong.code)
        return 0;
    transfer_locate(x, &wrong);
    fail(w, &wrong);
    return -1;
}

void outcome_open(struct write_run *w, unsigned slots)
{
    for (;;) {
        struct held_batch *first = NULL;
        for (struct held_batch *h = w->held; h < w->held + slots; h++)
            if (h->open && (!first || line_of(h, 0) < line_of(first, 0)))
                first = h;
        if (!first)
            return;
        receipt_unknown(&w->receipt, line_of(first, first->now.from), line_of(first, first->now.to - 1));
        first->open = false;
    }
}
