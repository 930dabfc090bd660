/* outcome: what became of the records of a batch: what the answer says of them, rejects, ids, the receipt; with the
 * state of a run, which cmd_write.c, sending batches, shares. */
#ifndef RESTSRC_OUTCOME_H
#define RESTSRC_OUTCOME_H

#include "base/terminal.h"
#include "http/transfer.h"
#include "write/batch.h"
#include "write/body.h"
#include "write/idempotency.h"
#include "write/input.h"
#include "write/receipt.h"
#include "write/results.h"

enum { PIECES = 64 };

struct write_options {
    int64_t batch_size, batch_bytes, max_rejects; /* max_rejects -1: not given */
    char *body, *ndjson_prefix, *url_template;
    bool compress_body, idempotent;
    char *idempotency_key, *idempotency_header;
    char *reject_file, *replay, *end_marker;
    char *results, *result_status, *result_error, *ids, *ids_file;
};

/* Records [from, to) of a batch. */
struct piece {
    size_t from, to;
};

/* What is kept in one slot of the window: a batch, and the pieces of it that are still to be sent: a refused piece is
 * halved until the bad records stand alone. */
struct held_batch {
    struct batch batch;
    struct piece now, later[PIECES];
    unsigned waiting; /* pieces in `later` */
    bool open;        /* handed out, and the fate of `now` not known */
    struct buf answer, compact;
    struct results results;
    size_t body_bytes;
};

struct write_run {
    const struct write_options *options;
    struct http_options http;
    enum method method;
    struct buf url;
    struct input input;
    struct body_shape shape;
    struct results_paths paths;
    struct idempotency keys;
    struct held_batch *held;
    struct batch filling; /* the next batch, while it waits for input */
    struct buf body;
    int reject_fd, ids_fd;
    bool has_ids; /* one was found */
    struct receipt receipt;
    struct error failure; /* the first one, in order; nothing new is sent after it */
    struct error torn;    /* what is wrong with the input; it comes behind all that has been sent */
    bool failed, input_done;
    struct transfer_stats stats;
    struct terminal terminal;
};

/* A 2xx answer is complete: a whole() of struct transfer_ops. 1: it is cut short; -1: it is no answer to what was sent.
 */
int outcome_answer(struct write_run *w, struct held_batch *h, const struct exchange *x, struct error *e);

/* What became of the piece at hand, for the receipt, the reject file and the file of ids. 0: all of it has its fate; 1:
 * it is in two halves that are to be sent; -1: it failed, or nothing more may be sent after it: w->failure says why. */
int outcome_piece(struct write_run *w, struct held_batch *h, struct exchange *x);

/* The run was broken off: what is under way in the slots of the window has no known fate. */
void outcome_open(struct write_run *w, unsigned slots);

#endif
