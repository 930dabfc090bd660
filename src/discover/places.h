/* places: lists of objects in an answer, where its records may be. Pure. */
#ifndef RESTSRC_PLACES_H
#define RESTSRC_PLACES_H

#include "json/value.h"

/* Looks for the list in an answer that has none at a usual place: the only one of the least depth, or the only one
 * there with a usual name. How many there are; 1: `at` is its PATH; more: the names of all, for people. */
unsigned places_find(struct slice envelope, struct buf *at);

/* Looks for records that are kept by key; `at` becomes the PATH that names them. */
bool places_find_keyed(struct slice envelope, struct buf *at);

/* Are these two records an object and a list of objects? They are no records then:
 * [{"page":1,"pages":9},[{...},{...}]], as the World Bank answers. */
bool places_are_pair(struct slice lines);

/* The names of the lists of objects at the top, added to out, for people. */
void places_others(struct slice envelope, struct buf *out);

#endif
