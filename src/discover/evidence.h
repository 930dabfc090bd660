/* evidence: what one answer shows about how its list is paged. Pure: it sends no request and decides nothing. */
#ifndef RESTSRC_EVIDENCE_H
#define RESTSRC_EVIDENCE_H

#include "discover/leads.h"
#include "discover/ways.h"
#include "pages/paginate.h"

struct evidence {
    struct leads on;
    struct ways ways;             /* the answer's own */
    const char *limit;            /* the parameter in a link or elsewhere in the answer that looks like the page size */
    bool has_more;                /* has_more says true */
    bool out_of_reach;            /* Elasticsearch has more than from and size get at */
    bool ranges;                  /* a Content-Range that counts no bytes */
    bool bare;                    /* the answer is the list itself */
    const char *opening, *opened; /* a parameter and its value with which such an API begins to tell cursors, or NULL */
};

/* Names that the user has given; NULL: not given. */
struct evidence_names {
    const char *has_more, *limit, *offset, *page;
    int page_base;
    const char *query; /* the text of a GraphQL query that was sent; NULL: none was */
};

/* records: how many the answer has. Free with evidence_free(). */
void evidence_find(struct evidence *v, const struct evidence_names *given, const struct answer *a, int64_t records);
void evidence_free(struct evidence *v);
/* Does it lead on, by a link, a cursor or has_more? */
bool evidence_leads(const struct evidence *v);

/* The total that the answer, a first page of so many records, states, and in --count-from's words where. asked:
 * --count-from. false: none. */
bool evidence_total(const char *asked, const struct answer *a, int64_t records, int64_t *total, struct buf *count_from);

/* How an API that does not count by itself may be asked to: a query, and in --count-from's words where the number then
 * is. NULL: no such API is known to answer so. */
struct count_query {
    const char *name, *value, *count_from;
};
const struct count_query *evidence_count_query(struct slice envelope);

#endif
