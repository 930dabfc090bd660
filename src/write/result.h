/* result: what an answer says of one record, and where it is looked for. */
#ifndef RESTSRC_RESULT_H
#define RESTSRC_RESULT_H

#include "json/path.h"

struct results_paths {
    struct path results, status, error, ids; /* count 0: the usual places; no ids */
};

/* Of one record. */
struct result {
    enum fate {
        FATE_OPEN, /* nothing is known yet */
        FATE_STORED,
        FATE_REJECTED,
        FATE_AGAIN,   /* refused for a reason that passes: to be sent again */
        FATE_UNKNOWN, /* it may or may not have been stored */
        FATE_SKIPPED, /* nothing was to be sent */
    } fate;
    long status;        /* HTTP-like; 0: not said */
    bool gap;           /* the answer has null for it, in a list of what became of each */
    double after;       /* FATE_AGAIN: seconds that the server asked for; 0: it does not say */
    struct slice error; /* JSON text, or NULL */
    struct slice id;    /* JSON text, or NULL */
    struct slice part;  /* what the answer has for this record; JSON text, or NULL */
};

#endif
