/* digests: a number for each of many digests. */
#include "base/digests.h"

#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_ROOM = 64 };

void digests_free(struct digests *d)
{
    free(d->digest);
    free(d->value);
    *d = (struct digests){0};
}

/* Where it is, or would be. */
static size_t place(const struct digests *d, uint64_t digest)
{
    size_t at = (size_t)digest & (d->room - 1);
    while (d->digest[at] && d->digest[at] != digest)
        at = (at + 1) & (d->room - 1);
    return at;
}

static void grow(struct digests *d)
{
    struct digests old = *d;
    d->room = old.room ? 2 * old.room : FIRST_ROOM;
    d->digest = mem_zeroed(d->room, sizeof *d->digest);
    d->value = mem_zeroed(d->room, sizeof *d->value);
    for (size_t i = 0; i < old.room; i++) {
        if (!old.digest[i])
            continue;
        size_t at = place(d, old.digest[i]);
        d->digest[at] = old.digest[i];
        if (old.value[i])
            d->value[at] = old.value[i];
    }
    free(old.digest);
    free(old.value);
}

/* 0 stands for a free place. */
static uint64_t known_as(uint64_t digest)
{
    return digest ? digest : 1;
}

int64_t *digests_find(const struct digests *d, uint64_t digest)
{
    size_t at = d->room ? place(d, known_as(digest)) : 0;
    return d->room && d->digest[at] ? &d->value[at] : NULL;
}

int64_t *digests_add(struct digests *d, uint64_t digest)
{
    if (2 * d->count >= d->room)
        grow(d);
    size_t at = place(d, known_as(digest));
    d->count += !d->digest[at];
    d->digest[at] = known_as(digest);
    return &d->value[at];
}
