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
#include <stdint.h>

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

/* As it was given. */
const char *jsonpath_text(const struct jsonpath *q);

/* Can it name one value at the most? ("A singular query": names and indexes only.) */
bool jsonpath_is_singular(const struct jsonpath *q);

/* Every value that q names in json, in the standard's order, as long as visit() returns true. */
typedef bool jsonpath_visit(void *ctx, struct slice value);
void jsonpath_each(const struct jsonpath *q, struct slice json, jsonpath_visit *visit, void *ctx);

/* The first of them; text NULL: there is none. */
struct slice jsonpath_first(const struct jsonpath *q, struct slice json);

/* ---- for a text that is still coming ---- */

/* So many of the first segments name one value: the container of all that q can name. */
unsigned jsonpath_base(const struct jsonpath *q);

/* The names and indexes of these, in their order. false: one is from the end, or visit() had enough. */
typedef bool jsonpath_visit_name(void *ctx, struct slice name, int64_t index);
bool jsonpath_each_name(const struct jsonpath *q, jsonpath_visit_name *visit, void *ctx);

/* So deep in the text are the values by which q can be answered one after the other: what q names, or what its first
 * filter is to test. fault->text is empty, or says why q needs the whole text. */
unsigned jsonpath_levels(const struct jsonpath *q, struct jsonpath_fault *fault);

/* Does q lead on from a container at this level through the member called key (as it stands, without the quotes), or
 * where key.text is NULL through the element n? A filter may. */
bool jsonpath_leads(const struct jsonpath *q, unsigned level, struct slice key, size_t n);

/* Is such a value more than what q names: to be tested, or looked into? */
bool jsonpath_has_rest(const struct jsonpath *q);
/* Then this is what q names in it. */
void jsonpath_each_rest(const struct jsonpath *q, struct slice value, jsonpath_visit *visit, void *ctx);

/* Does the test q hold for json? */
bool jsonpath_holds(const struct jsonpath *q, struct slice json);

#endif
