/* template: one notation for texts that are made of a record. {PATH} stands for what the record has at that PATH (as in
 * RFC 6570, level 1), {{ and }} for a brace. Pure.
 *
 * In JSON only what is in strings counts: a string that is nothing but {PATH} becomes the value, with its type and its
 * exact bytes; {} is the whole record. In a longer string, or in a name, the characters of a scalar are put in. */
#ifndef RESTSRC_TEMPLATE_H
#define RESTSRC_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/value.h"

enum template_kind {
    TEMPLATE_URL,  /* values are percent-encoded; none may be empty, or a step in a path (. and ..) */
    TEMPLATE_TEXT, /* of a header or a query parameter: values as they are, without control characters */
    TEMPLATE_JSON,
    TEMPLATE_STRING, /* what is between the quotes of a string of JSON */
};

struct template
{
    const char *option; /* where it was given, for messages */
    enum template_kind kind;
    const char *text; /* TEMPLATE_JSON: compact */
};

/* -1: EXIT_USAGE: a brace without its partner, or a PATH that is none. */
int template_check(const struct template *t, struct error *e);
/* Has it a {PATH}? */
bool template_varies(const struct template *t);

/* Appends the text with what the record has. record: compact JSON. line: of the input, for the message. -1: EXIT_INPUT:
 * a value is missing, or cannot stand there. */
int template_fill(const struct template *t, struct slice record, int64_t line, struct buf *out, struct error *e);

/* The text of the next {PATH} at *at or after it, where the search goes on; false: there is none. */
bool template_next(const struct template *t, size_t *at, struct slice *path);

#endif
