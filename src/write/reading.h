/* reading: an answer to a batch looked through for what it says of records: what it names as refused or taken goes to
 * their results, what it says of the whole is kept for results.c, which draws the conclusions. Pure. */
#ifndef RESTSRC_READING_H
#define RESTSRC_READING_H

#include "write/place.h"
#include "write/result.h"
#include "json/refusal.h"

/* What has been read so far. */
struct reading {
    const struct results_paths *paths;
    const struct sent *sent;
    struct place place;
    struct result *results;
    struct refusal whole; /* what the objects around the lists say, together */
    size_t unplaced;      /* refusals of which it can't be told whose they are */
    size_t lasting;       /* of these, those whose reason does not pass */
    size_t stray;         /* the same, in a list that needs not be about the batch */
    size_t placed;        /* others: several may be of one record */
    size_t answered;      /* the elements of a list of results that is not as long as the batch */
    size_t confirmed;     /* those of lists of what was taken */
    bool left;            /* a list of what was left for another time */
    bool each;            /* a list as long as the batch */
    bool named;           /* one of what was taken, each found among the records */
    bool lists;           /* it has such a list; */
    bool nothing;         /* an empty one, of which the name leaves open what it is for */
    bool verdicts;        /* the list at hand is of true and false, or of texts that say which */
    bool has_id;          /* outside of lists */
    struct slice reason;  /* of the whole */
};

/* The list with a result for each record. */
void reading_each(struct reading *r, struct slice list);
/* The answer as a whole: an object, or a list. */
void reading_answer(struct reading *r, struct slice body);
/* The answer to a single record as its result, by the paths that are given. false: they say all there is to say. */
bool reading_whole(struct reading *r, struct slice body);

size_t reading_length(struct slice list);

#endif
