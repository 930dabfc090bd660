/* ratelimit: the headers about what remains of a budget. */
#include "http/ratelimit.h"

#include <strings.h>

#include "tap.h"

static const double NOW = 1.7e9;

struct headers {
    const char *name[6]; /* name, value, name, value, ... */
};

static const char *header(const void *headers, const char *name)
{
    const struct headers *h = headers;
    for (size_t i = 0; i < 6 && h->name[i]; i += 2)
        if (strcasecmp(h->name[i], name) == 0)
            return h->name[i + 1];
    return NULL;
}

static const struct {
    struct headers headers;
    double wait;
    const char *name;
} cases[] = {
    {{{NULL}}, 0, "no such headers"},
    {{{"RateLimit-Remaining", "0", "RateLimit-Reset", "30"}}, 30, "RateLimit-*: nothing remains, seconds"},
    {{{"ratelimit-remaining", "1", "RateLimit-Reset", "30"}}, 0, "something remains"},
    {{{"RateLimit-Remaining", "0"}}, 0, "no time is said"},
    {{{"RateLimit-Reset", "30"}}, 0, "nothing is said about what remains"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1700000007"}}, 7, "X-RateLimit-*, a time of day"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1700000007000"}}, 7, "in milliseconds"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1700000007000000000"}}, 7, "in nanoseconds"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2023-11-14T22:13:27Z"}}, 7, "as a date"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2023-11-14T22:14Z"}}, 40, "a date without seconds, as Jira"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2023-11-14T23:14+01:00"}}, 40, "and with a zone"},
    {{{"X-Sentry-Rate-Limit-Remaining", "0", "X-Sentry-Rate-Limit-Reset", "1700000007"}}, 7, "Sentry"},
    {{{"X-HubSpot-RateLimit-Remaining", "0", "X-HubSpot-RateLimit-Interval-Milliseconds", "10000"}}, 10, "HubSpot"},
    {{{"X-HubSpot-RateLimit-Remaining", "3", "X-HubSpot-RateLimit-Interval-Milliseconds", "10000"}},
     0,
     "HubSpot, left"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2023-11-14T22:13:27.250Z"}}, 7, "with a fraction"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "Tue, 14 Nov 2023 22:13:27 GMT"}}, 7, "as HTTP writes dates"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "250ms"}}, 0.25, "with a unit"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1m0.5s"}}, 60.5, "with several"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2 fortnights"}}, 0, "an unknown one is not heeded"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1699999999"}}, 0, "that is over"},
    {{{"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "2.5"}}, 2.5, "X-Rate-Limit-*, and fractions"},
    {{{"X-RateLimit-Remaining", "-3", "X-RateLimit-Reset", "4"}}, 4, "less than nothing"},
    {{{"X-RateLimit-Remaining", "none", "X-RateLimit-Reset", "4"}}, 0, "words are not heeded"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "nan"}}, 0, "nor what is no number"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "inf"}}, 0, "nor eternity"},
    {{{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "-5"}}, 0, "nor the past"},
    {{{"RateLimit", "limit=100, remaining=0, reset=30"}}, 30, "RateLimit, as it was drafted first"},
    {{{"RateLimit", "limit=100, remaining=7, reset=30"}}, 0, "with something left"},
    {{{"RateLimit", "remaining=0;reset=30"}}, 30, "with other dividers"},
    {{{"RateLimit", "\"default\";r=0;t=12"}}, 12, "RateLimit, as it is drafted now"},
    {{{"RateLimit", "\"default\"; r=0; t=12"}}, 12, "with blanks"},
    {{{"RateLimit", "\"default\";r=5;t=12"}}, 0, "with something left"},
    {{{"RateLimit", "\"burst\";r=4;t=1, \"day\";r=0;t=99"}}, 99, "of several policies the spent one"},
    {{{"RateLimit", "\"day\";r=0;t=99, \"burst\";r=0;t=1"}}, 99, "of several spent ones the longest"},
    {{{"RateLimit", "\"day\";r=0"}}, 0, "without a time"},
    {{{"RateLimit", "\"r=0;t=5\";r=1;t=9"}}, 0, "a name that looks like numbers"},
    {{{"RateLimit", ""}}, 0, "an empty field"},
    {{{"RateLimit", "\"a\";r=0;t=3", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "8"}},
     8,
     "of two families the longer"},
};

/* Whatever a server writes: an end, at once, with a number of seconds that is finite. */
static void check_nonsense(void)
{
    static const char *const values[] = {"1e308d",
                                         "infs",
                                         "inf",
                                         "nan",
                                         "-inf",
                                         "1e308",
                                         "1e309",
                                         "nand",
                                         "infinity",
                                         "0x1p999",
                                         "-1e308",
                                         "1e18d1e18d1e18d",
                                         "99999999999999999999",
                                         "d",
                                         "."};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct headers h = {{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", values[i]}};
        double wait = ratelimit_wait(header, &h, NOW), after = ratelimit_retry_after(values[i], NOW);
        ok(wait >= 0 && wait < 1e30 && after >= -1 && after < 1e30, "a Reset of %s is no trap", values[i]);
    }
}

static void retry_after(const char *value, double want)
{
    double got = ratelimit_retry_after(value, NOW);
    if (!ok(got > want - 0.001 && got < want + 0.001, "Retry-After: %s is %g s", value ? value : "(none)", want))
        tap_note("got %g", got);
}

static void check_retry_after(void)
{
    retry_after("7", 7);
    retry_after("1.9", 1.9);
    retry_after("2s", 2);
    retry_after("2 seconds", 2);
    retry_after("1 minute 2 sec", 62);
    retry_after("PT2S", 2);
    retry_after("P1DT1M", 86460);
    retry_after("2 se", -1);
    retry_after("2 secondss", -1);
    retry_after("1700000009", 9);
    retry_after("2023-11-14T22:13:27Z", 7);
    retry_after("2023-11-14T22:13:27.5+00:00", 7);
    retry_after("2023-11-15T00:13:27+02:00", 7);
    retry_after("2023-11-14 17:13:27 -0500", 7);
    retry_after("Tue, 14 Nov 2023 22:13:27 GMT", 7);
    retry_after("Tuesday, 14-Nov-23 22:13:27 GMT", 7);
    retry_after("Tue Nov 14 22:13:27 2023", 7);
    retry_after("0", 0);
    retry_after("-5", 0);
    retry_after("Tue, 14 Nov 2023 22:13:00 GMT", 0);
    retry_after("1999-01-01T00:00:00Z", 0);
    retry_after("soon", -1);
    retry_after("", -1);
    retry_after(NULL, -1);
}

static void after(struct headers h, double want)
{
    double got = ratelimit_after(header, &h, NOW);
    if (!ok(got > want - 0.001 && got < want + 0.001, "after %g s", want))
        tap_note("got %g", got);
}

static void check_after(void)
{
    after((struct headers){{"Retry-After", "2", "x-ms-retry-after-ms", "5"}}, 2);
    after((struct headers){{"Retry-After", "soon", "x-ms-retry-after-ms", "5000"}}, 5);
    after((struct headers){{"retry-after-ms", "250"}}, 0.25);
    after((struct headers){{"X-RateLimit-Retry-After", "7"}}, 7);
    after((struct headers){{"X-Rate-Limit-Retry-After-Seconds", "7"}}, 7);
    ok(ratelimit_after(header, &(struct headers){{NULL}}, NOW) < 0, "nothing is said");
}

int main(void)
{
    check_nonsense();
    check_after();
    check_retry_after();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double wait = ratelimit_wait(header, &cases[i].headers, NOW);
        if (!ok(wait == cases[i].wait, "%s: %g s", cases[i].name, cases[i].wait))
            tap_note("got %g", wait);
    }
    return tap_end();
}
