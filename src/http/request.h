/* request: what is sent, apart from what all requests have in common. */
#ifndef RESTSRC_REQUEST_H
#define RESTSRC_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"

struct request {
    struct buf url;
    struct buf headers; /* 'Name: value' lines, each ended by '\n'; they come on top of --header */
    struct buf body;
    const char *method;       /* NULL: GET */
    const char *content_type; /* of the body, unless --header has one; NULL: application/json */
    bool repeatable; /* sending it twice does no harm, so it is tried again even when the server may have taken it */
};

void request_clear(struct request *r); /* url, headers and body emptied */
void request_free(struct request *r);

#endif
