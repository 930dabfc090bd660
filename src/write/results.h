/* results: what the answer to a batch says became of each of its records. Pure.
 *
 * Whatever the API, the same is looked for: lists as long as the batch, lists of what was refused or taken, counts of
 * either, and words for the whole. Which record an element of a list means is found out by place.h. What the answer
 * leaves open is unknown, never guessed. */
#ifndef RESTSRC_RESULTS_H
#define RESTSRC_RESULTS_H

#include <stdbool.h>

#include "base/buf.h"
#include "write/place.h"
#include "write/result.h"

/* Of all of them. */
struct results_said {
    const char *wrong; /* with the answer, where a fate is unknown; else NULL */
    bool each;         /* it has something to say of single records */
    bool taken;        /* it says itself that some were taken */
    bool queued;       /* it says that the work is still to be done */
};

/* body: compact valid JSON, or empty; where paths->results is a JSONPath of many values, these as a list. It and the
 * records must outlive the results, of which there are sent->count; no fate is open afterwards. */
void results_read(const struct results_paths *paths, const struct sent *sent, struct slice body, struct result *results,
                  struct results_said *said);

/* An answer that is not JSON as JSON: lines, one a record, as a list; a text that says that something went wrong as an
 * error; any other as a text. What begins as JSON does, and is none: out stays empty. */
void results_of_text(struct slice text, size_t count, struct buf *out);

#endif
