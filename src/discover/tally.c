/* tally: how many records the list has. */
#include "discover/tally.h"

#include <string.h>

#include "base/number.h"
#include "discover/compare.h"
#include "http/secret.h"
#include "http/url.h"
#include "pages/total.h"

static void forget_count(struct compare *c)
{
    c->f->count = -1;
    buf_clear(&c->f->count_from);
}

void tally_weigh(struct compare *c, int64_t before)
{
    struct answer a = ask_answer(c->ask);
    struct buf from = {0};
    int64_t count;
    bool stated = evidence_total(c->options->paging->count_from, &a, before + c->ask->split.count, &count, &from);
    if (stated && count > c->ask->split.count && (c->f->count < 0 || c->f->count == count)) {
        c->f->count = count;
        c->proven = true;
        buf_swap(&c->f->count_from, &from);
    } else if (c->f->count >= 0) {
        forget_count(c);
    }
    buf_free(&from);
}

void tally_pages(struct compare *c)
{
    struct buf last = {0}, number = {0};
    int64_t count;
    if (c->f->count < 0 && ask_link(c->ask, "last", &last) && url_query(buf_text(&last), c->way.place, &number) &&
        number_of_text(buf_text(&number), &count) && number_combine(count, 1, c->way.base ? 0 : 1, &count)) {
        c->f->count = count;
        buf_adds(&c->f->count_from, "last-page");
        c->proven = true;
    }
    buf_free(&last);
    buf_free(&number);
}

static bool ask_url(struct compare *c, const char *url)
{
    return ask_get(c->ask, url, NULL) == 0;
}

/* The path with /count after it, as `restsrc count` asks it first. */
void tally_url(struct compare *c)
{
    struct total_source source = {.kind = TOTAL_AUTO};
    struct total total;
    struct error ignored;
    struct buf url = {0};
    buf_add(&url, c->base.data, c->base.len);
    buf_text(&url);
    if (c->f->count < 0 && !c->asked_count && !c->body.len && !compare_is_given(c, "count-from") &&
        url_add_segment(&url, "count", &ignored) == 0 && compare_may_ask(c) && (c->asked_count = true) &&
        ask_url(c, buf_text(&url)) &&
        total_of_count(&source, buf_text(&c->ask->envelope), c->ask->envelope.len, &total, &ignored) == 1 &&
        total.records >= c->f->length) {
        c->f->count = total.records;
        c->proven = true;
        buf_adds(&c->f->count_from, "url:");
        secret_redact(buf_text(&url), &c->f->count_from);
    }
    buf_free(&url);
}

/* The first page again, with the query that has the API count. */
static void try_count_query(struct compare *c)
{
    const struct count_query *q = c->body.len ? NULL : c->count_query;
    struct buf url = {0}, from = {0}, query = {0};
    int64_t count;
    if (!q || c->f->count >= 0 || compare_is_given(c, "count-from"))
        return;
    buf_add(&url, c->base.data, c->base.len);
    buf_text(&url);
    url_drop_query(&url, q->name);
    url_add_query(&url, q->name, q->value, strlen(q->value));
    bool listed = compare_ask(c, buf_text(&url));
    struct answer a = ask_answer(c->ask);
    if (listed && evidence_total(q->count_from, &a, c->ask->split.count, &count, &from) && count >= c->f->length) {
        c->f->count = count;
        c->proven = true;
        buf_swap(&c->f->count_from, &from);
        buf_addf(&query, "%s=%s", q->name, q->value);
        compare_set(c, "query", buf_text(&query));
    }
    buf_free(&url);
    buf_free(&from);
    buf_free(&query);
}

/* A number as large as the first page, while there is more, is the length of the page; one smaller than a page is
 * wrong. What equals the first page is left to --count-from auto, which looks past it. */
void tally_outcome(struct compare *c)
{
    struct finding *f = c->f;
    bool more = f->found && f->style != PAGING_NONE && !c->took_end;
    if (f->count >= 0 &&
        (f->count < f->length || f->count < f->page_size || (more && !c->proven && f->count == f->length)))
        forget_count(c);
    try_count_query(c);
    if (!c->brief)
        tally_url(c);
    const char *from = buf_text(&f->count_from);
    if (f->found && f->count > f->length && strncmp(from, "url:", 4) && strcmp(from, "auto"))
        compare_set(c, "count-from", from);
}
