/* count_run: the state of a count, which its ways of counting share: the last answer, asking for a page of the list,
 * and how a count ends. */
#ifndef RESTSRC_COUNT_RUN_H
#define RESTSRC_COUNT_RUN_H

#include "base/terminal.h"
#include "cli/options.h"
#include "pages/ask.h"
#include "pages/total.h"

struct count {
    const struct options *options;
    struct terminal terminal;
    struct total_source source;
    struct path places;
    struct ask ask;
    struct paginate paginate; /* of the page that was asked for */
    bool more;                /* a style that follows the server has a page after it */
};

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
