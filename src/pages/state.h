/* state: where the reading of a list was left, in a file: JSON lines, one a list, which people may read and change.
 *
 *     {"version":1,"list":"https://api.example.com/orders","style":"offset","offset":500,"page_size":100,
 *      "cursor":null,"skip":0,"records":500,"bytes":61240,"done":false}
 *
 * The file is written whole and gets its name then; the lines of other lists in it stay as they are. */
#ifndef RESTSRC_STATE_H
#define RESTSRC_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* Where a read goes on. In styles that seek only the offset counts; in the others the cursor (empty: the list's
 * beginning), and after it so many records of its page that have come. */
struct bookmark {
    int64_t offset, skip;
    struct buf cursor;
};

struct state {
    const char *file;        /* borrowed */
    struct buf list;         /* which list: its URL, redacted */
    const char *style;       /* borrowed; NULL: any */
    bool found;              /* the file has it */
    bool done;               /* the list had ended */
    struct buf since, until; /* what {since} and {until} stood for */
    struct buf newest;       /* JSON: the largest value at --since-path */
    struct buf seen, noted;  /* JSON lists: records that are known again: newer */
    struct bookmark place;
    int64_t page_size; /* that the server gives, in styles that seek; -1: unknown */
    int64_t records;   /* so many have left, by all runs together */
    int64_t bytes;     /* of the file of --output; -1: there is none */
};

/* Looks for the list in the file; list and style are set. No file, or no line: found is false. -1: EXIT_NO_FILE;
 * EXIT_CONFIG: it is not a state, or one of another style. Free with state_free(). */
int state_load(struct state *s, const char *file, struct error *e);
/* durable: it is on the disk. -1: EXIT_IO. */
int state_save(const struct state *s, bool durable, struct error *e);
void state_free(struct state *s);

void bookmark_set(struct bookmark *to, const struct bookmark *from);

#endif
