/* jsonpath_lex: the characters of a JSONPath: strings, numbers, names; for jsonpath*.c only. What returns a bool
 * returns false, with the fault set, where the text is not so. */
#ifndef RESTSRC_JSONPATH_LEX_H
#define RESTSRC_JSONPATH_LEX_H

#include <stdbool.h>
#include <stdint.h>

#include "json/jsonpath.h"
#include "json/jsonpath_tree.h"

/* A text under way. */
struct lex {
    const char *begin, *at, *end;
    unsigned nesting;
    struct jsonpath *q; /* its memory is taken */
    struct jsonpath_fault *fault;
};

/* Always false. The first fault is the one that is told. */
bool lex_refuse(struct lex *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

char lex_peek(const struct lex *p); /* the character at hand; 0 at the end, which no query holds */
bool lex_take(struct lex *p, const char *text);
void lex_blanks(struct lex *p);
bool lex_is_digit(char c);
bool lex_is_name_char(char c);

/* Zeroed; it belongs to the query, and is freed with it. */
void *lex_memory(struct lex *p, size_t size);
struct slice lex_keep(struct lex *p, struct buf *text); /* a copy */

/* A string in either kind of quotes, as a JSON string. */
bool lex_string(struct lex *p, struct buf *json);
/* An index, or a bound of a slice. */
bool lex_integer(struct lex *p, int64_t *value);
/* As JSON has numbers. */
bool lex_number(struct lex *p, struct slice *literal);

#endif
