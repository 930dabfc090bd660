/* relation: links that stand in a list, each with what it leads to: {"rel": "next", "href": "..."}. Pure. */
#ifndef RESTSRC_RELATION_H
#define RESTSRC_RELATION_H

#include "json/path.h"

/* Is it this relation, in small letters, however it is written: next, Next, next-page, nextPage? */
bool relation_is(const char *text, size_t len, const char *relation);

/* What the link leads to that says next in one of the usual lists; text NULL: there is none. Its PATH is added to path,
 * unless that is NULL. */
struct slice relation_link(struct slice envelope, struct buf *path);

/* found is what a way of p names in the envelope. Where it belongs to an element of a list that says another relation
 * than next, the same member of the element that says next, wherever that stands on this page; text NULL: there is
 * none. Else found itself. */
struct slice relation_next(const struct path *p, unsigned way, struct slice found, struct slice envelope);

#endif
