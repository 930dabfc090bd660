/* address: the request for records: its method, URL, headers and body. */
#include "write/address.h"

#include "http/gzip.h"
#include "json/split.h"

/* dry: what is shown instead compresses it. */
static int compress(struct request *r, bool dry, struct error *e)
{
    struct buf small = {0};
    buf_adds(&r->headers, "Content-Encoding: gzip\n");
    if (dry)
        return 0;
    if (gzip_compress(r->body.data, r->body.len, &small))
        return error_set(e, EXIT_BUG, "cannot compress the body");
    buf_swap(&r->body, &small);
    buf_free(&small);
    return 0;
}

/* What the URL names is all that a DELETE has to say. */
static bool has_body(const struct write_run *w, enum method method)
{
    return method != METHOD_DELETE || w->shape.kind != BODY_SINGLE || body_frame(&w->shape) || w->shape.record.text;
}

/* --method-path: the row takes the place of the record, and what is inserted goes to the URL itself, where the others
 * have --url-template. */
static int take_change(struct write_run *w, struct batch *batch, struct target *target, enum method *method,
                       struct error *e)
{
    struct change change;
    struct buf compact = {0};
    int64_t line = batch_line(batch, 0);
    struct slice record = batch_record(batch, 0);
    split_compact(record.text, record.len, &compact);
    int result = change_read(&w->change, (struct slice){buf_text(&compact), compact.len}, line, &change, e);
    bool below = w->options->url_template;
    if (result == 0 && change.kind == CHANGE_NOTHING)
        result = ADDRESS_NOTHING;
    if (result == 0) {
        batch_clear(batch);
        batch_add(batch, change.row.text, change.row.len, line);
        *method = change.kind == CHANGE_UPDATE || (change.kind == CHANGE_INSERT && !below) ? w->method : change.method;
        if (below && *method == METHOD_POST)
            target->path.text = NULL;
    }
    buf_free(&compact);
    return result;
}

/* The request for these records. */
static int make(struct write_run *w, struct held_batch *h, const struct batch *batch, const size_t *which,
                struct exchange *x, struct error *e)
{
    struct request *r = &x->request;
    struct target target = w->target;
    struct batch row = {0};
    static const size_t first = 0;
    int result = 0;
    r->method = w->method;
    if (w->change.count) {
        struct slice record = batch_record(batch, *which);
        batch_add(&row, record.text, record.len, batch_line(batch, *which));
        result = take_change(w, &row, &target, &r->method, e);
        batch = &row;
        which = &first;
    }
    if (result == 0 && has_body(w, r->method))
        result = body_build(&w->shape, batch, which, h->now.to - h->now.from, &r->body, e);
    if (result == 0)
        result = target_fill(&target, batch_record(batch, *which), batch_line(batch, *which), r, e);
    batch_free(&row);
    return result;
}

/* The request for the piece at hand of the batch. */
int address_request(struct write_run *w, struct held_batch *h, struct exchange *x, struct error *e)
{
    const struct write_options *o = w->options;
    struct request *r = &x->request;
    request_clear(r);
    int result = make(w, h, &h->batch, h->order + h->now.from, x, e);
    if (result)
        return result;
    h->body_bytes = r->body.len;
    r->content_type = body_content_type(&w->shape);
    r->repeatable = r->method == METHOD_PUT || r->method == METHOD_DELETE || (o->idempotency_key && o->idempotent);
    if (o->idempotency_key)
        idempotency_add(&w->keys, o->idempotency_header, o->idempotency_key, &r->body, &r->headers);
    x->offset = -1;
    return o->compress_body && r->body.len ? compress(r, w->dry, e) : 0;
}
