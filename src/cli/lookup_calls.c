/* lookup_calls: what a lookup asks for in which call.
 *
 * A call for many ids may be answered in part: the API may leave out what it does not have, but also what is beyond its
 * limit for a call, or its page. So what is left out is asked for once more, together with others that were, in no
 * larger a call than the API has been seen to answer, and before an id that is there. When that has an answer, what is
 * left out again is not there. A call that is refused, or has no answer at all, is made again in halves, down to the id
 * that is the reason. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "cli/lookup_run.h"
#include "json/error_body.h"
#include "json/passing.h"
#include "json/refusal.h"

static const double PATIENCE = 0.1; /* seconds, for more ids to ask in one call */

/* ---- ids ---- */

static void add(struct call_ids *ids, struct asked *a)
{
    if (ids->count == ids->room) {
        ids->room = ids->room ? 2 * ids->room : 16;
        ids->item = mem_grown((void *)ids->item, ids->room * sizeof(struct asked *));
    }
    ids->item[ids->count++] = a;
}

static void drop_first(struct call_ids *ids, size_t n)
{
    ids->count -= n;
    memmove((void *)ids->item, (void *)(ids->item + n), ids->count * sizeof(struct asked *));
}

/* From the first one on, others are waited for. */
static void wait_with(struct calls *c, struct call_ids *ids, struct asked *a)
{
    if (!c->fresh.count && !c->doubtful.count)
        c->since = io_clock();
    add(ids, a);
}

void calls_add(struct lookup *l, struct asked *a)
{
    wait_with(&l->calls, &l->calls.fresh, a);
}

/* ---- the next call ---- */

/* From the front of these: count, and as many bytes. */
static void take(struct call *call, struct call_ids *from, size_t count, size_t bytes)
{
    size_t n = 0, used = 0;
    call->ids.count = 0;
    while (n < from->count && n < count && (n == 0 || used + from->item[n]->key.len <= bytes)) {
        used += from->item[n]->key.len;
        add(&call->ids, from->item[n++]);
    }
    drop_first(from, n);
}

/* Seconds until the ids at hand are asked for, however few they are. */
static double time_left(const struct lookup *l)
{
    double wait = l->options->write.batch_time;
    return l->calls.since + (wait >= 0 ? wait : PATIENCE) - io_clock();
}

/* After a failure, what comes after its line is not asked for any more. */
static void drop_late(struct lookup *l)
{
    struct call_ids *fresh = &l->calls.fresh;
    while (l->failed_line && fresh->count && fresh->item[fresh->count - 1]->line > l->failed_line)
        fresh->count--;
}

static void take_later(struct calls *c, struct call *call)
{
    struct call *last = &c->later[--c->later_count];
    struct call_ids spare = call->ids;
    call->ids = last->ids;
    call->second = false;
    call->part = last->part;
    call->of = last->of;
    free((void *)spare.item);
}

static void copy_there(struct asked *to, const struct asked *from)
{
    buf_clear(&to->key);
    buf_clear(&to->record);
    buf_add(&to->key, from->key.data, from->key.len);
    buf_add(&to->record, from->record.data, from->record.len);
    to->line = from->line;
}

/* What was left out before, and last one that is there: when that is answered, the rest was heard. */
static void take_doubtful(struct calls *c, struct call *call, size_t few)
{
    size_t rest = few > 1 ? few - 1 : 1;
    size_t bytes = c->shown_bytes > c->there.key.len ? c->shown_bytes - c->there.key.len : 0;
    take(call, &c->doubtful, rest, bytes);
    if (few > 1) {
        copy_there(&call->there, &c->there);
        add(&call->ids, &call->there);
    }
}

bool calls_next(struct lookup *l, unsigned slot, enum lines_state state)
{
    struct calls *c = &l->calls;
    struct call *call = &c->slot[slot];
    size_t few = c->shown < c->most ? c->shown : c->most;
    if (c->later_count) {
        take_later(c, call);
        return true;
    }
    drop_late(l);
    bool now = state == LINES_END || (state == LINES_WAIT && time_left(l) <= 0);
    call->of = NULL;
    call->part = false;
    call->second = c->doubtful.count && (c->doubtful.count >= few || (now && !c->fresh.count));
    if (call->second)
        take_doubtful(c, call, few);
    else if (c->fresh.count >= c->most || (now && c->fresh.count))
        take(call, &c->fresh, c->most, SIZE_MAX);
    else
        return false;
    c->since = io_clock();
    return true;
}

double calls_patience(const struct lookup *l)
{
    const struct calls *c = &l->calls;
    return !c->fresh.count && !c->doubtful.count ? -1 : fmax(time_left(l), 0);
}

/* ---- what became of a call ---- */

static void answer(struct lookup *l, struct asked *a, struct slice text)
{
    static const struct slice null = {"null", 4};
    asked_answer(&l->asked, a, text.text ? text : null);
}

static void fail(struct lookup *l, struct exchange *x, const struct call *call)
{
    struct error why = x->error;
    bool ends = l->reject_fd < 0 || why.code == EXIT_DENIED;
    transfer_locate(x, &why);
    why.http_status = x->status;
    for (size_t i = 0; i < call->ids.count; i++) {
        struct asked *a = call->ids.item[i];
        asked_fail(a, &why);
        if (ends && (!l->failed_line || a->line < l->failed_line))
            l->failed_line = a->line;
    }
}

static void note_limit(struct lookup *l, size_t most)
{
    char line[160];
    if (most >= l->calls.most)
        return;
    l->calls.most = most;
    snprintf(line, sizeof line,
             "asking for no more than %zu ids in a call from here on: the API refuses more, or leaves some out", most);
    terminal_note(&l->terminal, false, line);
}

static void ask_part(struct calls *c, const struct call *call, size_t from, size_t to, struct halved *of)
{
    if (c->later_count == c->later_room) {
        c->later_room = c->later_room ? 2 * c->later_room : 16;
        c->later = mem_grown(c->later, c->later_room * sizeof *c->later);
    }
    struct call *part = &c->later[c->later_count++];
    *part = (struct call){.of = of, .part = true};
    for (size_t i = from; i < to; i++)
        add(&part->ids, call->ids.item[i]);
}

static void halve(struct lookup *l, struct call *call, bool refused)
{
    size_t middle = (call->ids.count + 1) / 2;
    struct halved *of = NULL;
    if (refused) {
        of = mem_zeroed(1, sizeof *of);
        *of = (struct halved){.half = middle, .open = 2};
    }
    ask_part(&l->calls, call, middle, call->ids.count, of);
    ask_part(&l->calls, call, 0, middle, of);
}

/* When both halves of a refused call are taken, it was too large. */
static void close_half(struct lookup *l, struct call *call, bool good)
{
    struct halved *of = call->of;
    call->of = NULL;
    if (!of)
        return;
    of->good += good;
    if (of->good == 2)
        note_limit(l, of->half);
    if (--of->open == 0)
        free(of);
}

static bool is_too_large(long status)
{
    return status == 413 || status == 414 || status == 431;
}

/* The id that is there has done its work. */
static void forget_there(struct call *call)
{
    size_t count = call->ids.count;
    if (count && call->ids.item[count - 1] == &call->there)
        call->ids.count--;
}

/* A call that is refused as a whole may be so because of one id. With a reject file, that is looked for also where the
 * server fails. */
static void take_failure(struct lookup *l, struct call *call, struct exchange *x)
{
    bool refused =
        x->error.code == EXIT_REFUSED || x->action == RULE_REJECT || (x->status / 100 == 5 && l->reject_fd >= 0);
    size_t count = call->ids.count;
    close_half(l, call, false);
    forget_there(call);
    if (is_too_large(x->status) && count > 1)
        note_limit(l, (count + 1) / 2);
    if (call->ids.count > 1 && refused && x->error.code != EXIT_DENIED)
        halve(l, call, true);
    else if (count > call->ids.count && refused)
        ask_part(&l->calls, call, 0, 1, NULL);
    else
        fail(l, x, call);
}

static void doubt(struct lookup *l, struct asked *a)
{
    wait_with(&l->calls, &l->calls.doubtful, a);
}

/* Nothing came for any of it. empty: an answer that says so, by a list without anything in it. */
static void take_nothing(struct lookup *l, struct call *call, bool empty)
{
    size_t count = call->ids.count;
    close_half(l, call, false);
    forget_there(call);
    if (count == 1)
        answer(l, call->ids.item[0], (struct slice){0});
    else if (empty && !call->part && !call->second && l->calls.shown)
        for (size_t i = 0; i < count; i++)
            doubt(l, call->ids.item[i]);
    else if (call->ids.count == 1)
        ask_part(&l->calls, call, 0, 1, NULL);
    else
        halve(l, call, false);
}

static void take_answers(struct lookup *l, struct call *call)
{
    struct calls *c = &l->calls;
    size_t answered = 0, bytes = 0, all = call->ids.count;
    struct asked *last = call->ids.item[all - 1], *first = NULL;
    for (size_t i = 0; i < all; i++) {
        struct asked *a = call->ids.item[i];
        bytes += a->found.text ? a->key.len : 0;
        answered += a->found.text != NULL;
        first = first || !a->found.text ? first : a;
    }
    if (!first) {
        take_nothing(l, call, true);
        return;
    }
    bool heard = all == 1 || (call->second && (last->found.text || last != &call->there));
    close_half(l, call, answered == all);
    forget_there(call);
    c->shown = answered > c->shown ? answered : c->shown;
    c->shown_bytes = bytes > c->shown_bytes ? bytes : c->shown_bytes;
    if (first != &call->there)
        copy_there(&c->there, first);
    if (call->second && first != &call->there)
        note_limit(l, c->shown); /* a larger call had left these out */
    for (size_t i = 0; i < call->ids.count; i++)
        if (call->ids.item[i]->found.text || heard)
            answer(l, call->ids.item[i], call->ids.item[i]->found);
        else
            doubt(l, call->ids.item[i]);
}

/* 1: it may pass; else -1. */
static int refuse(const struct exchange *x, struct slice body, struct error *e)
{
    char detail[300];
    struct refusal said;
    error_body_detail(body.text, body.len, detail, sizeof detail);
    refusal_read(body, (struct slice){0}, &said);
    if (!*detail && said.why.text)
        snprintf(detail, sizeof detail, "%.*s", (int)(said.why.len < 250 ? said.why.len : 250), said.why.text);
    transfer_mask(x, detail);
    bool passes = passing_is(body, said.status);
    error_set(e, passes ? EXIT_UNAVAILABLE : EXIT_REFUSED, "the answer is an error: %s", detail);
    return passes ? 1 : -1;
}

int calls_check(const struct lookup *l, struct exchange *x, struct error *e)
{
    struct call *call = &l->calls.slot[x->slot];
    struct slice body = {buf_text(&call->compact), call->compact.len};
    return !l->many && x->action == RULE_NONE && refusal_is_all(body) ? refuse(x, body, e) : 0;
}

/* "not found", in the words that APIs have for it */
static bool speaks_of_absence(struct slice body)
{
    static const char *const words[] = {"not found", "not_found", "notfound", "not-found", "no such",   "not exist",
                                        "no match",  "unknown",   "missing",  "no user",   "no result", "404"};
    bool absent = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        absent |= strcasestr(body.text, words[i]) != NULL;
    return absent;
}

/* Some have no answer, and something is said to be wrong: that is no null. */
static bool leaves_out_for_error(const struct call *call, struct slice body)
{
    bool all = true;
    for (size_t i = 0; i < call->ids.count; i++)
        all &= call->ids.item[i]->found.text != NULL;
    return !all && value_is_object(body) && refusal_is(body, (struct slice){0}) && !speaks_of_absence(body);
}

static void take_many(struct lookup *l, struct call *call, struct exchange *x)
{
    struct slice body = {buf_text(&call->compact), call->compact.len};
    if (x->action == RULE_EMPTY || strcmp(body.text, "null") == 0) {
        take_nothing(l, call, false);
        return;
    }
    int result = match_answers(&l->match, &l->asked, &call->ids, x->slot, body, &call->listed, &x->error);
    if (result == 0 && leaves_out_for_error(call, body))
        result = MATCH_REFUSED;
    if (result == 0) {
        take_answers(l, call);
        return;
    }
    if (result == MATCH_REFUSED)
        refuse(x, body, &x->error);
    take_failure(l, call, x);
}

void calls_done(struct lookup *l, struct exchange *x)
{
    struct call *call = &l->calls.slot[x->slot];
    struct slice body = {buf_text(&call->compact), call->compact.len};
    if (x->failed)
        take_failure(l, call, x);
    else if (l->many)
        take_many(l, call, x);
    else
        answer(l, call->ids.item[0], x->action == RULE_EMPTY ? (struct slice){0} : body);
    call->ids.count = 0;
}

static void free_call(struct call *call)
{
    if (call->of && --call->of->open == 0)
        free(call->of);
    free((void *)call->ids.item);
    buf_free(&call->there.key);
    buf_free(&call->there.record);
    buf_free(&call->answer);
    buf_free(&call->compact);
    buf_free(&call->listed);
}

void calls_free(struct lookup *l, unsigned slots)
{
    struct calls *c = &l->calls;
    for (unsigned i = 0; c->slot && i < slots; i++)
        free_call(&c->slot[i]);
    while (c->later_count)
        free_call(&c->later[--c->later_count]);
    free(c->slot);
    free(c->later);
    free((void *)c->fresh.item);
    free((void *)c->doubtful.item);
    buf_free(&c->there.key);
    buf_free(&c->there.record);
}
