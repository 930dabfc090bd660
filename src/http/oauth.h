/* oauth: asks the token URL over HTTP, and again by the policy of --retry, for what auth keeps. */
#ifndef RESTSRC_OAUTH_H
#define RESTSRC_OAUTH_H

#include "base/buf.h"
#include "base/error.h"
#include "http/http.h"

/* The value of the Authorization header of the next request, appended; nothing when there is none. -1 as auth_value().
 * Everything else waits meanwhile, for nothing can be sent without it; a signal ends it. Tells warnings and retries. */
int oauth_authorize(struct http_client *c, struct buf *authorization, struct error *e);

#endif
