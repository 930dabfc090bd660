/* paginate: which request comes next, and what a page taught (its size, the total, the end). No I/O. */
#ifndef RESTSRC_PAGINATE_H
#define RESTSRC_PAGINATE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "options.h"
#include "total.h"

/* One page: what was asked for, and what came. */
struct page {
    int64_t offset, asked; /* the records [offset, offset + asked) */
    int64_t got;           /* records in the answer */
    int64_t keep;          /* set by paginate_learn(): so many of them, from the first, belong to the range */
    struct total total;    /* what the answer says of the whole list; records -1: nothing */
};

struct paginate {
    const struct options *options;
    struct buf base; /* the URL with its queries, without paging parameters */
    struct buf note; /* something to tell people, set by paginate_learn(); the caller clears it */

    int64_t start, end; /* the range wanted: [start, end) */
    int64_t next;       /* the next offset to ask for */
    int64_t position;   /* all before this has come */
    int64_t total;      /* the latest believed total; -1: unknown */
    int64_t size;       /* records to ask for in a page */
    int64_t learned_size; /* the page size that the server really gives; -1: unknown */
    int64_t asked_pages; /* by paginate_next() */
    int64_t pages;       /* learned */
    int64_t short_size; /* of a first page that was shorter than asked; 0: none was */
    bool open;          /* the page size is known: many pages may be under way */
    bool distrust;      /* the totals in the bodies mean something else */
    bool probing;       /* the first page failed: does the list have a beginning? */
    bool over;
    unsigned under_way;
};

/* o must outlive p. Free with paginate_free(). */
int paginate_init(struct paginate *p, const struct options *o, struct error *e);
void paginate_free(struct paginate *p);

/* Fills page and its URL. false: nothing to ask for, at this time or for good. */
bool paginate_next(struct paginate *p, struct page *page, struct buf *url);

enum paginate_verdict {
    PAGE_TAKEN, /* go on */
    PAGE_REST,  /* the page was short: page and url are now the rest of it, to be sent in its place */
    PAGE_LAST,  /* nothing behind this page counts */
};

/* Pages must be learned in the order of paginate_next(). A paginate_verdict, or -1. */
int paginate_learn(struct paginate *p, struct page *page, struct buf *url, struct error *e);

/* The page could not be had: the answer was an error of this HTTP status (0: none came). PAGE_LAST or PAGE_REST when that only
 * says that the list has ended before it (or may have); -1 when it is an error indeed: e is left alone. */
int paginate_failed(struct paginate *p, struct page *page, struct buf *url, long status);

#endif
