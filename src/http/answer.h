/* answer: what the answer of an exchange says about itself, apart from its records: the type it claims, an error beside
 * the records, and why it could not be read. */
#ifndef RESTSRC_ANSWER_H
#define RESTSRC_ANSWER_H

#include <stdbool.h>

#include "base/error.h"
#include "http/transfer.h"
#include "json/path.h"
#include "json/split.h"

/* transfer_header() for those who know no exchange: pages/. */
const char *answer_header(const void *exchange, const char *name, const char *previous);

/* That nothing shows whether all of it has come, where it has an open end and is no JSON, which has one of its own. */
#define ANSWER_OPEN_END "warning: the answer says nowhere how long it is: whether all of it has come, nobody can tell"

/* Does it say that it is NDJSON? */
bool answer_is_ndjson(const struct exchange *x);

/* Is the body, which ends with a NUL, a web page? A piece of one, such as <p>, is none. */
bool answer_is_page(const struct exchange *x, const char *body);

/* It has no records, but an error beside them. Always -1: EXIT_ANSWER, with what the server says of it. */
int answer_denied(const struct exchange *x, struct slice envelope, struct error *e);

/* It says that it is not all: a warning for people, without its beginning. */
void answer_partial(const struct rule *rule, struct buf *note);

/* What a failed split_feed() or split_end() of it means. came: the last bytes that it was fed, which end with byte
 * `end` of the body; empty: they are not shown. */
void answer_split_error(const struct split *s, const struct exchange *x, struct slice came, uint64_t end,
                        struct error *e);

#endif
