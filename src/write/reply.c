/* reply: the answer to the records of a request, read. */
#include "write/reply.h"

#include <string.h>

#include "base/number.h"
#include "http/answer.h"
#include "json/refusal.h"
#include "json/split.h"

/* "{\"errors\":[...]}": JSON that was put into a text once more. */
static void unwrap(struct buf *compact)
{
    struct buf inside = {0}, json = {0};
    const char *text = buf_text(compact);
    if (strncmp(text, "\"{", 2) && strncmp(text, "\"[", 2))
        return;
    value_unescape(text + 1, compact->len - 2, "?", &inside);
    if (split_compact(inside.data, inside.len, &json) == 0)
        buf_swap(compact, &json);
    buf_free(&inside);
    buf_free(&json);
}

int reply_read(struct held_batch *h, const struct exchange *x, struct error *e)
{
    struct split split;
    const char *type = transfer_header(x, "Content-Type", NULL), *text = buf_text(&h->answer);
    text += strspn(text, " \t\r\n");
    buf_clear(&h->compact);
    if (split_whole(&split, h->answer.data, h->answer.len, &h->compact) == 0) {
        unwrap(&h->compact);
        return 0;
    }
    if (answer_is_page(x, text))
        return error_set(e, EXIT_ANSWER, "the answer is a web page (is this the URL of a JSON API?)");
    results_of_text((struct slice){buf_text(&h->answer), h->answer.len}, h->now.to - h->now.from, &h->compact);
    if (h->compact.len || !*text || (*text != '{' && *text != '['))
        return 0;
    if (split.reason == SPLIT_CUT) {
        error_set(e, EXIT_UNAVAILABLE, "the answer is cut short after %zu bytes", h->answer.len);
        return 1;
    }
    if (!type || !strcasestr(type, "json"))
        return 0;
    answer_split_error(&split, x, (struct slice){0}, 0, e);
    return -1;
}

static void read_results(struct write_run *w, struct held_batch *h)
{
    struct sent sent = {.record = h->sent, .count = h->now.to - h->now.from, .lines_each = body_lines(&w->shape)};
    for (size_t i = 0; i < sent.count; i++)
        h->sent[i] = batch_record(&h->batch, h->order[h->now.from + i]);
    struct slice said = {buf_text(&h->compact), h->compact.len};
    buf_clear(&h->listed);
    if (w->paths.results.many && said.len) { /* results here and there are a list for themselves */
        path_list(&w->paths.results, said, &h->listed);
        said = (struct slice){h->listed.data, h->listed.len};
    }
    results_read(&w->paths, &sent, said, h->results, &h->said);
}

/* Without a body, where what was made, or the job, is to be found. */
static void read_location(struct write_run *w, struct held_batch *h, const struct exchange *x)
{
    static const char *const names[] = {"Location", "Content-Location", "Operation-Location", "Azure-AsyncOperation"};
    const char *url = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !url; i++)
        url = transfer_header(x, names[i], NULL);
    if (!url || h->compact.len)
        return;
    buf_adds(&h->compact, "{\"location\":");
    value_quote(url, strlen(url), &h->compact);
    buf_addc(&h->compact, '}');
    if (h->now.to - h->now.from > 1)
        return;
    h->results[0].part = (struct slice){buf_text(&h->compact), h->compact.len};
    h->results[0].id = path_find(&w->paths.ids, buf_text(&h->compact), h->compact.len);
}

static bool has_job(const struct exchange *x)
{
    return x->status == 202 || transfer_header(x, "Operation-Location", NULL) ||
           transfer_header(x, "Azure-AsyncOperation", NULL);
}

/* Of a job there is one answer for all. */
static void share_answer(struct held_batch *h)
{
    for (size_t i = 0; i < h->now.to - h->now.from; i++)
        if (!h->results[i].part.text && h->compact.len)
            h->results[i].part = (struct slice){buf_text(&h->compact), h->compact.len};
}

/* The API went through the batch up to a record that it refused: what comes after it was not looked at. */
static void read_stop(struct held_batch *h, const struct exchange *x)
{
    struct slice body = {buf_text(&h->compact), h->compact.len};
    struct slice said = path_find(&x->rule->stop, body.text, body.len);
    size_t count = h->now.to - h->now.from;
    int64_t stop = -1;
    bool known = said.len && number_whole(said.text, said.len, &stop) && stop >= 0 && stop < (int64_t)count;
    memset(h->results, 0, count * sizeof *h->results);
    for (size_t i = 0; i < count; i++)
        h->results[i].fate = !known ? FATE_UNKNOWN : (int64_t)i < stop ? FATE_STORED : FATE_OPEN;
    h->said = (struct results_said){.wrong = "the answer does not say at which record it stopped", .each = true};
    if (known)
        h->results[stop] = (struct result){.fate = FATE_REJECTED, .status = x->status, .error = body, .part = body};
}

int reply_conclude(struct write_run *w, struct held_batch *h, const struct exchange *x, struct error *e)
{
    if (x->rule && x->rule->stop.count) {
        read_stop(h, x);
        return 0;
    }
    read_results(w, h);
    read_location(w, h, x);
    h->said.queued |= has_job(x);
    if (h->said.queued)
        share_answer(h);
    if (!h->said.wrong && x->status == 207 && !h->said.each) /* Multi-Status: some may have failed */
        return error_set(
            e, EXIT_ANSWER,
            "HTTP 207 has a status for each record, but the answer has them in no list that is known (--results)");
    for (size_t i = 0; i < h->now.to - h->now.from && x->action == RULE_OK; i++) /* a rule knows better */
        if (h->results[i].fate == FATE_UNKNOWN)
            h->results[i].fate = FATE_STORED;
    return 0;
}

static void forget(struct held_batch *h)
{
    for (size_t i = 0; i < h->now.to - h->now.from; i++)
        h->results[i].fate = FATE_UNKNOWN;
    h->said.wrong = "the answer says that a part was refused, and not which";
}

bool reply_is_partial(struct write_run *w, struct held_batch *h, const struct exchange *x)
{
    if (x->error.code != EXIT_REFUSED || x->unsettled)
        return false;
    buf_clear(&h->compact);
    bool in_part = refusal_is_in_part((struct slice){buf_text(&h->answer), h->answer.len});
    if (split_compact(h->answer.data, h->answer.len, &h->compact)) {
        buf_clear(&h->compact);
        buf_adds(&h->compact, "{\"error\":");
        value_quote(buf_text(&h->answer), h->answer.len, &h->compact);
        buf_addc(&h->compact, '}');
    }
    read_results(w, h);
    if (in_part && !h->said.wrong && !h->said.each) /* what a refusal does not name is not stored for that */
        forget(h);
    return h->said.taken || in_part;
}
