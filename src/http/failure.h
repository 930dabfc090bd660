/* failure: what an answer that is not a success means, and a transfer that failed: its exit code, its message,
 * and whether another try may help. */
#ifndef RESTSRC_FAILURE_H
#define RESTSRC_FAILURE_H

#include <stdbool.h>

#include "base/error.h"
#include "http/http.h"
#include "json/rules.h"

/* ---- the last answer, which is refused; action: what it means ---- */

void failure_of_status(struct http *h, enum rule_action action, struct error *e);

/* Adds to e the proxy that the last request went through, where that may be what failed. */
void failure_tell_proxy(const struct http *h, struct error *e);

/* ---- the last answer, whatever its status ---- */

/* What it means: by the rule that matches, if there is one, else by its headers. */
enum rule_action failure_action(const struct http *h, const struct rule *rule);
/* Does it only say that too much was asked for? Then the server has done nothing, and nobody should ask now. */
bool failure_not_now(const struct http *h, enum rule_action action);
/* Seconds for which the server wants no request. rule: NULL: none matches. */
double failure_pause(const struct http *h, const struct rule *rule);

/* ---- the last transfer, which failed with this CURLcode ---- */

void failure_of_network(const struct http *h, int code, struct error *e);
bool failure_may_pass(const struct http *h, int code); /* it may be different the next time */
bool failure_was_sent(const struct http *h, int code); /* the server may have acted on the request */

#endif
