/* keys: idempotency keys: PREFIX-digest-n, where n is how many earlier bodies had the same digest. The same bodies in the same order
 * give the same keys, in any process. Pure. */
#ifndef RESTSRC_KEYS_H
#define RESTSRC_KEYS_H

#include <stdint.h>

#include "buf.h"
#include "error.h"

struct keys {
    struct key_count *seen; /* a hash table of digests */
    size_t room, count;
};

/* -1: EXIT_USAGE: header and prefix make no header line. */
int keys_check(const char *header, const char *prefix, struct error *e);

void keys_free(struct keys *k);
/* Adds the line "HEADER: PREFIX-digest-n\n" for body to headers. */
void keys_add(struct keys *k, const char *header, const char *prefix, const struct buf *body, struct buf *headers);

#endif
