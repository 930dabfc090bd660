/* count_run: the state of a count, which its ways of counting share.
 *
 * A count goes on from answer to answer, so that many can be under way at once: each step looks at the last answer, and
 * makes the next request ready or ends the count. */
#ifndef RESTSRC_COUNT_RUN_H
#define RESTSRC_COUNT_RUN_H

#include "cli/options.h"
#include "cli/report.h"
#include "pages/ask.h"
#include "pages/total.h"

/* What a step says; or -1. */
enum { COUNT_ENDS, COUNT_ASKS };

/* What the counts of lists of one API show. Zeroed: nothing. */
struct count_learned {
    bool by_page;    /* there is no counting URL */
    bool longer;     /* than the page with it was a total: it is not the length of that */
    struct buf path; /* the URL, without its query, of a list with so many records, */
    int64_t total;   /* as without our parameters */
    bool heeded;     /* its filters hold beside these */
};

struct count {
    const struct options *options;
    struct count_learned *learned; /* NULL: there is one list alone */
    struct slice headers;          /* of this list alone, each ended by '\n' */
    bool by_page;                  /* there is no counting URL */
    int64_t records;               /* what was counted */
    struct total_source source;
    struct path places;
    struct ask ask;                                 /* the last answer, or the next request */
    int (*then)(struct count *c, struct error *e);  /* the step that the answer is for */
    int (*after)(struct count *c, struct error *e); /* the one after count_goes_on() */
    struct paginate paginate;                       /* of the page that was asked for */
    struct range_options range;
    struct page page;
    bool pages; /* that was the last request */
    bool more;  /* there is a record after it, or a style that follows the server has a page */

    /* what the steps have found */
    struct total total, larger;
    bool has_larger, same; /* there is such a total; it is the same without our parameters */
    int64_t got;           /* records of the first page */
    int64_t before;        /* the last page */
    struct buf last;       /* its URL */
};

/* What the options say of counting. -1: EXIT_USAGE. Free with count_free(), also after a failure. */
int count_begin(struct count *c, const struct options *o, struct error *e);
void count_free(struct count *c);

/* For --summary-fd, where it is given. -1: EXIT_IO. */
int count_summarize(const struct options *o, const struct report_count *summary, struct error *e);

/* The answer to what was asked for is in c->ask: the next step. */
int count_take(struct count *c, struct error *e);

/* ---- for the steps ---- */

/* What a step ends with. */
int count_ends(struct count *c, int64_t records, struct error *e);
/* -1, where *e is set: says whose answer that is about. */
int count_about_answer(struct count *c, struct error *e);
/* -1; *e becomes what is wrong with the last answer. */
int count_because(struct count *c, struct error *e);

/* Asks for what is in c->ask.request, or by the other one for url. */
int count_asks(struct count *c, const struct path *places, int (*then)(struct count *c, struct error *e));
int count_asks_url(struct count *c, const char *url, int (*then)(struct count *c, struct error *e));
/* Asks for the list from an offset on, a page of one record. */
int count_ask(struct count *c, int64_t offset, int (*then)(struct count *c, struct error *e), struct error *e);
/* The same for the first page as it is without our parameters; where we send none, the last answer stays. */
int count_ask_bare(struct count *c, int (*then)(struct count *c, struct error *e), struct error *e);
/* c->more becomes: is there a record after those of the first page, which is the last answer? */
int count_goes_on(struct count *c, int (*then)(struct count *c, struct error *e), struct error *e);

/* Of the last answer, what is around its records; and the total that it says there: 1, 0: none, or -1. */
struct slice count_envelope(struct count *c);
int count_total(struct count *c, struct total *total, struct error *e);

#endif
