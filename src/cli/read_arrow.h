/* read_arrow: the records of a read as an Arrow IPC stream: its schema is found out, batches are cut. */
#ifndef RESTSRC_READ_ARROW_H
#define RESTSRC_READ_ARROW_H

#include <time.h>

#include "arrow/columns.h"

struct output_options {
    char *output; /* ndjson or arrow; else a file of NDJSON */
    char *schema, *time_zone, *fields;
    enum columns_news new_members;
};

struct read_arrow {
    const struct output_options *options; /* not owned */
    struct schema_field schema;
    struct zone zone;
    struct columns columns;
    bool begun;        /* the schema is known, and is in `out` */
    struct buf sample; /* records until then */
    int64_t sampled;
    int64_t record;       /* the number of the next one, for messages */
    int64_t wanted;       /* rows for a batch; it grows */
    size_t text;          /* bytes of the records in the batch under way */
    int64_t left_out;     /* the first record of which members are left out; -1: none */
    int64_t halved;       /* the first with half of a surrogate pair; -1: none */
    struct timespec last; /* when a batch was complete */
    struct buf out;       /* whole messages, to be written */
};

/* first: the number of the first record. Reads the file of the schema. -1: EXIT_USAGE, EXIT_NO_FILE. Free with
 * read_arrow_free(), in both cases. */
int read_arrow_init(struct read_arrow *a, const struct output_options *o, int64_t first, struct error *e);
void read_arrow_free(struct read_arrow *a);

/* These lines of records are next. -1: EXIT_ANSWER: one does not fit the schema. What is in `out` is to be written and
 * cleared, in both cases. */
int read_arrow_add(struct read_arrow *a, struct slice lines, struct error *e);

/* What was lost of the records, or may have been: a line for each. Appends. */
void read_arrow_warnings(const struct read_arrow *a, struct buf *lines);

/* No more records come: the rest of them; and unless something failed, the end of the stream. */
int read_arrow_end(struct read_arrow *a, bool failed, struct error *e);

#endif
