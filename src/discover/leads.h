/* leads: links and cursors in an answer that may lead on to the next page. Pure. */
#ifndef RESTSRC_LEADS_H
#define RESTSRC_LEADS_H

#include "pages/paging.h"
#include "json/usual.h"

enum { LEADS_CURSORS = 6 };

/* What may ask for the next page: the value at `next` (a PATH, or header:NAME) in this parameter. */
struct cursor_lead {
    struct buf next, text;
    bool number;          /* it is a number there */
    struct buf parameter; /* header:NAME: a header */
    const char *limit;    /* the parameter for the page size; NULL: not known */
};

struct leads {
    struct buf next_url;                      /* an absolute URL; empty: no next link */
    struct buf next_at;                       /* the PATH of the body where it was; empty: in a Link header */
    struct cursor_lead cursor[LEADS_CURSORS]; /* in the order in which they are worth a try */
    size_t cursor_count;
    bool no_more;                     /* a flag says that there is no more */
    bool ended;                       /* a null says that the list has ended */
    enum paging_style end_style;      /* then: of next-url or cursor */
    struct buf end_at, end_parameter; /* where it says so; of a cursor, what takes it */
    struct buf lead;                  /* a member that may lead on in some other way; empty: none */
};

/* query: the text of the GraphQL query that was sent; NULL: none was. Sets all of v, a zeroed one. Free with
 * leads_free(). */
void leads_find(struct leads *v, const char *query, const struct answer *a);
void leads_free(struct leads *v);

#endif
