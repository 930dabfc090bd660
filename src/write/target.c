/* target: where a request of write goes. */
#include "write/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/url.h"
#include "json/split.h"

/* What is not a template is meant as it stands: a header may be JSON. */
static bool is_template(const struct target *target, const char *option, const char *text)
{
    struct template t = {option, TEMPLATE_TEXT, text};
    struct error ignored;
    if (target->token && strstr(text, "{token}"))
        return false;
    return strpbrk(text, "{}") && template_check(&t, &ignored) == 0;
}

/* Divides the texts into those that vary, which are added to `varying`, and the others, left in common. */
static size_t divide(struct target *t, const char *option, const struct list *all, struct list *common)
{
    size_t found = 0;
    *common = (struct list){.item = mem_zeroed(all->count + 1, sizeof *common->item)};
    for (size_t i = 0; i < all->count; i++)
        if (*all->item[i] != '@' && is_template(t, option, all->item[i]))
            t->varying[t->headers + found++] = all->item[i];
        else
            common->item[common->count++] = all->item[i];
    return found;
}

/* A URL with a {PATH}: its origin and what comes before the first of them, up to a slash or the query, is what all have
 * in common. */
static int take_url(struct target *t, const char *url, struct error *e)
{
    t->path = (struct template){"url", TEMPLATE_URL, url};
    size_t len = strcspn(url, "{?");
    while (url[len] == '{' && len && url[len - 1] != '/')
        len--;
    char *base = mem_text(url, len);
    int result = template_check(&t->path, e) || url_accept(base, &t->base, e) ? -1 : 0;
    if (result == 0 && len < strlen("https://x/"))
        result = error_set(e, EXIT_USAGE, "a {PATH} in the URL comes after the host");
    free(base);
    return result;
}

static int take_template(struct target *t, const char *url, const char *text, struct error *e)
{
    t->path = (struct template){"url-template", TEMPLATE_URL, text};
    if (url_accept(url, &t->base, e) || template_check(&t->path, e))
        return -1;
    return template_varies(&t->path)
               ? 0
               : error_set(e, EXIT_USAGE, "--url-template needs a {PATH}: each record has a URL of its own");
}

int target_init(struct target *t, const struct request_options *o, const char *url_template, bool token,
                struct error *e)
{
    *t = (struct target){.common = *o, .varying = mem_zeroed(o->header.count + o->query.count + 1, sizeof(char *))};
    t->token = token;
    t->headers = divide(t, "header", &o->header, &t->common.header);
    t->queries = divide(t, "query", &o->query, &t->common.query);
    for (size_t i = 0; i < o->header.count && i < o->typed_headers; i++)
        t->common.typed_headers -= *o->header.item[i] != '@' && is_template(t, "header", o->header.item[i]);
    int result = url_template          ? take_template(t, o->url, url_template, e)
                 : strchr(o->url, '{') ? take_url(t, o->url, e)
                                       : url_accept(o->url, &t->base, e);
    if (result)
        return -1;
    t->common.url = (char *)buf_text(&t->base);
    buf_add(&t->url, t->base.data, t->base.len);
    return url_add_queries(&t->url, t->common.query.item, t->common.query.count, e);
}

void target_free(struct target *t)
{
    free(t->common.header.item); /* its texts are the options' */
    free(t->common.query.item);
    free((void *)t->varying);
    buf_free(&t->base);
    buf_free(&t->url);
    template_list_free(&t->list);
}

bool target_varies(const struct target *t)
{
    return t->path.text || t->headers || t->queries;
}

static int set_url(const struct target *t, const char *filled, struct buf *url, struct error *e)
{
    if (url_resolve(t->base.data, filled, url))
        return error_set(e, EXIT_USAGE, "--%s makes no URL", t->path.option);
    return url_add_queries(url, t->common.query.item, t->common.query.count, e);
}

static int fill_url(const struct target *t, struct slice record, int64_t line, struct buf *url, struct error *e)
{
    struct buf filled = {0};
    int result = template_fill(&t->path, record, line, &filled, e) || set_url(t, buf_text(&filled), url, e) ? -1 : 0;
    buf_free(&filled);
    return result;
}

static int fill_query(struct template query, struct slice record, int64_t line, struct buf *url, struct error *e)
{
    struct buf filled = {0};
    int result = template_fill(&query, record, line, &filled, e);
    char *text = buf_writable(&filled);
    if (result == 0)
        result = url_add_queries(url, &text, 1, e);
    buf_free(&filled);
    return result;
}

static int set_common_url(const struct target *t, struct slice record, int64_t line, struct buf *url, struct error *e)
{
    return t->path.text ? fill_url(t, record, line, url, e) : buf_add(url, t->url.data, t->url.len);
}

static int fill(const struct target *t, struct slice record, int64_t line, struct request *r, struct error *e)
{
    if (set_common_url(t, record, line, &r->url, e))
        return -1;
    for (size_t i = 0; i < t->headers + t->queries; i++) {
        struct template one = {i < t->headers ? "header" : "query", TEMPLATE_TEXT, t->varying[i]};
        if (i >= t->headers ? fill_query(one, record, line, &r->url, e)
                            : template_fill(&one, record, line, &r->headers, e))
            return -1;
        if (i < t->headers)
            buf_addc(&r->headers, '\n');
    }
    return 0;
}

int target_fill(const struct target *t, struct slice record, int64_t line, struct request *r, struct error *e)
{
    struct buf compact = {0};
    if (target_varies(t))
        split_compact(record.text, record.len, &compact);
    int result = fill(t, (struct slice){buf_text(&compact), compact.len}, line, r, e);
    buf_free(&compact);
    return result;
}

int target_take_many(struct target *t, struct error *e)
{
    bool url = t->path.text && template_varies(&t->path);
    if (t->headers || url + t->queries > 1)
        return error_set(e, EXIT_USAGE,
                         "with --batch-size there is a {PATH} in one place: the URL, a --query or --data");
    struct template query = {"query", TEMPLATE_TEXT, t->varying[0]};
    return url || t->queries ? template_list_init(&t->list, url ? &t->path : &query, e) : 0;
}

int target_fill_many(const struct target *t, const struct slice *records, const int64_t *lines, size_t count,
                     struct request *r, struct error *e)
{
    struct buf filled = {0};
    if (!t->list.option)
        return fill(t, records[0], lines[0], r, e);
    int result = template_list_fill(&t->list, records, lines, count, &filled, e);
    char *text = buf_writable(&filled);
    if (result == 0 && t->queries)
        result = set_common_url(t, records[0], lines[0], &r->url, e) || url_add_queries(&r->url, &text, 1, e) ? -1 : 0;
    else if (result == 0)
        result = set_url(t, text, &r->url, e);
    buf_free(&filled);
    return result;
}
