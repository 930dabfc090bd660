/* newest: after an id, does the server give the records that follow it, or the newest ones? Twitter's and Mastodon's
 * since_id is of the second kind: in a list in rising order, all between two pages would be lost without a word. What
 * comes after a record in the middle of a page tells, if no more than one record is asked for. Pure. */
#ifndef RESTSRC_NEWEST_H
#define RESTSRC_NEWEST_H

#include "pages/paging.h"

/* Is it worth a request, after the first page with these records (NDJSON)? Not where the page is all, by its total or
 * its length, or says that it ends the list. */
bool newest_wants(const struct paginate *p, const struct page *page, struct slice records, struct slice envelope);
/* Sets the request to one for the record after one in the middle of the page. */
void newest_ask(const struct paginate *p, struct slice records, struct request *r);
/* These came. -1: EXIT_ANSWER: they are not what stands there in the page. */
int newest_check(const struct paginate *p, struct slice records, struct slice came, struct error *e);

#endif
