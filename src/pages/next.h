/* next: where a page says how the list goes on: --next, or the usual places. Pure.
 *
 * A cursor may have several parts, each a parameter of its own (--next NAME=PATH, repeated). Such a cursor is a JSON
 * object with a member for each part that the page has. */
#ifndef RESTSRC_NEXT_H
#define RESTSRC_NEXT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/list.h"
#include "pages/total.h"
#include "json/path.h"

/* An answer, as far as it tells where to go on. Nothing is owned. */
struct answer {
    const char *url; /* that it came from */
    total_header header;
    const void *headers;            /* for header() */
    struct slice envelope, records; /* records: NDJSON */
    struct slice before;            /* the records of the page before it; text NULL: none are known */
};

/* Where a page begins, in the styles that follow the server: a cursor, an id or a URL. Empty: the list's beginning. */
struct cursor {
    struct buf text; /* as a query or header takes it */
    struct buf json; /* as a JSON body takes it */
};

/* The same bytes? */
bool next_same(const struct buf *a, const struct buf *b);
void next_cursor_free(struct cursor *c);
void next_cursor_clear(struct cursor *c);
/* The cursor becomes this JSON value. */
void next_cursor_set(struct cursor *c, struct slice json);

struct next_part {
    char *name;         /* the parameter that takes it; NULL: it is the whole cursor */
    const char *header; /* the header that has it; NULL: it is in the body */
    struct path path;
};

enum next_kind {
    NEXT_CURSOR, /* text or a number */
    NEXT_JSON,   /* a cursor of any type, for it is sent as JSON */
    NEXT_LINK,   /* a URL */
};

struct next {
    size_t count;
    struct next_part *part;
    enum next_kind kind;
    bool given; /* by the user; else these are the usual places */
};

/* given: the values of --next; one of several parts may go without a NAME: it is param_cursor. -1: EXIT_USAGE. Free
 * with next_free(), also after a failure. */
int next_parse(struct next *n, const struct list *given, enum next_kind kind, const char *param_cursor,
               struct error *e);
void next_free(struct next *n);

/* What leads on from the answer, added to the empty cursor `to`; it stays empty where the answer says nothing, or that
 * this is the end: null, false, "" and, for a cursor, the number 0. -1: EXIT_ANSWER: what is there is not a cursor or
 * link. */
int next_find(const struct next *n, const struct answer *a, struct cursor *to, struct error *e);
/* Does the answer have such a member or header at all, whatever it says? */
bool next_is_there(const struct next *n, const struct answer *a);

#endif
