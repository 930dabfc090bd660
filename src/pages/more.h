/* more: what an answer says of the pages after it: has_more, isLast and the like; --has-more. Pure. */
#ifndef RESTSRC_MORE_H
#define RESTSRC_MORE_H

#include "base/error.h"
#include "json/value.h"

enum more_says { MORE_UNSAID, MORE_NO, MORE_YES };

/* Is it a PATH, or !PATH? NULL is. */
int more_check(const char *has_more, struct error *e);

/* has_more: the PATH of a value that says true while there is more, or !PATH of one that says true when there is no
 * more; NULL: the usual names. *name: which one spoke, without the '!'; may be NULL. Booleans may be texts or 0 and 1;
 * null says no to has_more, and nothing to done. */
enum more_says more_find(const char *has_more, struct slice envelope, const char **name);

#endif
