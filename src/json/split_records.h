/* split_records: where the records are in the text that is split: the ways of the path that lead to their list, or,
 * where a JSONPath names the records themselves, each of them. For split.c. */
#ifndef RESTSRC_SPLIT_RECORDS_H
#define RESTSRC_SPLIT_RECORDS_H

#include "json/split_fast.h"
#include "json/split_state.h"

/* Everything before `upto` goes where it belongs; what follows is collected anew from `from`. */
static inline bool split_emit(struct split *s, bytes upto, bytes from)
{
    bool whole = buf_add(s->to, s->run, (size_t)(upto - s->run)) == 0;
    s->run = from;
    return whole;
}

/* May a way lead on through the container open now? Inside the records and below the ways none does. */
static inline bool records_searching(const struct split *s)
{
    return !s->records_depth && s->depth && s->depth <= PATH_DEPTH && s->open[s->depth - 1];
}

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
