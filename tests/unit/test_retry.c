/* retry: when a request is tried again, and how often. */
#include "http/retry.h"
#include "tap.h"

static const double ALMOST_ONE = 0.999999;

static void check_backoff(void)
{
    const struct retry_policy policy = {.tries = 5, .delay = -1, .longest = -1};
    static const double longest[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    for (unsigned retry = 1; retry <= 9; retry++) {
        double most = retry_wait(&policy, retry, 0, ALMOST_ONE);
        ok(most <= longest[retry - 1] && most > longest[retry - 1] * 0.999, "try %u waits up to %g s", retry,
           longest[retry - 1]);
    }
    ok(retry_wait(&policy, 4, 0, 0) == 0 && retry_wait(&policy, 4, 0, 0.5) == 4, "and any time from 0 on: full jitter");
    ok(retry_wait(&policy, 4000000000u, 0, ALMOST_ONE) <= 60, "the four billionth try too waits at most a minute");
}

static void check_delays(void)
{
    const struct retry_policy fixed = {.tries = 5, .delay = 0.25, .longest = -1},
                              none = {.tries = 5, .delay = 0, .longest = -1};
    ok(retry_wait(&fixed, 1, 0, ALMOST_ONE) == 0.25 && retry_wait(&fixed, 9, 0, 0.1) == 0.25,
       "a delay that was asked for is kept");
    ok(retry_wait(&none, 1, 0, ALMOST_ONE) == 0, "a delay of 0 is one");
    ok(retry_wait(&fixed, 1, 7, 0) == 7, "what the server asks for wins");
    ok(retry_wait(&fixed, 1, 300, 0) == 300 && retry_wait(&fixed, 1, 86400, 0) == 300, "but five minutes at most");
}

static void check_limits(void)
{
    const struct retry_policy policy = {.tries = 2, .delay = 0, .longest = 10},
                              never = {.tries = 0, .delay = 0, .longest = -1};
    ok(retry_allowed(&policy, 1, 1) && retry_allowed(&policy, 2, 10), "as many tries as asked for, within their time");
    ok(!retry_allowed(&policy, 3, 1), "no try more");
    ok(!retry_allowed(&policy, 1, 10.01), "no try later");
    ok(!retry_allowed(&never, 1, 0), "none at all");
    const struct retry_policy patient = {.tries = 1, .delay = 0, .longest = -1};
    ok(retry_allowed(&patient, 1, 1e9), "without a limit any time is right");
}

int main(void)
{
    check_backoff();
    check_delays();
    check_limits();
    return tap_end();
}
