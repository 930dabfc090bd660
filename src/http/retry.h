/* retry: when a request is tried again, and how often. Pure. */
#ifndef RESTSRC_RETRY_H
#define RESTSRC_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct retry_policy {
    long tries;     /* retries after the first attempt */
    double delay;   /* seconds between tries; negative: back off */
    double longest; /* no try later than this many seconds after the first; negative: no limit */
};

/* retries: as --retry has it, any number from 0 on. */
struct retry_policy retry_policy(int64_t retries, double delay, double longest);

/* Seconds to wait before try number `retry` (from 1). random in [0, 1); retry_after: what the server asked for, 0:
 * nothing. */
double retry_wait(const struct retry_policy *policy, unsigned retry, double retry_after, double random);

/* May try number `retry` begin `elapsed` seconds after the first attempt began? */
bool retry_allowed(const struct retry_policy *policy, unsigned retry, double elapsed);

#endif
