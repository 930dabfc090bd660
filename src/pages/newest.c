/* newest: after an id, the records that follow it, or the newest ones? */
#include "pages/newest.h"

#include "pages/coverage.h"
#include "pages/more.h"
#include "pages/paginate.h"
#include "json/lines.h"

enum { LEAST = 7, ROUND = 5 };

/* A full page, or one of a round number of records, may have been cut by the server. */
static bool may_be_cut(const struct page *page)
{
    return page->got >= LEAST && (page->got >= page->asked || page->got % ROUND == 0);
}

static struct slice id_of(const struct paginate *p, struct slice line)
{
    struct slice record = lines_record(line);
    return path_find(&p->id_path, record.text, record.len);
}

static struct slice after_first(struct slice lines)
{
    return lines_after(lines, lines_first(lines));
}

static struct slice middle(struct slice records)
{
    for (struct slice end = after_first(after_first(records)); end.len; end = after_first(after_first(end)))
        records = after_first(records);
    return lines_first(records);
}

bool newest_wants(const struct paginate *p, const struct page *page, struct slice records, struct slice envelope)
{
    return p->style->style == PAGING_LAST_ID && p->pages == 0 && may_be_cut(page) && !coverage_is_counted(p, page) &&
           p->end - p->position > page->got && p->range->max_pages != 1 && !p->range->allow_repeats &&
           more_find(p->paging->has_more, envelope, NULL) != MORE_NO && !value_is_void(id_of(p, middle(records)));
}

void newest_ask(const struct paginate *p, struct slice records, struct request *r)
{
    struct paginate there = *p;
    struct page one = {.asked = p->inclusive ? 2 : 1};
    there.cursor = (struct cursor){0};
    next_cursor_set(&there.cursor, id_of(p, middle(records)));
    paginate_ask(&there, &one, r);
    next_cursor_free(&there.cursor);
}

/* The lines of one id, and the two after them: one of these may have gone meanwhile. */
static struct slice near(const struct paginate *p, struct slice records, struct slice id)
{
    struct slice rest = records;
    while (rest.len && !value_same(id_of(p, lines_first(rest)), id))
        rest = after_first(rest);
    struct slice from = rest;
    for (int more = 2; rest.len && more; rest = after_first(rest))
        more -= !value_same(id_of(p, lines_first(rest)), id);
    return (struct slice){from.text, from.len - rest.len};
}

static bool has(const struct paginate *p, struct slice records, struct slice id)
{
    for (; records.len; records = after_first(records))
        if (value_same(id_of(p, lines_first(records)), id))
            return true;
    return false;
}

int newest_check(const struct paginate *p, struct slice records, struct slice came, struct error *e)
{
    struct slice id = id_of(p, middle(records)), first = id_of(p, lines_first(came)), next = near(p, records, id);
    bool to_the_end = next.text + next.len == records.text + records.len;
    if (value_is_void(id) || value_is_void(first) || to_the_end || has(p, next, first))
        return 0;
    struct buf text = {0};
    value_scalar(id, &text);
    error_set(
        e, EXIT_ANSWER,
        "after the record with the %s %.100s the server gives one that does not follow it in the page: it may give "
        "the newest records after an id, not the next ones, and those between are lost (see --param-cursor, as "
        "min_id for since_id, and --paginate; --on-drift ignore lets that pass)",
        p->paging->id, buf_text(&text));
    buf_free(&text);
    return -1;
}
