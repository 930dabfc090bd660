/* usual: what APIs call things, ONE table: where answers have their records, their total, what leads on to the next
 * page, and what parameters are called.
 *
 * What is trusted is taken by a read unasked. The rest means something else in some APIs, so it is only tried: check
 * and count take it when a request has proved it. A new name is a row in usual.c, and stands in restsrc(1) when it is
 * trusted.
 *
 *     for (const struct usual *u = usual_first(USUAL_LINK); u; u = usual_next(u))
 *         value = path_get(u->name, envelope);
 */
#ifndef RESTSRC_USUAL_H
#define RESTSRC_USUAL_H

#include <stdbool.h>

#include "json/path.h"

enum usual_kind {
    /* PATHs in an answer */
    USUAL_RECORDS,
    USUAL_LINK,      /* a URL: the next page */
    USUAL_CURSOR,    /* what a parameter takes to ask for the next page */
    USUAL_OPENING,   /* a member of lists that tell cursors when `parameter` has the value `limit` */
    USUAL_MORE,      /* a flag: there is more; !PATH: there is not */
    USUAL_TOTAL,     /* how many records the list has */
    USUAL_REMAINING, /* how many come after this page */
    USUAL_INEXACT,   /* a flag beside a total: it is an estimate or a lower bound; !PATH: unless that is true */
    USUAL_UNHEEDING, /* the last name of a total that counts all, whatever a `parameter` with these letters filters */
    USUAL_COUNT,     /* how many there are, in the answer of a counting URL */
    /* headers */
    USUAL_TOTAL_HEADER,
    USUAL_LEAD_HEADER, /* a header that leads on to more, by a cursor, a page or a range */
    /* parameters */
    USUAL_OFFSET,
    USUAL_PAGE,
    USUAL_LIMIT,
    USUAL_AFTER, /* the id of the last record */
};

struct usual {
    enum usual_kind kind;
    bool trusted;
    const char *name;
    const char *parameter, *limit; /* what takes a cursor (header:NAME: a header); what takes the page size; or NULL */
};

/* The rows of a kind, in the order in which they are tried; NULL: no more. A cursor has a row for each parameter that
 * may take it, one after the other. */
const struct usual *usual_first(enum usual_kind kind);
const struct usual *usual_next(const struct usual *row);

/* All PATHs of a kind that are trusted, as one. Free with path_free(). */
void usual_paths(struct path *p, enum usual_kind kind);

#endif
