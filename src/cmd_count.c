/* count: the number of records of the whole list, on standard output. An exact count or an error, never a guess. */
#include "cmd.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "paginate.h"
#include "total.h"
#include "url.h"

struct count {
    const struct options *options;
    struct total_source source;
    struct path usual_records;
    struct transfer *transfer;
    struct transfer_stats stats;
    struct buf url; /* the request to make; empty when it has been made */

    /* what it brought */
    struct split split;
    struct buf records, envelope;
    size_t bytes;
    bool with_records; /* it asks for a page of the list, not for a count */
    bool failed;
    struct error error;
    struct total total;
    int found; /* as of total_find() */
};

static int on_next(void *ctx, struct exchange *x, struct error *e)
{
    struct count *c = ctx;
    (void)e;
    if (!c->url.len)
        return 0;
    buf_swap(&x->url, &c->url);
    buf_clear(&c->url);
    x->offset = -1;
    return 1;
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

static int on_done(void *ctx, struct exchange *x, struct error *e)
{
    struct count *c = ctx;
    (void)e;
    c->failed = x->failed;
    c->error = x->error;
    if (x->failed)
        return TRANSFER_DONE;
    const char *json = buf_text(&c->envelope);
    struct error why = {0};
    c->found = c->with_records ? total_find(&c->source, header_of, x, json, c->envelope.len, &c->total, &why)
                               : total_of_count(&c->source, json, c->envelope.len, &c->total, &why);
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

/* Makes the request of c->url. -1: it failed; c->error says why. */
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
    struct paginate p;
    struct page page;
    one.offset = offset;
    one.limit = one.page_size = 1;
    one.max_pages = NOT_GIVEN;
    int result = paginate_init(&p, &one, e);
    if (result == 0) {
        paginate_next(&p, &page, &c->url);
        result = ask(c, true);
        if (result)
            *e = c->error;
    }
    paginate_free(&p);
    return result;
}

/* A number in a body that equals the length of the page may be just that. The record after it tells. */
static int check_page_length(struct count *c, const struct total *total, struct error *e)
{
    struct error ended = {0};
    if (!total->guessed || total->records != c->split.count || total->records == 0)
        return 0;
    if (ask_page(c, total->records, &ended))
        return ended.code == EXIT_REFUSED ? 0 : (*e = ended, -1);
    return c->split.count == 0 ? 0
                               : error_set(e, EXIT_ANSWER, "'%s' is the length of a page, not of the list: say where the count is with --count-from",
                                           total->where);
}

static int count_by_page(struct count *c, struct error *e)
{
    if (ask_page(c, 0, e))
        return -1;
    if (c->found < 0) {
        *e = c->error;
        return -1;
    }
    if (c->found == 0)
        return error_set(e, EXIT_ANSWER, "the API does not say how many records there are: say where the count is with --count-from");
    struct total total = c->total;
    return check_page_length(c, &total, e) ? -1 : counted(total.records, e);
}

static int count_url(struct count *c, struct buf *url, struct error *e)
{
    struct paginate p;
    int result = paginate_init(&p, c->options, e);
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
    if (count_url(c, &c->url, e))
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
    buf_free(&c.url);
    buf_free(&c.records);
    buf_free(&c.envelope);
    return result;
}
