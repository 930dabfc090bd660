/* dry: a request that is not made, as a command of curl. */
#ifndef RESTSRC_DRY_H
#define RESTSRC_DRY_H

#include "http/http.h"

/* What h is prepared to send, in one line for a shell, without secrets: their files are named. Appends. */
void dry_command(const struct http *h, const struct request *r, struct buf *out);
/* The headers of that request, but for those that curl makes: a line each, for --verbose twice. Appends. */
void dry_headers(const struct http *h, struct buf *out);

#endif
