/* read_begin: does the range begin where it should? A server that counts pages from 0 has a page before page 1, whose
 * records would be lost without a word. Where no total will show that, page 1 is asked for once more, in smaller pages:
 * it begins with the same record only where it is the first one. And a server that makes page numbers of offsets gives
 * other records for an offset within a page: so its record is asked for alone. One that is asked for what comes after
 * an id may give the newest records: newest.h. */
#ifndef RESTSRC_READ_BEGIN_H
#define RESTSRC_READ_BEGIN_H

#include "cli/read_run.h"

/* A page has come, and its total is known. true: it is put aside, and x asks for another one first. */
bool read_begin_asks(struct read_run *r, struct exchange *x);
void read_begin_free(struct read_begin *b);
/* Is that other one under way? */
bool read_begin_pending(const struct read_run *r);
/* May the request under way fail, as that for a page that is not there? */
bool read_begin_may_fail(const struct read_run *r);
/* It has come, or failed. 1: x asks for one more; 0: the page is back in its place; -1: EXIT_ANSWER. */
int read_begin_learn(struct read_run *r, struct exchange *x, struct error *e);

#endif
