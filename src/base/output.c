/* output: the file that data goes to. */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

static int cannot(const char *name, struct error *e)
{
    return error_set(e, EXIT_IO, "cannot write %s: %s", name, strerror(errno));
}

static char *beside(const char *name, const char *end)
{
    struct buf path = {0};
    buf_addf(&path, "%s%s", name, end);
    return path.data;
}

/* A link keeps its place: the file that it names is replaced. */
static void set_names(struct output *o, const char *name)
{
    struct stat s;
    bool there = stat(name, &s) == 0;
    char *real = there ? realpath(name, NULL) : NULL;
    *o = (struct output){.fd = -1, .name = real ? real : mem_copy(name)};
    if (!there || S_ISREG(s.st_mode))
        o->part = beside(o->name, ".part");
}

/* Has the file that was opened still this name? Another run may have finished it meanwhile. */
static bool is_named(int fd, const char *name)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(name, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int open_part(struct output *o, int64_t bytes, struct error *e)
{
    o->fd = open(o->part, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (o->fd < 0)
        return cannot(o->part, e);
    if (flock(o->fd, LOCK_EX | LOCK_NB) || !is_named(o->fd, o->part))
        return error_set(e, EXIT_UNAVAILABLE, "another run is writing %s", o->part);
    if (ftruncate(o->fd, bytes) || lseek(o->fd, 0, SEEK_END) < 0)
        return cannot(o->part, e);
    o->bytes = bytes;
    return 0;
}

int output_open(struct output *o, const char *name, struct error *e)
{
    if (!name) {
        *o = (struct output){.fd = STDOUT_FILENO};
        return 0;
    }
    set_names(o, name);
    if (o->part)
        return open_part(o, 0, e);
    o->fd = open(o->name, O_WRONLY | O_CLOEXEC);
    return o->fd < 0 ? cannot(o->name, e) : 0;
}

/* -1: there is no such file. */
static int64_t size_of(const char *name)
{
    struct stat s;
    return stat(name, &s) == 0 ? s.st_size : -1;
}

int output_resume(struct output *o, const char *name, int64_t bytes, bool whole, struct error *e)
{
    set_names(o, name);
    int64_t file = size_of(o->name);
    if (o->part && size_of(o->part) >= bytes)
        return open_part(o, bytes, e);
    bool same = file == bytes; /* a run that came after it ended before it had anything new */
    if (!o->part || (!whole && !same))
        return error_set(e, EXIT_NO_FILE,
                         "%s has not the %" PRId64
                         " bytes that the state knows of: begin again, without that line of the state",
                         o->part ? o->part : o->name, bytes);
    if (file < 0)
        return open_part(o, 0, e);
    o->bytes = bytes;
    return same ? 0
                : error_set(e, EXIT_NO_FILE,
                            "%s has %" PRId64 " bytes, and not the %" PRId64
                            " that the state knows of: move it away, and what is new goes to a new file",
                            o->name, file, bytes);
}

void output_free(struct output *o)
{
    if (o->name && o->fd >= 0)
        close(o->fd);
    free(o->name);
    free(o->part);
}

/* ---- a file that is whole, and goes on ---- */

static bool copy(int from, int to, int64_t bytes)
{
    while (bytes > 0) {
        char chunk[8192];
        ssize_t n = read(from, chunk, sizeof chunk);
        if (n <= 0 || write(to, chunk, (size_t)n) != n)
            return false;
        bytes -= n;
    }
    return fdatasync(to) == 0;
}

/* The copy is whole before it is called FILE.part. */
int output_begin(struct output *o, struct error *e)
{
    if (o->fd >= 0)
        return 0;
    char *name = beside(o->name, ".copy");
    int from = open(o->name, O_RDONLY | O_CLOEXEC), to = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool copied = from >= 0 && to >= 0 && copy(from, to, o->bytes) && rename(name, o->part) == 0;
    int result = copied ? 0 : cannot(name, e);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    free(name);
    return result ? -1 : open_part(o, o->bytes, e);
}

/* ---- on the disk ---- */

int output_sync(struct output *o, struct error *e)
{
    if (!o->part || o->fd < 0)
        return 0;
    if (fdatasync(o->fd) || (!o->named && io_sync_folder(o->part)))
        return cannot(o->part, e);
    o->named = true;
    return 0;
}

int output_finish(struct output *o, struct error *e)
{
    struct stat was;
    if (!o->part || o->fd < 0)
        return 0;
    if (stat(o->name, &was) == 0 && fchmod(o->fd, was.st_mode & 07777))
        return cannot(o->name, e);
    if (output_sync(o, e))
        return -1;
    return rename(o->part, o->name) || io_sync_folder(o->name) ? cannot(o->name, e) : 0;
}
