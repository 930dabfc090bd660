/* ways: parameters that may ask for a place in a list, and for so many records from there on. Pure. */
#ifndef RESTSRC_WAYS_H
#define RESTSRC_WAYS_H

#include <stddef.h>

#include "pages/next.h"
#include "json/usual.h"

struct way {
    bool page;                 /* by page number, else by offset */
    int base;                  /* the number of the first page or record */
    const char *place, *limit; /* limit "": the page size is the server's own */
};

enum { WAYS_MOST = 12 };

/* In the order in which they are worth a try, each once. */
struct ways {
    struct way at[WAYS_MOST];
    size_t count;
};

void ways_add(struct ways *w, struct way way);
/* What the next link shows: one by offset leads to the offset after this page of so many records, one by page number
 * to the second page. limit: the name of the page size in it; NULL: it has none. */
void ways_of_link(struct ways *w, const struct buf *url, const char *limit, int64_t records);
/* What an answer shows that repeats what it was asked for, or is known by a sign. */
void ways_of_answer(struct ways *w, struct slice envelope);
/* The commonest ones, for an API that refuses to be asked in several ways at once. bare: the answer is the list. */
void ways_common(struct ways *w, bool bare);

/* A request that asks in many ways at once, each for another place and another page size: the record that its answer
 * begins with shows which one was heeded. An API ignores names that it does not know, or refuses them. */
enum { SCOUTS = 2, SCOUT_NAMES = 8 };
struct scout {
    const char *offset[SCOUT_NAMES]; /* the n-th asks for offset n + 1 */
    const char *page[SCOUT_NAMES];   /* for page 2 */
    const char *limit[SCOUT_NAMES];  /* the n-th asks for SCOUT_SIZE + n records */
};
enum { SCOUT_SIZE = 5 };
extern const struct scout ways_scouts[SCOUTS];

/* What the answer to a scout says, which has so many records, the first of which is that one of the list (-1: none of
 * its first page). limit: the name of the page size that was heeded; NULL: none, or not known. */
void ways_of_scout(struct ways *w, const struct scout *s, int64_t first, int64_t got, const char **limit);

#endif
