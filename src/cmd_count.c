/* count: the number of records of the whole list, on standard output. An exact count or an error, never a guess. */
#include "cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "link.h"
#include "paginate.h"
#include "total.h"
#include "url.h"

#define PAGE_LENGTH "'%s' is the length of a page, not of the list: say where the count is with --count-from"

struct count {
    const struct options *options;
    struct total_source source;
    struct path usual_records;
    struct transfer *transfer;
    struct transfer_stats stats;
    struct request request; /* to make; its URL is empty when it has been made */

    /* what it brought */
    struct split split;
    struct buf records, envelope;
    size_t bytes;
    bool with_records; /* it asks for a page of the list, not for a count */
    struct paginate paginate; /* of that page */
    struct page page;
    bool more; /* a style that follows the server has a page behind this one */
    struct buf last;  /* --count-from last-page: the URL of the last page */
    bool failed;
    struct error error;
    struct total total;
    int found; /* as of total_find() */
};

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct count *c = ctx;
    (void)e;
    if (!c->request.url.len)
        return TRANSFER_NONE;
    struct request made = x->request;
    x->request = c->request;
    c->request = made;
    request_clear(&c->request);
    x->offset = -1;
    return TRANSFER_READY;
}

static void on_begin(void *ctx, struct exchange *x)
{
    struct count *c = ctx;
    (void)x;
    buf_clear(&c->records);
    buf_clear(&c->envelope);
    c->bytes = 0;
    split_start(&c->split, c->with_records ? &c->usual_records : NULL, &c->records, &c->envelope);
}

static int on_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct count *c = ctx;
    (void)x;
    c->bytes += n;
    if (c->bytes > (size_t)c->options->max_page_bytes)
        return error_set(e, EXIT_ANSWER, "the answer is larger than --max-page-bytes %" PRId64, c->options->max_page_bytes);
    if (split_feed(&c->split, bytes, n) == 0)
        return 0;
    cmd_split_error(&c->split, e);
    return -1;
}

static int on_whole(void *ctx, struct exchange *x, struct error *e)
{
    struct count *c = ctx;
    (void)x;
    if (split_end(&c->split) == 0)
        return 0;
    cmd_split_error(&c->split, e);
    return c->split.reason == SPLIT_CUT ? 1 : -1;
}

static const char *header_of(const void *answer, const char *name, size_t n)
{
    return transfer_header(answer, name, n);
}

/* Where a page of the list leads on to. */
static void find_links(struct count *c, struct exchange *x, const char *envelope)
{
    struct error ignored;
    struct buf target = {0};
    const char *url = buf_text(&x->request.url);
    struct answer a = {.url = url, .header = header_of, .headers = x, .envelope = {envelope, c->envelope.len},
                       .records = {c->records.data, c->records.len}};
    c->page.got = c->split.count;
    if (!paginate_seeks(&c->paginate))
        c->more = paginate_learn(&c->paginate, &c->page, &a, &x->request, &ignored) == PAGE_TAKEN;
    buf_clear(&c->last);
    if (link_find(header_of, x, "last", &target))
        url_resolve(url, buf_text(&target), &c->last);
    buf_free(&target);
}

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct count *c = ctx;
    struct error why = {0};
    (void)e;
    c->failed = x->failed;
    c->error = x->error;
    if (x->failed)
        return TRANSFER_DONE;
    const char *json = buf_text(&c->envelope);
    c->found = c->with_records ? total_find(&c->source, header_of, x, json, c->envelope.len, &c->total, &why)
                               : total_of_count(&c->source, json, c->envelope.len, &c->total, &why);
    if (c->with_records)
        find_links(c, x, json);
    if (c->found < 0) {
        transfer_locate(x, &why);
        c->error = why;
    }
    return TRANSFER_DONE;
}

static void on_note(void *ctx, bool verbose, const char *line)
{
    struct count *c = ctx;
    cmd_note(c->options, verbose, line);
}

static const struct transfer_ops count_ops = {
    .next = on_next, .begin = on_begin, .data = on_data, .whole = on_whole, .done = on_done, .note = on_note,
};

/* Makes the request of c->request.url. -1: it failed; c->error says why. */
static int ask(struct count *c, bool with_records)
{
    c->with_records = with_records;
    c->found = 0;
    if (transfer_run(c->transfer, &count_ops, c, &c->error))
        return -1;
    return c->failed ? -1 : 0;
}

static int counted(int64_t records, struct error *e)
{
    struct buf line = {0};
    buf_addf(&line, "%" PRId64 "\n", records);
    int result = io_write_lines(STDOUT_FILENO, line.data, line.len, e);
    buf_free(&line);
    return result;
}

/* One page of one record, at an offset. */
static int ask_page(struct count *c, int64_t offset, struct error *e)
{
    struct options one = *c->options;
    one.offset = offset;
    one.page_size = 1;
    one.limit = one.max_pages = NOT_GIVEN;
    int result = paginate_init(&c->paginate, &one, e);
    if (result == 0) {
        paginate_next(&c->paginate, &c->page, &c->request);
        result = ask(c, true);
        if (result)
            *e = c->error;
    }
    paginate_free(&c->paginate);
    return result;
}

/* A number in a body that equals the length of the page may be just that. The record after it tells. */
static int check_page_length(struct count *c, const struct total *total, struct error *e)
{
    struct error ended = {0};
    if (!total->guessed || total->records != c->split.count || total->records == 0)
        return 0;
    if (!paginate_seeks(&c->paginate))
        return c->more ? error_set(e, EXIT_ANSWER, PAGE_LENGTH, total->where) : 0;
    if (ask_page(c, total->records, &ended))
        return ended.code == EXIT_REFUSED ? 0 : (*e = ended, -1);
    return c->split.count ? error_set(e, EXIT_ANSWER, PAGE_LENGTH, total->where) : 0;
}

/* How many records are before the page that url asks for, of pages of `size`; -1: it does not say. */
static int64_t before(const struct options *o, const char *url, int64_t size)
{
    struct buf value = {0};
    int64_t n = -1;
    if (url_query(url, o->param_page, &value))
        n = (strtoll(buf_text(&value), NULL, 10) - (*o->page_base - '0')) * size;
    else if (url_query(url, o->param_offset, &value))
        n = strtoll(buf_text(&value), NULL, 10);
    buf_free(&value);
    return n;
}

/* The link to the last page says how many there are; how long the last one is, it says itself. */
static int count_by_last_page(struct count *c, struct error *e)
{
    int64_t size = c->split.count;
    if (!c->last.len)
        return c->more || size > 1 ? error_set(e, EXIT_ANSWER, "the answer has no link to a last page (rel=\"last\")") : counted(size, e);
    int64_t n = before(c->options, buf_text(&c->last), size);
    if (n < 0)
        return error_set(e, EXIT_ANSWER, "the link to the last page has no %s: see --param-page", c->options->param_page);
    buf_swap(&c->request.url, &c->last);
    if (ask(c, true)) {
        *e = c->error;
        return -1;
    }
    return counted(n + c->split.count, e);
}

static int count_by_page(struct count *c, struct error *e)
{
    if (ask_page(c, 0, e))
        return -1;
    if (c->source.kind == TOTAL_LAST_PAGE)
        return count_by_last_page(c, e);
    if (c->found < 0) {
        *e = c->error;
        return -1;
    }
    if (c->found == 0)
        return error_set(e, EXIT_ANSWER, "the API does not say how many records there are: say where the count is with --count-from");
    struct total total = c->total;
    return check_page_length(c, &total, e) ? -1 : counted(total.records, e);
}

static int count_url(struct count *c, struct error *e)
{
    struct paginate p;
    struct buf *url = &c->request.url;
    int result = paginate_init(&p, c->options, e);
    request_clear(&c->request);
    c->request.repeatable = true;
    c->request.method = c->options->method ? c->options->method : c->options->data ? "POST" : "GET";
    buf_swap(&c->request.body, &p.body);
    if (result == 0 && c->source.kind == TOTAL_URL)
        result = url_resolve(buf_text(&p.base), c->source.url, url) ? error_set(e, EXIT_USAGE, "--count-from url: that is no URL") : 0;
    else if (result == 0) {
        buf_swap(url, &p.base);
        result = url_add_segment(url, "count", e);
    }
    paginate_free(&p);
    return result;
}

/* Does this failure only mean that there is no counting URL? */
static bool no_such_url(const struct error *e)
{
    return e->code == EXIT_REFUSED || e->code == EXIT_ANSWER;
}

static int count_by_url(struct count *c, struct error *e)
{
    bool guess = c->source.kind == TOTAL_AUTO;
    if (count_url(c, e))
        return -1;
    int failed = ask(c, false);
    if (!failed && c->found > 0)
        return counted(c->total.records, e);
    if (guess && (failed ? no_such_url(&c->error) : c->found == 0))
        return count_by_page(c, e);
    if (!failed && c->found == 0)
        return error_set(e, EXIT_ANSWER, "the answer of the counting URL has no count: say where it is with --count-from url:URL#PATH");
    *e = c->error;
    return -1;
}

int cmd_count(const struct options *o, struct error *e)
{
    struct count c = {.options = o};
    int result = -1;
    if (cmd_records_path(o, &c.usual_records, e) == 0 && total_parse(&c.source, o->count_from, e) == 0 &&
        (c.transfer = transfer_new(o, 1, &c.stats, e)))
        result = c.source.kind == TOTAL_AUTO || c.source.kind == TOTAL_URL ? count_by_url(&c, e) : count_by_page(&c, e);
    transfer_free(c.transfer);
    path_free(&c.usual_records);
    total_free(&c.source);
    request_free(&c.request);
    buf_free(&c.last);
    buf_free(&c.records);
    buf_free(&c.envelope);
    return result;
}
