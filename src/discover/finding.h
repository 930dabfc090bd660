/* finding: what discovery is asked and what it answers. */
#ifndef RESTSRC_FINDING_H
#define RESTSRC_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "discover/settings.h"
#include "http/client.h"
#include "pages/paging.h"

enum { DISCOVER_REQUESTS = 6 }; /* at the most */
enum { DISCOVER_SIZE = 1000 };  /* the page size asked for to see what is given */

/* What discovery reads of the options. Nothing of it is owned. */
struct discover_options {
    struct http_options http;
    const struct paging_options *paging;
    int64_t page_size; /* that reading would ask for */
    bool brief;        /* only what reading needs */
    /* Has the user set the option of that name? Then it is taken as it is, and is not a setting. */
    bool (*is_given)(const void *ctx, const char *option);
    const void *ctx;
};

struct finding {
    bool found; /* how it pages; else doubt says why not */
    enum paging_style style;
    bool seekable;
    struct buf records;                 /* PATH of the list; empty: the top level */
    struct buf others;                  /* other lists of objects in the answer, for people */
    bool lines;                         /* the answer is NDJSON */
    int64_t length;                     /* records in the first answer */
    int64_t count;                      /* records of the whole list; -1: not known */
    struct buf count_from;              /* where it is, in the words of --count-from */
    int64_t page_size_asked, page_size; /* asked for and given; -1: not known */
    bool asked_twice, stable;           /* asked twice, the list began with the same records */
    double seconds;                     /* of the first answer */
    struct buf sample;                  /* the first records, by lines; not where brief */
    struct buf requests;                /* that were made: see ask.made; the caller's */
    struct buf rule;                    /* the rule by which the first answer says that it is not all */
    struct settings settings;           /* what to set, beyond the URL and what is set already */
    struct buf doubt;                   /* when it is not found out: what the answer could be */
    struct error unanswered;            /* a try that nobody answered; code 0: none */
    bool unsaid;                        /* it is taken for the whole list, which nothing in the answer says */
    bool may_be_whole;                  /* then: is one of these the whole list? */
};

/* The exit code where it is not found out. */
enum exit_code finding_exit(const struct finding *f);
void finding_free(struct finding *f);

#endif
