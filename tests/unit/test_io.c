/* io: whole reads and writes, files that take the place of others, and the signals that end a run. What ends a process,
 * or changes what all of it sees, is done in a child. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char folder[] = "/tmp/restsrc-io-XXXXXX";
static const int none[] = {-1};

/* A name in the folder of this test; valid until the fifth call from now. */
static const char *named(const char *name)
{
    static char names[5][200];
    static int next;
    char *made = names[next++ % 5];
    snprintf(made, sizeof names[0], "%s/%s", folder, name);
    return made;
}

static void put(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode))
        abort();
    close(fd);
}

static void holds(const char *file, const char *text, const char *what)
{
    struct buf b = {0};
    struct error e = {0};
    io_read_file(file, &b, &e);
    is_text(buf_text(&b), text, what);
    buf_free(&b);
}

/* What the child's exit code is; above 1000: the signal that ended it. */
static int in_child(int (*run)(void))
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        exit(run());
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- files ---- */

static void test_emptied(void)
{
    struct error e = {0};
    int fd = -1, other = -1, null = open("/dev/null", O_WRONLY);
    put(named("a"), "old", 0600);
    ok(io_open_emptied(named("a"), 0600, none, 1, &fd, &e) == 0, "a file is opened");
    holds(named("a"), "", "and emptied");
    ok(io_open_emptied(named("new"), 0640, &fd, 1, &other, &e) == 0, "a new one");
    close(other);
    put(named("a"), "kept", 0600);
    ok(io_open_emptied(named("a"), 0600, (int[]){null, fd}, 2, &other, &e) == -1 && e.code == EXIT_USAGE &&
           strstr(e.message, "already"),
       "the same as one of the others: %s", e.message);
    holds(named("a"), "kept", "is not emptied");
    close(other);
    ok(io_open_emptied("/dev/null", 0600, &null, 1, &other, &e) == 0, "a device may be written to twice");
    close(other);
    ok(io_open_emptied(named("no/a"), 0600, none, 1, &other, &e) == -1 && e.code == EXIT_IO, "no folder: %s",
       e.message);
    close(fd);
    close(null);
}

static int write_without_room(void)
{
    struct buf text = {0};
    struct error e = {0};
    buf_adds(&text, "more than fits");
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4, RLIM_INFINITY});
    bool right =
        io_write_file(named("full"), &text, false, &e) == -1 && e.code == EXIT_IO && strstr(e.message, "large");
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    buf_free(&text);
    return !right;
}

static void test_written(void)
{
    struct buf text = {0};
    struct error e = {0};
    struct stat s;
    buf_adds(&text, "whole");
    for (int durable = 0; durable < 2; durable++) {
        ok(io_write_file(named("w"), &text, durable, &e) == 0, "a file is written");
        holds(named("w"), "whole", "as it is");
    }
    ok(stat(named("w"), &s) == 0 && (s.st_mode & 0777) == 0600 && access(named("w.new"), F_OK), "for its owner alone");
    ok(io_write_file(named("no/w"), &text, false, &e) == -1 && e.code == EXIT_IO, "no folder: %s", e.message);
    ok(io_write_file(folder, &text, false, &e) == -1, "a folder is no file: %s", e.message);
    put(named("full"), "old", 0600);
    is_int(in_child(write_without_room), 0, "no room is an error");
    holds(named("full"), "old", "and leaves what was there");
    ok(io_sync_folder(named("w")) == 0 && io_sync_folder("here") == 0 && io_sync_folder(named("no/w")) == -1,
       "the folder of a file");
    buf_free(&text);
}

static void test_read(void)
{
    struct buf b = {.cap = 3};
    struct error e = {0};
    put(named("r"), "four", 0600);
    ok(io_read_file(named("r"), &b, &e) == -1 && e.code == EXIT_NO_FILE && strstr(e.message, "larger than 3 bytes"),
       "%s", e.message);
    ok(io_read_file(named("none"), &b, &e) == -1 && e.code == EXIT_NO_FILE, "%s", e.message);
    ok(io_read_file(folder, &b, &e) == -1 && strstr(e.message, "cannot read"), "%s", e.message);
    ok(io_is_file(named("r")) && !io_is_file(folder) && !io_is_file(named("none")), "what is a file");
    ok(io_is_open(STDOUT_FILENO) && !io_is_open(999), "what is open");
    buf_free(&b);
}

/* The text in a pipe, n times; in a child that ends. */
static const char *pipe_of(const char *text, size_t n)
{
    const char *name = named("pipe");
    unlink(name);
    if (mkfifo(name, 0600))
        abort();
    fflush(stdout);
    if (fork() == 0) {
        int fd = open(name, O_WRONLY);
        while (n-- && write(fd, text, strlen(text)) > 0)
            ;
        _exit(0);
    }
    return name;
}

static void test_again(void)
{
    char *again = NULL, block[4097];
    struct error e = {0};
    ok(io_again(named("r"), &again, &e) == 0, "a file");
    is_text(again, named("r"), "is read by its own name");
    free(again);
    ok(io_again(pipe_of("once", 1), &again, &e) == 0, "a pipe");
    holds(again, "once", "is read from a copy");
    holds(again, "once", "and again");
    free(again);
    wait(NULL);
    memset(block, 'x', sizeof block - 1);
    block[4096] = '\0';
    again = NULL;
    signal(SIGPIPE, SIG_DFL);
    ok(io_again(pipe_of(block, 4097), &again, &e) == -1 && e.code == EXIT_NO_FILE, "more than 16 MB: %s", e.message);
    free(again);
    wait(NULL);
}

static int replace_as_nobody(void)
{
    struct error e = {0};
    if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
        return 2;
    return io_replace_file(named("closed/open"), "b", &e) == 0 ? 0 : 1;
}

static int fail_as_nobody(void)
{
    struct error e = {0};
    if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
        return 2;
    return io_replace_file(named("closed/locked"), "b", &e) == -1 && e.code == EXIT_IO ? 0 : 1;
}

static void test_replaced(void)
{
    struct error e = {0};
    struct stat s;
    put(named("t"), "old\n", 0640);
    ok(symlink(named("t"), named("link")) == 0 && io_replace_file(named("link"), "new", &e) == 0, "a link to a file");
    holds(named("t"), "new\n", "the file has the new line");
    ok(stat(named("t"), &s) == 0 && (s.st_mode & 0777) == 0640, "and its permissions");
    ok(lstat(named("link"), &s) == 0 && S_ISLNK(s.st_mode), "the link is one");
    ok(io_replace_file(named("none"), "new", &e) == -1 && e.code == EXIT_IO, "%s", e.message);
    chmod(folder, 0755);
    mkdir(named("closed"), 0755);
    put(named("closed/open"), "a longer line\n", 0666);
    put(named("closed/locked"), "a\n", 0444);
    chmod(named("closed"), 0555);
    is_int(in_child(replace_as_nobody), 0, "in a folder that is closed to us it is written over");
    holds(named("closed/open"), "b\n", "with nothing left of the old line");
    is_int(in_child(fail_as_nobody), 0, "a file that is, too, is an error");
    holds(named("closed/locked"), "a\n", "and stays");
    chmod(named("closed"), 0755);
}

/* ---- writes ---- */

/* Reads all of fd, with so many microseconds before each piece, in a child; its exit code is whether it was right. */
static pid_t reader(int fd, int other, size_t expected, useconds_t pause)
{
    fflush(stdout);
    pid_t child = fork();
    if (child)
        return child;
    char piece[3000];
    size_t all = 0, wrong = 0;
    close(other);
    usleep(pause);
    for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0; all += (size_t)n)
        for (ssize_t i = 0; i < n; i++)
            wrong += piece[i] != ((all + (size_t)i) % 100 == 99 ? '\n' : 'x');
    exit(all == expected && !wrong ? 0 : 1);
}

static void fill(struct buf *text, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        for (int n = 0; n < 99; n++)
            buf_addc(text, 'x');
        buf_addc(text, '\n');
    }
}

static void on_wait(void *ctx, int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    ++*(int *)ctx;
    poll(&ready, 1, 1000);
}

/* busy: with something else to do; else with a pipe that does not wait. */
static void through_pipe(bool busy)
{
    struct buf text = {0};
    struct error e = {0};
    int ends[2], status = 1, waits = 0;
    size_t done = 0;
    fill(&text, 5000);
    if (pipe(ends))
        abort();
    pid_t child = reader(ends[0], ends[1], text.len, 20000);
    close(ends[0]);
    fcntl(ends[1], F_SETFL, busy ? 0 : O_NONBLOCK);
    int result = busy ? io_write_busy(ends[1], text.data, text.len, on_wait, &waits, &done, &e)
                      : io_write_lines(ends[1], text.data, text.len, &e);
    ok(result == 0 && (!busy || (done == text.len && waits > 0)), "all is written to a slow reader");
    close(ends[1]);
    waitpid(child, &status, 0);
    is_int(status, 0, "and arrives as it is");
    buf_free(&text);
}

static void test_failures(void)
{
    struct error e = {0};
    int full = open("/dev/full", O_WRONLY), ends[2];
    ok(io_write_lines(full, "x\n", 2, &e) == -1 && e.code == EXIT_IO && !e.quiet && strstr(e.message, "No space left"),
       "%s", e.message);
    close(full);
    if (pipe(ends))
        abort();
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    ok(io_write_lines(ends[1], "x\n", 2, &e) == -1 && !e.quiet, "a reader that has gone: %s", e.message);
    close(ends[1]);
    int file = open(named("busy"), O_WRONLY | O_CREAT, 0600), waits = 0;
    size_t done;
    ok(io_write_busy(file, "a\nb\n", 4, on_wait, &waits, &done, &e) == 0 && done == 4 && waits == 0,
       "a file does not make us wait");
    close(file);
}

static int gone_quietly(void)
{
    struct error e = {0};
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    if (pipe(ends) || dup2(ends[1], STDOUT_FILENO) < 0)
        return 2;
    close(ends[0]);
    return io_write_lines(STDOUT_FILENO, "x\n", 2, &e) == -1 && e.quiet && strstr(e.message, "standard output") ? 0 : 1;
}

/* ---- signals ---- */

/* A wait during which the signal comes. */
static void on_wait_signal(void *ctx, int fd)
{
    (void)ctx;
    (void)fd;
    raise(SIGTERM);
}

static int ends_a_line(void)
{
    struct buf text = {0};
    struct error e = {0};
    int ends[2], status = 1;
    size_t done = 0, room;
    io_catch_signals();
    if (pipe(ends))
        return 2;
    fill(&text, 5000);
    room = (size_t)fcntl(ends[1], F_GETPIPE_SZ);
    size_t whole = (room + 99) / 100 * 100;
    pid_t child = reader(ends[0], ends[1], whole, 50000);
    close(ends[0]);
    int result = io_write_busy(ends[1], text.data, text.len, on_wait_signal, NULL, &done, &e);
    close(ends[1]);
    waitpid(child, &status, 0);
    buf_free(&text);
    return result == 0 && done == whole && status == 0 && io_signalled() == SIGTERM ? 0 : 1;
}

/* The rest of a text without an end of a line; then a reader that takes nothing. */
static int ends_a_text(void)
{
    static char text[300000];
    struct error e = {0};
    int ends[2];
    io_catch_signals();
    raise(SIGUSR1);
    if (pipe(ends) || io_write_whole(ends[1], "short", 5, &e))
        return 2;
    memset(text, 'x', sizeof text);
    double began = io_clock();
    bool failed = io_write_whole(ends[1], text, sizeof text, &e) == -1 && e.code == EXIT_IO;
    return failed && strstr(e.message, "timed out") && io_clock() - began < 10 ? 0 : 1;
}

/* What was not begun is not begun after a signal. */
static int begins_nothing(void)
{
    struct error e = {0};
    int ends[2];
    size_t done = 1;
    io_catch_signals();
    raise(SIGUSR1);
    if (pipe2(ends, O_NONBLOCK) || io_write_busy(ends[1], "a\nb\n", 4, NULL, NULL, &done, &e))
        return 2;
    char byte;
    return done == 0 && read(ends[0], &byte, 1) < 0 ? 0 : 1;
}

static int dies_of_it(void)
{
    io_catch_signals();
    io_die_of_signal();
    raise(SIGTERM);
    io_die_of_signal();
    return 1;
}

static int ignores_hangup(void)
{
    signal(SIGHUP, SIG_IGN);
    io_catch_signals();
    raise(SIGHUP);
    return io_signalled();
}

static int is_told(void)
{
    struct pollfd ready = {.events = POLLIN};
    if (io_signal_fd() >= 0)
        return 2;
    io_catch_signals();
    ready.fd = io_signal_fd();
    if (poll(&ready, 1, 0) != 0)
        return 3;
    raise(SIGINT);
    return poll(&ready, 1, 0) == 1 && io_signalled() == SIGINT ? 0 : 1;
}

static int deadline(double seconds)
{
    struct pollfd ready = {.events = POLLIN};
    io_catch_signals();
    ready.fd = io_signal_fd();
    if (io_deadline_is_over())
        return 2;
    io_set_deadline(seconds);
    while (poll(&ready, 1, 10000) < 0)
        ;
    io_die_of_signal(); /* it does not */
    return io_deadline_is_over() && io_signalled() == SIGALRM ? 0 : 1;
}

static int deadline_soon(void)
{
    return deadline(0.01);
}

static int deadline_now(void)
{
    return deadline(0);
}

static int alarm_of_others(void)
{
    io_catch_signals();
    raise(SIGALRM);
    return io_deadline_is_over();
}

static int has_another_parent(void)
{
    io_die_with_parent(getppid());
    io_die_with_parent(1 << 30);
    return 1;
}

/* ---- standard descriptors that are closed ---- */

static int holds_standard(void)
{
    char byte;
    for (int fd = 0; fd <= 2; fd++)
        close(fd);
    io_hold_standard();
    int next = open("/dev/null", O_RDONLY);
    return next > 2 && read(0, &byte, 1) < 0 && write(1, "x", 1) < 0 && write(2, "x", 1) < 0 ? 0 : 1;
}

static int holds_none(void)
{
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    close(1);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, most.rlim_max});
    io_hold_standard();
    bool open = io_is_open(1);
    setrlimit(RLIMIT_NOFILE, &most);
    return open;
}

static void test_clocks(void)
{
    struct timespec then;
    clock_gettime(CLOCK_MONOTONIC, &then);
    then.tv_sec -= 100;
    double since = io_seconds_since(&then);
    ok(since >= 100 && since < 200, "seconds since then");
    ok(io_time() > 1.6e9 && io_clock() > 0, "the clocks");
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    test_emptied();
    test_written();
    test_read();
    test_again();
    test_replaced();
    through_pipe(false);
    through_pipe(true);
    test_failures();
    test_clocks();
    is_int(in_child(gone_quietly), 0, "who does not read our standard output any more is not told");
    is_int(in_child(ends_a_line), 0, "after a signal the line under way is finished, and no other begun");
    is_int(in_child(begins_nothing), 0, "or none at all");
    is_int(in_child(ends_a_text), 0, "a text is, if its reader takes it within a moment");
    is_int(in_child(dies_of_it), 1000 + SIGTERM, "the run ends by the signal that came");
    is_int(in_child(ignores_hangup), 0, "SIGHUP means nothing under nohup");
    is_int(in_child(is_told), 0, "a descriptor becomes readable");
    is_int(in_child(deadline_soon), 0, "a deadline is a signal that ends nothing");
    is_int(in_child(deadline_now), 0, "one of 0 seconds is over at once");
    is_int(in_child(alarm_of_others), 0, "an alarm of others is no deadline");
    is_int(in_child(has_another_parent), 1000 + SIGKILL, "without its parent it ends");
    is_int(in_child(holds_standard), 0, "closed descriptors are held by what fails");
    is_int(in_child(holds_none), 0, "or stay closed where there is no room");
    char command[60];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) | tap_end();
}
