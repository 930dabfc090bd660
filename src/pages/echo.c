/* echo: where an answer says that its page begins. */
#include "pages/echo.h"

#include <string.h>

#include "base/number.h"
#include "json/usual.h"
#include "json/value.h"

static bool read_number(struct slice object, const char *name, int64_t *n)
{
    struct buf text = {0};
    struct slice value = value_member(object, name, strlen(name));
    if (value.len && !value_is_container(value))
        value_scalar(value, &text);
    bool is = text.len && number_of_text(buf_text(&text), n);
    buf_free(&text);
    return is;
}

static const char *const names[] = {"meta", "pagination", "paging", "page", "metadata"};

/* The envelope, and what it has where APIs keep such things: looked up once, because many names are tried. */
struct places {
    struct slice object[1 + sizeof names / sizeof *names];
    size_t count;
};

static struct places places_in(struct slice envelope)
{
    struct places p = {.object[0] = envelope, .count = 1};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct slice value = value_member(envelope, names[i], strlen(names[i]));
        if (value_is_object(value))
            p.object[p.count++] = value;
    }
    return p;
}

static bool find(const struct places *places, const char *name, int64_t *n)
{
    for (size_t i = 0; i < places->count; i++)
        if (read_number(places->object[i], name, n))
            return true;
    return false;
}

static const char *find_name(const struct paginate *p, const struct places *places, int64_t *n)
{
    const char *own = p->style->numbered ? p->paging->param_page : p->paging->param_offset;
    if (*own && find(places, own, n))
        return own;
    for (const struct usual *u = usual_first(p->style->numbered ? USUAL_PAGE : USUAL_OFFSET); u; u = usual_next(u))
        if (find(places, u->name, n))
            return u->name;
    return NULL;
}

static int64_t place_of(const struct paginate *p, const struct page *page)
{
    return p->style->numbered ? page->offset / page->asked + p->paging->page_base
                              : paging_sum(page->offset, p->paging->offset_base);
}

int echo_check(struct paginate *p, const struct page *page, const struct answer *a, struct error *e)
{
    struct page_echo *echo = &p->echo;
    int64_t n, place = place_of(p, page);
    if (p->style->place == PLACE_NONE || !page->got || page->look || p->range->on_drift == DRIFT_IGNORE)
        return 0;
    struct places places = places_in(a->envelope);
    if (!echo->name) {
        const char *name = find_name(p, &places, &n);
        if (name)
            *echo = (struct page_echo){name, .first = n, .asked = place, .is_next = n - place == page->got};
        return 0;
    }
    if (!find(&places, echo->name, &n))
        return 0;
    bool other = n == echo->first && n != echo->asked, next = echo->is_next && n - place == page->got;
    if (n - place == echo->first - echo->asked || other || next)
        return 0;
    return error_set(
        e, EXIT_ANSWER,
        "the answer says that its page begins at %s %lld where %lld was asked for: the server places "
        "pages otherwise (see --offset-base, --param-offset, --param-page, --param-limit; --on-drift ignore)",
        echo->name, (long long)n, (long long)place);
}
