/* link_header: Link headers (RFC 8288). Pure. */
#ifndef RESTSRC_LINK_HEADER_H
#define RESTSRC_LINK_HEADER_H

#include <stdbool.h>

#include "base/buf.h"
#include "pages/total.h"

/* The target of the first link with that relation, in any Link header of an answer; as it stands, it may be relative.
 */
bool link_header_find(total_header header, const void *answer, const char *relation, struct buf *target);

#endif
