/* read_run: the state of the read of a list, which read_page, read_learn and read_output share; and what the lists of
 * one run have in common. */
#ifndef RESTSRC_READ_RUN_H
#define RESTSRC_READ_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "base/output.h"
#include "base/terminal.h"
#include "cli/options.h"
#include "http/transfer.h"
#include "pages/newer.h"
#include "pages/paginate.h"
#include "pages/seen.h"
#include "pages/states.h"
#include "pages/total.h"
#include "json/fields.h"
#include "json/path.h"
#include "json/split.h"

/* What is kept of the page in one slot of the window. */
struct held_page {
    const struct read_run *of; /* which list's */
    struct page page;
    struct split split;
    struct buf records, envelope;
    size_t bytes;     /* of the body so far, decompressed */
    double came_at;   /* when, and from where: for --envelope-fd */
    struct buf url;   /* redacted */
    struct buf date;  /* the server's clock, by its header of that name */
    int64_t streamed; /* records that --stream has seen */
    bool denied;      /* there is an error beside the records */
    bool looked;      /* what it leads on by has been looked for, as far as it has come */
};

/* read_begin.c: a page that was put aside until it is known whether it is the first one. */
struct read_begin {
    enum begin_state {
        BEGIN_UNASKED,
        BEGIN_AFTER,   /* what follows a record in the middle of the page is asked for: newest.c */
        BEGIN_PLACE,   /* the first record of the range is asked for alone */
        BEGIN_SMALLER, /* page 1 of smaller pages is asked for */
        BEGIN_ZERO,    /* page 0: has it what that begins with? */
        BEGIN_ONE,     /* page 1, where the range begins later and the page size is the server's own */
        BEGIN_FIXED,   /* page 0, where the page size is the server's own */
        BEGIN_BEFORE,  /* page -1: is there always one before? */
        BEGIN_KNOWN
    } state;
    struct held_page first;
    struct buf first_url; /* where it came from, after redirects */
    int64_t size;         /* of the smaller pages */
    struct buf line;      /* the record that the other page began with */
    struct buf one;       /* the records of page 1, where that is not `first` */
};

/* What all lists of a run share. */
struct read_shared {
    struct transfer *transfer;
    struct transfer_stats stats;
    struct held_page *held; /* by the slot of the exchange */
    unsigned slots;
    struct terminal terminal;
    struct timespec began;
    struct output output;
    struct read_arrow *arrow; /* NULL: the output is NDJSON */
    struct list fields;       /* members to write; empty: all */
    struct buf chosen;        /* records with these only */
    int64_t written, bytes;   /* records, and bytes of them, that have gone out */
    struct states *states;    /* NULL: no --state */
    int state_lock;           /* held to the end of the run; -1: none */
    struct timespec saved;    /* when it was written */
    double save_takes;        /* seconds until it is on the disk */

    /* --for-each */
    struct buf kept;            /* records with the fields that are kept of their line */
    int64_t lists, rejected;    /* that have ended */
    struct read_run *whole;     /* the run as the state knows it */
    int64_t pages;              /* of these */
    struct list told;           /* warnings that need no second time */
    enum kept_state kept_query; /* whether next links get what they lack, as one list has shown */
    bool begins;                /* page 1 is the first one, as one list has shown */
    size_t waiting_bytes;       /* of pages that wait for the lists before theirs */
    bool windows;               /* they are windows of one list: `whole` judges what is new, and has the state */
};

/* A page that is written when the lists before this one have ended. */
struct waiting_page {
    struct buf lines, about;
    int64_t records;
    struct bookmark at, after;
};

struct parents;
struct parent;

struct read_run {
    const struct options *options;
    struct read_shared *shared;
    struct range_options range; /* what is left of it, where an earlier run has read a part */
    struct paging_options paging;
    struct state state;
    struct newer newer;        /* --since-path */
    struct buf kept;           /* records that it keeps */
    int64_t dropped;           /* so many records of `written` it has not */
    int64_t before;            /* so many records of earlier runs */
    bool clock_seen;           /* that of the server */
    struct bookmark place;     /* where a read would go on */
    struct bookmark at, after; /* the same before, and after what is ready to be written */
    struct bookmark last;      /* after the last record, in the page that it is of */
    struct paginate paginate;
    struct exchange *latest; /* the request of the page that was asked for last */
    struct seen seen;        /* of its records */
    struct total_source total_source;
    const struct path *records;     /* `places`, or `only` */
    struct path places, only;       /* given, or the usual ones; of these the one that the first page has */
    int way;                        /* which of them that is */
    struct path inner;              /* --inner-more */
    int64_t inner_cut;              /* so many records have something there */
    bool records_known;             /* given, or learned from the first page */
    size_t page_bytes;              /* of the records of the largest page so far */
    struct buf ready;               /* a page to be written; after that, kept to notice a page that repeats */
    size_t ready_from, ready_bytes; /* the part of it to write */
    int64_t ready_records;
    bool ready_waits;       /* it is to be put aside */
    struct buf ready_about; /* its line for --envelope-fd */
    int64_t ready_missing;  /* so many records fewer than asked for were in it */
    int64_t written;
    bool partial; /* not all of a page was written */
    bool enough;  /* --stream has all of the range */
    bool told_denied, told_partial;
    bool lines; /* the pages are NDJSON */
    struct read_begin begin;
    bool bare; /* the list is empty; is it without our parameters, too? */

    /* --for-each; NULL: there is one list alone */
    const struct parents *each;
    const struct parent *parent;
    bool waits; /* lists before this one are not out */
    struct waiting_page *waiting;
    size_t waiting_count;
};

#endif
