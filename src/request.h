/* request: what is sent, apart from what all requests have in common. */
#ifndef RESTSRC_REQUEST_H
#define RESTSRC_REQUEST_H

#include "buf.h"

struct request {
    struct buf url;
    struct buf headers; /* 'Name: value' lines, each ended by '\n'; they come on top of --header */
    struct buf body;    /* sent when the method has one */
};

#endif
