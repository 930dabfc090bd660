/* number: numbers in texts that somebody else wrote, such as a server. What comes out is finite and bounded, so that
 * counting with it overflows nothing. Pure. */
#ifndef RESTSRC_NUMBER_H
#define RESTSRC_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole number from 0 on: digits, and nothing else. false: it is none, or larger than an int64_t holds. */
bool number_whole(const char *text, size_t len, int64_t *n);
/* The same of a text that ends in a NUL; blanks around it are none of it. NULL is not a number. */
bool number_of_text(const char *text, int64_t *n);

/* How many bytes of text are a decimal number (-1, 1.5, .5, 2e3: no inf, no hexadecimal) that is less than 10^19 either
 * way; 0: it begins with none. */
size_t number_decimal(const char *text, double *n);

/* a * b + c, of numbers from 0 on; false when an int64_t does not hold it. */
bool number_combine(int64_t a, int64_t b, int64_t c, int64_t *n);

#endif
