/* habits: what users of other tools type, and what serves them here. */
#ifndef RESTSRC_HABITS_H
#define RESTSRC_HABITS_H

/* For an option that we do not have, with its dashes: a clause that says what to use, static; NULL: not known. Words
 * may be joined by - or by _. */
const char *habits_use(const char *name);

#endif
