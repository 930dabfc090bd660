/* io: whole reads and writes on file descriptors, and the two signals that end a run. */
#ifndef RESTSRC_IO_H
#define RESTSRC_IO_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"

/* Writes whole lines (text ends in '\n'). When a signal asked for the end meanwhile, only the line under way is
 * finished, so that a reader never sees half a record. -1: EXIT_IO; quiet when the reader has gone (EPIPE). */
int io_write_lines(int fd, const char *text, size_t n, struct error *e);
/* The same, with something better to do while fd takes nothing: wait() returns when it may take more, or for any other
 * reason. *done: so many bytes went out, also after a signal or a failure. */
int io_write_busy(int fd, const char *text, size_t n, void (*wait)(void *ctx, int fd), void *ctx, size_t *done,
                  struct error *e);

/* Writes all of it, also when a signal asks for the end: then as far as its reader takes it within a moment. -1:
 * EXIT_IO, when something is missing. */
int io_write_whole(int fd, const char *text, size_t n, struct error *e);

bool io_is_open(int fd);
bool io_may_open(void); /* false: the process has as many files open as it may (ulimit -n) */

/* Writes name beside and gives it its name when it is whole; durable: and on the disk. Only its owner may read it. -1:
 * EXIT_IO. */
int io_write_file(const char *name, const struct buf *text, bool durable, struct error *e);
/* The names in the folder of this file are on the disk. -1: errno says why not. */
int io_sync_folder(const char *name);

/* Seconds since the epoch: the clock that processes share. */
double io_time(void);
double io_clock(void);                                /* seconds, of a clock that is never set */
double io_seconds_since(const struct timespec *then); /* then: of CLOCK_MONOTONIC */

/* The whole of fd into b. name is for the message; code is the exit code of a failure. */
int io_read_all(int fd, const char *name, enum exit_code code, struct buf *b, struct error *e);

/* Is it a file that can be read again, and no pipe? */
bool io_is_file(const char *name);
/* A name by which what is in the file can be read again and again: its own or, for a pipe, which is read whole now,
 * that of a copy in memory. -1: EXIT_NO_FILE. Sets *again, to be freed. */
int io_again(const char *name, char **again, struct error *e);
/* The whole of a named file; EXIT_NO_FILE. */
int io_read_file(const char *name, struct buf *b, struct error *e);

/* Puts one line in the place of what is in a file, whole or not at all where its folder lets us; its permissions stay.
 * -1: EXIT_IO. */
int io_replace_file(const char *name, const char *line, struct error *e);

/* Opens a file to write to, and empties it, unless it is the same as one of these descriptors (-1: none): what is read,
 * or another output. Sets to. -1: EXIT_IO; EXIT_USAGE: it is the same. */
int io_open_emptied(const char *name, mode_t mode, const int *others, size_t count, int *to, struct error *e);

/* Gives standard descriptors that are closed something that fails when it is used, so that no other file takes their
 * place. */
void io_hold_standard(void);

/* From now on SIGTERM, SIGINT, SIGHUP (but under nohup), SIGQUIT and the other signals that would end the process set a
 * flag instead; the same one again ends it at once. */
void io_catch_signals(void);
int io_signal_fd(void); /* becomes readable when such a signal came; -1 before io_catch_signals() */
int io_signalled(void); /* the signal, or 0 */
/* After so many seconds the run ends as after a signal, but it is not ended by one. */
void io_set_deadline(double seconds);
bool io_deadline_is_over(void);
void io_die_of_signal(void); /* ends the process by the signal that came, if one did */

/* Ends this process when its parent ends. parent: getppid() as early as possible. */
void io_die_with_parent(int parent);

#endif
