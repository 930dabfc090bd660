/* split_scalars: strings, numbers and literals, byte by byte for the states, and at once for the fast lane. For split.c
 * and split_lane.c. */
#ifndef RESTSRC_SPLIT_SCALARS_H
#define RESTSRC_SPLIT_SCALARS_H

#include "json/split_steps.h"

/* ---- the states. p is at their first byte; each returns where the next state goes on, NULL when something is wrong.
 * from: where the chunk begins ---- */

bytes scalar_open_string(struct split *s, bytes p, bool name);
bytes scalar_string(struct split *s, bytes p, bytes end, bytes from);
bytes scalar_escape(struct split *s, bytes p, bytes from);
bytes scalar_hex(struct split *s, bytes p, bytes from);
bytes scalar_utf8(struct split *s, bytes p, bytes end, bytes from);
bytes scalar_open_number(struct split *s, bytes p);
bytes scalar_number(struct split *s, bytes p, bytes end, bytes from);
bool scalar_number_complete(const struct split *s); /* it may end here */
bytes scalar_open_literal(struct split *s, bytes p, const char *text);
bytes scalar_literal(struct split *s, bytes p, bytes end, bytes from);

/* p is after a value, of whatever kind: returns it. */
bytes scalar_after(struct split *s, bytes p);

/* ---- at once: the length of what begins at p; 0 when it is malformed, or not all there ---- */

unsigned scalar_escape_length(bytes p, bytes end);    /* of an escape */
unsigned scalar_character_length(bytes p, bytes end); /* of a character of UTF-8 that is not ASCII */
size_t scalar_length(bytes p, bytes end);             /* of a number or literal; what ends it is there, too */

#endif
