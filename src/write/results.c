/* results: what an answer says of each record, concluded. */
#include "write/results.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "write/survey.h"
#include "json/passing.h"
#include "json/sentence.h"
#include "json/split.h"
#include "json/words.h"

/* ---- what it comes to ---- */

static size_t count_fate(const struct reading *r, enum fate fate)
{
    size_t n = 0;
    for (size_t i = 0; i < r->sent->count; i++)
        n += r->results[i].fate == fate;
    return n;
}

static void settle(struct reading *r, enum fate fate)
{
    double pause = passing_pause(r->reason);
    for (size_t i = 0; i < r->sent->count; i++)
        if (r->results[i].fate == FATE_OPEN) {
            r->results[i].fate = fate;
            if (fate == FATE_STORED)
                continue;
            r->results[i].error = r->reason;
            r->results[i].status = r->whole.status;
            r->results[i].after = pause;
        }
}

/* What the answer has null for, and of which it says nothing else. */
static void settle_gaps(struct reading *r)
{
    static const char why[] = "\"the answer has null for this record\"";
    for (size_t i = 0; i < r->sent->count; i++)
        if (r->results[i].gap && r->results[i].fate == FATE_OPEN) {
            r->results[i].fate = r->gap;
            r->results[i].error = (struct slice){why, strlen(why)};
        }
}

/* Does what it counts as taken leave out records that it does not name as refused? */
static bool counts_too_few(const struct reading *r, size_t refused)
{
    const struct refusal *all = &r->whole;
    size_t count = r->sent->count;
    if (all->taken < 0 || all->most > (int64_t)count)
        return false;
    return (size_t)(all->taken > (int64_t)count ? all->most : all->taken) + refused < count;
}

static bool lists_too_few(const struct reading *r, size_t refused)
{
    size_t most = r->answered > r->confirmed ? r->answered : r->confirmed;
    bool open = r->nothing && !r->whole.well, of_thing = r->sent->count == 1 && r->has_id;
    return (r->lists || open) && !r->each && !r->whole.pending && !of_thing && most + refused < r->sent->count;
}

/* It counts what it took, and names the rest. */
static bool adds_up(const struct reading *r, size_t refused)
{
    return r->whole.taken >= 0 && refused && (size_t)r->whole.taken + refused == r->sent->count;
}

/* Why is it not clear that what nothing was said of is stored? NULL: it is. */
static const char *doubt(const struct reading *r, size_t refused)
{
    const struct refusal *all = &r->whole;
    if (r->unplaced || (r->stray && !r->each))
        return "the answer says that records are wrong, and not which";
    if (all->refused && !adds_up(r, refused) && (all->hard || !refused))
        return "the answer says that something is wrong";
    if (all->failed > (int64_t)refused && all->failed > (int64_t)r->placed)
        return "the answer counts more refused records than it names";
    bool lost = all->arrived >= 0 && all->arrived < (int64_t)r->sent->count && all->taken < all->arrived && !r->each;
    if (lost || counts_too_few(r, refused))
        return "the answer counts fewer records than were sent";
    if (!(all->in_part && refused) && !adds_up(r, refused) && lists_too_few(r, refused))
        return "the answer has results for fewer records than were sent";
    return NULL;
}

/* What is said of the whole, is it said of each? For one record it is, unless the answer has an id for it all the same.
 */
static bool is_of_all(const struct reading *r)
{
    size_t open = count_fate(r, FATE_OPEN), count = r->sent->count;
    if (count == 1)
        return (r->whole.refused || r->unplaced || r->stray) && (r->whole.denied || !r->has_id);
    return r->reason.text && !r->each && (r->whole.failed == (int64_t)count || (r->named && r->unplaced == open));
}

/* Nothing of the batch was taken now, and it may be the next time. */
static bool passes(const struct reading *r)
{
    bool open = !r->placed && !r->stray && !r->whole.failed && r->whole.taken <= 0;
    bool as_a_whole = open && (r->unplaced ? r->whole.denied && !r->lasting : r->whole.hard);
    return (as_a_whole || is_of_all(r)) && passing_is(r->reason, r->whole.status);
}

static const char *unknown_because(const struct reading *r)
{
    return !count_fate(r, FATE_UNKNOWN) ? NULL
           : r->gap == FATE_UNKNOWN     ? "the answer has null for records, which does not say whether they are stored"
                                        : "the answer has the records in an order that can't be told";
}

static const char *conclude(struct reading *r)
{
    if (r->gap == FATE_REJECTED)
        settle_gaps(r);
    size_t refused = count_fate(r, FATE_REJECTED) + count_fate(r, FATE_AGAIN);
    const char *wrong = count_fate(r, FATE_OPEN) ? doubt(r, refused) : NULL;
    if (!wrong && !(r->sent->count == 1 && (r->has_id || r->whole.well)))
        settle_gaps(r);
    settle(r, !wrong ? FATE_STORED : passes(r) ? FATE_AGAIN : is_of_all(r) ? FATE_REJECTED : FATE_UNKNOWN);
    return wrong && count_fate(r, FATE_UNKNOWN) ? wrong : unknown_because(r);
}

static const char *read_given(struct reading *r, struct slice body)
{
    struct slice list = r->paths->results.many ? body : path_find(&r->paths->results, body.text, body.len);
    if (!value_is_list(list) || reading_length(list) != r->sent->count) {
        settle(r, FATE_UNKNOWN);
        return "the answer has no list at --results that is as long as the batch";
    }
    reading_each(r, list, false);
    settle_gaps(r);
    settle(r, FATE_STORED);
    return unknown_because(r);
}

void results_read(const struct results_paths *paths, const struct sent *sent, struct slice body, struct result *results,
                  struct results_said *said)
{
    struct reading r = {.paths = paths, .sent = sent, .place = {.sent = sent}, .results = results};
    r.whole.taken = r.whole.arrived = -1;
    *said = (struct results_said){0};
    memset(results, 0, sent->count * sizeof *results);
    if (!body.len)
        settle(&r, FATE_STORED);
    else if (paths->results.count)
        said->wrong = read_given(&r, body);
    else {
        survey_answer(&r, body);
        bool all = reading_whole(&r, body);
        said->taken = r.whole.taken > 0 || count_fate(&r, FATE_STORED) || (r.contents && r.placed);
        said->wrong = all ? conclude(&r) : NULL;
        said->queued = r.queued && !r.each;
    }
    if (sent->count == 1 && !results->part.text)
        results->part = body;
    said->each = r.each || r.placed || r.confirmed;
    place_free(&r.place);
}

static bool is_json(struct slice line, struct buf *out)
{
    return split_compact(line.text, line.len, out) == 0;
}

/* "OK", "ERROR: no such table": what a line says is its status, or its error. */
static void add_text(struct slice line, struct buf *out)
{
    struct words w = words_of(line.text, line.len);
    buf_adds(out, w.first & WORD_BAD ? "{\"error\":" : "{\"status\":");
    value_quote(line.text, line.len - (line.len && line.text[line.len - 1] == '\r'), out);
    buf_addc(out, '}');
}

/* The lines as the elements of a list; how many there are. */
static size_t list_lines(struct slice text, bool json, struct buf *out)
{
    size_t n = 0;
    buf_clear(out);
    buf_addc(out, '[');
    for (const char *at = text.text, *end = at + text.len; at < end; n++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct slice line = {at, (size_t)((newline ? newline : end) - at)};
        if (n)
            buf_addc(out, ',');
        if (json && !is_json(line, out))
            return 0;
        if (!json)
            add_text(line, out);
        at += line.len + 1;
    }
    buf_addc(out, ']');
    return n;
}

enum { LONGEST = 2000 }; /* bytes of a text */
static const char BLANKS[] = " \t\r\n";

void results_of_text(struct slice text, size_t count, struct buf *out)
{
    static const char *const bad[] = {"<error", "<fault", ":fault>", "resulterrorentry>", "db::exception"};
    for (; text.len && strchr(BLANKS, *text.text); text.len--)
        text.text++;
    while (text.len && strchr(BLANKS, text.text[text.len - 1]))
        text.len--;
    char *all = mem_text(text.text, text.len);
    struct words w = words_of(all, strcspn(all, "\r\n"));
    bool wrong = (w.first & WORD_BAD && !(w.any & WORD_NO)) || sentence_counts_loss(text, count);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        wrong |= strcasestr(all, bad[i]) != NULL;
    bool lines = list_lines(text, true, out) > 1 || (*all != '<' && count > 1 && list_lines(text, false, out) == count);
    if (!lines)
        buf_clear(out);
    if (!lines && (wrong || (text.len && !strchr("{[", *text.text)))) {
        buf_adds(out, wrong ? "{\"error\":" : "");
        value_quote(all, strlen(all) < LONGEST ? strlen(all) : LONGEST, out);
        buf_adds(out, wrong ? "}" : "");
    }
    free(all);
}
