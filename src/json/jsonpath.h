/* jsonpath: JSONPath (RFC 9535) over JSON text. Pure.
 *
 * A query names values in a text: names, indexes, slices, wildcards, filters, unions of these, and `..`. Of the
 * standard only functions, length() and the like, are left out. Text that is looked into is valid JSON without
 * insignificant white space, as split makes it; what is found points into it, byte for byte. Of equal names in an
 * object the last counts. */
#ifndef RESTSRC_JSONPATH_H
#define RESTSRC_JSONPATH_H

#include <stdbool.h>
#include <stddef.h>

#include "json/value.h"

struct jsonpath;

/* Why a query is refused. */
struct jsonpath_fault {
    char text[120]; /* a few words */
    size_t at;      /* where, in bytes */
};

/* A query, or NULL: fault says why. Free with jsonpath_free(). */
struct jsonpath *jsonpath_parse(const char *text, size_t len, struct jsonpath_fault *fault);

/* A test as it stands inside a filter, with $ (and @) as the whole text: $.error.code=="no_data". As jsonpath_parse().
 */
struct jsonpath *jsonpath_parse_test(const char *text, size_t len, struct jsonpath_fault *fault);
void jsonpath_free(struct jsonpath *q);

/* Can it name one value at the most? ("A singular query": names and indexes only.) */
bool jsonpath_is_singular(const struct jsonpath *q);

/* Every value that q names in json, in the standard's order, as long as visit() returns true. */
typedef bool jsonpath_visit(void *ctx, struct slice value);
void jsonpath_each(const struct jsonpath *q, struct slice json, jsonpath_visit *visit, void *ctx);

/* The first of them; text NULL: there is none. */
struct slice jsonpath_first(const struct jsonpath *q, struct slice json);

/* Does the test q hold for json? */
bool jsonpath_holds(const struct jsonpath *q, struct slice json);

#endif
