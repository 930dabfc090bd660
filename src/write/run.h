/* run: the state of a run of write: cmd_write.c sends batches, outcome.c finds out what became of them, settle.c
 * records it.
 */
#ifndef RESTSRC_RUN_H
#define RESTSRC_RUN_H

#include <time.h>

#include "base/terminal.h"
#include "http/transfer.h"
#include "write/batch.h"
#include "write/body.h"
#include "write/change.h"
#include "write/idempotency.h"
#include "write/input.h"
#include "write/receipt.h"
#include "write/results.h"
#include "write/target.h"

enum { PIECES = 64 };

struct write_options {
    int64_t batch_size, batch_bytes, max_rejects; /* max_rejects -1: not given */
    struct input_options input;
    struct body_options body;
    char *url_template, *method_path;
    double batch_time; /* seconds; not given: negative */
    bool compress_body, idempotent;
    char *idempotency_key, *idempotency_header;
    char *reject_file, *replay, *end_marker, *into;
    char *results, *result_status, *result_error, *ids, *ids_file, *answers_file;
};

/* Places [from, to) in the order of a batch. */
struct piece {
    size_t from, to;
    unsigned tries; /* how often it was sent again because of what passes */
};

/* What has become of a record so far. error, id and part are JSON text, in the texts of the batch. */
struct record_fate {
    enum fate fate;
    bool queued; /* FATE_STORED, but the server works on it later */
    long status;
    size_t error, error_len, id, id_len, part, part_len;
};

/* What is kept in one slot of the window: a batch, and the pieces of it that are still to be sent: a refused piece is
 * halved until the bad records stand alone, and what is refused for now is sent again alone. */
struct held_batch {
    struct batch batch;
    struct record_fate *fate; /* by record */
    size_t *order;            /* of the records, in which pieces have them */
    size_t room;              /* of the two above */
    struct buf texts;
    struct piece now, later[PIECES];
    unsigned waiting; /* pieces in `later` */
    bool held;        /* it has records that the receipt does not have yet */
    bool open;        /* `now` is under way */
    struct buf answer, compact;
    struct buf listed;      /* the results, where --results names them here and there */
    struct slice *sent;     /* the records of `now`, */
    struct result *results; /* and what the answer says of each; as many as `room` */
    struct results_said said;
    size_t body_bytes;
};

struct write_run {
    const struct write_options *options;
    struct http_options http;
    enum method method;
    struct target target;
    struct path change;       /* --method-path; count 0: all have one method */
    struct body_options body; /* as given, with what is left out */
    struct input input;
    struct body_shape shape;
    struct list omit;       /* --omit, or what the URL has */
    struct timespec filled; /* when `filling` got its first record */
    struct results_paths paths;
    struct idempotency keys;
    struct held_batch *held;
    struct batch filling; /* the next batch, while it waits for input */
    int reject_fd, ids_fd, answers_fd;
    bool dry;     /* nothing is sent, and no file is touched */
    bool has_ids; /* one was found */
    struct receipt receipt;
    struct error failure; /* the first one, in order; nothing new is sent after it */
    struct error torn;    /* what is wrong with the input; it comes after all that has been sent */
    bool failed, input_done;
    unsigned lasting; /* requests for one record in a row that ended in a 5xx */
    struct transfer_stats stats;
    struct terminal terminal;
};

#endif
