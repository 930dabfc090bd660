/* compare: the first answer of a list, and others of it that are compared with it. For discover.c. */
#ifndef RESTSRC_COMPARE_H
#define RESTSRC_COMPARE_H

#include "discover/evidence.h"
#include "discover/finding.h"
#include "pages/ask.h"

struct compare {
    const struct discover_options *options;
    struct ask *ask;
    struct finding *f;
    bool brief;
    struct path places, id;
    struct buf base;                       /* the URL with its queries */
    struct evidence v;                     /* of the first answer */
    const struct count_query *count_query; /* may be NULL */
    struct buf first;                      /* its records */
    int asked;
    bool reacted;      /* a try was answered by another list than the first one */
    bool proven;       /* the count is not the length of a page */
    bool took_end;     /* the style is that of a list which ends with its first page */
    struct way way;    /* that leads on; place NULL: none */
    const char *limit; /* the parameter for the page size; "": there is none; NULL: not known */
};

/* Has the user set that option? */
bool compare_is_given(const struct compare *c, const char *option);
/* Is one of the requests left? Then it is taken. */
bool compare_may_ask(struct compare *c);
/* Has the last answer a list? */
bool compare_has_list(const struct compare *c);
/* The list at url; false: the request failed, or there is no list. */
bool compare_ask(struct compare *c, const char *url);
/* The list with two more parameters; a name that is NULL or "" is not sent. */
bool compare_ask_with(struct compare *c, const char *place, const char *at, const char *limit, int64_t size);

/* Asks for the list as it is: sets base, places, v, first, and what the answer shows in f. -1: it is an error, or has
 * no list. */
int compare_first(struct compare *c, struct error *e);

/* The n-th of some NDJSON records; text NULL: there are fewer. */
struct slice compare_record(const struct buf *records, int64_t n);
/* Are these the same record: by their bytes, or by their id, for other members may change from answer to answer? */
bool compare_same(const struct compare *c, struct slice a, struct slice b);
/* Does the last answer begin with the n-th record of the first one? */
bool compare_begins_with(struct compare *c, int64_t n);
/* Is it another page: one with records, but not from the first on? */
bool compare_moved_on(struct compare *c);

#endif
