/* gzip: bodies compressed for Content-Encoding, with zlib. (libcurl reads one gzip member only, and does not see that
 * one is cut short.) */
#ifndef RESTSRC_GZIP_H
#define RESTSRC_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define GZIP_ACCEPTED "gzip, deflate" /* what gzip_begin() knows, for Accept-Encoding */

/* Appends to out. -1: zlib failed. */
int gzip_compress(const char *bytes, size_t n, struct buf *out);

/* A body on its way out of its compression. */
struct gunzip {
    struct z_stream_s *z; /* NULL: it is not compressed */
    char *chunk;          /* of what came out */
    bool gzip, begun, ended;
};

/* codings: the body's Content-Encoding, a list; once for each header of that name, in a zeroed struct. What is no
 * compression does not count. -1: a compression that is not known, or one in another. Ends with gzip_end(). */
int gzip_begin(struct gunzip *g, const char *codings);
/* Hands the plain bytes to sink. -1: these are no such bytes; else what sink says, 0 to go on. */
int gzip_feed(struct gunzip *g, const char *bytes, size_t n, int (*sink)(void *user, const char *bytes, size_t n),
              void *user);
/* Is something missing at its end? */
bool gzip_is_cut(const struct gunzip *g);
void gzip_end(struct gunzip *g);

#endif
