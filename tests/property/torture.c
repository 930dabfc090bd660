/* torture: call number $FAIL_AT of the kind $FAIL_KIND goes wrong as $FAIL_HOW says: an errno, or "short" for a part of
 * the bytes. FAIL_AT=0: none does, and at the end it says on stderr how many there were of each kind.
 *
 * Either a shared object for LD_PRELOAD, where the calls of libraries count, too; or, with -DWRAP, a part of a program
 * that is linked with -Wl,--wrap=malloc and so on, where only the program's own do: then a sanitizer can look on. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum kind { MALLOC, REALLOC, READ, WRITE, POLL, OPEN, LAST, KINDS };
static const char *const names[KINDS] = {"malloc", "realloc", "read", "write", "poll", "open", "file"};
static long counts[KINDS];

#ifdef WRAP
#define HOOK(name)                   __wrap_##name
#define CALL(result, name, taken)    __real_##name
#define DECLARE(result, name, taken) result __real_##name taken
#else
#define HOOK(name)                   name
#define CALL(result, name, taken)    ((result(*) taken)found(#name))
#define DECLARE(result, name, taken) struct nothing
static void *found(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}
#endif

/* Is it this call that goes wrong? */
static int goes_wrong(enum kind kind)
{
    static const char *wanted;
    static long at = -1;
    if (at < 0) {
        const char *text = getenv("FAIL_AT");
        at = text ? atol(text) : 0;
        wanted = getenv("FAIL_KIND");
    }
    long number = __atomic_add_fetch(&counts[kind], 1, __ATOMIC_RELAXED);
    return at && number == at && wanted && strcmp(wanted, names[kind]) == 0;
}

/* 0: only a part of the bytes goes through. */
static int how(void)
{
    const char *text = getenv("FAIL_HOW");
    return text ? atoi(text) : ENOMEM;
}

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

/* -1, or how many bytes to go on with. */
static ssize_t bytes(enum kind kind, size_t n)
{
    if (!goes_wrong(kind))
        return (ssize_t)n;
    errno = how();
    return errno ? -1 : (ssize_t)(n > 1 ? n / 2 : n);
}

#define ALLOCATES(kind, name, taken, given)                                                                            \
    DECLARE(void *, name, taken);                                                                                      \
    void *HOOK(name) taken;                                                                                            \
    void *HOOK(name) taken                                                                                             \
    {                                                                                                                  \
        return goes_wrong(kind) ? no_memory() : CALL(void *, name, taken) given;                                       \
    }
#define MOVES(kind, name, taken, given)                                                                                \
    DECLARE(ssize_t, name, taken);                                                                                     \
    ssize_t HOOK(name) taken;                                                                                          \
    ssize_t HOOK(name) taken                                                                                           \
    {                                                                                                                  \
        ssize_t part = bytes(kind, n);                                                                                 \
        if (part < 0)                                                                                                  \
            return -1;                                                                                                 \
        n = (size_t)part;                                                                                              \
        return CALL(ssize_t, name, taken) given;                                                                       \
    }

ALLOCATES(MALLOC, malloc, (size_t n), (n))
ALLOCATES(MALLOC, calloc, (size_t k, size_t n), (k, n))
ALLOCATES(REALLOC, realloc, (void *old, size_t n), (old, n))
MOVES(READ, read, (int fd, void *to, size_t n), (fd, to, n))
MOVES(READ, recv, (int fd, void *to, size_t n, int flags), (fd, to, n, flags))
MOVES(WRITE, write, (int fd, const void *from, size_t n), (fd, from, n))
MOVES(WRITE, send, (int fd, const void *from, size_t n, int flags), (fd, from, n, flags))
#ifndef WRAP /* what a compiler makes of read() and recv() where it checks them */
MOVES(READ, __read_chk, (int fd, void *to, size_t n, size_t room), (fd, to, n, room))
MOVES(READ, __recv_chk, (int fd, void *to, size_t n, size_t room, int flags), (fd, to, n, room, flags))
#endif

DECLARE(int, poll, (struct pollfd * fds, nfds_t n, int timeout));
int HOOK(poll)(struct pollfd *fds, nfds_t n, int timeout);
int HOOK(poll)(struct pollfd *fds, nfds_t n, int timeout)
{
    if (goes_wrong(POLL)) {
        errno = how();
        return -1;
    }
    return CALL(int, poll, (struct pollfd * fds, nfds_t n, int timeout))(fds, n, timeout);
}

/* What makes a file last. */
#define FAILS(kind, name, taken, given)                                                                                \
    DECLARE(int, name, taken);                                                                                         \
    int HOOK(name) taken;                                                                                              \
    int HOOK(name) taken                                                                                               \
    {                                                                                                                  \
        if (goes_wrong(kind)) {                                                                                        \
            errno = how();                                                                                             \
            return -1;                                                                                                 \
        }                                                                                                              \
        return CALL(int, name, taken) given;                                                                           \
    }

FAILS(OPEN, pipe2, (int fds[2], int flags), (fds, flags))
FAILS(OPEN, socket, (int domain, int type, int protocol), (domain, type, protocol))
FAILS(LAST, fsync, (int fd), (fd))
FAILS(LAST, fdatasync, (int fd), (fd))
FAILS(LAST, ftruncate, (int fd, off_t size), (fd, size))
FAILS(LAST, rename, (const char *from, const char *to), (from, to))
FAILS(LAST, mkdir, (const char *name, mode_t mode), (name, mode))
FAILS(LAST, flock, (int fd, int what), (fd, what))

DECLARE(int, open, (const char *name, int flags, ...));
int HOOK(open)(const char *name, int flags, ...);
int HOOK(open)(const char *name, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (goes_wrong(OPEN)) {
        errno = how();
        return -1;
    }
    return CALL(int, open, (const char *name, int flags, ...))(name, flags, mode);
}

__attribute__((destructor)) static void tell(void)
{
    const char *text = getenv("FAIL_AT");
    if (text && atol(text) == 0)
        for (int kind = 0; kind < KINDS; kind++)
            dprintf(STDERR_FILENO, "calls of %s: %ld\n", names[kind], counts[kind]);
}
