/* lookup_match: the answer to a call for many ids, taken apart: what it has for each. Pure. */
#ifndef RESTSRC_LOOKUP_MATCH_H
#define RESTSRC_LOOKUP_MATCH_H

#include "cli/lookup_asked.h"
#include "json/path.h"

/* Ids that are asked for in one call. */
struct call_ids {
    struct asked **item;
    size_t count, room;
};

struct match {
    struct path records; /* where the answers are: a list, or an object by ids; count 0: to be found */
    struct path id;      /* where in one of a list its id is */
    const char *id_name;
};

enum { MATCH_REFUSED = 1 };

/* An id as the characters by which it is known: 7, "7" and 7.0 are one. Appends. */
void match_key(struct slice value, struct buf *out);

/* Sets found of each of the ids, which are in call number `call`: a part of body or of listed, which is emptied first;
 * text NULL where it has nothing for it. body: compact. MATCH_REFUSED: it has no answers, but says that something is
 * wrong. -1: EXIT_ANSWER: it has none where they should be, an id that was not asked for, or two for one id. */
int match_answers(const struct match *m, const struct asked_table *asked, const struct call_ids *ids, unsigned call,
                  struct slice body, struct buf *listed, struct error *e);

#endif
