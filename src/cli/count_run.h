/* count_run: the state of a count, which its ways of counting share: the last answer, asking for a page of the list,
 * and how a count ends. */
#ifndef RESTSRC_COUNT_RUN_H
#define RESTSRC_COUNT_RUN_H

#include "cli/options.h"
#include "pages/ask.h"
#include "pages/total.h"

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
    struct ask ask;
    struct paginate paginate; /* of the page that was asked for */
    bool more;                /* a style that follows the server has a page after it */
};

/* What the options say of counting. -1: EXIT_USAGE. Free with count_free(), also after a failure. */
int count_begin(struct count *c, const struct options *o, struct error *e);
void count_free(struct count *c);

/* Writes the count, or the plan, to standard output, and the summary. */
int count_ends(struct count *c, int64_t records, struct error *e);

/* -1, where *e is set: says whose answer that is about. */
int count_about_answer(struct count *c, struct error *e);

/* -1; *e becomes what is wrong with the last answer. */
int count_because(struct count *c, struct error *e);

/* Asks for the list from an offset on, a page of one record; its answer is in c->ask then. */
int count_ask(struct count *c, int64_t offset, struct error *e);

/* The same for the first page as it is without our parameters; where we send none, nothing is asked for, and the last
 * answer stays. */
int count_ask_bare(struct count *c, struct error *e);

/* Is there a record after those of the first page, which is the last answer? -1: error. */
int count_goes_on(struct count *c, struct error *e);

/* Of the last answer, what is around its records; and the total that it says there: 1, 0: none, or -1. */
struct slice count_envelope(struct count *c);
int count_total(struct count *c, struct total *total, struct error *e);

#endif
