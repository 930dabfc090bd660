/* refusal: an answer with a good status, or a part of one, that says all the same that something was refused: by the
 * words of its members (words.h), not by a list of APIs. Pure.
 *
 * What is read is compact and valid JSON. sent is the record that was sent, where the answer may be it once more, or
 * empty: a member that only gives back what the record has says nothing. */
#ifndef RESTSRC_REFUSAL_H
#define RESTSRC_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "json/value.h"

/* What an object says of itself, by its own members. */
struct refusal {
    bool refused;
    bool hard;        /* as a whole, not only in part: success false, an error; not: hasErrors, failedCount 2 */
    bool in_part;     /* its error speaks of a part, which leaves the rest */
    bool error;       /* in words that say so of reading, too: not: skipped 2 */
    bool denied;      /* in so many words: success false */
    struct slice why; /* the member that says so best; text NULL: none is a reason */
    long status;      /* HTTP-like; 0: none */
    int64_t failed;   /* records that it counts as refused */
    int64_t taken;    /* as taken, all such counts together; -1: it counts none */
    int64_t most;     /* the largest of these */
    int64_t arrived;  /* as received, which is not to say that they were taken; -1 */
    bool speaks;      /* it has such members, whatever they say */
    bool well;        /* it says that all went well */
    bool pending;     /* it says that the work is still to be done */
};

/* *r becomes what the members of the object say; where it is none, that they say nothing. */
void refusal_read(struct slice object, struct slice sent, struct refusal *r);
/* Does an answer to a request that reads say that something went wrong? */
bool refusal_is(struct slice object, struct slice sent);
/* And nothing else? A record has other members, too, that are not null or empty. */
bool refusal_is_all(struct slice object);

/* null, false, 0, "", "none", empty lists and objects, and objects of such or whose code is 0 say nothing. */
bool refusal_says_something(struct slice value);

/* Is a member of this name, with a list or an object in it, about what was refused? left: was it left for another time?
 */
bool refusal_names(struct slice key, bool *left);

/* Is a list of that name of things after all, and not of errors: the issues of a tracker? */
bool refusal_are_things(struct slice key, struct slice list);

/* Does it speak of a part that was refused, so that the rest may have been taken? */
bool refusal_is_in_part(struct slice text);

/* An element of a list of errors that is none: its severity says so. */
bool refusal_is_warning(struct slice element);

/* What has the server to say for it: the whole of part, or the one member that is the reason. */
struct slice refusal_reason(struct slice part, const struct refusal *r);
#endif
