/* paging: paginate with options of its own and answers that a test makes up, for the tests of pages/. */
#ifndef RESTSRC_TEST_PAGING_H
#define RESTSRC_TEST_PAGING_H

#include "pages/paginate.h"

/* What paginate is given, as a command line without options has it, and what it made of it. */
struct paging {
    struct paging_options options;
    struct range_options range;
    struct request_options request;
    struct auth_options auth;
    struct network_options network;
    struct http_options http;

    struct paginate p;
    struct page page;
    struct request made;
    struct slice before; /* the records of the answer before this one */
    struct error e;
};

/* The list is at http://h/list. Change the options, then call paging_start(). */
void paging_init(struct paging *t, enum paging_style style);
int paging_start(struct paging *t); /* as paginate_init() */
void paging_end(struct paging *t);

/* The next request; its URL, or NULL when there is none. */
const char *paging_ask(struct paging *t);
/* The answer to it. headers: lines 'Name: value', or NULL. A paging_verdict, or -1; then t->made is the request that
 * comes in its place. */
int paging_answer(struct paging *t, const char *envelope, const char *records, const char *headers);

/* A header among lines 'Name: value', eight at the most; as total_header. */
const char *paging_header(const void *lines, const char *name, const char *previous);

#endif
