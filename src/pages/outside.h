/* outside: records that come with a window of time and belong to another one, by what they have at --since-path. That
 * is no fault of an API that takes times coarsely, or no notice of a bound: the other window has them, too. Where none
 * of them is there, the API takes times otherwise than we do, in another zone or of another member, and what is dropped
 * here is lost. Pure. */
#ifndef RESTSRC_OUTSIDE_H
#define RESTSRC_OUTSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digests.h"

/* A zeroed struct knows of no window. */
struct outside {
    double from, to;       /* where this window begins and ends */
    double step;           /* of the times in requests: so far outside a record may be */
    double known_from;     /* where the first of the windows begins whose records are known */
    struct digests known;  /* of these records; their numbers are not used */
    struct buf later;      /* of records that belong to windows after this one, with their times */
    unsigned few;          /* of these: added by this window */
    unsigned asked, found; /* records that belong elsewhere, and those of them that are there */
    bool knows;
};

void outside_free(struct outside *o);
void outside_begin(struct outside *o, double from, double to, double step);
void outside_own(struct outside *o, uint64_t digest);
/* at: its time. */
void outside_other(struct outside *o, uint64_t digest, double at);
/* The window is whole. false: what belongs to it, or to the one before, did not come with it. */
bool outside_end(struct outside *o);

#endif
