/* failure: what an answer that is no success means, and a transfer that failed: its exit code, its message, and whether
 * another try may help. */
#ifndef RESTSRC_FAILURE_H
#define RESTSRC_FAILURE_H

#include <stdbool.h>

#include "base/error.h"
#include "http/http.h"

/* ---- the last answer, which has no good status ---- */

void failure_of_status(struct http *h, struct error *e);
/* May another time bring another answer: by the status, or because the answer says so? */
bool failure_status_may_pass(struct http *h);
/* Does it only say that too much was asked for? Then the server has done nothing, and nobody should ask now. */
bool failure_not_now(struct http *h);

/* ---- the last transfer, which failed with this CURLcode ---- */

void failure_of_network(const struct http *h, int code, struct error *e);
bool failure_may_pass(const struct http *h, int code); /* it may be different the next time */
bool failure_was_sent(const struct http *h, int code); /* the server may have acted on the request */

#endif
