/* mask: keeps known values out of a text. Pure. */
#ifndef RESTSRC_MASK_H
#define RESTSRC_MASK_H

#include "base/buf.h"

enum { MASK_SHORTEST = 4 }; /* bytes of a value, and of its beginning at the end of a text */

/* Puts *** in text, in place, for each of the values (each ended by a NUL, none shorter than MASK_SHORTEST): as it is,
 * percent-encoded or as JSON spells it, also twice, in any case, and also where the end of text cuts it short. Takes
 * time in proportion to the length of text, whatever it holds. */
void mask_text(const struct buf *values, char *text);

#endif
