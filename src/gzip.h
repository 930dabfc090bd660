/* gzip: a body compressed for Content-Encoding: gzip, with zlib. */
#ifndef RESTSRC_GZIP_H
#define RESTSRC_GZIP_H

#include "buf.h"

/* Appends to out. -1: zlib failed. */
int gzip_compress(const char *bytes, size_t n, struct buf *out);

#endif
