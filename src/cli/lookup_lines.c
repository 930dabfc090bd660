/* lookup_lines: the lines that come in, and go out with an answer in them. */
#include <inttypes.h>
#include <string.h>

#include "base/io.h"
#include "cli/lookup_run.h"
#include "write/settle.h"
#include "json/split.h"

enum { MOST_BYTES = 32 << 20 }; /* of lines that wait */

/* In a body anything can stand, but not everything is an id: one null would spoil the whole call. */
static int take_id(struct lookup *l, struct slice record, int64_t line, struct error *e)
{
    struct slice id = path_find(&l->ids->path, record.text, record.len);
    match_key(id, &l->key);
    return !l->key.len || strchr("{[n", *id.text)
               ? error_set(e, EXIT_INPUT, "input line %" PRId64 ": the record has no id for --%s", line, l->ids->option)
               : 0;
}

/* What the line asks for: the request itself or, where a call asks for many ids, the id. */
static int make_key(struct lookup *l, struct slice record, int64_t line, struct error *e)
{
    struct request r = {0};
    int result = target_fill_many(&l->target, &record, &line, 1, &r, e);
    if (result == 0 && l->list.option)
        result = template_list_fill(&l->list, &record, &line, 1, &r.body, e);
    else if (result == 0 && l->body.text)
        result = template_fill(&l->body, record, line, &r.body, e);
    buf_clear(&l->key);
    if (result == 0 && l->many)
        result = take_id(l, record, line, e);
    else if (result == 0)
        buf_addf(&l->key, "%s\n%s\n%s", buf_text(&r.url), buf_text(&r.headers), buf_text(&r.body));
    request_free(&r);
    return result;
}

/* A line is an object that has room for the answer. */
static int take_line(struct lookup *l, struct error *e)
{
    const char *into = l->options->write.into;
    struct slice record = batch_record(&l->next, 0);
    int64_t line = batch_line(&l->next, 0);
    bool ask;
    buf_clear(&l->record);
    split_compact(record.text, record.len, &l->record);
    batch_clear(&l->next);
    record = (struct slice){l->record.data, l->record.len};
    if (!value_is_object(record))
        return error_set(e, EXIT_INPUT, "input line %" PRId64 ": not an object", line);
    if (value_member(record, into, strlen(into)).text)
        return error_set(e, EXIT_INPUT, "input line %" PRId64 ": has a %s already: name another one with --into", line,
                         into);
    if (make_key(l, record, line, e))
        return -1;
    struct asked *a = asked_want(&l->asked, (struct slice){buf_text(&l->key), l->key.len}, record, line, &ask);
    waiting_add(&l->waiting, record, line, a);
    if (ask)
        calls_add(l, a);
    return 0;
}

enum lines_state lines_take(struct lookup *l)
{
    while (l->calls.fresh.count < l->calls.most) {
        size_t waiting = waiting_count(&l->waiting);
        bool full = waiting >= l->window || (waiting && l->waiting.bytes >= MOST_BYTES);
        if (full || l->input_done || l->failed_line)
            return LINES_END;
        int state = input_fill(&l->input, &l->next, &l->torn);
        if (state == INPUT_WAIT)
            return LINES_WAIT;
        l->input_done = state != INPUT_BATCH || take_line(l, &l->torn);
    }
    return LINES_READY;
}

/* The line as it is, and one member more. */
static void add_line(struct lookup *l, const struct waiting_line *w)
{
    const char *into = l->options->write.into;
    buf_add(&l->out, w->record.data, w->record.len - 1);
    buf_adds(&l->out, w->record.len > 2 ? "," : "");
    value_quote(into, strlen(into), &l->out);
    buf_addc(&l->out, ':');
    buf_add(&l->out, w->asked->answer.data, w->asked->answer.len);
    buf_adds(&l->out, "}\n");
}

/* As the reject file of write has it. */
static int reject(struct lookup *l, const struct waiting_line *w, struct error *e)
{
    struct buf line = {0}, why = {0};
    const struct error *failed = w->asked->failed;
    value_quote(failed->message, strlen(failed->message), &why);
    settle_add_reject((struct slice){w->record.data, w->record.len}, w->line, failed->http_status,
                      (struct slice){why.data, why.len}, &line);
    buf_free(&why);
    int result = io_write_whole(l->reject_fd, line.data, line.len, e);
    buf_free(&line);
    l->rejected++;
    return result;
}

static int settle_failed(struct lookup *l, const struct waiting_line *w, struct error *e)
{
    int64_t most = l->options->write.max_rejects;
    *e = *w->asked->failed;
    if (l->reject_fd < 0 || e->code == EXIT_DENIED)
        return error_set(e, e->code, "input line %" PRId64 ": %s", w->line, w->asked->failed->message);
    if (most >= 0 && l->rejected >= most)
        return error_set(e, EXIT_REFUSED, "input line %" PRId64 ": more than --max-rejects %" PRId64 ": %s", w->line,
                         most, w->asked->failed->message);
    return reject(l, w, e);
}

bool lines_are_settled(const struct lookup *l)
{
    const struct waiting_line *first = waiting_first(&l->waiting);
    return first && first->asked->state != ASKED_OPEN;
}

int lines_settle(struct lookup *l, struct error *e)
{
    struct waiting_line *w;
    while (lines_are_settled(l)) {
        w = waiting_first(&l->waiting);
        if (w->asked->state == ASKED_ANSWERED)
            add_line(l, w);
        else if (settle_failed(l, w, e))
            return -1;
        waiting_drop(&l->waiting);
    }
    return 0;
}
