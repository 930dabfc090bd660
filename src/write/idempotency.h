/* idempotency: idempotency keys: PREFIX-digest-n, where n is how many earlier bodies had the same digest. The same
 * bodies in the same order give the same keys, in any process. Pure. */
#ifndef RESTSRC_IDEMPOTENCY_H
#define RESTSRC_IDEMPOTENCY_H

#include "base/buf.h"
#include "base/digests.h"
#include "base/error.h"

struct idempotency {
    struct digests times; /* how often each has come */
};

/* -1: EXIT_USAGE: header and prefix make no header line. */
int idempotency_check(const char *header, const char *prefix, struct error *e);

void idempotency_free(struct idempotency *k);
/* Adds the line "HEADER: PREFIX-digest-n\n" for body to headers. */
void idempotency_add(struct idempotency *k, const char *header, const char *prefix, const struct buf *body,
                     struct buf *headers);

#endif
