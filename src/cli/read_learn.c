/* read_learn: what a page that has come means for the read. */
#include "cli/read_learn.h"

#include <inttypes.h>
#include <string.h>

#include "cli/read_ahead.h"
#include "cli/read_begin.h"
#include "cli/read_output.h"
#include "http/answer.h"
#include "pages/coverage.h"
#include "pages/repeat.h"

/* Where the first page had its records the others have theirs, whatever other arrays they hold. */
static void learn_place(struct read_run *r, const struct held_page *h)
{
    r->lines |= h->split.many;
    if (r->records_known || h->split.way < 0)
        return;
    r->way = h->split.way;
    path_only(&r->only, &r->places, (unsigned)r->way);
    r->records = &r->only;
    r->records_known = true;
}

/* A total that is not exact is not an error here: `restsrc count` says what is wrong with it. */
static void find_total(struct read_run *r, const struct exchange *x, struct held_page *h)
{
    struct slice envelope = {buf_text(&h->envelope), h->envelope.len};
    int64_t seen = paging_sum(h->page.offset, h->split.count);
    if (!total_claimed(&r->total_source, answer_header, x, envelope, seen, &h->page.total))
        h->page.total.records = -1;
}

static int check_end(const struct read_run *r, const struct held_page *end, struct error *e)
{
    for (const struct held_page *h = r->shared->held; h < r->shared->held + r->shared->slots; h++)
        if (h->of == r && coverage_check_end(&r->paginate, &end->page, &h->page, h->split.count, e))
            return -1;
    return 0;
}

static int take(struct exchange *x, const struct held_page *h, int verdict)
{
    if (verdict == PAGE_REST)
        x->offset = h->page.offset;
    return verdict == PAGE_REST ? TRANSFER_AGAIN : verdict == PAGE_LAST ? TRANSFER_STOP : TRANSFER_DONE;
}

static int on_failed(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = &r->shared->held[x->slot];
    r->paginate.refusal = x->error;
    int verdict = paginate_failed(&r->paginate, &h->page, &x->request, x->status);
    if (verdict == PAGE_LAST && check_end(r, h, e))
        return -1;
    if (verdict >= 0)
        return take(x, h, verdict);
    *e = x->error;
    return -1;
}

/* An error beside the records. */
static int check_denied(struct read_run *r, struct held_page *h, const struct exchange *x, struct error *e)
{
    const struct range_options *range = &r->range;
    if (h->denied && (range->expect >= 0 || range->on_drift == DRIFT_FAIL))
        return answer_denied(x, (struct slice){buf_text(&h->envelope), h->envelope.len}, e);
    if (h->denied && !r->told_denied && x->action != RULE_PARTIAL) /* which says the same */
        buf_addf(&r->paginate.note,
                 "warning: the answer that begins with record %" PRId64 " also has an error; records may be missing",
                 h->page.offset);
    r->told_denied |= h->denied;
    return 0;
}

/* The answer says that it is not all. What only means something at the end of the list is asked for again there. */
static int check_partial(struct read_run *r, const struct exchange *x, bool ends, struct error *e)
{
    const struct range_options *range = &r->range;
    struct buf note = {0};
    if (x->action != RULE_PARTIAL || x->rule->at_end != ends || range->on_drift == DRIFT_IGNORE)
        return 0;
    answer_partial(x->rule, &note);
    const char *text = buf_text(&note);
    int result = 0;
    if (range->expect >= 0 || range->on_drift == DRIFT_FAIL)
        result = error_set(e, EXIT_ANSWER, "%s", text + strlen("warning: "));
    else if (!r->told_partial)
        buf_adds(&r->paginate.note, text);
    r->told_partial = true;
    buf_free(&note);
    return result;
}

/* A rule says that the list is empty. */
static int end_empty(struct read_run *r)
{
    r->paginate.over = true;
    r->paginate.pages++;
    return TRANSFER_STOP;
}

/* What became of the request without our parameters: an error says nothing of the list. */
static int learn_bare(struct read_run *r, const struct held_page *h, const struct exchange *x, struct error *e)
{
    return !x->failed && h->split.count ? paginate_filtered(&r->paginate, e) : TRANSFER_STOP;
}

static void doubt_lines(struct read_run *r, const struct held_page *h, const struct exchange *x)
{
    if (x->open_end && h->split.many && !x->failed && r->range.expect < 0)
        buf_adds(&r->paginate.note, ANSWER_OPEN_END " (--expect)");
}

/* The page counts, if it tells something new. */
static int learn(struct read_run *r, struct exchange *x, struct error *e)
{
    struct held_page *h = &r->shared->held[x->slot];
    struct repeat before = {{r->ready.data, r->ready.len}, r->ready_missing};
    int again = repeat_check(&r->paginate, &h->page, (struct slice){h->records.data, h->records.len}, &before, e);
    if (again)
        return again < 0 ? -1 : TRANSFER_STOP;
    struct answer answer = {
        .url = buf_text(&x->request.url),
        .header = answer_header,
        .headers = x,
        .envelope = {buf_text(&h->envelope), h->envelope.len},
        .records = {h->records.data, h->records.len},
        .before = before.records,
    };
    paginate_before(&r->paginate, &h->page, &r->at);
    int64_t asked = h->page.asked; /* learning may change it, to ask for the rest */
    int verdict = paginate_learn(&r->paginate, &h->page, &answer, &x->request, e);
    if (verdict < 0 || (verdict == PAGE_LAST && !h->page.got && check_end(r, h, e)))
        return -1;
    if (r->options->since.newest_first && newer_all_old(&r->newer, answer.records)) {
        r->paginate.over = true;
        verdict = PAGE_LAST;
    }
    if (verdict == PAGE_LAST && r->paginate.position < r->paginate.end && check_partial(r, x, true, e))
        return -1;
    r->bare = verdict == PAGE_LAST && paginate_is_empty(&r->paginate) && paginate_bare(&r->paginate, &x->request);
    if (r->bare)
        return TRANSFER_AGAIN;
    if (read_output_take(r, h, asked, e))
        return -1;
    return take(x, h, verdict);
}

int read_learn_done(void *ctx, struct exchange *x, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = &r->shared->held[x->slot];
    if (read_ahead_asks(r, x))
        return TRANSFER_AGAIN;
    if (r->bare)
        return learn_bare(r, h, x, e);
    if (read_begin_pending(r)) {
        int begin = read_begin_learn(r, x, e);
        return begin < 0 ? -1 : begin ? TRANSFER_AGAIN : learn(r, x, e);
    }
    doubt_lines(r, h, x);
    if (!x->failed && check_partial(r, x, false, e))
        return -1;
    if (r->enough || (r->paging.stream && !x->failed)) {
        r->paginate.over = true;
        r->paginate.pages++;
        return TRANSFER_STOP;
    }
    if (x->failed && r->paginate.heeds != HEEDS_ASKED)
        return on_failed(r, x, e);
    r->paginate.proof_refused = x->failed && x->status != 404 && x->status != 416;
    if (x->failed)
        buf_clear(&h->records); /* no proof, or one that there is nothing */
    if (x->action == RULE_EMPTY)
        return end_empty(r);
    learn_place(r, h);
    struct slice before = {r->ready.data, r->ready.len};
    int ask = paginate_doubt(&r->paginate, &h->page, &h->records, &h->split.count, before, &x->request, e);
    if (ask)
        return ask < 0 ? -1 : TRANSFER_AGAIN;
    if (check_denied(r, h, x, e))
        return -1;
    h->page.got = h->split.count;
    h->page.no_content = x->status == 204 || x->status == 205;
    find_total(r, x, h);
    return read_begin_asks(r, x) ? TRANSFER_AGAIN : learn(r, x, e);
}
