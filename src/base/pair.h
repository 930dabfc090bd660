/* pair: NAME=VALUE. */
#ifndef RESTSRC_PAIR_H
#define RESTSRC_PAIR_H

#include <stdbool.h>
#include <stddef.h>

/* Both point into the text. */
struct pair {
    const char *name, *value;
    size_t len; /* of name */
};

/* Splits text at its first '='. false: it has none, or no name before it. */
bool pair_split(const char *text, struct pair *p);

#endif
