#include "paginate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "url.h"

static int add_queries(struct paginate *p, struct error *e)
{
    const struct list *query = &p->options->query;
    for (size_t i = 0; i < query->count; i++) {
        const char *equals = strchr(query->item[i], '=');
        if (!equals || equals == query->item[i])
            return error_set(e, EXIT_USAGE, "--query takes NAME=VALUE");
        char *name = mem_text(query->item[i], (size_t)(equals - query->item[i]));
        url_add_query(&p->base, name, equals + 1, strlen(equals + 1));
        free(name);
    }
    return 0;
}

int paginate_init(struct paginate *p, const struct options *o, struct error *e)
{
    *p = (struct paginate){.options = o, .start = o->offset, .next = o->offset, .position = o->offset, .total = -1};
    p->size = o->page_size;
    p->learned_size = -1;
    p->end = o->limit < 0 || o->limit > INT64_MAX - o->offset ? INT64_MAX : o->offset + o->limit;
    if (url_accept(o->url, &p->base, e) || add_queries(p, e))
        return -1;
    url_drop_query(&p->base, o->param_offset);
    url_drop_query(&p->base, o->param_limit);
    return 0;
}

void paginate_free(struct paginate *p)
{
    buf_free(&p->base);
    buf_free(&p->note);
}

static void add_number(struct buf *url, const char *name, int64_t n)
{
    char text[24];
    if (*name)
        url_add_query(url, name, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)n));
}

static void address(const struct paginate *p, const struct page *page, struct buf *url)
{
    buf_clear(url);
    buf_add(url, p->base.data, p->base.len);
    add_number(url, p->options->param_offset, page->offset);
    add_number(url, p->options->param_limit, page->asked);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool paginate_next(struct paginate *p, struct page *page, struct buf *url)
{
    int64_t end = p->total >= 0 ? least(p->end, p->total) : p->end;
    bool budget = p->options->max_pages < 0 || p->asked_pages < p->options->max_pages;
    if (p->over || p->next >= end || !budget || (!p->open && p->under_way))
        return false;
    /* Asked in full although the total may end earlier: a page that then holds more shows that the total is wrong. */
    *page = (struct page){.offset = p->next, .asked = least(p->size, p->end - p->next)};
    p->next += page->asked;
    p->under_way++;
    p->asked_pages++;
    address(p, page, url);
    return true;
}

/* ---- what a page teaches ---- */

static int drift(struct paginate *p, struct error *e, int64_t was, int64_t is)
{
    const char *policy = p->options->on_drift;
    if (strcmp(policy, "fail") == 0)
        return error_set(e, EXIT_ANSWER, "the total went from %lld to %lld while reading (--on-drift fail)",
                         (long long)was, (long long)is);
    if (strcmp(policy, "warn") == 0) {
        buf_clear(&p->note);
        buf_addf(&p->note, "warning: the total went from %lld to %lld while reading", (long long)was, (long long)is);
    }
    return 0;
}

/* A total smaller than what has been seen is wrong. One in a body that equals the first page's length may be just that, the
 * page's length. Neither is believed: then the end is where a page is empty, which costs one more request and no record. */
static bool doubtful(const struct paginate *p, const struct page *page)
{
    int64_t total = page->total.records;
    return page->got && (total < page->offset + page->got || (page->total.guessed && p->pages == 0 && total == page->got));
}

static int learn_total(struct paginate *p, const struct page *page, struct error *e)
{
    int64_t said = page->total.records, known = p->total >= 0 ? p->total : p->options->planned_total;
    if (said < 0)
        return 0;
    if (doubtful(p, page)) {
        p->distrust = true;
        p->total = -1;
    }
    if (p->distrust)
        return 0;
    p->total = said;
    return known >= 0 && known != said ? drift(p, e, known, said) : 0;
}

/* Until two pages agree on the size, or one is as long as asked, one page at a time is under way. */
static void learn_size(struct paginate *p, const struct page *page)
{
    if (page->got >= page->asked) {
        if (page->asked == p->size)
            p->size = p->learned_size = page->got;
        p->open = !(p->distrust && p->pages == 0);
    } else if (p->short_size) {
        p->size = p->learned_size = page->got > p->short_size ? page->got : p->short_size;
        p->open = true;
    } else {
        p->short_size = page->got;
    }
    p->next = page->offset + page->got;
}

/* The list ends at `position`, before the total that was announced? */
static int ended_early(struct paginate *p, struct error *e)
{
    p->over = true;
    if (p->total > p->position && p->position < p->end && drift(p, e, p->total, p->position))
        return -1;
    return PAGE_LAST;
}

static bool finished(struct paginate *p)
{
    p->over = p->position >= p->end || (p->total >= 0 && p->position >= p->total);
    return p->over;
}

static int rest(struct paginate *p, struct page *page, struct buf *url)
{
    page->offset += page->got;
    page->asked -= page->got;
    address(p, page, url);
    p->under_way++;
    return PAGE_REST;
}

int paginate_learn(struct paginate *p, struct page *page, struct buf *url, struct error *e)
{
    p->under_way--;
    page->keep = 0;
    if (p->probing) { /* the list is there, and ends before our range */
        p->over = true;
        return PAGE_LAST;
    }
    if (learn_total(p, page, e))
        return -1;
    page->keep = least(page->got, p->open ? page->asked : p->end - page->offset);
    bool was_open = p->open;
    if (!p->open && page->got)
        learn_size(p, page);
    p->pages++;
    p->position = page->offset + page->keep;
    if (page->got == 0)
        return ended_early(p, e);
    if (finished(p))
        return PAGE_LAST;
    return was_open && page->got < page->asked ? rest(p, page, url) : PAGE_TAKEN;
}

int paginate_failed(struct paginate *p, struct page *page, struct buf *url, long status)
{
    bool past_end = (status == 404 || status == 416) && p->total < 0 && !p->probing;
    p->under_way--;
    page->keep = 0;
    if (past_end && p->pages > 0) {
        p->over = true;
        return PAGE_LAST;
    }
    if (past_end && page->offset > 0) { /* is it past the end, or no list at all? The first record tells. */
        p->probing = true;
        p->under_way++;
        *page = (struct page){.offset = 0, .asked = 1};
        address(p, page, url);
        return PAGE_REST;
    }
    return -1;
}
