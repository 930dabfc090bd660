/* follow: styles that follow the server from page to page. */
#include "pages/follow.h"

#include <string.h>

#include "pages/coverage.h"
#include "pages/styles.h"
#include "json/split.h"

enum { EMPTY_NOTED = 100, EMPTY_MOST = 1000 }; /* empty pages in a row */

static bool sends_json(const struct paginate *p)
{
    return p->paging->page_in == PAGE_IN_BODY || p->paging->page_in == PAGE_IN_QUERY_JSON;
}

/* As JSON a cursor may be of any type: what is JSON text stands for itself, anything else is a string. */
static void set_cursor(struct paginate *p, const char *cursor)
{
    struct cursor *t = &p->cursor;
    if (sends_json(p) && split_compact(cursor, strlen(cursor), &t->json) == 0) {
        value_scalar((struct slice){t->json.data, t->json.len}, &t->text);
        return;
    }
    buf_clear(&t->json);
    buf_adds(&t->text, cursor);
    value_quote(cursor, strlen(cursor), &t->json);
}

void follow_init(struct paginate *p)
{
    const char *cursor = p->paging->cursor;
    p->to_skip = p->start;
    p->page_skip = p->start;
    if (!cursor)
        return;
    p->distrust = true; /* where in the list a cursor stands is unknown, and so is what a total means for it */
    set_cursor(p, cursor);
}

void follow_free(struct paginate *p)
{
    buf_free(&p->cursor.text);
    buf_free(&p->cursor.json);
    buf_free(&p->next_cursor.text);
    buf_free(&p->next_cursor.json);
    buf_free(&p->waymark);
}

/* Every page is asked for with the same size, also where less of it is wanted: some cursors are page numbers in
 * disguise. */
bool follow_next(struct paginate *p, struct page *page)
{
    if (p->under_way || p->next >= p->end)
        return false;
    int64_t extra = p->paging->cursor_inclusive && p->cursor.text.len ? 1 : 0;
    *page = (struct page){.offset = p->position - p->to_skip, .asked = p->size < INT64_MAX ? p->size + extra : p->size};
    return true;
}

static bool same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Has the walk come to a cursor again? Brent's algorithm: the waymark moves on at each power of two, so any loop meets
 * it. */
static bool loops(struct paginate *p)
{
    if (same(&p->next_cursor.text, &p->cursor.text) || (p->waymark.len && same(&p->next_cursor.text, &p->waymark)))
        return true;
    if (p->waymark_steps++ >= p->waymark_power) {
        p->waymark_power = p->waymark_power ? 2 * p->waymark_power : 1;
        p->waymark_steps = 0;
        buf_clear(&p->waymark);
        buf_add(&p->waymark, p->next_cursor.text.data, p->next_cursor.text.len);
    }
    return false;
}

/* With --cursor-inclusive a page begins with the record that the last one ended with, unless that has been deleted. */
static int64_t repeated(const struct paginate *p, const struct answer *a, int64_t got)
{
    struct buf id = {0};
    if (!p->paging->cursor_inclusive || !p->cursor.text.len || !got)
        return 0;
    const char *end = memchr(a->records.text, '\n', a->records.len);
    struct slice found = path_find(&p->id_path, a->records.text, (size_t)(end - a->records.text));
    value_scalar(found, &id);
    bool is = same(&id, &p->cursor.text);
    buf_free(&id);
    return is;
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
        buf_addf(&p->note, "warning: no %s with the first page: is that all, or is it elsewhere (--next, --paginate)?",
                 missing);
}

static void advance(struct paginate *p)
{
    buf_swap(&p->cursor.text, &p->next_cursor.text);
    buf_swap(&p->cursor.json, &p->next_cursor.json);
    p->page_skip = p->to_skip;
}

/* Searches have pages that nothing was found for. But what is meant to be polled leads on for ever. */
static int count_empty(struct paginate *p, const struct page *page, struct error *e)
{
    p->empty_pages = page->got ? 0 : p->empty_pages + 1;
    if (p->empty_pages == EMPTY_NOTED)
        buf_addf(&p->note, "%d empty pages in a row, each of which leads on to another one", EMPTY_NOTED);
    if (p->empty_pages < EMPTY_MOST || p->range->allow_repeats)
        return 0;
    return error_set(e, EXIT_ANSWER,
                     "%d empty pages in a row: does the list end? (--has-more, --limit; --allow-repeats goes on)",
                     EMPTY_MOST);
}

int follow_learn(struct paginate *p, struct page *page, const struct answer *a, struct error *e)
{
    int64_t first = repeated(p, a, page->got);
    if (coverage_learn_total(p, page, e))
        return -1;
    if (page->got > p->learned_size)
        p->learned_size = page->got;
    p->pages++;
    cut(p, page, first);
    p->next = p->position;
    buf_clear(&p->next_cursor.text);
    buf_clear(&p->next_cursor.json);
    if (p->style->follow && p->style->follow(p, a, e))
        return -1;
    bool more = p->next_cursor.text.len > 0, inside = page->skip + page->keep < page->got;
    if (more && loops(p)) {
        if (page->got > first)
            return error_set(e, EXIT_ANSWER, "the server sends us in a circle: the same %s again",
                             p->style->has_limit ? "cursor" : "URL");
        more = false;
    }
    if (p->position >= p->end && inside) {
        p->over = true;
        p->page_skip = page->skip + page->keep - first;
        return PAGE_LAST;
    }
    if (!more) {
        p->page_skip = -1;
        doubt_end(p, page, a);
        return coverage_ended(p, e);
    }
    advance(p);
    p->over = p->position >= p->end;
    if (count_empty(p, page, e))
        return -1;
    return p->over ? PAGE_LAST : PAGE_TAKEN;
}

void follow_resume(struct paginate *p, const char **cursor, int64_t *skip)
{
    struct cursor *t = &p->cursor;
    struct buf ignored = {0};
    bool disguised =
        sends_json(p) && t->json.len && *t->json.data == '"' && split_compact(t->text.data, t->text.len, &ignored) == 0;
    buf_free(&ignored);
    *cursor = !t->text.len || p->page_skip < 0 ? NULL : buf_text(disguised ? &t->json : &t->text);
    *skip = p->page_skip;
}
