/* cache: small files in the user's cache folder that the restsrc processes of the user on this machine share, each
 * under a lock. 0600, in $XDG_CACHE_HOME/restsrc, else ~/.cache/restsrc, else $TMPDIR or /tmp, in restsrc-UID. */
#ifndef RESTSRC_CACHE_H
#define RESTSRC_CACHE_H

#include "base/buf.h"

enum { CACHE_NONE = -1, CACHE_BUSY = -2 };

/* Opens the file for `what` (a short word) and key. The descriptor, or CACHE_NONE when there is no safe place for it.
 */
int cache_open(const char *what, const char *key);
/* Locks it, without waiting. 0; CACHE_BUSY: another process has it; CACHE_NONE. close() gives the lock back. */
int cache_lock(int fd);
/* The whole of the file. */
void cache_read(int fd, struct buf *content);
/* In its place. -1: there is no room. */
int cache_write(int fd, const char *content, size_t n);

#endif
