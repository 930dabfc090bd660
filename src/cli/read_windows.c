/* read_windows: windows of time. */
#include "cli/read_windows.h"

#include <math.h>
#include <string.h>

#include "base/moment.h"
#include "json/value.h"

static double floor_step(const struct windows *w, double at)
{
    return floor(at / w->step + 1e-6) * w->step;
}

static int read_time(const struct windows *w, const char *option, const struct buf *text, double *at, struct error *e)
{
    if (text->len && moment_read(text->data, w->since->time_format, at))
        return 0;
    return error_set(e, EXIT_USAGE,
                     text->len ? "--window needs a time for --%s" : "--window needs --%s, until a state knows better",
                     option);
}

int windows_init(struct windows *w, const struct options *o, struct error *e)
{
    const struct since_options *s = &o->since;
    *w = (struct windows){.since = s};
    if (!moment_duration(s->window, &w->length))
        return error_set(e, EXIT_USAGE,
                         "--window takes a duration of weeks, days, hours, minutes or seconds, such as P30D");
    if (read_time(w, "since", &s->from, &w->first, e) || read_time(w, "until", &s->to, &w->until, e))
        return -1;
    const char *form = moment_form(s->from.data);
    bool number = strncmp(form, "epoch", strlen("epoch")) == 0;
    w->format = s->time_format ? s->time_format : number ? form : "iso";
    w->longest = w->length;
    w->step = moment_step(w->format);
    w->next = w->first;
    if (w->step > 86400) /* months have no length of their own, so windows could not end where they do */
        return error_set(e, EXIT_USAGE, "--window needs a --time-format with a day in it");
    return w->length >= w->step ? 0 : error_set(e, EXIT_USAGE, "--window is shorter than the step of --time-format");
}

/* An API may have refused a window for its length, or for one dense spot in it. So the length that passed is kept for
 * some windows, and then a longer one is tried. */
static void lengthen(struct windows *w)
{
    enum { KEPT = 4 };
    if (w->length < w->longest && ++w->made % KEPT == 0)
        w->length = fmin(2 * w->length, w->longest);
}

void windows_shorten(struct windows *w, const struct window *half)
{
    w->length = fmin(w->length, half->to - half->from);
}

bool windows_next(struct windows *w, struct window *to)
{
    if (w->next >= w->until)
        return false;
    double end = floor_step(w, w->next + w->length);
    end = end > w->next ? end : floor_step(w, w->next) + w->step;
    *to = (struct window){w->next, end < w->until ? end : w->until};
    w->next = to->to;
    lengthen(w);
    return true;
}

bool windows_halve(const struct windows *w, struct window *one, struct window *second)
{
    double middle = floor_step(w, one->from + (one->to - one->from) / 2);
    if (middle <= one->from || middle >= one->to)
        return false;
    *second = (struct window){middle, one->to};
    one->to = middle;
    return true;
}

/* Without --since-path the ends of the whole way are the API's. */
void windows_ask(const struct windows *w, const struct window *one, struct since_options *times)
{
    bool inner = one->from > w->first || w->goes_on || w->since->since_path, ends = one->to >= w->until;
    double from = inner ? floor_step(w, one->from) - w->step : one->from, to = one->to;
    if (ends && w->since->since_path && floor_step(w, to) < to)
        to = floor_step(w, to) + w->step;
    buf_clear(&times->from);
    buf_clear(&times->to);
    moment_format(from, w->format, &times->from);
    moment_format(to, w->format, &times->to);
}

static void set_bound(double at, struct buf *to)
{
    struct buf text = {0};
    moment_format(at, "%Y-%m-%dT%H:%M:%S.%fZ", &text);
    buf_clear(to);
    value_quote(text.data, text.len, to);
    buf_free(&text);
}

void windows_bounds(const struct window *one, struct buf *from, struct buf *to)
{
    set_bound(one->from, from);
    set_bound(one->to, to);
}

void windows_name(const struct windows *w, const struct window *one, struct buf *out)
{
    buf_adds(out, "window ");
    moment_format(one->from, w->format, out);
    buf_adds(out, " to ");
    moment_format(one->to, w->format, out);
}
