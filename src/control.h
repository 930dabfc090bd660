/* control: control-plane JSON with cJSON: error bodies, summaries, the option table. Records never come here: cJSON would
 * alter them (numbers become doubles). The only file that includes cJSON. */
#ifndef RESTSRC_CONTROL_H
#define RESTSRC_CONTROL_H

#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "options.h"
#include "path.h"

/* What a read did, as the one JSON object of --summary-fd. -1 stands for null. */
struct summary {
    int64_t records, pages, bytes, retries, total, first_offset, next_offset, next_skip, page_size;
    const char *next_cursor; /* or NULL */
    double seconds;
    const int64_t *status; /* [600], answers by HTTP status */
};

/* Lines of the input, from first to last. */
struct receipt_ranges {
    struct receipt_range {
        int64_t first, last;
    } *range;
    size_t count;
};
void receipt_add(struct receipt_ranges *r, int64_t first, int64_t last);

/* What a write did, as the one JSON object on its standard output. */
struct receipt {
    int64_t records, batches, requests, rejected, retries, bytes;
    int64_t lines_done;               /* all lines up to this one are written or rejected */
    struct receipt_ranges done_later; /* and these behind it, when several requests were under way */
    struct receipt_ranges unknown;    /* these may or may not have been stored */
    double seconds;
};

/* Each appends one line of JSON. */
void control_receipt(const struct receipt *r, struct buf *out);
/* A line of a reject file; record and why are JSON text and go through as they are. */
void control_reject(struct slice record, int64_t line, long status, struct slice why, struct buf *out);
void control_summary(const struct summary *s, struct buf *out);
void control_error(const struct error *e, struct buf *out);
void control_option_line(const struct option_row *row, struct buf *out);

/* What an error body says, in a few words, as one line: the usual members of a JSON object, or the start of a plain text.
 * Empty when it says nothing short. */
void control_error_detail(const char *body, size_t n, char *detail, size_t room);

#endif
