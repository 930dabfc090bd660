/* newer: which records of a list are new: by what they have at --since-path, and at the bound by whole records, so that
 * it does not matter which ends of a stretch of time an API takes as its own. Pure.
 *
 * A record that has nothing there to compare is kept, because it may be new. */
#ifndef RESTSRC_NEWER_H
#define RESTSRC_NEWER_H

#include <stdbool.h>

#include "base/buf.h"
#include "pages/outside.h"
#include "json/path.h"

/* A zeroed struct keeps every record. */
struct newer {
    struct path path;        /* --since-path; count 0: none */
    const char *time_format; /* --time-format, or NULL */
    double overlap;          /* seconds: the next bound is so much before the newest */
    double now;             /* a time after it is not the newest, or all that comes until then would be lost; 0: none */
    struct buf from, to;    /* JSON: records before `from`, or not before `to`, are dropped; empty: no bound */
    struct buf newest;      /* JSON: the largest value that has been noted */
    struct buf seen;        /* records of earlier runs, each of which is dropped once */
    struct buf noted;       /* records of this run */
    size_t noted_most;      /* when noted has so many bytes, those from before the next bound are dropped */
    struct outside outside; /* of windows: records before `from`, or not before `to` */
    bool grew;              /* newest is of this run */
    bool told;              /* a record has nothing to compare: the caller's */
};

void newer_free(struct newer *n);

/* A text as JSON: a number, where it is one, else a string. Appends. */
void newer_bound(const char *text, struct buf *out);

/* Appends the lines that are kept to out. */
void newer_keep(struct newer *n, struct slice lines, struct buf *out);
/* These have left: the newest, and what is to be known again. */
void newer_note(struct newer *n, struct slice lines);
/* Are all of these older than `from`? Not, where there is none. */
bool newer_all_old(const struct newer *n, struct slice lines);
/* Has one of these nothing to compare? unread: it has this time (JSON), in a form that is not known. */
bool newer_lacks(const struct newer *n, struct slice lines, struct slice *unread);

/* One of several lists has come that border on each other: what was in it, and comes again in the next one, is dropped.
 * For who has no path; the records were all given to newer_keep(). */
void newer_turn(struct newer *n);

/* Records that are known again, as a JSON list: seen, those that have not come again; noted, those from the next bound
 * on. done: the run is complete, and all of them are seen; that
 * is its end. Both are set. */
void newer_save(struct newer *n, bool done, struct buf *seen, struct buf *noted);
/* What newer_save() has made; of another list there is less, at the worst nothing. */
void newer_load(struct newer *n, struct slice seen, struct slice noted);

#endif
