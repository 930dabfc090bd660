/* reader: walks over the text of one record, which is valid JSON without insignificant white space. Pure. */
#ifndef RESTSRC_READER_H
#define RESTSRC_READER_H

#include <stdbool.h>

#include "arrow/texts.h"
#include "arrow/zone.h"

/* Where it is. Who takes a value from here moves on to the end of it; false, wherever that is an answer: the
 * record is a misfit. */
struct reader {
    const char *p, *end;
    const struct zone *zone; /* of times that name none */
    bool exact;              /* a number that its column would alter is a misfit */
    bool halved;             /* a string had half of a surrogate pair, and has a question mark there */
    char why[200];           /* why it is a misfit, as far as that is seen at once */
};

static inline char reader_here(const struct reader *r)
{
    return r->p < r->end ? *r->p : '\0';
}

/* From the quote that begins a string to its end; the inside is from p+1 on, so many bytes. *plain: has no escapes. */
static inline size_t reader_string(struct reader *r, bool *plain)
{
    const char *from = r->p + 1, *p = from;
    *plain = true;
    while ((p = text_special(p, r->end)) < r->end && *p == '\\') {
        *plain = false;
        p += r->end - p > 1 ? 2 : 1;
    }
    r->p = p < r->end ? p + 1 : r->end;
    return (size_t)(p - from);
}

/* Over any value. */
void reader_past(struct reader *r);

/* Says why, cut to fit; false. */
bool reader_misfit(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
