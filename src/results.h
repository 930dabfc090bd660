/* results: what the answer to a batch says of each of its records: accepted or not, and the id it was given. Pure. */
#ifndef RESTSRC_RESULTS_H
#define RESTSRC_RESULTS_H

#include <stdbool.h>

#include "buf.h"
#include "path.h"

struct results_paths {
    struct path results, status, error, ids; /* count 0: the usual places; no ids */
};

/* Of one record. */
struct result {
    bool rejected;
    long status;         /* HTTP-like; 0: not said */
    struct slice error;  /* JSON text, or NULL */
    struct slice id;     /* JSON text, or NULL */
};

/* The list of per-record results in an answer to `count` records: an array as long as the batch, at --results, or the answer itself,
 * or under items, results or errors. text NULL: there is none. body: compact valid JSON. */
struct slice results_list(const struct results_paths *paths, struct slice body, size_t count);

/* The next element of list; *at is where to go on, 0 at first. false at the end. */
bool results_next(const struct results_paths *paths, struct slice list, size_t *at, struct result *r);

/* The id in an answer to a single record. */
struct slice results_single_id(const struct results_paths *paths, struct slice body);

#endif
