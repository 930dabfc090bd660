/* random_json: random JSON with random white space, for tests. Each text is written twice, once without any white
 * space, so that what must come out of it is known without parsing. */
#ifndef RESTSRC_RANDOM_JSON_H
#define RESTSRC_RANDOM_JSON_H

#include <stdint.h>

#include "base/buf.h"

void random_seed(uint64_t seed);
unsigned random_below(unsigned n);

/* As it is sent, and as it must come out. */
struct random_text {
    struct buf sent, compact;
};

/* A page in t; the records that must come out of it in lines, the envelope in envelope. */
void random_page(struct random_text *t, struct buf *lines, struct buf *envelope);

#endif
