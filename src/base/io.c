/* io: whole reads and writes, and the signals that end a run. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { COPIED = 16 << 20 };

enum { FINISH_LINE_MS = 2000 }; /* how long a signalled run waits for its reader to take the rest of a line */

static volatile sig_atomic_t signal_caught;
static bool has_deadline;
static int signal_pipe[2] = {-1, -1};

static bool is_same_file(int a, int b)
{
    struct stat x, y;
    return a >= 0 && b >= 0 && fstat(a, &x) == 0 && fstat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

int io_open_emptied(const char *name, mode_t mode, const int *others, size_t count, int *to, struct error *e)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0)
        return error_set(e, EXIT_IO, "cannot write %s: %s", name, strerror(errno));
    *to = fd;
    for (size_t i = 0; i < count; i++)
        if (is_same_file(fd, others[i]))
            return error_set(e, EXIT_USAGE, "%s is read, or written to, already", name);
    return ftruncate(fd, 0) && errno != EINVAL ? error_set(e, EXIT_IO, "cannot write %s: %s", name, strerror(errno))
                                               : 0;
}

void io_hold_standard(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return;
}

static void on_signal(int number)
{
    int saved = errno;
    signal_caught = number;
    if (write(signal_pipe[1], "", 1) < 0)
        errno = saved; /* the pipe is full: it is readable all the same */
    errno = saved;
}

void io_catch_signals(void)
{
    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK))
        return;
    static const int ending[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGVTALRM, SIGUSR1, SIGUSR2, SIGXCPU};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, was;
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (sigaction(ending[i], &action, &was) == 0 && ending[i] == SIGHUP && was.sa_handler == SIG_IGN)
            sigaction(SIGHUP, &was, NULL); /* nohup */
}

int io_signal_fd(void)
{
    return signal_pipe[0];
}

int io_signalled(void)
{
    return signal_caught;
}

/* The alarm is caught as other signals are: what hears of them hears of it. */
void io_set_deadline(double after)
{
    double whole = (double)(time_t)after, rest = after - whole;
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)whole, .tv_usec = (suseconds_t)(rest * 1e6)}};
    if (timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0)
        timer.it_value.tv_usec = 1;
    has_deadline = true;
    setitimer(ITIMER_REAL, &timer, NULL);
}

bool io_deadline_is_over(void)
{
    return has_deadline && signal_caught == SIGALRM;
}

void io_die_of_signal(void)
{
    if (!signal_caught || io_deadline_is_over())
        return;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0}); /* a core would hold secrets */
    signal(signal_caught, SIG_DFL);
    raise(signal_caught);
}

void io_die_with_parent(int parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it ended before we asked */
        raise(SIGKILL);
}

static int write_failed(int fd, struct error *e)
{
    e->quiet = errno == EPIPE && fd == STDOUT_FILENO;
    return error_set(e, EXIT_IO, "cannot write to %s: %s", fd == STDOUT_FILENO ? "standard output" : "file descriptor",
                     strerror(errno));
}

/* The rest of a line after a signal: in pieces a pipe takes whole, and only while the reader takes them. */
static size_t finish_line(int fd, const char *text, size_t n)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    size_t done = 0;
    while (done < n) {
        int taken = poll(&ready, 1, FINISH_LINE_MS);
        if (taken == 0)
            errno = ETIMEDOUT;
        ssize_t wrote = taken == 1 ? write(fd, text + done, n - done < PIPE_BUF ? n - done : PIPE_BUF) : -1;
        if (wrote < 0 && errno != EINTR) /* by another signal */
            break;
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    return done;
}

static void wait_for(void *ctx, int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    (void)ctx;
    poll(&ready, 1, -1);
}

/* How many bytes fd takes without making us wait. A pipe that has a page free may have no more. */
static size_t room(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    struct stat s;
    int inside = 0;
    if (poll(&ready, 1, 0) == 0)
        return 0;
    if (fstat(fd, &s) || !S_ISFIFO(s.st_mode))
        return SIZE_MAX;
    int size = ioctl(fd, FIONREAD, &inside) == 0 && inside == 0 ? fcntl(fd, F_GETPIPE_SZ) : PIPE_BUF;
    return size > PIPE_BUF ? (size_t)size : PIPE_BUF;
}

int io_write_lines(int fd, const char *text, size_t n, struct error *e)
{
    size_t done;
    return io_write_busy(fd, text, n, NULL, NULL, &done, e);
}

/* Writes until a signal comes. */
static int write_most(int fd, const char *text, size_t n, void (*wait)(void *ctx, int fd), void *ctx, size_t *done,
                      struct error *e)
{
    while (*done < n && !signal_caught) {
        size_t most = wait ? room(fd) : SIZE_MAX;
        ssize_t wrote = most ? write(fd, text + *done, n - *done < most ? n - *done : most) : -1;
        if (!most || (wrote < 0 && errno == EAGAIN)) {
            (wait ? wait : wait_for)(ctx, fd);
        } else if (wrote < 0 && errno != EINTR) {
            return write_failed(fd, e);
        } else if (wrote > 0) {
            *done += (size_t)wrote;
        }
    }
    return 0;
}

int io_write_busy(int fd, const char *text, size_t n, void (*wait)(void *ctx, int fd), void *ctx, size_t *done,
                  struct error *e)
{
    *done = 0;
    if (write_most(fd, text, n, wait, ctx, done, e))
        return -1;
    if (*done && *done < n && text[*done - 1] != '\n') {
        const char *newline = memchr(text + *done, '\n', n - *done);
        *done += finish_line(fd, text + *done, newline ? (size_t)(newline - text) - *done + 1 : n - *done);
    }
    return 0;
}

int io_write_whole(int fd, const char *text, size_t n, struct error *e)
{
    size_t done = 0;
    if (write_most(fd, text, n, NULL, NULL, &done, e))
        return -1;
    done += finish_line(fd, text + done, n - done);
    return done < n ? write_failed(fd, e) : 0;
}

static double seconds(const struct timespec *t)
{
    return (double)t->tv_sec + 1e-9 * (double)t->tv_nsec;
}

double io_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return seconds(&t);
}

double io_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return seconds(&t);
}

double io_seconds_since(const struct timespec *then)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return seconds(&(struct timespec){.tv_sec = t.tv_sec - then->tv_sec, .tv_nsec = t.tv_nsec - then->tv_nsec});
}

bool io_may_open(void)
{
    int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || errno != EMFILE;
}

bool io_is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

int io_read_all(int fd, const char *name, enum exit_code code, struct buf *b, struct error *e)
{
    char chunk[4096];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got == 0)
            return 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(e, code, "cannot read %s: %s", name, strerror(errno));
        if (buf_add(b, chunk, (size_t)got))
            return error_set(e, code, "%s is larger than %zu bytes", name, b->cap);
    }
}

bool io_is_file(const char *name)
{
    struct stat s;
    return stat(name, &s) == 0 && S_ISREG(s.st_mode);
}

int io_read_file(const char *name, struct buf *b, struct error *e)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(e, EXIT_NO_FILE, "cannot open %s: %s", name, strerror(errno));
    int result = io_read_all(fd, name, EXIT_NO_FILE, b, e);
    close(fd);
    return result;
}

static bool write_all(int fd, const struct buf *b)
{
    size_t done = 0;
    while (done < b->len) {
        ssize_t n = write(fd, b->data + done, b->len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

int io_sync_folder(const char *name)
{
    const char *slash = strrchr(name, '/');
    char *folder = slash ? mem_text(name, (size_t)(slash - name) + 1) : mem_copy(".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 || fsync(fd) ? -1 : 0;
    if (fd >= 0)
        close(fd);
    free(folder);
    return result;
}

int io_write_file(const char *name, const struct buf *text, bool durable, struct error *e)
{
    struct buf beside = {0};
    buf_addf(&beside, "%s.new", name);
    int fd = open(buf_text(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write_all(fd, text) && !(durable && fdatasync(fd)) && rename(beside.data, name) == 0 &&
                !(durable && io_sync_folder(name));
    int result = done ? 0 : error_set(e, EXIT_IO, "cannot write %s: %s", name, strerror(errno));
    if (fd >= 0)
        close(fd);
    buf_free(&beside);
    return result;
}

int io_again(const char *name, char **again, struct error *e)
{
    struct stat s;
    struct buf text = {.cap = COPIED}, path = {0};
    int result = 0;
    if (stat(name, &s) || !S_ISFIFO(s.st_mode)) {
        *again = mem_copy(name);
        return 0;
    }
    if ((result = io_read_file(name, &text, e)) == 0) {
        int fd = memfd_create("restsrc", MFD_CLOEXEC); /* open for as long as the process lives */
        if (fd < 0 || !write_all(fd, &text))
            result = error_set(e, EXIT_NO_FILE, "%s: it is a pipe, and cannot be copied: %s", name, strerror(errno));
        buf_addf(&path, "/proc/self/fd/%d", fd);
        *again = mem_copy(buf_text(&path));
    }
    buf_free(&text);
    buf_free(&path);
    return result;
}

/* Over the old content first: who is killed in between leaves the new line, perhaps with something after it. */
static bool overwrite(const char *name, const struct buf *text)
{
    int fd = open(name, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write_all(fd, text) && ftruncate(fd, (off_t)text->len) == 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

static bool replace(const char *name, const struct buf *text)
{
    struct stat s;
    struct buf other = {0};
    buf_addf(&other, "%s.XXXXXX", name);
    int fd = stat(name, &s) ? -1 : mkostemp(buf_writable(&other), O_CLOEXEC);
    bool done = fd >= 0 && fchmod(fd, s.st_mode & 07777) == 0 && write_all(fd, text) && fsync(fd) == 0 &&
                rename(other.data, name) == 0;
    if (fd >= 0) {
        if (!done)
            unlink(other.data);
        close(fd);
    }
    buf_free(&other);
    return done;
}

int io_replace_file(const char *name, const char *line, struct error *e)
{
    struct buf text = {0};
    char *path = realpath(name, NULL);
    buf_addf(&text, "%s\n", line);
    bool done = path && (replace(path, &text) || overwrite(path, &text));
    int cause = errno;
    free(path);
    buf_free(&text);
    return done ? 0 : error_set(e, EXIT_IO, "cannot write %s: %s", name, strerror(cause));
}
