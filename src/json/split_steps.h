/* split_steps: what the files of the splitter share: its states, and how it fails. */
#ifndef RESTSRC_SPLIT_STEPS_H
#define RESTSRC_SPLIT_STEPS_H

#include "json/split_state.h"

typedef const unsigned char *bytes;

/* Where the splitter stands. */
enum state {
    START,
    BOM,
    GUARD,
    VALUE,
    FIRST_VALUE,
    FIRST_KEY,
    KEY,
    COLON,
    AFTER,
    STRING,
    ESCAPE,
    HEX,
    UTF8,
    NUMBER,
    LITERAL,
    END
};

/* at: the byte that is wrong; from: where the chunk begins. NULL. */
bytes split_fail(struct split *s, bytes at, bytes from, const char *reason);

/* Everything before `upto` goes where it belongs; what follows is collected anew from `from`. false: too large. */
bool split_emit(struct split *s, bytes upto, bytes from);

void nesting_push(struct nesting *n, bool object);
void nesting_pop(struct nesting *n);
bool nesting_is_object(const struct nesting *n, unsigned depth); /* what is open at this depth */

#endif
