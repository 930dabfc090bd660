/* receipt: what became of the lines. */
#include "write/receipt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void receipt_free(struct receipt *r)
{
    free(r->done_later.range);
    free(r->unknown.range);
    r->done_later = r->unknown = (struct receipt_ranges){0};
}

static void add(struct receipt_ranges *r, int64_t first, int64_t last)
{
    if (r->count && r->range[r->count - 1].last + 1 == first) {
        r->range[r->count - 1].last = last;
        return;
    }
    struct receipt_range *grown = mem_zeroed(r->count + 1, sizeof *grown);
    if (r->count)
        memcpy(grown, r->range, r->count * sizeof *grown);
    free(r->range);
    r->range = grown;
    r->range[r->count++] = (struct receipt_range){first, last};
}

void receipt_done(struct receipt *r, int64_t first, int64_t last)
{
    if (r->gap)
        add(&r->done_later, first, last);
    else
        r->lines_done = last;
}

void receipt_gap(struct receipt *r)
{
    r->gap = true;
}

void receipt_unknown(struct receipt *r, int64_t first, int64_t last)
{
    r->gap = true;
    add(&r->unknown, first, last);
}

void receipt_name(int64_t first, int64_t last, struct buf *out)
{
    if (first == last)
        buf_addf(out, "line %" PRId64, first);
    else
        buf_addf(out, "lines %" PRId64 "-%" PRId64, first, last);
}
