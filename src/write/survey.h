/* survey: an answer to a batch looked through as a whole: which of its lists and maps are of results, of what was
 * refused or of what was taken, and what the objects around them say. Pure. */
#ifndef RESTSRC_SURVEY_H
#define RESTSRC_SURVEY_H

#include "write/reading.h"

/* body: compact and valid JSON. r takes what it says. */
void survey_answer(struct reading *r, struct slice body);

#endif
