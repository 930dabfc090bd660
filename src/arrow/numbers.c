/* numbers: numerals to integers, doubles and decimals. */
#include "arrow/numbers.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Past digits, which are added to n->digits as far as they fit. Returns how many there are. */
static size_t take_digits(struct numeral *n, const char **at, const char *end)
{
    const uint64_t most = UINT64_MAX / 10 - 1;
    const char *p = *at;
    for (; p < end && is_digit(*p); p++) {
        n->overlong |= n->digits > most;
        n->digits = n->digits * 10 + (uint64_t)(*p - '0');
    }
    size_t count = (size_t)(p - *at);
    *at = p;
    return count;
}

/* What comes after the e. Exponents of more than 5 digits are kept at that: nothing is near them. */
static int take_exponent(const char **at, const char *end)
{
    enum { MOST = 99999 };
    const char *p = *at;
    bool negative = p < end && *p == '-';
    int value = 0;
    for (p += p < end && (*p == '-' || *p == '+'); p < end && is_digit(*p); p++)
        value = value < MOST ? value * 10 + (*p - '0') : value;
    *at = p;
    return negative ? -value : value;
}

bool numeral_read(struct numeral *n, const char *text, const char *end)
{
    const char *p = text;
    *n = (struct numeral){.text = text, .whole = true, .negative = p < end && *p == '-'};
    p += n->negative;
    if (!take_digits(n, &p, end))
        return false;
    if (p < end && *p == '.') {
        p++;
        n->whole = false;
        size_t fraction = take_digits(n, &p, end);
        n->exponent = fraction < INT32_MAX / 2 ? -(int)fraction : -INT32_MAX / 2;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        n->whole = false;
        n->exponent += take_exponent(&p, end);
    }
    n->len = (size_t)(p - text);
    return true;
}

bool numeral_integer(const struct numeral *n, unsigned bits, int64_t *value)
{
    uint64_t bound = UINT64_C(1) << (bits - 1);
    if (!n->whole || n->overlong || n->digits > bound - !n->negative)
        return false;
    *value = n->negative ? (int64_t)(0 - n->digits) : (int64_t)n->digits;
    return true;
}

/* Clinger's fast path: digits and power of 10 are both exact in a double, so that one operation rounds correctly. */
double numeral_double(const struct numeral *n)
{
    enum { EXACT_POWER = 22 };
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const uint64_t exact = UINT64_C(1) << 53;
    if (n->overlong || n->digits > exact || n->exponent > EXACT_POWER || n->exponent < -EXACT_POWER)
        return strtod(n->text, NULL);
    double digits = (double)n->digits;
    double value = n->exponent < 0 ? digits / powers[-n->exponent] : digits * powers[n->exponent];
    return n->negative ? -value : value;
}

float numeral_float(const struct numeral *n)
{
    const uint64_t exact = UINT64_C(1) << 24;
    if (n->whole && !n->overlong && n->digits <= exact)
        return n->negative ? -(float)n->digits : (float)n->digits;
    return strtof(n->text, NULL);
}

/* The digit at *at or after it, which moves on; 0: there are no more. */
static unsigned next_digit(const char **at, const char *end)
{
    const char *p = *at + (*at < end && **at == '.');
    *at = p + 1;
    return p < end && is_digit(*p) ? (unsigned)(*p - '0') : 0;
}

static size_t significant(const struct numeral *n, const char **first)
{
    const char *p = n->text, *end = p + n->len;
    size_t count = 0;
    *first = NULL;
    for (; p < end && *p != 'e' && *p != 'E'; p++)
        if (is_digit(*p) && (*first || *p != '0')) {
            *first = *first ? *first : p;
            count++;
        }
    return count;
}

bool numeral_decimal(const struct numeral *n, unsigned precision, unsigned scale, struct decimal *value)
{
    enum { STRANGE = 9999 };
    const char *at, *end = n->text + n->len;
    if (n->exponent > STRANGE || n->exponent < -STRANGE)
        return false;
    long count = (long)significant(n, &at);
    long keep = count + n->exponent + (long)scale; /* so many digits are before the point of the result */
    wide result = 0;
    if (count && keep > (long)precision)
        return false;
    for (long i = 0; count && i < keep; i++)
        result = result * 10U + (i < count ? next_digit(&at, end) : 0U);
    if (count && keep >= 0 && keep < count)
        result += next_digit(&at, end) >= 5 ? 1U : 0U;
    wide bound = 1;
    for (unsigned i = 0; i < precision; i++)
        bound *= 10U;
    if (result >= bound)
        return false;
    wide whole = n->negative ? ~result + 1U : result;
    memcpy(value->bytes, &whole, sizeof value->bytes);
    return true;
}
