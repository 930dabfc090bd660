/* idempotency: idempotency keys. */
#include "write/idempotency.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct key_count {
    uint64_t digest;
    uint64_t times; /* 0: the place is free */
};

int idempotency_check(const char *header, const char *prefix, struct error *e)
{
    for (const unsigned char *c = (const unsigned char *)prefix; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            return error_set(e, EXIT_USAGE, "--idempotency-key has a control character");
    if (!*header || strcspn(header, " \t\r\n:;") != strlen(header))
        return error_set(e, EXIT_USAGE, "--idempotency-header takes the name of a header");
    return *prefix ? 0 : error_set(e, EXIT_USAGE, "--idempotency-key is empty");
}

void idempotency_free(struct idempotency *k)
{
    free(k->seen);
    *k = (struct idempotency){0};
}

static struct key_count *place(struct key_count *seen, size_t room, uint64_t digest)
{
    size_t i = digest & (room - 1);
    while (seen[i].times && seen[i].digest != digest)
        i = (i + 1) & (room - 1);
    return &seen[i];
}

static void grow(struct idempotency *k)
{
    size_t room = k->room ? 2 * k->room : 64;
    struct key_count *seen = mem_zeroed(room, sizeof *seen);
    for (size_t i = 0; i < k->room; i++)
        if (k->seen[i].times)
            *place(seen, room, k->seen[i].digest) = k->seen[i];
    free(k->seen);
    k->seen = seen;
    k->room = room;
}

void idempotency_add(struct idempotency *k, const char *header, const char *prefix, const struct buf *body,
                     struct buf *headers)
{
    if (2 * k->count >= k->room)
        grow(k);
    /* Two bodies that differ but have one digest only count as the same: their keys still differ by n. */
    uint64_t digest = mem_digest(body->data, body->len);
    struct key_count *seen = place(k->seen, k->room, digest);
    if (!seen->times) {
        seen->digest = digest;
        k->count++;
    }
    buf_addf(headers, "%s: %s-%016" PRIx64 "-%" PRIu64 "\n", header, prefix, seen->digest, seen->times++);
}
