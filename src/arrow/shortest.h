/* shortest: doubles and floats with the fewest digits from which the same number is read again. Pure. */
#ifndef RESTSRC_SHORTEST_H
#define RESTSRC_SHORTEST_H

#include <stdint.h>

#include "base/buf.h"

enum { SHORTEST_LEAST = -324, SHORTEST_MOST = 324 };

/* The powers of 10 that were needed so far. Zeroed at first. */
struct shortest {
    struct shortest_power {
        uint64_t high, low; /* 63 bits each; high 0: not computed yet */
    } powers[SHORTEST_MOST - SHORTEST_LEAST + 1];
};

/* Append a finite number as JSON has it: 0.1, 1.0, -0.0, 1e+10, 1.5e-7. Whole numbers keep a point or an exponent, so
 * that readers who look at the text still see a double. */
void shortest_double(struct shortest *s, double value, struct buf *out);
void shortest_float(struct shortest *s, float value, struct buf *out);

#endif
