/* ahead: in a style that follows the server, the page after the one under way. */
#include "pages/ahead.h"

#include "pages/link.h"
#include "pages/more.h"
#include "pages/styles.h"

/* Will the range end with the page under way, or may it, as long as its pages are? */
static bool may_be_last(const struct paginate *p, const struct page *page)
{
    int64_t size = p->learned_size > 0 ? p->learned_size : styles_sends_limit(p) ? page->asked : INT64_MAX;
    return p->end < INT64_MAX && size >= paging_sum(p->to_skip, p->end - p->position);
}

static bool says_more(const struct paginate *p, const struct answer *a)
{
    return more_find(p->paging->has_more, a->envelope, NULL) != MORE_UNSAID;
}

/* One request more does no harm, and what it leads on by is said, not taken from its records. */
static bool may_look(const struct paginate *p, const struct page *page)
{
    enum kept_state kept = p->kept.state;
    return p->style->leads_on && !p->ahead.off && !p->body.len && p->http.request->method != METHOD_POST &&
           (kept == KEPT_UNKNOWN || kept >= KEPT_NOT_NEEDED) && !may_be_last(p, page);
}

void ahead_look(struct paginate *p, const struct page *page, const struct answer *a)
{
    struct ahead *ahead = &p->ahead;
    struct paginate trial = *p; /* so that nothing is learned from what is not whole */
    struct error ignored = {0};
    trial.note = (struct buf){0};
    trial.next_cursor = (struct cursor){0};
    trial.kept = (struct kept){.state = p->kept.state};
    ahead->known = false;
    if (!may_look(p, page))
        return;
    ahead->more_unsaid = p->style->style != PAGING_LINK && !says_more(p, a);
    bool found = (!ahead->more_unsaid || !p->paging->has_more) && p->style->follow(&trial, a, &ignored) == 0 &&
                 trial.next_cursor.text.len > 0;
    if (found && trial.kept.state == p->kept.state && !paging_was_at(p, &trial.next_cursor.text)) {
        buf_swap(&ahead->cursor.text, &trial.next_cursor.text);
        buf_swap(&ahead->cursor.json, &trial.next_cursor.json);
        ahead->known = true;
    }
    next_cursor_free(&trial.next_cursor);
    buf_free(&trial.note);
    link_free(&trial);
}

bool ahead_take(struct paginate *p)
{
    bool take = p->ahead.known && p->under_way == 1;
    p->ahead.known &= !take;
    return take;
}

void ahead_learn(struct paginate *p, const struct answer *a)
{
    p->ahead.known = false;
    p->ahead.off |= p->ahead.more_unsaid && says_more(p, a);
    p->ahead.more_unsaid = false;
}

void ahead_address(const struct paginate *p, const struct page *page, struct request *r)
{
    struct paginate there = *p;
    there.cursor = p->ahead.cursor;
    p->style->address(&there, page, r);
}

bool ahead_holds(const struct paginate *p)
{
    const struct cursor *asked = &p->ahead.cursor;
    return next_same(&asked->text, &p->cursor.text) && next_same(&asked->json, &p->cursor.json);
}

void ahead_settle(struct paginate *p, struct page *page, bool in_vain)
{
    page->early = false;
    page->offset = p->position - p->to_skip;
    p->ahead.off |= in_vain;
}
