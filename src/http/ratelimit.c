/* ratelimit: what RateLimit and Retry-After headers say. */
#include "http/ratelimit.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/moment.h"
#include "base/number.h"

static const double EPOCH = 1e9,
                    EPOCH_MS =
                        1e11; /* a Reset above is a time of day, in seconds, or in milli-, micro- or nanoseconds */

/* A number that is all of the text, or of an item in it; else NAN. */
static double number(const char *text)
{
    double n;
    size_t len = text ? number_decimal(text, &n) : 0;
    return len && strchr(";,", text[len + strspn(text + len, " \t")]) ? n : NAN;
}

/* 350ms, 1m30s, 2 seconds: seconds; else NAN. */
static double duration(const char *text)
{
    static const struct {
        const char *name, *word;
        double seconds;
    } units[] = {{"ms", "milliseconds", 1e-3},
                 {"s", "seconds", 1},
                 {"m", "minutes", 60},
                 {"h", "hours", 3600},
                 {"d", "days", 86400}};
    enum { WORD = 3 }; /* sec, min */
    double total = 0, n;
    while (*text) {
        size_t taken = number_decimal(text, &n), i = 0;
        const char *unit = text + taken + strspn(text + taken, " ");
        size_t len = strcspn(unit, "0123456789. ");
        while (i < 5 && (strlen(units[i].name) != len || strncmp(units[i].name, unit, len)) &&
               (len < WORD || strncasecmp(units[i].word, unit, len)))
            i++;
        if (!taken || i == 5)
            return NAN;
        total += n * units[i].seconds;
        text = unit + len + strspn(unit + len, " ");
    }
    return total < EPOCH ? total : NAN;
}

/* What a time that is written for another zone is ahead of UTC, in seconds: 2026-11-24T09:20:01.5+02:00. */
static double zone(const char *text)
{
    int hours, minutes = 0;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    text += strspn(text, " ");
    if ((*text != '+' && *text != '-') || sscanf(text + 1, "%2d%*1[:]%2d", &hours, &minutes) < 1)
        return 0;
    return (*text == '-' ? -60 : 60) * (60.0 * hours + minutes);
}

/* 2026-11-24T09:20:01Z, or as HTTP writes dates (RFC 9110, section 5.6.7): seconds since 1970; else NAN. */
static double date(const char *text)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S",     "%Y-%m-%d %H:%M:%S",     "%Y-%m-%dT%H:%M",
                                        "%a, %d %b %Y %H:%M:%S", "%A, %d-%b-%y %H:%M:%S", "%a %b %d %H:%M:%S %Y"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = {0};
        const char *end = strptime(text, forms[i], &tm);
        if (end)
            return (double)timegm(&tm) - zone(end);
    }
    return NAN;
}

/* A number of seconds, or a time of day in seconds, milli-, micro- or nanoseconds since 1970. */
static double from_now(double n, double now)
{
    if (!(n > EPOCH))
        return n;
    while (n > EPOCH_MS)
        n /= 1000;
    return n - now;
}

/* In how many seconds a text says that something is: a number, a duration or a date. NAN: it cannot be read. */
static double moment(const char *text, double now)
{
    if (!text || !*text)
        return NAN;
    double n = number(text), lasts = isnan(n) ? duration(text) : n;
    if (isnan(lasts) && !moment_duration(text, &lasts)) /* PT30S */
        lasts = NAN;
    return !isnan(n) ? from_now(n, now) : !isnan(lasts) ? lasts : date(text) - now;
}

/* NAME=NUMBER among the words of one item, which are divided by ';', ',' and blanks; NAN: not there. */
static double word(const char *item, size_t len, const char *name)
{
    static const char dividers[] = ";, \t";
    size_t n = strlen(name);
    for (const char *p = item; p < item + len; p += strcspn(p, dividers)) {
        p += strspn(p, dividers);
        if (strncasecmp(p, name, n) == 0 && p[n] == '=')
            return number(p + n + 1);
    }
    return NAN;
}

/* reset: seconds from now. */
static double if_spent(double remaining, double reset)
{
    return remaining <= 0 && reset > 0 ? reset : 0;
}

/* Of the field RateLimit: what is still to be read of it. */
struct policies {
    const char *rest;
    bool one; /* its words are divided by commas, too */
};

static struct policies policies_of(ratelimit_header header, const void *headers)
{
    const char *field = header(headers, "RateLimit");
    return field ? (struct policies){field, strcasestr(field, "remaining=") != NULL} : (struct policies){"", false};
}

/* What remains by the next policy, and in how many seconds there is more. false: no more. */
static bool next_policy(struct policies *p, double now, double *remaining, double *reset)
{
    const char *item = p->rest;
    size_t len = p->one ? strlen(item) : strcspn(item, ",");
    if (!*item)
        return false;
    *remaining = word(item, len, p->one ? "remaining" : "r");
    *reset = from_now(word(item, len, p->one ? "reset" : "t"), now);
    p->rest = item + len + (item[len] == ',');
    return true;
}

/* What APIs call what is left of the budget, and when there is more. scale: a Reset is a number of so many seconds;
 * 0: it is a time or a duration, as its text says. */
static const struct {
    const char *remaining, *reset;
    double scale;
} headers_of[] = {
    {"RateLimit-Remaining", "RateLimit-Reset", 0},
    {"X-RateLimit-Remaining", "X-RateLimit-Reset", 0},
    {"X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", 0},
    {"X-Sentry-Rate-Limit-Remaining", "X-Sentry-Rate-Limit-Reset", 0},                    /* Sentry */
    {"X-RateLimit-Requests-Remaining", "X-RateLimit-Requests-Reset", 0},                  /* Linear */
    {"X-HubSpot-RateLimit-Remaining", "X-HubSpot-RateLimit-Interval-Milliseconds", 1e-3}, /* HubSpot */
};

static double reset_of(ratelimit_header header, const void *headers, size_t which, double now)
{
    const char *reset = header(headers, headers_of[which].reset);
    double scale = headers_of[which].scale;
    return scale > 0 ? scale * number(reset) : moment(reset, now);
}

double ratelimit_wait(ratelimit_header header, const void *headers, double now)
{
    struct policies policies = policies_of(header, headers);
    double longest = 0, left, reset; /* the policy that lasts longest counts */
    while (next_policy(&policies, now, &left, &reset))
        longest = fmax(longest, if_spent(left, reset));
    for (size_t i = 0; i < sizeof headers_of / sizeof *headers_of; i++) {
        left = number(header(headers, headers_of[i].remaining));
        longest = fmax(longest, if_spent(left, reset_of(header, headers, i, now)));
    }
    return longest;
}

static void take_fewest(double remaining, double until, double *left, double *reset)
{
    if (isnan(remaining) || remaining < 0 || (*left >= 0 && remaining >= *left))
        return;
    *left = remaining;
    *reset = until >= 0 ? until : *reset;
}

void ratelimit_left(ratelimit_header header, const void *headers, double now, double *left, double *reset)
{
    struct policies policies = policies_of(header, headers);
    double remaining, until;
    while (next_policy(&policies, now, &remaining, &until))
        take_fewest(remaining, until, left, reset);
    for (size_t i = 0; i < sizeof headers_of / sizeof *headers_of; i++)
        take_fewest(number(header(headers, headers_of[i].remaining)), reset_of(header, headers, i, now), left, reset);
}

double ratelimit_retry_after(const char *value, double now)
{
    double wait = moment(value, now);
    return isnan(wait) ? -1 : fmax(wait, 0);
}

double ratelimit_after(ratelimit_header header, const void *headers, double now)
{
    static const struct {
        const char *name;
        double scale; /* a number is of so many seconds */
    } names[] = {
        {"Retry-After", 1},
        {"Retry-After-Ms", 1e-3},      /* Azure, */
        {"X-Ms-Retry-After-Ms", 1e-3}, /* and its Cosmos DB */
        {"X-Retry-After", 1},
        {"X-RateLimit-Retry-After", 1},
        {"X-Rate-Limit-Retry-After-Seconds", 1}, /* Bucket4j */
        {"X-Rate-Limit-Retry-After-Milliseconds", 1e-3},
    };
    double wait = -1;
    for (size_t i = 0; wait < 0 && i < sizeof names / sizeof *names; i++)
        wait = names[i].scale * ratelimit_retry_after(header(headers, names[i].name), now);
    return wait;
}
