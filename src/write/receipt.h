/* receipt: what became of the lines that a write was given. Pure. */
#ifndef RESTSRC_RECEIPT_H
#define RESTSRC_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Lines of the input, from first to last. */
struct receipt_ranges {
    struct receipt_range {
        int64_t first, last;
    } *range;
    size_t count;
};

/* What is in none of the three has not been stored. */
struct receipt {
    int64_t records, batches, requests, rejected, retries, bytes;
    int64_t skipped;                  /* lines that ask for no change (--method-path) */
    int64_t accepted;                 /* of the records: those that the server has queued, and may still refuse */
    int64_t lines_done;               /* all lines up to this one are written or rejected */
    struct receipt_ranges done_later; /* and these after it, when several requests were under way */
    struct receipt_ranges unknown;    /* these may or may not have been stored */
    bool gap;                         /* something after lines_done is not done */
    double seconds, waited;
};

void receipt_free(struct receipt *r);

/* These lines are written or rejected. Called in the order of the lines. */
void receipt_done(struct receipt *r, int64_t first, int64_t last);
/* The lines that would come next are not stored. */
void receipt_gap(struct receipt *r);
/* Nobody knows about these. */
void receipt_unknown(struct receipt *r, int64_t first, int64_t last);

/* "line 7" or "lines 7-9", for messages. Appends. */
void receipt_name(int64_t first, int64_t last, struct buf *out);

#endif
