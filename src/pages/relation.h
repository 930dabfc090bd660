/* relation: links that stand in a list, each with what it leads to: {"rel": "next", "href": "..."}. Pure. */
#ifndef RESTSRC_RELATION_H
#define RESTSRC_RELATION_H

#include "json/path.h"

/* found is what a way of p names in the envelope. Where it belongs to an element of a list that says another relation
 * than next, the same member of the element that says next, wherever that stands on this page; text NULL: there is
 * none. Else found itself. */
struct slice relation_next(const struct path *p, unsigned way, struct slice found, struct slice envelope);

#endif
