/* retry: which failures are worth another try, and when. */
#include "http/retry.h"

#include <stddef.h>
#include <string.h>

enum { MOST = 1000000000 }; /* so that counting them overflows nothing */
static const double BASE = 1, LONGEST_BACKOFF = 60, LONGEST_RETRY_AFTER = 300; /* seconds */

struct retry_policy retry_policy(int64_t retries, double delay, double longest)
{
    return (struct retry_policy){.tries = retries < MOST ? (long)retries : MOST, .delay = delay, .longest = longest};
}

/* What a server, or what stands before it, has trouble with now it may do later: 507, 509, 520-527, 529, 530, 598... */
static bool lasts(long status)
{
    static const long lasting[] = {501, 505, 506, 508, 510, 511};
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        if (lasting[i] == status)
            return true;
    return false;
}

bool retry_status(long status)
{
    return status == 408 || status == 425 || status == 429 || (status / 100 == 5 && !lasts(status));
}

static bool has_word(const char *text, const char *const *words)
{
    while (*words && !strcasestr(text, *words))
        words++;
    return *words;
}

bool retry_says_limit(long status, const char *body)
{
    static const char *const limits[] = {"rate limit",     "rate-limit",    "rate_limit",
                                         "ratelimit",      "request limit", "too many requests",
                                         "too many calls", "throttl",       NULL};
    static const char *const spent[] = {"exceed", "exhaust", "reach", "used up", "over", NULL};
    static const char *const quota[] = {"quota", NULL};
    if (status != 400 && status != 403 && status != 420)
        return false;
    return has_word(body, limits) || (has_word(body, quota) && (status != 400 || has_word(body, spent)));
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
