/* evidence: what one answer shows about how its list is paged. Pure: it sends no request and decides nothing. */
#ifndef RESTSRC_EVIDENCE_H
#define RESTSRC_EVIDENCE_H

#include "pages/paginate.h"
#include "json/usual.h"

enum { EVIDENCE_WAYS = 10 };

/* Two parameters that may ask for a place in the list. */
struct way {
    bool page; /* by page number, else by offset */
    bool zero; /* the first page is number 0 */
    const char *place, *limit;
};

struct evidence {
    struct buf next_url;            /* an absolute URL; empty: no next link */
    struct buf next_at;             /* the PATH of the body where it was; empty: in a Link header */
    const char *limit;              /* the parameter in it, or elsewhere in the answer, that looks like the page size */
    const struct usual *cursor;     /* the first of its rows; NULL: the answer has no cursor */
    struct buf cursor_text;         /* what the cursor says */
    bool ended;                     /* a usual name says that nothing follows */
    enum paging_style end_style;    /* then: of next-url or cursor */
    const struct usual *end;        /* its row */
    bool has_more;                  /* has_more says true */
    bool out_of_reach;              /* Elasticsearch has more than from and size get at */
    bool ranges;                    /* a Content-Range that counts no bytes */
    struct buf lead;                /* a member that may lead on in some other way; empty: none */
    struct way ways[EVIDENCE_WAYS]; /* in the order in which they are worth a try */
    size_t way_count, sure_ways;    /* so many of them are the answer's own; the others are the commonest names */
};

/* Names that the user has given; NULL: not given. */
struct evidence_names {
    const char *has_more, *limit, *offset, *page;
    int page_base;
};

/* records: how many the answer has. Free with evidence_free(). */
void evidence_find(struct evidence *v, const struct evidence_names *given, const struct answer *a, int64_t records);
void evidence_free(struct evidence *v);

/* The total that the answer, a first page of so many records, states, and in --count-from's words where. asked:
 * --count-from. false: none. */
bool evidence_total(const char *asked, const struct answer *a, int64_t records, int64_t *total, struct buf *count_from);

/* How an API that does not count by itself may be asked to: a query, and in --count-from's words where the number then
 * is. NULL: no such API is known to answer so. */
struct count_query {
    const char *name, *value, *count_from;
};
const struct count_query *evidence_count_query(struct slice envelope);

/* The PATHs of the lists of objects in an answer whose records are at no usual place: how many; the first is in at, the
 * others are added to more, for people. */
unsigned evidence_lists(struct slice envelope, struct buf *at, struct buf *more);

#endif
