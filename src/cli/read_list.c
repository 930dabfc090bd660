/* read_list: one list of a read. */
#include "cli/read_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/read_ahead.h"
#include "cli/read_begin.h"
#include "cli/read_learn.h"
#include "cli/read_output.h"
#include "cli/read_page.h"
#include "cli/read_tell.h"

int read_list_begin(struct read_run *r, const struct http_options *http, struct error *e)
{
    r->records_known = r->paging.records != NULL;
    r->records = &r->places;
    if (paging_records(r->paging.records, &r->places, e) ||
        (r->paging.inner_more && path_option(&r->inner, "inner-more", r->paging.inner_more, e)) ||
        total_parse(&r->total_source, r->paging.count_from, e) ||
        paginate_init(&r->paginate, &r->paging, &r->range, http, e))
        return -1;
    paginate_start(&r->paginate, &r->place);
    if (r->shared->kept_query)
        r->paginate.kept.state = r->shared->kept_query;
    return 0;
}

void read_list_free(struct read_run *r)
{
    buf_free(&r->ready);
    buf_free(&r->ready_about);
    buf_free(&r->place.cursor);
    buf_free(&r->last.cursor);
    buf_free(&r->at.cursor);
    buf_free(&r->after.cursor);
    paginate_free(&r->paginate);
    seen_free(&r->seen);
    total_free(&r->total_source);
    path_free(&r->places);
    path_free(&r->only);
    path_free(&r->inner);
    newer_free(&r->newer);
    buf_free(&r->kept);
    read_begin_free(&r->begin);
    state_free(&r->state);
}

bool read_list_next(struct read_run *r, struct exchange *x)
{
    struct held_page *h = &r->shared->held[x->slot];
    h->split.count = 0; /* of an earlier page */
    h->of = r;
    read_ahead_look(r);
    if (r->range.limit == 0 || !paginate_next(&r->paginate, &h->page, &x->request))
        return false;
    r->latest = x;
    x->ops = &read_list_ops;
    x->ctx = r;
    x->offset = h->page.offset;
    x->first = h->page.offset == 0 && !r->paging.cursor;
    return true;
}

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    (void)e;
    return read_list_next(ctx, x) ? TRANSFER_READY : TRANSFER_NONE;
}

static bool on_matters(void *ctx, const struct exchange *x)
{
    struct read_run *r = ctx;
    return !read_begin_may_fail(r) && paginate_matters(&r->paginate, &r->shared->held[x->slot].page, x->status);
}

const struct transfer_ops read_list_ops = {
    .next = on_next,
    .begin = read_page_begin,
    .data = read_page_data,
    .kind = RULE_READ,
    .said = read_page_said,
    .whole = read_page_whole,
    .done = read_learn_done,
    .idle = read_output_write,
    .note = read_tell_note,
    .matters = on_matters,
};

/* --inner-more */
static int check_inner(struct read_run *r, struct error *e)
{
    char note[320];
    if (!r->inner_cut || r->range.on_drift == DRIFT_IGNORE)
        return 0;
    snprintf(note, sizeof note,
             "warning: %" PRId64
             " record%s a list inside that goes on elsewhere (--inner-more %.200s): it is not all here",
             r->inner_cut, r->inner_cut == 1 ? " has" : "s have", r->paging.inner_more);
    if (r->range.on_drift == DRIFT_FAIL)
        return error_set(e, EXIT_ANSWER, "%s", note + strlen("warning: "));
    read_tell_note(r, false, note);
    return 0;
}

int read_list_check(struct read_run *r, struct error *e)
{
    const struct range_options *range = &r->range;
    if (r->paginate.kept.state >= KEPT_NOT_NEEDED)
        r->shared->kept_query = r->paginate.kept.state;
    if (check_inner(r, e))
        return -1;
    if (r->paginate.late.code) {
        *e = r->paginate.late;
        return -1;
    }
    if (seen_check(&r->seen, &r->paginate, e))
        return -1;
    read_tell_notes(r);
    if (range->expect >= 0 && r->written < range->expect)
        return error_set(e, EXIT_ANSWER,
                         "only %" PRId64 " records where --expect %" PRId64
                         " were expected: the list ended at offset %" PRId64,
                         r->written, range->expect, paging_sum(range->offset, r->written));
    if (range->max_pages >= 0 && !r->paginate.over && range->limit != 0)
        read_tell_note(r, false, "stopped by --max-pages");
    return 0;
}
