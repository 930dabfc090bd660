/* discover: how an API pages a list, found out from a few requests: --paginate auto and `restsrc check`.
 *
 * A reading of the first answer counts only when a second request has proved it: it must lead to the record behind the
 * first one, or to others than the first page has. What one answer tells by itself is evidence.c. */
#ifndef RESTSRC_DISCOVER_H
#define RESTSRC_DISCOVER_H

#include "cli/options.h"
#include "pages/ask.h"

enum {
    DISCOVER_REQUESTS = 6,
    DISCOVER_SIZE = 1000
}; /* requests at the most; the page size asked for to see what is given */

struct finding {
    const char *style; /* NULL: not found out, then doubt says why */
    bool seekable;
    struct buf records;                 /* PATH of the list; empty: the top level */
    struct buf others;                  /* other lists of objects in the answer, for people */
    bool lines;                         /* the answer is NDJSON */
    int64_t length;                     /* records in the first answer */
    int64_t count;                      /* records of the whole list; -1: not known */
    struct buf count_from;              /* where it is, in the words of --count-from */
    int64_t page_size_asked, page_size; /* asked for and given; -1: not known */
    bool asked_twice, stable;           /* asked twice, the list began with the same records */
    double seconds;                     /* of the first answer */
    struct buf options;                 /* NAME=VALUE lines: what to set, beyond the URL and what is set already */
    struct buf doubt;                   /* when style is NULL: what the answer could be */
    bool may_be_whole;                  /* then: is one of these the whole list? */
};

/* Looks at o->url, as o has it otherwise. brief: only what reading needs. 0 also when style is NULL. -1: the first
 * answer is an error, or has no list: EXIT_*. */
int discover(const struct options *o, struct ask *probe, bool brief, struct finding *f, struct error *e);
void finding_free(struct finding *f);

/* Sets the options of f in o. */
int finding_apply(const struct finding *f, struct options *o, struct error *e);

#endif
