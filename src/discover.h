/* discover: how an API pages a list, found out from a few requests: --paginate auto and `restsrc check`. */
#ifndef RESTSRC_DISCOVER_H
#define RESTSRC_DISCOVER_H

#include "options.h"
#include "probe.h"

enum { DISCOVER_REQUESTS = 6 }; /* at the most */

struct finding {
    const char *style;    /* NULL: not found out */
    bool seekable;
    struct buf records;   /* PATH of the list; empty: the top level */
    bool has_list;
    int64_t count;        /* records of the whole list; -1: not known */
    struct buf count_from; /* where it is, as people say it */
    int64_t page_size_asked, page_size; /* asked for and given; -1: not known */
    bool asked_twice, stable; /* asked twice, the list began with the same records */
    double seconds;       /* of the first answer */
    struct buf options;   /* NAME=VALUE lines: what to set, beyond the URL */
    struct buf candidates; /* when style is NULL: what it could be */
};

/* Looks at o->url, as o has it otherwise. 0 also when style is NULL. -1: the first answer is an error, or no list: EXIT_*. */
int discover(const struct options *o, struct probe *probe, struct finding *f, struct error *e);
void finding_free(struct finding *f);

/* Sets the options of f in o. */
int finding_apply(const struct finding *f, struct options *o, struct error *e);

#endif
