#include "chain.h"

#include <string.h>

void chain_init(struct paginate *p)
{
    const char *cursor = p->options->cursor;
    p->to_skip = p->start;
    p->page_skip = p->start;
    if (!cursor)
        return;
    p->distrust = true; /* where in the list a cursor stands is unknown, and so is what a total means for it */
    buf_adds(&p->token.text, cursor);
    path_quote(cursor, strlen(cursor), &p->token.json);
}

void chain_free(struct paginate *p)
{
    buf_free(&p->token.text);
    buf_free(&p->token.json);
    buf_free(&p->next_token.text);
    buf_free(&p->next_token.json);
    buf_free(&p->waymark);
}

bool chain_next(struct paginate *p, struct page *page)
{
    if (p->under_way || p->next >= p->end)
        return false;
    int64_t wanted = p->end == INT64_MAX || p->end > p->size ? p->size : p->end;
    *page = (struct page){.offset = p->position - p->to_skip, .asked = wanted};
    return true;
}

static bool same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Has the walk come to a token again? Brent's algorithm: the waymark moves on at each power of two, so any loop meets it. */
static bool loops(struct paginate *p)
{
    if (same(&p->next_token.text, &p->token.text) || (p->waymark.len && same(&p->next_token.text, &p->waymark)))
        return true;
    if (p->waymark_steps++ >= p->waymark_power) {
        p->waymark_power = p->waymark_power ? 2 * p->waymark_power : 1;
        p->waymark_steps = 0;
        buf_clear(&p->waymark);
        buf_add(&p->waymark, p->next_token.text.data, p->next_token.text.len);
    }
    return false;
}

/* With --cursor-inclusive a page begins with the record that the last one ended with, unless that has been deleted. */
static int64_t repeated(const struct paginate *p, const struct answer *a, int64_t got)
{
    struct buf id = {0};
    if (!p->options->cursor_inclusive || !p->token.text.len || !got)
        return 0;
    const char *end = memchr(a->records.text, '\n', a->records.len);
    struct slice found = path_find(&p->id_path, a->records.text, (size_t)(end - a->records.text));
    path_scalar(found, &id);
    bool is = same(&id, &p->token.text);
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

/* A list that ends with its first page may do so, or --next is wrong: absent is not null. */
static void no_link(struct paginate *p, const struct page *page, const struct answer *a)
{
    if (p->style->has_next && p->pages == 1 && page->got && page->got >= page->asked &&
        !path_find(&p->next_path, a->envelope.text, a->envelope.len).text)
        buf_adds(&p->note, "warning: the first page is full and has no next cursor or link: is --next right?");
}

static void advance(struct paginate *p)
{
    buf_swap(&p->token.text, &p->next_token.text);
    buf_swap(&p->token.json, &p->next_token.json);
    p->page_skip = p->to_skip;
}

int chain_learn(struct paginate *p, struct page *page, const struct answer *a, struct error *e)
{
    int64_t first = repeated(p, a, page->got);
    if (paginate_learn_total(p, page, e))
        return -1;
    if (page->got > p->learned_size)
        p->learned_size = page->got;
    p->pages++;
    cut(p, page, first);
    p->next = p->position;
    buf_clear(&p->next_token.text);
    buf_clear(&p->next_token.json);
    if (p->style->follow && p->style->follow(p, a, e))
        return -1;
    bool more = p->next_token.text.len > 0, inside = page->skip + page->keep < page->got;
    if (more && loops(p)) {
        if (page->got > first)
            return error_set(e, EXIT_ANSWER, "the server sends us in a circle: the same %s again", p->style->has_limit ? "cursor" : "URL");
        more = false;
    }
    if (p->position >= p->end && inside) {
        p->over = true;
        p->page_skip = page->skip + page->keep - first;
        return PAGE_LAST;
    }
    if (!more) {
        p->page_skip = -1;
        no_link(p, page, a);
        return paginate_ended(p, e);
    }
    advance(p);
    p->over = p->position >= p->end;
    return p->over ? PAGE_LAST : PAGE_TAKEN;
}

bool chain_resume(struct paginate *p, const char **cursor, int64_t *skip)
{
    *cursor = p->token.text.len ? buf_text(&p->token.text) : NULL;
    *skip = p->page_skip;
    return p->page_skip >= 0;
}
