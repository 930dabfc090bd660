/* seen: which records of a list have come, to notice those that come again on a later page: pages that are cut from a
 * list without a fixed order have some records twice, and others not at all. Pure. */
#ifndef RESTSRC_SEEN_H
#define RESTSRC_SEEN_H

#include "base/digests.h"
#include "pages/paging.h"

/* Zeroed: none has. The first 65,536 are kept, so that memory is bounded. */
struct seen {
    struct digests known;  /* where each is among the records */
    int64_t records;       /* that have come */
    int64_t twice;         /* of these, so many are there already */
    int64_t last_new;      /* the place of the last one that is not */
    int64_t in_a_row;      /* so many after it */
    int64_t again, before; /* the first of them, and the one that it repeats: places among the records */
    bool unlike;           /* each of them has an id */
    bool off;              /* records of this list may be equal: nothing follows from that */
};

/* Takes in the `count` records of the next page (NDJSON), as far as they belong to the range. -1: all of them have
 * come, as had those before it, so the server leads us in a circle: EXIT_ANSWER. */
int seen_take(struct seen *s, const struct paginate *p, struct slice lines, int64_t count, struct error *e);
/* The list has ended: have records come twice? A warning in p->note; where the total counts each record once, or with
 * --on-drift fail or --expect, -1: EXIT_ANSWER. */
int seen_check(const struct seen *s, struct paginate *p, struct error *e);
void seen_free(struct seen *s);

#endif
