/* walk: the members of an answer's objects, from the outside in, each with its PATH. Pure. */
#ifndef RESTSRC_WALK_H
#define RESTSRC_WALK_H

#include "json/value.h"

struct walk_at {
    const char *path; /* as a JSON Pointer */
    unsigned depth;   /* 1: a member of the answer itself */
    struct slice key, value;
};

/* Visits the members of compact JSON down to that depth: all of one depth before those of the next, until visit says
 * false. */
void walk_members(struct slice json, unsigned depth, bool (*visit)(void *ctx, const struct walk_at *at), void *ctx);

/* Has the name one of these in it, in whatever case? words ends with NULL. */
bool walk_names(struct slice key, const char *const *words);

#endif
