/* words: what names and short texts in an answer are about, by the words in them, whatever the case and however they
 * are joined: failedCount, failed_count, FAILED-COUNT and "failed count" are the same two words. One table has the
 * words. Pure. */
#ifndef RESTSRC_WORDS_H
#define RESTSRC_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* What a word is about. */
enum {
    WORD_BAD = 1 << 0,      /* failed, errors, rejected */
    WORD_GOOD = 1 << 1,     /* created, accepted: what was done to a record */
    WORD_FLAG = 1 << 2,     /* ok, success */
    WORD_STATUS = 1 << 3,   /* status, state, outcome */
    WORD_CODE = 1 << 4,     /* code */
    WORD_NUMBER = 1 << 5,   /* count, total */
    WORD_THING = 1 << 6,    /* records, of: says nothing by itself */
    WORD_REASON = 1 << 7,   /* message, detail */
    WORD_ASIDE = 1 << 8,    /* rate, max, url: a name with it is about something else */
    WORD_NO = 1 << 9,       /* no, none, without */
    WORD_PENDING = 1 << 10, /* queued, processing */
    WORD_PART = 1 << 11,    /* partial */
    WORD_RESULT = 1 << 12,  /* results, responses: a list with one for each record */
    WORD_ID = 1 << 13,      /* id, key, sku */
    WORD_INDEX = 1 << 14,   /* index: counted from 0 */
    WORD_LINE = 1 << 15,    /* line: counted from 1 */
    WORD_ROW = 1 << 16,     /* row, position: counted from 0 or from 1 */
    WORD_POINTER = 1 << 17, /* path, pointer, loc: a place in the request */
    WORD_LEFT = 1 << 18,    /* unprocessed: to be sent again */
    WORD_OMITTED = 1 << 19, /* skipped, missing: of what is written; in what is read they may be about anything */
    WORD_STATE = 1 << 20,   /* busy, forbidden: bad as a state; as a name it may be about anything */
    WORD_ARRIVED = 1 << 21, /* received: it came, and no more */
    WORD_UNKNOWN = 1 << 30, /* not in the table */
};

struct words {
    unsigned any, first, last; /* of all words; of one */
    size_t count;
};

/* text: plain, or as it stands in JSON. */
struct words words_of(const char *text, size_t len);

#endif
