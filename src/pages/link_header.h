/* link_header: Link headers (RFC 8288). Pure. */
#ifndef RESTSRC_LINK_HEADER_H
#define RESTSRC_LINK_HEADER_H

#include "base/buf.h"
#include "pages/total.h"

enum link_found {
    LINK_NONE,
    LINK_FOUND,
    LINK_UNREADABLE, /* a link has that relation, but what it leads to can't be read */
};

/* The target of the first link with that relation, in any Link header of an answer; as it stands, it may be relative.
 * Apostrophes for quotes and a target without brackets are read where the meaning is plain. A link with results="false"
 * says that nothing is there, and counts as none. */
enum link_found link_header_find(total_header header, const void *answer, const char *relation, struct buf *target);

#endif
