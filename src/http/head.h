/* head: the status line and the headers of an answer, as they come in. Pure. */
#ifndef RESTSRC_HEAD_H
#define RESTSRC_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A zeroed struct is the head of an answer of which nothing has come. */
struct head {
    struct buf lines; /* "name: value", trimmed, each ended by a NUL */
    bool ended;       /* the blank line that ends it has come: what a connection leaves before that is no answer */
};

void head_clear(struct head *h);
void head_free(struct head *h);

/* One line, with its end. A status line begins another head: of what came after 100 Continue, say. What comes after the
 * end are trailers, which are none of it. -1: it is larger than any head is. */
int head_add(struct head *h, const char *line, size_t n);

/* The value of the first header of that name after the value `previous` of the same head; NULL for previous: of the
 * first. NULL when there is none. Valid until the next head_add() or head_clear(). */
const char *head_find(const struct head *h, const char *name, const char *previous);

#endif
