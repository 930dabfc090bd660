/* states: the file of --state: JSON lines, one for each list, which people may read and change. Under --for-each a list
 * has one line for the run, and one for each parent, told apart by the fields that are kept of it (state.parent).
 *
 * The file is written whole and gets its name then; the lines of other lists in it stay as they are. */
#ifndef RESTSRC_STATES_H
#define RESTSRC_STATES_H

#include "pages/state.h"
#include "json/value.h"

struct state_line {
    struct buf parent; /* JSON; empty: none */
    struct buf text;   /* the line */
    unsigned number;   /* of it in the file, for messages */
    int64_t met;       /* the line of the input that it was looked for by; 0: none */
};

/* All that the file knows of one list. */
struct states {
    const char *file; /* borrowed */
    struct buf list;
    struct state_line *line;
    size_t count, room;
    size_t *place; /* a hash table of them with open addressing, twice the room: their number + 1, or 0 */
};

/* No file: nothing is known. -1: EXIT_NO_FILE; EXIT_CONFIG: it is not a state. Free with states_free(). */
int states_load(struct states *all, const char *file, const struct buf *list, struct error *e);
void states_free(struct states *all);

/* NULL: there is none. Valid until the next one is put. */
struct state_line *states_find(const struct states *all, struct slice parent);
/* What it knows of s->parent. -1: EXIT_CONFIG: of another style than s->style. */
int states_take(const struct states *all, struct state *s, struct error *e);
/* s is what is known of its list and parent from now on. */
void states_put(struct states *all, const struct state *s);

/* durable: it is on the disk. -1: EXIT_IO. */
int states_save(const struct states *all, bool durable, struct error *e);

#endif
