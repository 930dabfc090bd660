/* redirect: answers that lead elsewhere, followed within the origin and to trusted hosts. */
#ifndef RESTSRC_REDIRECT_H
#define RESTSRC_REDIRECT_H

#include <stdbool.h>

#include "http/attempt.h"

/* Where the answer leads, appended. false: it is not a redirect. */
bool redirect_leads(struct exchange *x, struct buf *to);
/* Sends the request there soon; or the exchange has failed with its error: that is not allowed, or a login. */
void redirect_follow(struct transfer *t, struct attempt *a, const char *to);

#endif
