/* order: JSON values compared as RFC 9535 (section 2.3.5.2.2) says: numbers by what they are worth, whatever their size
 * and writing (1, 1.0, 10e-1); strings by their characters; lists and objects by what they hold. Pure.
 *
 * Values are valid JSON without insignificant white space. */
#ifndef RESTSRC_ORDER_H
#define RESTSRC_ORDER_H

#include <stdbool.h>

#include "json/value.h"

/* Two values that are not there (text NULL) are equal. */
bool order_equal(struct slice a, struct slice b);

/* Only a number is less than a number, and a string than a string. */
bool order_less(struct slice a, struct slice b);

/* The number as all ways of writing it come to: 7 for 7.0 and 70e-1, 0.5 for 5E-1; as it stands where that would be
 * long. Appends to out. */
void order_number(struct slice number, struct buf *out);

#endif
