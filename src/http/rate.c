/* rate: when the next request may begin. */
#include "http/rate.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "http/cache.h"

static const double ANY_TIME = 1e9; /* seconds */

static const double LONGEST_HOLD = 300, OLD = 10, OLDEST = 130; /* seconds; who waits asks every minute */

int rate_init(struct rate *r, const char *text, const char *origin, struct error *e)
{
    static const char units[] = "smhd";
    static const double seconds[] = {1, 60, 3600, 86400};
    char *end = NULL;
    *r = (struct rate){.shared = origin ? mem_text(origin, strlen(origin)) : NULL};
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

static int lock_state(struct rate *r, struct rate_state *s)
{
    struct buf content = {0};
    int fd = r->shared ? cache_lock("rate", r->shared, ANY_TIME) : -1;
    *s = r->state;
    if (fd < 0) {
        r->alone |= r->shared != NULL;
        return fd;
    }
    *s = (struct rate_state){0};
    cache_read(fd, &content);
    if (content.len == sizeof *s)
        memcpy(s, content.data, sizeof *s);
    if (!is_sane(s))
        *s = (struct rate_state){0};
    buf_free(&content);
    return fd;
}

static void unlock_state(struct rate *r, int fd, const struct rate_state *s)
{
    r->state = *s;
    if (fd < 0)
        return;
    if (cache_write(fd, (const char *)s, sizeof *s))
        r->alone = true;
    close(fd);
}

double rate_take(struct rate *r)
{
    struct rate_state s;
    if (!r->shared && r->interval == 0 && r->state.hold == 0)
        return 0;
    int fd = lock_state(r, &s);
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
    unlock_state(r, fd, &s);
    return longer;
}
