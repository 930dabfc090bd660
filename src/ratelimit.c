#include "ratelimit.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"

static const double EPOCH = 1e9, EPOCH_MS = 1e11; /* a Reset above is a time of day, in seconds or milliseconds */

static bool is_number(double n)
{
    return n == n && n - n == 0;
}

static double number(const char *text)
{
    char *end;
    double n = text ? strtod(text, &end) : NAN;
    return text && end != text && is_number(n) ? n : NAN;
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
    double at = reset > EPOCH_MS ? reset / 1000 : reset;
    return at > EPOCH ? fmax(at - now, 0) : at;
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
        longest = fmax(longest, if_spent(number(header(headers, buf_text(&remaining))), number(header(headers, buf_text(&reset))), now));
        buf_free(&remaining);
        buf_free(&reset);
    }
    return longest;
}
