/* cache: small files that the processes of a user share. */
#include "http/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of our own that nobody else can write to. */
static bool is_private(const char *folder)
{
    struct stat s;
    return lstat(folder, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() && (s.st_mode & 022) == 0;
}

static bool make_folder(const char *parent, const char *name, struct buf *path)
{
    buf_clear(path);
    buf_addf(path, "%s/%s", parent, name);
    return (mkdir(buf_text(path), 0700) == 0 || errno == EEXIST) && is_private(path->data);
}

/* Root makes nothing in the home of another user, which is what HOME names where sudo leaves it as it is: the user
 * could no longer use ~/.cache. */
static bool is_for_us(const char *folder)
{
    struct stat s;
    struct buf parent = {0};
    if (!folder || *folder != '/')
        return false;
    buf_add(&parent, folder, (size_t)(strrchr(folder, '/') - folder) + 1);
    bool theirs = geteuid() == 0 && (stat(folder, &s) == 0 || stat(buf_text(&parent), &s) == 0) && s.st_uid != 0;
    buf_free(&parent);
    return !theirs;
}

static bool find_folder(struct buf *path)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME"), *temporary = getenv("TMPDIR");
    struct buf parent = {0};
    bool found = false;
    if (is_for_us(cache)) {
        mkdir(cache, 0700); /* as the XDG Base Directory Specification has it */
        found = make_folder(cache, "restsrc", path);
    }
    if (!found && is_for_us(home) && make_folder(home, ".cache", &parent))
        found = make_folder(buf_text(&parent), "restsrc", path);
    if (!found) {
        buf_clear(&parent);
        buf_addf(&parent, "restsrc-%lu", (unsigned long)geteuid());
        found = make_folder(temporary && *temporary == '/' ? temporary : "/tmp", buf_text(&parent), path);
    }
    buf_free(&parent);
    return found;
}

/* A regular file of our own, and nobody else's to read from now on. */
static bool is_ours(int fd)
{
    struct stat s;
    return fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_uid == geteuid() &&
           ((s.st_mode & 077) == 0 || fchmod(fd, 0600) == 0);
}

int cache_open(const char *what, const char *key)
{
    struct buf path = {0};
    int fd = CACHE_NONE;
    if (find_folder(&path)) {
        buf_addf(&path, "/%s-%016" PRIx64, what, mem_digest(key, strlen(key)));
        fd = open(buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    }
    if (fd >= 0 && !is_ours(fd)) {
        close(fd);
        fd = CACHE_NONE;
    }
    buf_free(&path);
    return fd;
}

int cache_lock(int fd)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    return errno == EWOULDBLOCK || errno == EINTR ? CACHE_BUSY : CACHE_NONE;
}

void cache_read(int fd, struct buf *content)
{
    enum { MOST = 65536 };
    char chunk[4096];
    ssize_t got;
    buf_clear(content);
    while (content->len < MOST && (got = pread(fd, chunk, sizeof chunk, (off_t)content->len)) > 0)
        buf_add(content, chunk, (size_t)got);
}

/* The new content goes over the old before the rest is cut off: a process that is killed in between leaves something
 * that reads as new. */
int cache_write(int fd, const char *content, size_t n)
{
    bool whole = pwrite(fd, content, n, 0) == (ssize_t)n && ftruncate(fd, (off_t)n) == 0;
    if (!whole && ftruncate(fd, 0)) /* half a file would not be understood, an empty one is */
        return -1;
    return whole ? 0 : -1;
}
