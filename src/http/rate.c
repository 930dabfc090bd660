/* rate: when the next request may begin. */
#include "http/rate.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "http/cache.h"

static const double SOON = 0.005; /* seconds: when a lock is tried again */

static const double LONGEST_HOLD = 300, OLD = 10, OLDEST = 130; /* seconds; who waits asks every minute */

int rate_init(struct rate *r, const char *text, const char *origin, double patience, struct error *e)
{
    static const char units[] = "smhd";
    static const double seconds[] = {1, 60, 3600, 86400};
    char *end = NULL;
    *r = (struct rate){.shared = origin ? mem_text(origin, strlen(origin)) : NULL, .patience = patience};
    if (!text)
        return 0;
    double n = strtod(text, &end);
    const char *unit = *end == '/' && end[1] && !end[2] ? strchr(units, end[1]) : NULL;
    if (!isdigit((unsigned char)*text) || !unit || !(n / seconds[unit - units] > 1e-9) ||
        n / seconds[unit - units] > 1e6)
        return error_set(e, EXIT_USAGE, "--rate takes N/s, N/m, N/h or N/d, such as 10/s");
    r->interval = seconds[unit - units] / n;
    return 0;
}

void rate_free(struct rate *r)
{
    free(r->shared);
    r->shared = NULL;
}

/* Of different rates the lowest wins, for as long as somebody uses it. */
static double slowest(struct rate_state *s, double interval, double time)
{
    double old = fmin(fmax(2 * s->interval, OLD), OLDEST);
    if (interval >= s->interval || time - s->stamp > old || s->stamp > time)
        *s = (struct rate_state){.next = s->next, .hold = s->hold, .interval = interval, .stamp = time};
    return s->interval;
}

static double take(struct rate_state *s, double own, double time)
{
    double interval = slowest(s, own, time);
    if (s->next > time + interval) /* the clock was set back */
        s->next = time;
    if (s->hold > time + LONGEST_HOLD)
        s->hold = time;
    double due = s->next > s->hold ? s->next : s->hold;
    if (due > time)
        return due - time;
    /* A little late is made up for, so that the rate is kept on average; a long pause is not. */
    s->next = time - s->next < interval ? s->next + interval : time + interval;
    return 0;
}

/* What is in the file may be anything. */
static bool is_sane(const struct rate_state *s)
{
    return s->next >= 0 && s->hold >= 0 && s->stamp >= 0 && s->interval >= 0 && s->next < 1e12 && s->hold < 1e12 &&
           s->stamp < 1e12 && s->interval < 1e9;
}

static void read_state(int fd, struct rate_state *s)
{
    struct buf content = {0};
    *s = (struct rate_state){0};
    cache_read(fd, &content);
    if (content.len == sizeof *s)
        memcpy(s, content.data, sizeof *s);
    if (!is_sane(s))
        *s = (struct rate_state){0};
    buf_free(&content);
}

static const char NO_CACHE[] = "no private cache folder can be written";

/* The descriptor of the machine's state; -1: our own is what counts; CACHE_BUSY: another process has it. */
static int lock_state(struct rate *r, struct rate_state *s)
{
    *s = r->state;
    if (!r->shared)
        return -1;
    int fd = cache_open("rate", r->shared), result = fd >= 0 ? cache_lock(fd) : CACHE_NONE;
    if (result == 0) {
        read_state(fd, s);
        s->hold = fmax(s->hold, r->held); /* which could not be said at the time */
        r->held = r->busy_since = 0;
        r->alone = NULL;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    if (result == CACHE_NONE)
        r->alone = NO_CACHE;
    return result;
}

/* Has another process the state, and not yet for too long? It may have been stopped meanwhile. */
static bool is_busy(struct rate *r, int fd)
{
    if (fd != CACHE_BUSY)
        return false;
    double time = io_time();
    if (r->busy_since == 0 || r->busy_since > time)
        r->busy_since = time;
    if (time - r->busy_since <= r->patience)
        return true;
    r->alone = "another process holds the lock of the cache";
    return false;
}

static void unlock_state(struct rate *r, int fd, const struct rate_state *s)
{
    r->state = *s;
    if (fd < 0)
        return;
    if (cache_write(fd, (const char *)s, sizeof *s))
        r->alone = NO_CACHE;
    close(fd);
}

double rate_take(struct rate *r)
{
    struct rate_state s;
    if (!r->shared && r->interval == 0 && r->state.hold == 0)
        return 0;
    int fd = lock_state(r, &s);
    if (is_busy(r, fd))
        return SOON;
    double wait = take(&s, r->interval, io_time());
    unlock_state(r, fd, &s);
    return wait;
}

bool rate_hold(struct rate *r, double seconds)
{
    struct rate_state s;
    int fd = lock_state(r, &s);
    double until = io_time() + (seconds < LONGEST_HOLD ? seconds : LONGEST_HOLD);
    bool longer = until > s.hold + 1;
    if (until > s.hold)
        s.hold = until;
    if (fd == CACHE_BUSY)
        r->held = s.hold;
    unlock_state(r, fd, &s);
    return longer;
}
