/* bare: an answer that is nothing but a value, or an object with nothing else in it: 2, "Service unavailable",
 * {"count": 2}. Pure. */
#ifndef RESTSRC_BARE_H
#define RESTSRC_BARE_H

#include "write/reading.h"

/* null says nothing: it is what is sent where a handler returns nothing. */
void bare_read(struct reading *r, struct slice body);

/* Does a value in a list of one speak of the whole batch? Else it may be an id, for one record of it. */
bool bare_speaks(const struct reading *r, struct slice value);

#endif
