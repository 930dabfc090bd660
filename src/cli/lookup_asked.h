/* lookup_asked: what the lines of a lookup ask for, each thing once, with its answer; and the lines that wait for one.
 * Answers are kept for lines to come, so many bytes of them, and then forgotten. Pure. */
#ifndef RESTSRC_LOOKUP_ASKED_H
#define RESTSRC_LOOKUP_ASKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/value.h"

/* One thing that is asked for. */
struct asked {
    struct buf key;    /* the request, or with --batch-size the id */
    struct buf record; /* of the first line that asks for it: what the request is made of; while it is open */
    int64_t line;
    enum asked_state { ASKED_OPEN, ASKED_ANSWERED, ASKED_FAILED } state;
    struct buf answer;    /* compact JSON */
    struct error *failed; /* ASKED_FAILED: why */
    unsigned waiting;     /* lines that wait for it */
    /* For lookup_match: in which call it is, where in it, and what the answer has for it. */
    unsigned call;
    size_t place;
    struct slice found;
};

struct asked_table {
    struct asked **entry; /* a hash table with open addressing */
    size_t room, count, bytes;
    size_t most, most_bytes; /* beyond these, what no line waits for is forgotten */
};

struct waiting_line {
    struct buf record; /* compact */
    int64_t line;
    struct asked *asked;
};

/* A queue. */
struct waiting_lines {
    struct waiting_line *line;
    size_t first, end, room;
    size_t bytes;
};

/* What has this key, for one more line that waits. *ask: nobody has asked for it, so the caller is to do so. Valid
 * until no line waits for it. */
struct asked *asked_want(struct asked_table *t, struct slice key, struct slice record, int64_t line, bool *ask);
/* What has this key; NULL: nothing. */
struct asked *asked_find(const struct asked_table *t, struct slice key);
void asked_answer(struct asked_table *t, struct asked *a, struct slice answer);
void asked_fail(struct asked *a, const struct error *why);
void asked_free(struct asked_table *t);

void waiting_add(struct waiting_lines *w, struct slice record, int64_t line, struct asked *asked);
size_t waiting_count(const struct waiting_lines *w);
/* The first one; NULL: there is none. */
struct waiting_line *waiting_first(const struct waiting_lines *w);
/* It waits no more. */
void waiting_drop(struct waiting_lines *w);
void waiting_free(struct waiting_lines *w);

#endif
