/* digests: a number for each of many digests: a hash table with open addressing. Pure. */
#ifndef RESTSRC_DIGESTS_H
#define RESTSRC_DIGESTS_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed: empty. Free with digests_free(). */
struct digests {
    uint64_t *digest; /* 0: the place is free */
    int64_t *value;   /* apart: where nobody sets one, they take no memory */
    size_t room, count;
};

void digests_free(struct digests *d);
/* The number of this digest, valid until the next one is added. NULL: it is not there. */
int64_t *digests_find(const struct digests *d, uint64_t digest);
/* The same; it is added, with 0, if it is not there. */
int64_t *digests_add(struct digests *d, uint64_t digest);

#endif
