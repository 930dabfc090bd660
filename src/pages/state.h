/* state: where the reading of a list was left, as a line of JSON.
 *
 *     {"version":1,"list":"https://api.example.com/orders","style":"offset","offset":500,"page_size":100,
 *      "cursor":null,"skip":0,"records":500,"bytes":61240,"done":false}
 */
#ifndef RESTSRC_STATE_H
#define RESTSRC_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/value.h"

/* Where a read goes on. In styles that seek only the offset counts; in the others the cursor (empty: the list's
 * beginning), and after it so many records of its page that have come. */
struct bookmark {
    int64_t offset, skip;
    struct buf cursor;
};

struct state {
    struct buf parent;       /* --for-each: JSON, the fields that are kept of the line; else empty */
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
    int64_t run;       /* --for-each: the number of the run that has come to it; else -1 */
};

/* Is it a line of a state? line: compact JSON; text NULL: it is none. file and number: for messages. -1: EXIT_CONFIG.
 */
int state_check(const char *file, struct slice line, unsigned number, struct error *e);
/* A zeroed state, but for parent and style, becomes what the line says. -1: EXIT_CONFIG: it is of another style. Free
 * with state_free(). */
int state_read(struct state *s, const char *file, struct slice line, unsigned number, struct error *e);
/* Appends the line, without its end. list: its URL, redacted. */
void state_write(const struct state *s, const struct buf *list, struct buf *out);
void state_free(struct state *s);

/* Copies it; to->cursor is the caller's to free. */
void bookmark_set(struct bookmark *to, const struct bookmark *from);

#endif
