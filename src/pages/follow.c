/* follow: styles that follow the server from page to page. */
#include "pages/follow.h"

#include <string.h>

#include "pages/ahead.h"
#include "pages/coverage.h"
#include "pages/link.h"
#include "pages/styles.h"
#include "json/lines.h"
#include "json/split.h"

enum { EMPTY_NOTED = 100, EMPTY_MOST = 1000 }; /* empty pages in a row */

static bool is_set(const struct cursor *c)
{
    return c->text.len || c->json.len;
}

/* As JSON a cursor may be of any type: what is JSON text stands for itself, anything else is a string. A cursor of
 * several parts is an object. */
static int set_cursor(struct paginate *p, const char *text, struct error *e)
{
    bool parts = p->leads_on.part->name != NULL;
    struct buf json = {0};
    if ((!parts && !paging_sends_json(p)) || split_compact(text, strlen(text), &json)) {
        buf_clear(&json);
        value_quote(text, strlen(text), &json);
    }
    next_cursor_set(&p->cursor, (struct slice){json.data, json.len});
    bool fits = !parts || *json.data == '{';
    buf_free(&json);
    return fits ? 0
                : error_set(e, EXIT_USAGE, "--cursor is a JSON object where --next NAME=PATH gives it several parts");
}

int follow_init(struct paginate *p, struct error *e)
{
    const char *cursor = p->paging->cursor;
    p->inclusive = p->paging->cursor_inclusive;
    p->to_skip = p->start;
    p->page_skip = p->start;
    if (!cursor)
        return 0;
    p->distrust = true; /* where in the list a cursor stands is unknown, and so is what a total means for it */
    return p->style->by_links ? 0 : set_cursor(p, cursor, e);
}

void follow_free(struct paginate *p)
{
    next_cursor_free(&p->cursor);
    next_cursor_free(&p->next_cursor);
    next_cursor_free(&p->ahead.cursor);
    buf_free(&p->waymark);
}

/* Every page is asked for with the same size, also where less of it is wanted: some cursors are page numbers in
 * disguise. */
bool follow_next(struct paginate *p, struct page *page)
{
    bool early = p->under_way > 0;
    if (p->next >= p->end || (early && !ahead_take(p)))
        return false;
    int64_t extra = p->inclusive && (early || is_set(&p->cursor)) ? 1 : 0;
    *page = (struct page){.offset = early ? -1 : p->position - p->to_skip,
                          .asked = p->size < INT64_MAX ? p->size + extra : p->size,
                          .early = early};
    return true;
}

/* Has the walk come to a cursor again? Brent's algorithm: the waymark moves on at each power of two, so any loop meets
 * it. */
static bool loops(struct paginate *p)
{
    if (paging_was_at(p, &p->next_cursor.text))
        return true;
    if (p->waymark_steps++ >= p->waymark_power) {
        p->waymark_power = p->waymark_power ? 2 * p->waymark_power : 1;
        p->waymark_steps = 0;
        buf_clear(&p->waymark);
        buf_add(&p->waymark, p->next_cursor.text.data, p->next_cursor.text.len);
    }
    return false;
}

/* ---- records of the same place ---- */

/* Does the record, with the end of its line, have this value at --id? */
static bool is_at(const struct paginate *p, struct slice line, const struct buf *cursor)
{
    struct buf id = {0};
    struct slice record = lines_record(line);
    value_scalar(path_find(&p->id_path, record.text, record.len), &id);
    bool is = next_same(&id, cursor);
    buf_free(&id);
    return is;
}

/* Is the record among those that the page before ended with, all at this place? */
static bool has_come(const struct paginate *p, struct slice line, struct slice before)
{
    while (before.len) {
        struct slice last = lines_last(before);
        if (!is_at(p, last, &p->cursor.text))
            return false;
        if (value_same(last, line))
            return true;
        before.len -= last.len;
    }
    return false;
}

/* With an inclusive cursor a page begins with all the records at the place that the last one ended at: so many of them
 * have come already, unless they have been deleted. Of the page before the first one nothing is known: then it is one
 * record. -1: those that have come stand among new ones. */
static int64_t repeated(const struct paginate *p, const struct answer *a, struct error *e)
{
    int64_t first = 0;
    bool is_new = false;
    struct slice rest = a->records;
    if (!p->inclusive || !p->cursor.text.len)
        return 0;
    for (struct slice line; rest.len && is_at(p, line = lines_first(rest), &p->cursor.text);
         rest = lines_after(rest, line)) {
        if (!a->before.len)
            return 1;
        bool come = has_come(p, line, a->before);
        if (come && is_new)
            return error_set(e, EXIT_ANSWER,
                             "records with the same %s change places from page to page: ask for larger pages "
                             "(--page-size), or for an order that tells them apart",
                             p->paging->id);
        is_new |= !come;
        first += come;
    }
    return first;
}

/* Was there room for a record more than the one that may have come before? */
static bool has_room(const struct page *page, struct slice records, struct slice before)
{
    return page->asked > 1 && (!before.len || lines_after(records, lines_first(records)).len ||
                               lines_after(before, lines_first(before)).len);
}

/* What comes after an id is asked for. Where the record of that id comes, too, each page begins with it. */
void follow_learn_inclusive(struct paginate *p, const struct page *page, struct slice records, struct slice before)
{
    bool by_id = p->style->style == PAGING_LAST_ID && !p->inclusive && !p->range->allow_repeats;
    struct slice first = lines_first(records);
    if (!by_id || !p->cursor.text.len || !first.len || !is_at(p, first, &p->cursor.text) ||
        (before.len && !value_same(first, lines_last(before))) || !has_room(page, records, before))
        return;
    p->inclusive = true;
    buf_addf(&p->note, "pages begin with the record whose %s was sent: it is left out (--cursor-inclusive)\n",
             p->paging->id);
}

/* A list that goes on after the last id loses the rest of the records that share it. Does the page end with two of
 * them, so that it may have been cut between them? */
static bool ends_tied(const struct paginate *p, const struct answer *a)
{
    struct slice last = lines_last(a->records);
    struct slice others = {a->records.text, a->records.len - last.len};
    bool by_id = p->style->place == PLACE_CURSOR && !p->style->leads_on && !p->inclusive;
    return by_id && others.len && is_at(p, lines_last(others), &p->next_cursor.text);
}

/* Has the page records of the same id one after the other, so that pages may also be cut between two where that does
 * not show? Its last records tell. */
static bool has_ties(const struct paginate *p, const struct answer *a)
{
    enum { LOOKED_AT = 32 };
    struct slice rest = a->records, after = {0};
    for (int i = 0; i < LOOKED_AT && rest.len; i++) {
        struct slice line = lines_last(rest), record = lines_record(line);
        struct slice id = path_find(&p->id_path, record.text, record.len);
        if (after.len && value_same(id, after))
            return true;
        after = id;
        rest.len -= line.len;
    }
    return false;
}

static void warn_of_ties(struct paginate *p, const struct answer *a)
{
    bool by_id = p->style->style == PAGING_LAST_ID && !p->inclusive;
    if (!by_id || p->told_ties || !is_set(&p->next_cursor) || p->range->allow_repeats || !has_ties(p, a))
        return;
    p->told_ties = true;
    buf_addf(
        &p->note,
        "warning: records have the same %s, so some may be lost between two pages: go on by a unique field (--id)\n",
        p->paging->id);
}

/* The page before ended so. Where the list ends with it, it has been cut only if it was full. */
static int check_tied(struct paginate *p, const struct page *page, const struct answer *a, struct error *e)
{
    bool cut = p->tied && !p->inclusive && (page->got || p->tied_size >= page->asked);
    p->tied = ends_tied(p, a);
    p->tied_size = page->got;
    return cut ? error_set(e, EXIT_ANSWER,
                           "the last records of the page before this one have the same %s, so others that share it may "
                           "be missing: go on by a unique field (--id), or add one to the order that is asked for",
                           p->paging->id)
               : 0;
}

/* A server that caps pages, and goes on after what was asked for. One that hides records does so, too, but seldom the
 * same number in two pages. A number that is no offset by its name may be an id. */
static int check_holes(struct paginate *p, const struct page *page, struct error *e)
{
    bool wanted =
        is_set(&p->cursor) && is_set(&p->next_cursor) && p->short_of >= 0 && p->style->style != PAGING_LAST_ID;
    int64_t step = wanted ? link_step(p, buf_text(&p->cursor.text), buf_text(&p->next_cursor.text)) : 0;
    bool on = step > page->got && page->got > 1 && (p->style->by_links || step == page->asked);
    if (on && page->got == p->short_of) {
        p->short_of = -1;
        return coverage_doubt(
            p, e,
            "pages have %lld records, but lead on by %lld: those between may be missing, if the server "
            "caps pages (--page-size %lld)",
            (long long)page->got, (long long)step, (long long)page->got);
    }
    if (p->short_of >= 0)
        p->short_of = on ? page->got : 0;
    return 0;
}

static void cut(struct paginate *p, struct page *page, int64_t first)
{
    int64_t dropped = p->to_skip < page->got - first ? p->to_skip : page->got - first;
    p->to_skip -= dropped;
    page->skip = first + dropped;
    page->keep = page->got - page->skip;
    if (page->keep > p->end - p->position)
        page->keep = p->end - p->position;
    p->position += page->keep;
}

/* Is the page as long as the list is said to be? "count" may only be the length of the page. */
static bool is_all(const struct page *page)
{
    const struct total *total = &page->total;
    return total->records == page->got && !(total->guessed && strcmp(total->where, "count") == 0);
}

/* A list may end with its first page, or we look for what leads on in the wrong place: absent is not null. A page that
 * is shorter than asked for, or as long as the list, is beyond doubt. */
static void doubt_end(struct paginate *p, const struct page *page, const struct answer *a)
{
    const char *missing = p->style->leads_on ? p->style->leads_on(p, a) : NULL;
    bool is_short = styles_sends_limit(p) && page->got < page->asked;
    if (missing && p->pages == 1 && !p->paging->cursor && page->got && !is_short && !is_all(page))
        buf_addf(&p->note,
                 "warning: no %s with the first page: is that all, or is it elsewhere (--next, --paginate)?\n",
                 missing);
}

static void advance(struct paginate *p)
{
    buf_swap(&p->cursor.text, &p->next_cursor.text);
    buf_swap(&p->cursor.json, &p->next_cursor.json);
    p->page_skip = p->to_skip;
}

/* The second empty page in a row, which leads on all the same. It ends the list when all that the list has by its total
 * has come, or when it leads on by an offset or a page number: what such a list goes on after is found by the next one.
 */
static bool is_past_end(struct paginate *p, const struct page *page)
{
    bool all = p->total >= 0 && p->position >= p->total;
    return !page->got && p->empty_pages > 0 &&
           (all || link_counts(p, buf_text(&p->cursor.text), buf_text(&p->next_cursor.text)));
}

/* Searches have pages that nothing was found for. But what is meant to be polled leads on for ever. */
static int count_empty(struct paginate *p, const struct page *page, struct error *e)
{
    p->empty_pages = page->got ? 0 : p->empty_pages + 1;
    if (p->empty_pages == EMPTY_NOTED)
        buf_addf(&p->note, "%d empty pages in a row, each of which leads on to another one\n", EMPTY_NOTED);
    if (p->empty_pages < EMPTY_MOST || p->range->allow_repeats)
        return 0;
    return error_set(e, EXIT_ANSWER,
                     "%d empty pages in a row: does the list end? (--has-more, --limit; --allow-repeats goes on)",
                     EMPTY_MOST);
}

static int circle(const struct paginate *p, struct error *e)
{
    return error_set(e, EXIT_ANSWER, "the server sends us in a circle: the same %s again",
                     p->style->has_limit ? "cursor" : "URL");
}

/* With an inclusive cursor, the page has nothing but records that have come. Does it have room for others? Where it is
 * all that was seen since --cursor, only what was asked for tells. */
static int check_room(const struct paginate *p, const struct page *page, struct error *e)
{
    bool is_all_seen = p->paging->cursor && p->pages <= 2 && page->got < page->asked;
    if (page->got < 2 || page->got < p->learned_size || is_all_seen)
        return 0;
    return error_set(e, EXIT_ANSWER,
                     "a whole page of records with the same %s, all of which have come: ask for larger pages "
                     "(--page-size)",
                     p->paging->id);
}

/* The page, with so many records that are new, leads on to one that has been asked for. They count before that is
 * judged: some servers keep the place, and answer the same cursor with what comes next (a scroll), and some lists end
 * with a page that leads to itself. So a page that leads to itself is asked for once more. 1: go on; 0: the list ends;
 * -1. */
static int go_round(struct paginate *p, const struct page *page, const struct answer *a, int64_t fresh, struct error *e)
{
    bool itself = next_same(&p->next_cursor.text, &p->cursor.text), repeats = value_same(a->before, a->records);
    if (!fresh)
        return page->got ? check_room(p, page, e) : 0;
    if (itself && repeats && p->went_round && p->total <= p->position) {
        buf_adds(&p->note, "warning: the last page leads to itself; that is taken for the end of the list\n");
        return 0;
    }
    if (repeats && !p->went_round)
        return circle(p, e);
    if (itself && !repeats) {
        p->went_round = true;
        return 1;
    }
    circle(p, &p->late);
    return 0;
}

/* The page leads nowhere. */
static int end(struct paginate *p, const struct page *page, const struct answer *a)
{
    p->page_skip = -1;
    p->over = true;
    if (p->late.code)
        return PAGE_LAST;
    doubt_end(p, page, a);
    return coverage_ended(p);
}

int follow_learn(struct paginate *p, struct page *page, const struct answer *a, struct error *e)
{
    int64_t first = p->overlap ? p->overlap : repeated(p, a, e);
    struct page fresh = *page;
    fresh.got -= first;
    if (first < 0 || coverage_learn_total(p, &fresh, e))
        return -1;
    if (page->got > p->learned_size)
        p->learned_size = page->got;
    p->pages++;
    ahead_learn(p, a);
    next_cursor_clear(&p->next_cursor);
    if (p->style->follow && p->style->follow(p, a, e))
        return -1;
    int more = is_set(&p->next_cursor);
    if (more && loops(p))
        more = go_round(p, page, a, page->got - first, e);
    if (more < 0 || check_tied(p, page, a, e))
        return -1;
    if (p->went_round && !more && page->got && value_same(a->before, a->records))
        first = page->got; /* the last page once more */
    warn_of_ties(p, a);
    if (check_holes(p, page, e))
        return -1;
    cut(p, page, first);
    p->come = first;
    p->next = p->position;
    if (p->position >= p->end && page->skip + page->keep < page->got) {
        p->over = true;
        p->page_skip = page->skip + page->keep - (p->inclusive ? first : 0);
        return PAGE_LAST;
    }
    if (!more || is_past_end(p, page))
        return end(p, page, a);
    advance(p);
    p->over = p->position >= p->end;
    if (count_empty(p, page, e))
        return -1;
    return p->over ? PAGE_LAST : PAGE_TAKEN;
}

const char *follow_cursor(struct paginate *p)
{
    struct cursor *t = &p->cursor;
    struct buf ignored = {0};
    bool disguised = paging_sends_json(p) && t->json.len && *t->json.data == '"' &&
                     split_compact(t->text.data, t->text.len, &ignored) == 0;
    buf_free(&ignored);
    return is_set(t) ? buf_text(disguised ? &t->json : &t->text) : NULL;
}
