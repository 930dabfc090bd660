#include "http/ratelimit.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"

static const double EPOCH = 1e9,
                    EPOCH_MS =
                        1e11; /* a Reset above is a time of day, in seconds, or in milli-, micro- or nanoseconds */

static bool is_number(double n)
{
    return n == n && n - n == 0;
}

/* A number that is all of the text, or of an item in it; else NAN. */
static double number(const char *text)
{
    char *end;
    double n = text ? strtod(text, &end) : NAN;
    return text && end != text && strchr(";,", end[strspn(end, " \t")]) && is_number(n) ? n : NAN;
}

/* 350ms, 1m30s: seconds; else NAN. */
static double duration(const char *text)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    double total = 0;
    while (*text) {
        char *end;
        double n = strtod(text, &end);
        size_t i = 0, len = strcspn(end, "0123456789.");
        while (i < 5 && (strlen(units[i].name) != len || strncmp(units[i].name, end, len)))
            i++;
        if (end == text || i == 5)
            return NAN;
        total += n * units[i].seconds;
        text = end + len;
    }
    return total;
}

/* 2026-11-24T09:20:01Z, or as HTTP writes dates: seconds since 1970; else NAN. */
static double date(const char *text)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%a, %d %b %Y %H:%M:%S"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = {0};
        if (strptime(text, forms[i], &tm))
            return (double)timegm(&tm);
    }
    return NAN;
}

/* When the budget is new again: in so many seconds, or at a time. */
static double moment(const char *text)
{
    double n = number(text);
    if (text && n != n)
        n = duration(text);
    return text && n != n ? date(text) : n;
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

static double if_spent(double remaining, double reset, double now)
{
    if (!(remaining <= 0) || !(reset > 0))
        return 0;
    while (reset > EPOCH_MS)
        reset /= 1000;
    return reset > EPOCH ? fmax(reset - now, 0) : reset;
}

/* A list of policies; the one that lasts longest counts. */
static double single_field(const char *field, double now)
{
    double longest = 0;
    if (strcasestr(field, "remaining="))
        return if_spent(word(field, strlen(field), "remaining"), word(field, strlen(field), "reset"), now);
    for (const char *p = field; *p; p += *p == ',') {
        size_t len = strcspn(p, ",");
        longest = fmax(longest, if_spent(word(p, len, "r"), word(p, len, "t"), now));
        p += len;
    }
    return longest;
}

double ratelimit_wait(ratelimit_header header, const void *headers, double now)
{
    static const char *const families[] = {"RateLimit-", "X-RateLimit-", "X-Rate-Limit-"};
    const char *field = header(headers, "RateLimit");
    double longest = field ? single_field(field, now) : 0;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        struct buf remaining = {0}, reset = {0};
        buf_addf(&remaining, "%sRemaining", families[i]);
        buf_addf(&reset, "%sReset", families[i]);
        longest = fmax(longest, if_spent(number(header(headers, buf_text(&remaining))),
                                         moment(header(headers, buf_text(&reset))), now));
        buf_free(&remaining);
        buf_free(&reset);
    }
    return longest;
}
