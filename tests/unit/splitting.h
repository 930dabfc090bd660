/* splitting: run the splitter over a text in pieces of any size and keep everything it said. */
#ifndef RESTSRC_SPLITTING_H
#define RESTSRC_SPLITTING_H

#include <stdint.h>

#include "json/split.h"
#include "json/usual.h"

enum { WHOLE = 0, LARGEST_CHUNK = 40, LANE_CHUNK = 80, LARGEST_LANE_CHUNK = 160 };

enum kind { PAGE, PERHAPS_LINES, LINES }; /* what the text is said to be: one page, or NDJSON, perhaps or for sure */

struct splitting {
    int result; /* 0, or -1: refused */
    int64_t count;
    int way;
    bool null_records, scalar, many;
    uint64_t position; /* of the error */
    const char *reason;
    struct buf records, envelope;
};

/* Feeds text in pieces of `chunk` bytes, or at once (WHOLE). Each piece is a block of its own on the heap, so that a
 * sanitizer sees every byte read beyond it. */
struct splitting split_in_chunks(enum kind kind, const struct path *path, const char *text, size_t len, size_t chunk);
/* The same with another kind of scan than this processor's best. */
struct splitting split_with(const struct scan_kind *scan, enum kind kind, const struct path *path, const char *text,
                            size_t len, size_t chunk);
void splitting_free(struct splitting *s);

/* Says the same about the text? Of refused texts only what and where is compared: their output is thrown away. */
bool splitting_agree(const struct splitting *a, const struct splitting *b);

/* The text split whole, after checking that every chunk size from 1 to LARGEST_CHUNK, too small for the fast lane, and
 * from LANE_CHUNK to LARGEST_LANE_CHUNK says the same: *odd_chunk is the first that does not, else 0. */
struct splitting split_every_way(enum kind kind, const struct path *path, const char *text, size_t len,
                                 size_t *odd_chunk);

/* JSON text without a byte order mark and without white space outside of strings: an oracle that shares no code with
 * the splitter. */
void squeeze(const char *text, size_t len, struct buf *out);

#endif
