/* input: NDJSON from a file descriptor, cut into batches. Every line is checked by the strict parser before it is part
 * of one; blank lines, white space around a line and a byte order mark at the start are dropped. Or an Arrow IPC
 * stream, of whose rows records are made: then the rows are what is called lines here. Reads only when asked for a
 * batch, and never waits: memory is bounded by one batch and one read, of Arrow by a record batch. */
#ifndef RESTSRC_INPUT_H
#define RESTSRC_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "arrow/rows.h"
#include "write/batch.h"
#include "write/body.h"

struct input_options {
    enum input_form { INPUT_NDJSON, INPUT_ARROW } form;
    bool ignore_null_fields;
    enum rows_nan nan_as;
};

struct input {
    int fd;
    const char *end_marker; /* the line that must end the input, or NULL */
    bool replay;            /* a reject file: the records are members of its lines */
    bool arrow;             /* the input is an Arrow IPC stream, */
    bool waits;             /* whose last batch waits for its end */
    bool keeps_large;       /* a record that is larger than a body is taken all the same, marked */
    const struct body_shape *shape;
    size_t batch_size, batch_bytes; /* records, bytes of body */

    struct buf pending;   /* read, from `taken` on not yet in a batch */
    size_t taken, looked; /* up to `looked` no end of a line is left */
    struct buf compact;   /* the line at hand, checked */
    struct path record_path;
    int64_t line; /* lines taken */
    bool eof, ended;
    bool is_list;     /* the first line is a list of objects */
    struct rows rows; /* how records are made of Arrow */
    struct ipc_stream stream;
    int64_t row; /* the next one of its record batch */
};

enum input_state { INPUT_BATCH, INPUT_WAIT, INPUT_END };

/* The caller has set the members above `pending` in a zeroed struct. */
void input_init(struct input *in);
/* After that, where the input is Arrow. zone: in which instants are written; now the input's. -1: EXIT_USAGE: an option
 * does not go with that. */
int input_take_arrow(struct input *in, const struct input_options *o, struct zone zone, struct error *e);
void input_free(struct input *in);

/* Goes on filling b. INPUT_BATCH: it is full, or the input ended after it; INPUT_WAIT: call again when fd is readable;
 * INPUT_END: there is nothing more, b is empty. -1: EXIT_INPUT or EXIT_IO; nothing of b may be sent. */
int input_fill(struct input *in, struct batch *b, struct error *e);

#endif
