/* incoming: an answer as it comes in: its head, and its body without its compression and in UTF-8, checked and with a
 * cap. Pure. */
#ifndef RESTSRC_INCOMING_H
#define RESTSRC_INCOMING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "http/charset.h"
#include "http/gzip.h"
#include "http/head.h"

struct incoming {
    /* The caller's: takes the body; of every answer or of 2xx only. -1 breaks off, then `stopped` is set. */
    int (*sink)(void *user, const char *bytes, size_t n);
    void *user;
    bool any_status, endless; /* endless: the body may be of any length, but has to bring something */
    size_t most;              /* bytes of a body, as they come */
    long status;              /* set before each incoming_feed() */
    /* For reading: */
    struct head head;
    bool begun; /* the body */
    bool stopped;
    const char *broken;    /* why it was broken off, when that was not the sink */
    struct buf error_body; /* of what is not 2xx: its beginning */
    /* Private: */
    size_t raw; /* bytes of it as they came; where it is endless, those that brought nothing */
    struct gunzip gunzip;
    struct charset charset;
};

/* For the next answer: what is the caller's stays. */
void incoming_begin(struct incoming *in);
void incoming_free(struct incoming *in);

/* Bytes of the body. -1: it is broken off. */
int incoming_feed(struct incoming *in, const char *bytes, size_t n);

#endif
