/* discover: how an API pages a list, found out from a few requests: --paginate auto and `restsrc check`.
 *
 * A reading of the first answer is used only when a second request has proved it: it must lead to the record after the
 * first one, or to others than the first page has. What a single answer shows is in evidence.c. */
#ifndef RESTSRC_DISCOVER_H
#define RESTSRC_DISCOVER_H

#include "discover/finding.h"
#include "pages/ask.h"

/* Looks at the list at the URL. 0 also when it is not found out. -1: the first answer is an error, or has no list:
 * EXIT_*. Free f with finding_free(). */
int discover(const struct discover_options *o, struct ask *ask, struct finding *f, struct error *e);

#endif
