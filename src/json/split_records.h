/* split_records: where the records are in the text that is split: the ways of the path that lead to their list, or,
 * where a JSONPath names the records themselves, each of them. For split.c. */
#ifndef RESTSRC_SPLIT_RECORDS_H
#define RESTSRC_SPLIT_RECORDS_H

#include "json/split_steps.h"

/* May a way lead on through the container open now? Inside the records and below the ways none does. */
bool records_searching(const struct split *s);

/* The value after the key, or the element at hand: which ways lead to or through it? */
void records_want_member(struct split *s);
void records_want_element(struct split *s);

/* The best way that ends at the value at hand, or -1. */
int records_way_here(const struct split *s);

/* The container at hand is entered: which ways lead on through it? */
void records_descend(struct split *s);

/* What was taken for records is none: it goes back to its place in the envelope. -1: too large. */
int records_put_back(struct split *s);

/* The value at p is on the way to records that are named one by one: is it one, or what holds all of them? NULL, or
 * what is wrong with it. */
const char *records_approach(struct split *s, bytes p);

/* p is after such a record. -1: too large. */
int records_end_pick(struct split *s, bytes p);

#endif
