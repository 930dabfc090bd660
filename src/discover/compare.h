/* compare: the first answer of a list, and others of it that are compared with it. For the tries of discovery. */
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
    struct buf base;   /* the URL with its queries */
    struct buf body;   /* --data, compact: parameters go there; empty: into the query */
    struct buf query;  /* the GraphQL query in it */
    struct evidence v; /* of the first answer, or of a shorter page that shows how the list goes on */
    const struct count_query *count_query; /* may be NULL */
    struct buf first;                      /* its records */
    int asked;
    bool reacted;      /* a try was answered by another list than the first one */
    bool proven;       /* the count is not the length of a page */
    bool asked_count;  /* the counting URL has been asked */
    bool took_end;     /* the style is that of a list which ends with its first page */
    struct way way;    /* that leads on; place NULL: none */
    const char *limit; /* the parameter for the page size; "": there is none; NULL: not known */
};

/* A parameter of a request; a name that is NULL or "" is not sent, header:NAME is a header. */
struct param {
    const char *name, *text;
    bool quoted; /* in JSON it is a string */
};

/* Has the user set that option? */
bool compare_is_given(const struct compare *c, const char *option);
/* An option that was found; one that the user has set is none, unless it adds up. */
void compare_set(struct compare *c, const char *name, const char *value);
void compare_take_style(struct compare *c, enum paging_style style);

/* Is one of the requests left? Then it is taken. */
bool compare_may_ask(struct compare *c);
/* Has the last answer a list? */
bool compare_has_list(const struct compare *c);
/* Asks what is prepared. Has the answer a list? */
bool compare_request(struct compare *c);
/* Begins c->ask->request: for the list at url. */
void compare_begin(struct compare *c, const char *url);
/* The list at url; false: the request failed, or there is no list. */
bool compare_ask(struct compare *c, const char *url);
/* The list with these parameters more. */
bool compare_ask_with(struct compare *c, const struct param *params, size_t count);
/* The list from a place on, in pages of this size. */
bool compare_ask_at(struct compare *c, const char *place, const char *at, const char *limit, int64_t size);

/* The n-th of some NDJSON records; text NULL: there are fewer. */
struct slice compare_record(const struct buf *records, int64_t n);
/* Are these the same record: by their bytes, or by their id, for other members may change from answer to answer? */
bool compare_same(const struct compare *c, struct slice a, struct slice b);
/* Does the last answer begin with the n-th record of the first one? */
bool compare_begins_with(struct compare *c, int64_t n);
/* With which record of the first answer does the last one begin? -1: with another one, or none. */
int64_t compare_begin_of(struct compare *c);
/* Is it another page: one with records, but not from the first on? */
bool compare_moved_on(struct compare *c);

#endif
