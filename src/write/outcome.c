/* outcome: what became of the records of a request: what the answer says of each, what is to be sent again, and how. */
#include "write/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "write/reply.h"
#include "write/settle.h"
#include "json/error_body.h"
#include "json/split.h"

/* ---- a batch ---- */

static void reject_large(struct held_batch *h, size_t record)
{
    static const char why[] = "\"the record is larger than --batch-bytes\"";
    struct record_fate *f = &h->fate[record];
    f->fate = FATE_REJECTED;
    f->error = h->texts.len;
    f->error_len = strlen(why);
    buf_adds(&h->texts, why);
}

void outcome_begin(struct held_batch *h)
{
    size_t count = h->batch.count, n = 0;
    if (count > h->room) {
        free(h->fate);
        free(h->order);
        free(h->sent);
        free(h->results);
        h->room = count;
        h->fate = mem_zeroed(count, sizeof *h->fate);
        h->order = mem_zeroed(count, sizeof *h->order);
        h->sent = mem_zeroed(count, sizeof *h->sent);
        h->results = mem_zeroed(count, sizeof *h->results);
    }
    memset(h->fate, 0, count * sizeof *h->fate);
    buf_clear(&h->texts);
    for (size_t i = 0; i < count; i++)
        if (batch_is_large(&h->batch, i))
            reject_large(h, i);
        else
            h->order[n++] = i;
    h->now = (struct piece){0, n, 0};
    h->waiting = 0;
    h->held = true;
}

void outcome_skip(struct held_batch *h)
{
    h->fate[h->order[0]].fate = FATE_SKIPPED;
    h->now.to = 0;
}

void outcome_free(struct held_batch *h)
{
    batch_free(&h->batch);
    free(h->fate);
    free(h->order);
    free(h->sent);
    free(h->results);
    buf_free(&h->texts);
    buf_free(&h->answer);
    buf_free(&h->compact);
    buf_free(&h->listed);
}

/* ---- the fate of records ---- */

/* What the server says, JSON text, without secrets: kept in the texts of the batch, until it is told. */
static void add_masked(struct held_batch *h, const struct exchange *x, struct slice said, size_t *at, size_t *added)
{
    struct buf compact = {0};
    char *text = mem_text(said.text ? said.text : "", said.len);
    transfer_mask(x, text);
    size_t len = strlen(text);
    *at = h->texts.len;
    if (len && split_compact(text, len, &compact)) /* a number was a secret */
        value_quote(text, len, &h->texts);
    else
        buf_add(&h->texts, text, len);
    *added = h->texts.len - *at;
    buf_free(&compact);
    free(text);
}

static void add_id(struct held_batch *h, struct slice id, struct record_fate *f)
{
    f->id = h->texts.len;
    f->id_len = id.len;
    buf_add(&h->texts, id.text ? id.text : "", id.len);
}

static struct record_fate *fate_of(struct held_batch *h, size_t place)
{
    return &h->fate[h->order[place]];
}

static void set_all(struct held_batch *h, enum fate fate)
{
    for (size_t i = h->now.from; i < h->now.to; i++)
        fate_of(h, i)->fate = fate;
}

static size_t count_results(const struct held_batch *h, enum fate fate)
{
    size_t n = 0;
    for (size_t i = 0; i < h->now.to - h->now.from; i++)
        n += h->results[i].fate == fate;
    return n;
}

static bool takes_rejects(const struct write_run *w)
{
    return w->options->reject_file || w->options->max_rejects > 0;
}

static void reject(struct held_batch *h, const struct exchange *x, size_t place, long status, struct slice why)
{
    struct record_fate *f = fate_of(h, place);
    f->fate = FATE_REJECTED;
    f->status = status;
    add_masked(h, x, why, &f->error, &f->error_len);
}

/* The lines of the piece that have this fate, for messages. */
static void name_lines(struct held_batch *h, enum fate fate, struct error *e)
{
    struct buf message = {0};
    int64_t first = 0, last = 0;
    for (size_t i = h->now.from; i < h->now.to; i++)
        if (fate_of(h, i)->fate == fate) {
            last = batch_line(&h->batch, h->order[i]);
            first = first ? first : last;
        }
    buf_adds(&message, "input ");
    receipt_name(first, last, &message);
    error_set(e, e->code, "%s: %s", buf_text(&message), e->message);
    buf_free(&message);
}

/* ---- a 2xx answer ---- */

/* What the answer leaves open. */
static int fail_unknown(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    char detail[300];
    error_body_detail(buf_text(&h->compact), h->compact.len, detail, sizeof detail);
    error_set(&x->error, EXIT_ANSWER, "%s%s%s", h->said.wrong, *detail ? ": " : "", detail);
    transfer_locate(x, &x->error);
    name_lines(h, FATE_UNKNOWN, &x->error);
    settle_fail(w, &x->error);
    return -1;
}

/* These are refused for now, and were sent again often enough. */
static int fail_again(struct write_run *w, struct held_batch *h, struct exchange *x, size_t from)
{
    struct result *first = &h->results[0];
    while (first->fate != FATE_AGAIN)
        first++;
    h->now.from = from;
    int len = first->error.len < 300 ? (int)first->error.len : 300;
    error_set(&x->error, EXIT_UNAVAILABLE, "refused for now, and given up after %u tries: %.*s", h->now.tries + 1, len,
              first->error.text ? first->error.text : "");
    transfer_locate(x, &x->error);
    name_lines(h, FATE_OPEN, &x->error);
    settle_fail(w, &x->error);
    return -1;
}

/* What is refused for a reason that passes comes to the end of the piece, in its order. Where it begins. */
static size_t collect_again(struct held_batch *h, double *after)
{
    size_t count = h->now.to - h->now.from, done = h->now.from, again = 0;
    size_t *late = mem_zeroed(count, sizeof *late);
    *after = 0;
    for (size_t i = 0; i < count; i++) {
        size_t record = h->order[h->now.from + i];
        if (h->results[i].fate != FATE_AGAIN) {
            h->order[done++] = record;
            continue;
        }
        late[again++] = record;
        *after = h->results[i].after > *after ? h->results[i].after : *after;
    }
    memcpy(h->order + done, late, again * sizeof *late);
    free(late);
    return done;
}

static int send_again(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    double after;
    size_t from = collect_again(h, &after);
    if (from == h->now.to)
        return 0;
    if (!w->failed && !settle_has_enough(w, h) && transfer_again(x, h->now.tries + 1, after)) {
        for (size_t i = from; i < h->now.to; i++)
            fate_of(h, i)->fate = FATE_OPEN;
        h->later[h->waiting++] = (struct piece){from, h->now.to, h->now.tries + 1};
        return 0;
    }
    for (size_t i = from; i < h->now.to; i++)
        fate_of(h, i)->fate = takes_rejects(w) ? FATE_REJECTED : FATE_OPEN;
    return takes_rejects(w) || w->failed ? 0 : fail_again(w, h, x, from);
}

/* What was not looked at is as if it had not been sent. */
static void send_rest(struct held_batch *h)
{
    size_t from = h->now.from;
    while (from < h->now.to && fate_of(h, from)->fate != FATE_OPEN)
        from++;
    if (from < h->now.to)
        h->later[h->waiting++] = (struct piece){from, h->now.to, 0};
}

static int accept_piece(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    w->receipt.bytes += (int64_t)h->body_bytes;
    w->lasting = 0;
    for (size_t i = 0; i < h->now.to - h->now.from; i++) {
        struct result *said = &h->results[i];
        struct record_fate *f = fate_of(h, h->now.from + i);
        f->fate = said->fate;
        f->queued = h->said.queued;
        f->status = said->status;
        add_masked(h, x, said->error, &f->error, &f->error_len);
        if (w->answers_fd >= 0)
            add_masked(h, x, said->part, &f->part, &f->part_len);
        add_id(h, said->id, f);
    }
    if (count_results(h, FATE_UNKNOWN)) {
        for (size_t i = h->now.from; i < h->now.to; i++)
            if (fate_of(h, i)->fate == FATE_AGAIN)
                fate_of(h, i)->fate = FATE_OPEN;
        return fail_unknown(w, h, x);
    }
    send_rest(h);
    return send_again(w, h, x);
}

/* An earlier try may have been taken: what is refused now may be so because it is there already. */
static bool is_doubtful(const struct held_batch *h, const struct exchange *x)
{
    return !x->failed && x->unsettled && count_results(h, FATE_REJECTED) + count_results(h, FATE_AGAIN);
}

static void doubt(struct exchange *x)
{
    x->failed = true;
    error_set(&x->error, EXIT_UNAVAILABLE, "records are refused that an earlier try may have stored");
    transfer_locate(x, &x->error);
}

/* ---- another answer, or none ---- */

static bool is_too_large(long status)
{
    return status == 413 || status == 414;
}

/* With one record a request, what is refused is this record; and what fails again and again while others pass. */
static bool is_of_one(struct write_run *w, const struct exchange *x)
{
    if (w->input.batch_size > 1 || (x->rule && !x->rule->built_in))
        return false;
    if (x->status / 100 == 5 && x->request.repeatable)
        return w->lasting++ == 0;
    return x->error.code == EXIT_REFUSED && x->status / 100 == 4 && !x->unsettled;
}

static void reject_single(struct held_batch *h, struct exchange *x)
{
    struct buf quoted = {0};
    if (x->status / 100 == 2 && h->compact.len) { /* a rule says so; why, the answer has */
        reject(h, x, h->now.from, x->status, (struct slice){buf_text(&h->compact), h->compact.len});
        return;
    }
    value_quote(x->error.message, strlen(x->error.message), &quoted);
    reject(h, x, h->now.from, x->status, (struct slice){quoted.data, quoted.len});
    buf_free(&quoted);
}

/* What is to be deleted has gone: by an earlier try, perhaps. */
static bool is_gone(const struct exchange *x)
{
    return x->request.method == METHOD_DELETE && x->failed && x->unsettled && (x->status == 404 || x->status == 410);
}

/* A piece of several records was refused as a whole, which is taken to mean that none of it is stored. */
static void halve(struct held_batch *h)
{
    size_t middle = h->now.from + (h->now.to - h->now.from) / 2;
    h->later[h->waiting++] = (struct piece){middle, h->now.to, 0};
    h->later[h->waiting++] = (struct piece){h->now.from, middle, 0};
}

static const char *hint(const struct exchange *x)
{
    return is_too_large(x->status)    ? " (--reject-file keeps it, and goes on)"
           : x->action == RULE_REJECT ? " (--reject-file finds out the bad ones)"
                                      : "";
}

static int fail_piece(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    error_set(&x->error, x->error.code, "%s%s", x->error.message, hint(x));
    set_all(h, FATE_OPEN);
    name_lines(h, FATE_OPEN, &x->error);
    settle_fail(w, &x->error);
    if (x->unsettled)
        set_all(h, FATE_UNKNOWN);
    return -1;
}

int outcome_piece(struct write_run *w, struct held_batch *h, struct exchange *x)
{
    size_t count = h->now.to - h->now.from;
    if (!count)
        return 0;
    if (is_gone(x)) {
        set_all(h, FATE_STORED);
        return 0;
    }
    if (is_doubtful(h, x))
        doubt(x);
    if (!x->failed || (count > 1 && reply_is_partial(w, h, x)))
        return accept_piece(w, h, x);
    bool refused = !x->unsettled && x->action == RULE_REJECT;
    if (count > 1 && refused && (takes_rejects(w) || is_too_large(x->status)))
        halve(h);
    else if (count == 1 && takes_rejects(w) && (refused || is_of_one(w, x)))
        reject_single(h, x);
    else
        return fail_piece(w, h, x);
    return 0;
}
