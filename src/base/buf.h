/* buf: growable bytes with a hard cap.
 *
 * A zeroed struct buf is empty and has no cap. The bytes belong to the buf; buf_free() gives them back.
 * Bytes that were added end in a NUL that is not counted in len; buf_text() is a text also where nothing was ever
 * added. When memory runs out the process ends with EX_SOFTWARE (70), so that callers only have the cap to think of. */
#ifndef RESTSRC_BUF_H
#define RESTSRC_BUF_H

#include <stddef.h>

#include "base/mem.h"

struct buf {
    char *data;
    size_t len;
    size_t room;
    size_t cap; /* the most bytes it may hold; 0: no limit */
};

/* Each returns 0, or -1 with nothing added when the cap would be passed. */
int buf_add(struct buf *b, const void *bytes, size_t n);
int buf_addc(struct buf *b, char c);
int buf_adds(struct buf *b, const char *text);
int buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes, for who fills it and then adds to len what was filled. NULL when the cap would be passed. */
char *buf_space(struct buf *b, size_t n);

/* It is empty, and about n bytes will come: as much memory at once, in large pages where the system has them, so that
 * it is not made page by page. */
void buf_expect(struct buf *b, size_t n);

void buf_clear(struct buf *b);    /* empty, memory kept for the next use */
void buf_drop_bom(struct buf *b); /* the byte order mark that it begins with, if it does */
void buf_free(struct buf *b);
void buf_swap(struct buf *a, struct buf *b);
const char *buf_text(struct buf *b); /* the bytes as a C string, valid until the next change */
char *buf_writable(struct buf *b);   /* the same, for a change in place */

#endif
