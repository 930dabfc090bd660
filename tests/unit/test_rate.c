/* rate: when the next request may begin; and cache, which the processes share it by. */
#include "http/rate.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http/cache.h"
#include "tap.h"

static char home[100];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The locked file, waited for. */
static int locked(const char *what, const char *key)
{
    int fd = cache_open(what, key);
    while (fd >= 0 && cache_lock(fd) == CACHE_BUSY)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return fd;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 0.05;
}

static void is_rate(const char *text, double interval)
{
    struct rate r;
    struct error e = {0};
    int result = rate_init(&r, text, NULL, 10, &e);
    if (interval > 0)
        ok(result == 0 && fabs(r.interval - interval) < 1e-9, "%s is one in %g s", text, interval);
    else
        ok(result == -1 && e.code == EXIT_USAGE && strstr(e.message, "10/s"), "'%s' is no rate", text);
    rate_free(&r);
}

static void check_texts(void)
{
    is_rate("10/s", 0.1);
    is_rate("0.5/s", 2);
    is_rate("30/m", 2);
    is_rate("1800/h", 2);
    is_rate("43200/d", 2);
    is_rate("8640000/d", 0.01);
    static const char *const wrong[] = {"10",   "10/",   "10/x",  "10/ss", "10 /s", " 10/s", "/s",   "0/s",
                                        "-1/s", "nan/s", "inf/s", "1e9/s", "s",     "",      "10/sm"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        is_rate(wrong[i], 0);
}

static void check_process(void)
{
    struct rate r, free_rate;
    struct error e = {0};
    rate_init(&r, "1/m", NULL, 10, &e);
    ok(rate_take(&r) == 0, "the first request may begin at once");
    ok(near(rate_take(&r), 60) && near(rate_take(&r), 60), "the next a minute later, however often it asks");
    rate_init(&free_rate, NULL, NULL, 10, &e);
    for (int i = 0; i < 3; i++)
        ok(rate_take(&free_rate) == 0, "without a rate each may begin");
    rate_hold(&free_rate, 7);
    ok(near(rate_take(&free_rate), 7), "unless the server asked for a pause");
    rate_hold(&free_rate, 3);
    ok(near(rate_take(&free_rate), 7), "a shorter one does not shorten it");
    rate_hold(&free_rate, 1e9);
    ok(near(rate_take(&free_rate), 300), "five minutes is the longest");
    rate_free(&r);
    rate_free(&free_rate);
}

static void check_burst(void)
{
    struct rate r;
    struct error e = {0};
    rate_init(&r, "10/s", NULL, 10, &e);
    rate_take(&r);
    r.state.next = now() - 0.03;
    ok(rate_take(&r) == 0 && near(rate_take(&r), 0.07), "a little late is made up for");
    r.state.next = now() - 5;
    ok(rate_take(&r) == 0 && near(rate_take(&r), 0.1), "a long pause is not: no burst");
    r.state.next = now() + 1000;
    ok(rate_take(&r) == 0, "a clock that was set back stops nobody");
    rate_free(&r);
}

static void open_pair(struct rate *a, const char *first, struct rate *b, const char *second, const char *origin)
{
    struct error e = {0};
    rate_init(a, first, origin, 10, &e);
    rate_init(b, second, origin, 10, &e);
}

static void check_machine(void)
{
    struct rate a, b;
    open_pair(&a, "1/m", &b, "1/m", "https://one");
    ok(rate_take(&a) == 0 && near(rate_take(&b), 60), "what one has taken the other waits for");
    rate_free(&a);
    rate_free(&b);
    open_pair(&a, "10/s", &b, "1/m", "https://two");
    ok(rate_take(&b) == 0 && near(rate_take(&a), 60), "the lowest rate wins");
    rate_free(&a);
    rate_free(&b);
    open_pair(&a, NULL, &b, NULL, "https://three");
    rate_hold(&a, 20);
    ok(near(rate_take(&b), 20), "a pause that one was asked for holds for the other");
    rate_free(&a);
    rate_free(&b);
    open_pair(&a, "1/m", &b, "1/m", "https://four");
    struct rate other;
    struct error e = {0};
    rate_init(&other, "1/m", "https://five", 10, &e);
    ok(rate_take(&a) == 0 && rate_take(&other) == 0, "another origin has its own");
    rate_free(&a);
    rate_free(&b);
    rate_free(&other);
}

/* When nobody has used the lower rate for a while it does not count any more. */
static void check_old(void)
{
    struct rate a, b;
    open_pair(&a, "1/h", &b, "10/s", "https://six");
    rate_take(&a);
    int fd = locked("rate", "https://six");
    a.state.stamp = now() - 131;
    cache_write(fd, (const char *)&a.state, sizeof a.state);
    close(fd);
    ok(rate_take(&b) == 0, "a rate that nobody has used for two minutes is forgotten");
    rate_free(&a);
    rate_free(&b);
}

static void check_rubbish(void)
{
    static const double nan_state[] = {NAN, NAN, NAN, NAN}, far[] = {1e300, 1e300, 1e300, 1e300};
    const struct {
        const void *bytes;
        size_t n;
        const char *name;
    } cases[] = {{nan_state, sizeof nan_state, "no numbers"},
                 {far, sizeof far, "large numbers"},
                 {"rubbish", 7, "rubbish"},
                 {"", 0, "nothing"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rate r;
        struct error e = {0};
        int fd = locked("rate", "https://seven");
        cache_write(fd, cases[i].bytes, cases[i].n);
        close(fd);
        rate_init(&r, "1/m", "https://seven", 10, &e);
        ok(rate_take(&r) == 0 && near(rate_take(&r), 60), "a file that holds %s is as good as none", cases[i].name);
        rate_free(&r);
    }
}

/* A process that was stopped keeps its lock. */
static void check_stopped(void)
{
    struct rate r;
    struct error e = {0};
    rate_init(&r, "1/m", "https://eight", 0.05, &e);
    int fd = locked("rate", "https://eight");
    double wait = rate_take(&r);
    ok(wait > 0 && wait < 0.05 && !r.alone, "while another process has the state it is asked for again soon");
    rate_hold(&r, 20);
    nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
    wait = rate_take(&r);
    ok(wait > 19 && wait <= 20 && r.alone, "after the patience our own counts");
    close(fd);
    wait = rate_take(&r);
    ok(wait > 19 && wait <= 20 && !r.alone, "a pause that could not be told then is told later");
    rate_free(&r);
}

static void check_alone(void)
{
    static const char *const places[] = {"XDG_CACHE_HOME", "HOME", "TMPDIR"};
    struct rate r;
    struct error e = {0};
    for (size_t i = 0; i < 3; i++)
        setenv(places[i], "/dev/null", 1);
    rate_init(&r, "1/m", "https://nine", 10, &e);
    ok(rate_take(&r) == 0 && near(rate_take(&r), 60), "where nothing can be shared, our own rate holds");
    ok(r.alone && strstr(r.alone, "no private cache folder"), "and why is known");
    rate_free(&r);
    setenv("XDG_CACHE_HOME", home, 1);
}

/* ---- cache ---- */

/* mode of the only file in the cache, or -1 */
static int mode_of(const char *name)
{
    struct stat s;
    return stat(name, &s) ? -1 : (int)(s.st_mode & 07777);
}

static void check_cache_files(void)
{
    char folder[200], file[300];
    struct buf content = {0};
    umask(0);
    int fd = locked("word", "key");
    snprintf(folder, sizeof folder, "%s/restsrc", home);
    is_int(mode_of(folder), 0700, "the cache folder is the user's alone");
    cache_write(fd, "longer than before", 18);
    cache_write(fd, "short", 5);
    cache_read(fd, &content);
    is_text(buf_text(&content), "short", "what is written takes the place of what was");
    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    is_int(mode_of(file), 0600, "its files are too");
    chmod(file, 0644);
    close(fd);
    fd = locked("word", "key");
    is_int(mode_of(file), 0600, "also those that others could read before");
    close(fd);
    buf_free(&content);
}

static void check_cache_places(void)
{
    char folder[200], target[200];
    snprintf(folder, sizeof folder, "%s/open", home);
    mkdir(folder, 0700);
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("HOME", home, 1);
    snprintf(target, sizeof target, "%s/open/restsrc", home);
    mkdir(target, 0777);
    chmod(target, 0777);
    int fd = locked("word", "one");
    snprintf(folder, sizeof folder, "%s/.cache/restsrc", home);
    ok(fd >= 0 && access(folder, F_OK) == 0, "a folder that others can write to is not used: the home folder has one");
    close(fd);
    rmdir(target);
    snprintf(folder, sizeof folder, "%s/elsewhere", home);
    mkdir(folder, 0700);
    ok(symlink(folder, target) == 0 && (fd = locked("word", "two")) >= 0, "nor is a symbolic link");
    close(fd);
    rmdir(folder); /* only when it is empty */
    ok(access(folder, F_OK) != 0, "... nothing was put where it leads");
    setenv("XDG_CACHE_HOME", "relative", 1);
    unsetenv("HOME");
    setenv("TMPDIR", home, 1);
    fd = locked("word", "three");
    ok(fd >= 0, "without a home folder there is one for temporary files");
    snprintf(target, sizeof target, "%s/restsrc-%lu", home, (unsigned long)geteuid());
    is_int(mode_of(target), 0700, "which is the user's alone");
    close(fd);
    setenv("XDG_CACHE_HOME", home, 1);
}

static void check_lock(void)
{
    int fd = locked("word", "lock");
    int ready[2];
    char c;
    if (pipe(ready))
        return;
    pid_t child = fork();
    if (child == 0) {
        close(fd); /* the lock belongs to the open file: the parent's copy keeps it */
        int mine = locked("word", "lock");
        struct buf content = {0};
        cache_read(mine, &content);
        _exit(write(ready[1], content.len == 4 ? "y" : "n", 1) == 1 ? 0 : 1);
    }
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); /* should it not wait, it would see an empty file */
    cache_write(fd, "done", 4);
    close(fd);
    ok(read(ready[0], &c, 1) == 1 && c == 'y', "another process waits for the lock, and then sees what was written");
    waitpid(child, NULL, 0);
}

int main(void)
{
    snprintf(home, sizeof home, "%s/restsrc-rate-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(home))
        return 1;
    setenv("XDG_CACHE_HOME", home, 1);
    check_texts();
    check_process();
    check_burst();
    check_machine();
    check_old();
    check_rubbish();
    check_stopped();
    check_alone();
    check_cache_files();
    check_cache_places();
    check_lock();
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    return tap_end() || system(command);
}
