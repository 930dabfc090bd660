/* read_ahead: the next page, asked for before the one that leads to it is whole. */
#include "cli/read_ahead.h"

#include "http/answer.h"
#include "pages/ahead.h"

/* The page before it may have taught meanwhile where records are, and that pages are NDJSON. */
static bool is_split_right(const struct read_run *r, const struct split *s)
{
    bool elsewhere = !s->many && s->records != r->records && s->way != r->way;
    return !elsewhere && (s->many || !r->lines);
}

static bool is_right(const struct read_run *r, const struct held_page *h)
{
    return ahead_holds(&r->paginate) && is_split_right(r, &h->split);
}

static void settle(struct read_run *r, struct exchange *x, bool in_vain)
{
    struct page *page = &r->shared->held[x->slot].page;
    ahead_settle(&r->paginate, page, in_vain);
    x->offset = page->offset;
}

static void look(struct read_run *r, struct exchange *x, const struct buf *envelope)
{
    struct held_page *h = &r->shared->held[x->slot];
    struct answer so_far = {
        .url = buf_text(&x->request.url),
        .header = answer_header,
        .headers = x,
        .envelope = {envelope->data, envelope->len},
    };
    if (h->page.early && is_right(r, h)) {
        settle(r, x, false);
        h->split.sure = true;
    }
    if (h->page.early)
        return;
    h->looked = true;
    if (!r->options->since.newest_first) /* there the records say where to stop */
        ahead_look(&r->paginate, &h->page, &so_far);
}

void read_ahead_look(struct read_run *r)
{
    struct buf envelope = {0};
    if (paginate_seeks(&r->paginate) || r->paginate.under_way != 1)
        return;
    const struct held_page *h = &r->shared->held[r->latest->slot];
    if (!h->looked && !r->latest->failed && split_so_far(&h->split, &envelope))
        look(r, r->latest, &envelope);
    buf_free(&envelope);
}

bool read_ahead_asks(struct read_run *r, struct exchange *x)
{
    struct held_page *h = &r->shared->held[x->slot];
    if (!h->page.early)
        return false;
    bool right = !x->failed && is_right(r, h);
    settle(r, x, !right);
    if (!right)
        paginate_ask(&r->paginate, &h->page, &x->request);
    return !right;
}
