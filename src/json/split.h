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

#include "json/split_state.h"

/* Ready for a new text. records: where the records are, tried in its order; NULL: no records, all is envelope. */
void split_start(struct split *s, const struct path *records, struct buf *out, struct buf *envelope);

/* It is NDJSON for sure, as when a Content-Type says so: even a single text is a record. Before the first split_feed().
 */
void split_many(struct split *s);

/* 0, or -1: reason and position are set. "too large" is the reason when a buf's cap is reached. */
int split_feed(struct split *s, const char *bytes, size_t n);

/* The text ends here. 0, or -1 when it is not complete: reason is SPLIT_CUT. */
int split_end(struct split *s);

/* In the middle of the list of records, of which at least one has begun: what the envelope would be if the text ended
 * here, added to `envelope`. false: the text is elsewhere. */
bool split_so_far(const struct split *s, struct buf *envelope);

/* One text that is all there, without records: what is left of it without white space is added to compact. As
 * split_end(). */
int split_whole(struct split *s, const char *text, size_t n, struct buf *compact);
/* The same, where nobody asks what is wrong with it. */
int split_compact(const char *text, size_t n, struct buf *compact);

#endif
