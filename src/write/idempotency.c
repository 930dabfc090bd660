/* idempotency: idempotency keys. */
#include "write/idempotency.h"

#include <inttypes.h>
#include <string.h>

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
    digests_free(&k->times);
}

void idempotency_add(struct idempotency *k, const char *header, const char *prefix, const struct buf *body,
                     struct buf *headers)
{
    /* Two bodies that differ but have one digest only count as the same: their keys still differ by n. */
    uint64_t digest = mem_digest(body->data, body->len);
    buf_addf(headers, "%s: %s-%016" PRIx64 "-%" PRId64 "\n", header, prefix, digest,
             (*digests_add(&k->times, digest))++);
}
