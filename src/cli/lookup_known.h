/* lookup_known: the answers of requests that have been made, so that equal ones are made once. So many bytes of them
 * are kept; when that is full it begins anew. Pure. */
#ifndef RESTSRC_LOOKUP_KNOWN_H
#define RESTSRC_LOOKUP_KNOWN_H

#include <stdbool.h>

#include "base/buf.h"
#include "json/value.h"

struct known_entry {
    struct buf request, answer;
    bool answered;
};

/* Zeroed: empty. */
struct known {
    struct known_entry *entry; /* a hash table with open addressing */
    size_t room, count, bytes;
};

/* Notes that the request is under way. false: it has been, or is, and its answer is known, or will be. */
bool known_ask(struct known *k, struct slice request);
void known_answer(struct known *k, struct slice request, struct slice answer);
/* It failed: the next one like it asks again. */
void known_forget(struct known *k, struct slice request);
/* text NULL: it is not known. Valid until the next change. */
struct slice known_find(const struct known *k, struct slice request);
void known_free(struct known *k);

#endif
