/* link: Link headers (RFC 8288). Pure. */
#ifndef RESTSRC_LINK_H
#define RESTSRC_LINK_H

#include <stdbool.h>

#include "buf.h"
#include "total.h"

/* The target of the first link with that relation, in any Link header of an answer; as it stands, it may be relative. */
bool link_find(total_header header, const void *answer, const char *relation, struct buf *target);

#endif
