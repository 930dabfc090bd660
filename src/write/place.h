/* place: which record of a batch a part of the answer means: by its index, line or position, by a path into the
 * request, by a value that only this record has (its id, mostly), or because it gives the record back. What several
 * records could be meant by means none. Pure. */
#ifndef RESTSRC_PLACE_H
#define RESTSRC_PLACE_H

#include <stdint.h>

#include "json/value.h"

/* The records of a batch, as they stand in the body. */
struct sent {
    const struct slice *record;
    size_t count;
    unsigned lines_each; /* in a body of lines: what a record takes of them; 0: the body is none */
};

struct place {
    const struct sent *sent;
    struct place_value *value; /* what the records have, by digest; made when it is first needed */
    size_t values;
    struct buf compact; /* the records */
};

/* What the positions in a list are counted from: 0 or 1; -1: it can't be told. */
struct place_base {
    int index, line, row;
};

void place_free(struct place *p);

struct place_base place_base(const struct place *p, struct slice list);
/* The record that an element of such a list means, or -1. */
int64_t place_find(struct place *p, struct slice element, const struct place_base *base);
/* The record that a name or a text by itself means (as in {"failed":["a@x.org"]}), or -1. */
int64_t place_by_value(struct place *p, struct slice value);
/* The record of several members that an object, which has the names of the first one, gives back whole; or -1. */
int64_t place_given_back(struct place *p, struct slice object);
/* The record that a path into the request leads to, or -1. */
int64_t place_by_path(const struct place *p, struct slice path);
/* The member index of an element, counted from 0, or -1. */
int64_t place_index(const struct place *p, struct slice element, const struct place_base *base);

#endif
