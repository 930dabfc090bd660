/* number: numbers in texts that somebody else wrote. */
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 64 }; /* characters of a decimal number */
static const double BOUND = 1e19;

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

bool number_whole(const char *text, size_t len, int64_t *n)
{
    int64_t value = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9' || !number_combine(value, 10, text[i] - '0', &value))
            return false;
    *n = value;
    return len > 0;
}

bool number_of_text(const char *text, int64_t *n)
{
    if (!text)
        return false;
    text += strspn(text, " \t");
    size_t len = digits(text);
    return text[len + strspn(text + len, " \t")] == '\0' && number_whole(text, len, n);
}

size_t number_decimal(const char *text, double *n)
{
    char copy[LONGEST + 1];
    size_t sign = *text == '-' || *text == '+', whole = digits(text + sign), len = sign + whole, fraction = 0;
    if (text[len] == '.')
        fraction = digits(text + len + 1);
    if (!whole && !fraction)
        return 0;
    len += fraction ? fraction + 1 : 0;
    if (text[len] == 'e' || text[len] == 'E') {
        size_t exponent = len + 1 + (text[len + 1] == '-' || text[len + 1] == '+');
        len = digits(text + exponent) ? exponent + digits(text + exponent) : len;
    }
    if (len > LONGEST)
        return 0;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *n = strtod(copy, NULL);
    return *n > -BOUND && *n < BOUND ? len : 0;
}

bool number_combine(int64_t a, int64_t b, int64_t c, int64_t *n)
{
    return !__builtin_mul_overflow(a, b, n) && !__builtin_add_overflow(*n, c, n);
}
