/* split: page bytes -> records (NDJSON) + envelope. Pure: no I/O, no HTTP.
 *
 *     struct split s;
 *     struct buf out = {0}, envelope = {0};
 *     path_parse(&records, "data.items");
 *     split_start(&s, &records, &out, &envelope);
 *     while ((n = read(fd, chunk, sizeof chunk)) > 0)
 *         if (split_feed(&s, chunk, (size_t)n))
 *             errx(1, "%s at byte %llu", s.reason, (unsigned long long)s.position);
 *     if (split_end(&s))
 *         errx(1, "%s", s.reason);
 *
 *     in:        {"data": {"items": [{"id": 1.10}, {"id": 2}]}, "total": 2}
 *     out:       {"id":1.10}
 *                {"id":2}
 *     envelope:  {"data":{"items":[]},"total":2}
 *
 * A strict, incremental RFC 8259 parser that may stop and resume at any byte. Each element of the records array goes to
 * `out` as it stands, one line each, with insignificant white space dropped; all else goes to `envelope`, a small JSON
 * text in which the records array is empty. Where `records` is a JSONPath that names the records themselves, wherever
 * they are, the envelope has null for each, and what a filter of it refuses is dropped. With `lines` set, a text after
 * a text is taken too (NDJSON): then each whole text is a record. It checks UTF-8, numbers, escapes and control
 * characters and allows SPLIT_DEPTH levels. What RFC 8259 leaves open: a byte order mark at the start is dropped; lone
 * surrogates written as escapes pass; numbers of any size pass; equal names in one object pass. It owns no memory. */
#ifndef RESTSRC_SPLIT_H
#define RESTSRC_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/path.h"

enum { SPLIT_DEPTH = 512, SPLIT_KEY = 256 };

struct split {
    /* what it works on, none of it owned */
    const struct path *records;
    struct buf *out;
    struct buf *envelope;

    /* what it found */
    int64_t count;      /* records in out */
    int way;            /* which way of `records` led to them; -1: none yet */
    bool lines;         /* set by the caller after split_start(): NDJSON is welcome */
    bool guarded;       /* set by the caller after split_start(): )]}' may stand before it, which keeps scripts off */
    bool many;          /* it is NDJSON */
    bool settled;       /* set by the caller: records have been used, so no better place for them may follow */
    bool null_records;  /* the value at `records` is null */
    bool scalar;        /* the whole text is neither array nor object */
    uint64_t position;  /* bytes taken; after an error, the byte that is wrong */
    const char *reason; /* after an error: what is wrong, in a few words */

    /* where it stands */
    int state;
    unsigned depth;                            /* containers open */
    unsigned records_depth;                    /* depth inside the records array; 0: not in it */
    unsigned picked_depth;                     /* depth of the record under way, where each is picked by itself */
    size_t records_at;                         /* where the envelope has, or had, the records */
    struct buf *to;                            /* out or envelope */
    const unsigned char *run;                  /* start of bytes of this chunk that are not yet in `to` */
    unsigned char object[SPLIT_DEPTH / 8 + 1]; /* a bit a level: is it an object? */
    bool in_object, in_key;
    unsigned char number;   /* state of a number under way */
    unsigned char text_pos; /* how far in a literal or a \u escape */
    const char *literal;
    unsigned char need, low, high; /* UTF-8: bytes to come, bounds of the next */
    uint32_t open[PATH_DEPTH + 1]; /* a bit a way: may it lead on through the container open at this level? */
    uint32_t wanted;               /* a bit a way: does it lead to or through the value that comes next? */
    size_t index[PATH_DEPTH + 1];  /* of the element under way, where the level is an array */
    char key[SPLIT_KEY];
    size_t key_len; /* SPLIT_KEY when it is too long to match */
};

/* Ready for a new text. records: where the records are, tried in its order; NULL: no records, all is envelope. */
void split_start(struct split *s, const struct path *records, struct buf *out, struct buf *envelope);

/* It is NDJSON for sure, as when a Content-Type says so: even a single text is a record. Before the first split_feed().
 */
void split_many(struct split *s);

/* 0, or -1: reason and position are set. "too large" is the reason when a buf's cap is reached. */
int split_feed(struct split *s, const char *bytes, size_t n);

/* The text ends here. 0, or -1 when it is not complete: reason is SPLIT_CUT. */
int split_end(struct split *s);

/* One text that is all there, without records: what is left of it without white space is added to compact. As
 * split_end(). */
int split_whole(struct split *s, const char *text, size_t n, struct buf *compact);
/* The same, where nobody asks what is wrong with it. */
int split_compact(const char *text, size_t n, struct buf *compact);

extern const char SPLIT_CUT[];
extern const char SPLIT_TOO_LARGE[];

#endif
