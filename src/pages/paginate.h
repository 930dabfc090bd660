/* paginate: which request comes next, for each pagination style, and what a page taught: its size, the total, the next
 * link. No I/O. The styles are a table in styles.c; those that can ask for any offset share seek.c, those that must
 * follow the server from page to page share follow.c. */
#ifndef RESTSRC_PAGINATE_H
#define RESTSRC_PAGINATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/http.h"
#include "pages/paging.h"
#include "pages/total.h"
#include "json/path.h"

/* One page: what was asked for, and what came. */
struct page {
    int64_t offset, asked; /* the records [offset, offset + asked) */
    int64_t got;           /* records in the answer */
    int64_t skip, keep;    /* set by paginate_learn(): records [skip, skip + keep) of it belong to the range */
    struct total total;    /* what the answer says of the whole list; records -1: nothing */
};

/* The rest of an answer, as far as it tells where to go on. Nothing is owned. */
struct answer {
    const char *url; /* that it came from */
    total_header header;
    const void *headers;            /* for header() */
    struct slice envelope, records; /* records: NDJSON */
};

/* Where a page begins, in the styles that follow the server: a cursor, an id or a URL. Empty: the list's beginning. */
struct cursor {
    struct buf text; /* as a query or header takes it */
    struct buf json; /* as a JSON body takes it */
};

struct paginate;

struct style {
    enum paging_style style;
    const char *name;
    bool seeks;     /* any offset can be asked for: seek.c; otherwise follow.c */
    bool by_links;  /* its cursors are URLs */
    bool numbered;  /* it asks by page numbers, which mean something with one page size only */
    bool has_limit; /* it sends the page size even without --param-limit */
    /* Adds to the request what asks for this page. */
    void (*address)(const struct paginate *p, const struct page *page, struct request *r);
    /* Is the answer the one that this page asked for? May be NULL. */
    int (*check)(const struct page *page, const struct answer *a, struct error *e);
    /* Where the next page begins: sets p->next_token; left empty at the end of the list. NULL in styles that seek. */
    int (*follow)(struct paginate *p, const struct answer *a, struct error *e);
    /* What an answer ought to lead on by but does not have, not even to say that the list ends; NULL: it has it. May be
     * NULL. */
    const char *(*leads_on)(const struct paginate *p, const struct answer *a);
};

struct paginate {
    const struct paging_options *paging;
    const struct range_options *range;
    struct http_options http;
    const struct style *style;
    struct buf base; /* the URL with its queries, without paging parameters */
    struct buf body; /* --data, checked and compact, for --page-in body */
    struct buf note; /* something to tell people; the caller clears it */
    struct path next_path, more_path, id_path;

    int64_t start, end;         /* the range wanted: [start, end) */
    int64_t next;               /* the next offset to ask for */
    int64_t position;           /* all before this has come */
    int64_t total;              /* the latest believed total; -1: unknown */
    int64_t size;               /* records to ask for in a page */
    int64_t learned_size;       /* the page size that the server really gives; -1: unknown */
    int64_t asked_pages, pages; /* by paginate_next(), learned */
    unsigned under_way;
    bool over;
    bool distrust; /* the totals of the answers mean something else */

    /* seek.c */
    int64_t short_size; /* of a page that was shorter than asked while the page size was unknown; 0: none was */
    bool open;          /* the page size is known: many pages may be under way */
    bool probing;       /* the first page failed: does the list have a beginning? */

    /* follow.c */
    struct cursor token, next_token; /* of the page under way, and of the one behind it */
    struct buf waymark;              /* a token seen earlier, to notice a loop (Brent's algorithm) */
    int64_t waymark_steps, waymark_power;
    unsigned empty_pages; /* in a row */
    int64_t to_skip;      /* records to drop before the range begins */
    int64_t page_skip;    /* how many records of the page at `token` have been used up; -1: it is done with */
};

/* All options must outlive p. Free with paginate_free(), also after a failure. */
int paginate_init(struct paginate *p, const struct paging_options *paging, const struct range_options *range,
                  const struct http_options *http, struct error *e);
void paginate_free(struct paginate *p);

/* Can any offset be asked for? */
bool paginate_seeks(const struct paginate *p);
/* Does the first of these records (NDJSON) have an id, at --id? */
bool paginate_has_id(const struct paginate *p, const char *records, size_t len);
/* A page began with so many records that the last one ended with: records have been added in front of it. --on-drift.
 */
int paginate_shifted(struct paginate *p, int64_t records, struct error *e);
/* Is the list one single answer (none)? */
bool paginate_single(const struct paginate *p);

/* Fills page and its request. false: nothing to ask for, at this time or for good. */
bool paginate_next(struct paginate *p, struct page *page, struct request *r);

enum paginate_verdict {
    PAGE_TAKEN, /* go on */
    PAGE_REST,  /* page and request were changed: ask in the same place again, for the rest of it or with a better size
                 */
    PAGE_LAST,  /* nothing behind this page counts */
};

/* Pages must be learned in the order of paginate_next(). A paginate_verdict, or -1. */
int paginate_learn(struct paginate *p, struct page *page, const struct answer *a, struct request *r, struct error *e);

/* The page could not be had: the answer was an error of this HTTP status (0: none came). PAGE_LAST or PAGE_REST when
 * that only says that the list has ended before it, or may have; -1 when it is an error indeed: e is set only if there
 * is more to say. */
int paginate_failed(struct paginate *p, struct page *page, struct request *r, long status);

/* ---- for seek.c and follow.c ---- */

/* a + b, both at least 0; as far as numbers go. */
int64_t paginate_sum(int64_t a, int64_t b);

/* Does a request say how many records it wants? */
bool paginate_sends_limit(const struct paginate *p);
/* Do the paging parameters go into the query? */
bool paginate_in_query(const struct paginate *p);
/* JSON text without white space. -1: it is none. Appends. */
int paginate_compact(const char *text, size_t len, struct buf *compact);

/* The request for page, made anew. */
void paginate_address(const struct paginate *p, const struct page *page, struct request *r);
/* Takes in the total that a page states; --on-drift. */
int paginate_learn_total(struct paginate *p, const struct page *page, struct error *e);
/* The list ends at p->position. PAGE_LAST, or -1 when a larger total was announced and drift is an error. */
int paginate_ended(struct paginate *p, struct error *e);

#endif
