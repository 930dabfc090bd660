/* reading: what an answer says of the records of a batch, collected: what lists of results say of each goes to their
 * results, what else survey.h finds is counted, for results.c to draw the conclusions. Pure. */
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
    struct refusal whole;            /* what the objects around the lists say, together */
    size_t unplaced;                 /* refusals of which it can't be told whose they are */
    size_t lasting;                  /* of these, those whose reason does not pass */
    size_t stray;                    /* the same, in a list that needs not be about the batch */
    size_t placed;                   /* others: several may be of one record */
    size_t answered;                 /* the elements of a list of results that is not as long as the batch */
    size_t confirmed;                /* those of lists of what was taken */
    bool each;                       /* a list as long as the batch */
    enum fate gap;                   /* what null in it comes to, if nothing else is said of the record */
    bool contents;                   /* ... with more than nothing for a record that is not refused */
    bool named;                      /* one of what was taken, each found among the records */
    bool lists;                      /* it has such a list; */
    bool nothing;                    /* an empty one, of which the name leaves open what it is for */
    enum verdicts {                  /* what the list at hand is of: */
                    VERDICTS_NONE,   /* objects that speak by their members */
                    VERDICTS_WORDS,  /* true and false, or texts that say which */
                    VERDICTS_STATUS, /* numbers as of HTTP */
                    VERDICTS_CODE,   /* objects whose member code is such a number */
    } verdicts;
    bool has_id;         /* outside of lists */
    bool queued;         /* it speaks of a job that is still to be done, not of a record */
    struct slice reason; /* of the whole */
};

/* What is worst counts, when several parts of an answer speak of one record. */
void reading_set_fate(struct reading *r, size_t record, enum fate fate);
/* What the answer has for the record, if nothing was found before. */
void reading_take_part(struct reading *r, size_t record, struct slice part);
/* part says that the record was refused; left: it is in a list of what was left for another time. */
void reading_refuse(struct reading *r, size_t record, struct slice part, const struct refusal *said, bool left);

/* Is a member of that name a part of the one record that was sent, given back? */
bool reading_is_echo(const struct reading *r, struct slice key);

/* Without the name of what was done around it: {"index": {...}}. */
struct slice reading_unwrap(struct slice element);
/* Does the list say what became of records, rather than give them back? */
bool reading_speaks(const struct reading *r, struct slice list);
/* Is it a list of numbers as of HTTP, one of them of a refusal? */
bool reading_has_statuses(struct slice list);
/* Has a list as long as the batch null for some records? named: its name says that it is about them; else only one
 * that gives records back counts. */
bool reading_has_gaps(struct reading *r, struct slice list, bool named);
/* The list with a result for each record. statuses: its name says that numbers in it are such. */
void reading_each(struct reading *r, struct slice list, bool statuses);
/* A map of results by the id of a record. named: its name says so; else it must have each record of several. false: it
 * is none. */
bool reading_map(struct reading *r, struct slice map, bool named);
/* The answer to a single record as its result, by the paths that are given. false: they say all there is to say. */
bool reading_whole(struct reading *r, struct slice body);

size_t reading_length(struct slice list);

#endif
