/* numbers: numbers of valid JSON to what a column holds: whole ones, doubles correctly rounded, decimals digit by
 * digit. Pure, but for the locale of strtod(), which is C's here. */
#ifndef RESTSRC_NUMBERS_H
#define RESTSRC_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number as it stands in a text. */
struct numeral {
    const char *text;
    size_t len;
    bool negative, whole; /* whole: no point and no exponent */
    bool overlong;        /* more digits than `digits` holds */
    uint64_t digits;      /* all of them, without the point */
    int exponent;         /* of 10, that `digits` is to be multiplied with */
};

/* The number that the text begins with, which goes on after it (with any other character). false: it begins with none.
 */
bool numeral_read(struct numeral *n, const char *text, const char *end);

/* false: it is not whole, or needs more than so many bits (with its sign). */
bool numeral_integer(const struct numeral *n, unsigned bits, int64_t *value);
/* The nearest one; beyond the largest, infinity. */
double numeral_double(const struct numeral *n);
float numeral_float(const struct numeral *n);

/* A signed number of 128 bits in the byte order of this machine, as Arrow stores decimals. */
struct decimal {
    unsigned char bytes[16];
};

/* times 10^scale, rounded half away from 0. false: that has more than `precision` digits, which are at most 38; or its
 * exponent is a strange one. */
bool numeral_decimal(const struct numeral *n, unsigned precision, unsigned scale, struct decimal *value);

#endif
