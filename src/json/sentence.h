/* sentence: what a short text says in numbers: "2 of 3 records inserted", "2/3", "1 failed". Pure. */
#ifndef RESTSRC_SENTENCE_H
#define RESTSRC_SENTENCE_H

#include <stdbool.h>

#include "json/value.h"

/* Does it count fewer than `count` of so many, or some that were refused? */
bool sentence_counts_loss(struct slice text, size_t count);

#endif
