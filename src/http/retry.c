/* retry: which failures are worth another try, and when. */
#include "http/retry.h"

enum { MOST = 1000000000 }; /* so that counting them overflows nothing */
static const double BASE = 1, LONGEST_BACKOFF = 60, LONGEST_RETRY_AFTER = 300; /* seconds */

struct retry_policy retry_policy(int64_t retries, double delay, double longest)
{
    return (struct retry_policy){.tries = retries < MOST ? (long)retries : MOST, .delay = delay, .longest = longest};
}

double retry_wait(const struct retry_policy *policy, unsigned retry, double retry_after, double random)
{
    if (retry_after > 0)
        return retry_after < LONGEST_RETRY_AFTER ? retry_after : LONGEST_RETRY_AFTER;
    if (policy->delay >= 0)
        return policy->delay;
    double longest = BASE;
    while (--retry && longest < LONGEST_BACKOFF)
        longest *= 2;
    return random * (longest < LONGEST_BACKOFF ? longest : LONGEST_BACKOFF); /* full jitter */
}

bool retry_allowed(const struct retry_policy *policy, unsigned retry, double elapsed)
{
    return retry <= policy->tries && (policy->longest < 0 || elapsed <= policy->longest);
}
