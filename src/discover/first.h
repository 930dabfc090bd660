/* first: the first answer of a list. */
#ifndef RESTSRC_FIRST_H
#define RESTSRC_FIRST_H

#include "discover/compare.h"

/* Asks for the list as it is: sets base, body, places, v, first, and what the answer shows in the finding. -1: it is an
 * error, or has no list. */
int first_look(struct compare *c, struct error *e);
/* What the last answer shows becomes c->v, if it leads on. */
bool first_look_again(struct compare *c);

#endif
