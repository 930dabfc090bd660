/* results: what the answer to a batch says of each of its records: accepted or not, and the id it was given. Pure. */
#ifndef RESTSRC_RESULTS_H
#define RESTSRC_RESULTS_H

#include <stdbool.h>

#include "base/buf.h"
#include "json/path.h"

struct results_paths {
    struct path results, status, error, ids; /* count 0: the usual places; no ids */
};

/* The results in one answer. */
struct results {
    const struct results_paths *paths;
    enum {
        RESULTS_NONE,  /* it says nothing of single records */
        RESULTS_LIST,  /* it has a result for each */
        RESULTS_WHOLE, /* one record was sent: the answer itself is its result */
    } kind;
    struct slice body, list;
    bool of_errors; /* what is in the list is an error by that alone */
    size_t at;
};

/* Of one record. */
struct result {
    bool rejected;
    long status;        /* HTTP-like; 0: not said */
    struct slice error; /* JSON text, or NULL */
    struct slice id;    /* JSON text, or NULL */
};

/* Finds the results in an answer to `count` records: an array as long as the batch, at --results, or the answer itself,
 * or under items, results or errors. body: compact valid JSON, or empty; it must outlive r. sent: the record, where
 * count is 1. NULL, or what is wrong with the answer as a whole: --results leads to no such array, or an error that is
 * in no such array. */
const char *results_find(struct results *r, const struct results_paths *paths, struct slice body, size_t count,
                         struct slice sent);

/* The result of the next record, which was sent as it is here: a member that only gives back what the record has says
 * nothing. */
struct result results_next(struct results *r, struct slice sent);

#endif
