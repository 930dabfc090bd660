/* error_in_ok: an answer with a good status, or a part of one, that says all the same that something went wrong. Pure.
 *
 * json is compact and valid. sent is the record that was sent, where json may be it once more: a member that only gives
 * back what the record has says nothing. */
#ifndef RESTSRC_ERROR_IN_OK_H
#define RESTSRC_ERROR_IN_OK_H

#include <stdbool.h>

#include "json/path.h"

/* The member of an object that says so, by the names of well-known APIs: {"error":"..."}, {"ok":false}; text NULL: none
 * does. */
struct slice error_in_ok_find(struct slice json, struct slice sent);

/* The HTTP-like status in an object; 0: none. */
long error_in_ok_status(struct slice json, struct slice sent);

/* Is there such a member, or a status of 400 or more? */
bool error_in_ok_is(struct slice json, struct slice sent);

/* null, false, 0, "", empty lists and objects, and objects whose code is 0 say nothing. */
bool error_in_ok_says_something(struct slice value);

#endif
