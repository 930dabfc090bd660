/* terminal: notes and progress on standard error. */
#include "base/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/text.h"

/* Does somebody else write to the terminal, who reads what we write: a pager, head? */
static bool is_piped(int fd)
{
    struct stat s;
    return fstat(fd, &s) == 0 && (S_ISFIFO(s.st_mode) || S_ISSOCK(s.st_mode));
}

void terminal_init(struct terminal *t, bool quiet, enum terminal_progress progress, int64_t limit)
{
    bool shared = progress == PROGRESS_ALONE && (isatty(STDOUT_FILENO) || is_piped(STDOUT_FILENO));
    *t = (struct terminal){
        .quiet = quiet, .progress = progress && !quiet && !shared && isatty(STDERR_FILENO), .limit = limit};
    clock_gettime(CLOCK_MONOTONIC, &t->began);
    t->last = t->began;
}

/* Takes the line away, so that something else can be printed. */
static void hide(struct terminal *t)
{
    if (t->shown)
        fputs("\r\033[K", stderr);
    t->shown = false;
}

void terminal_note(struct terminal *t, bool verbose, const char *lines)
{
    char *text = mem_text(lines, strlen(lines)), *rest = text;
    hide(t);
    text_clean_lines(text);
    for (char *line; (!t->quiet || verbose) && (line = strsep(&rest, "\n"));)
        if (*line)
            fprintf(stderr, "restsrc: %s\n", line);
    free(text);
}

void terminal_tell(void *terminal, bool verbose, const char *lines)
{
    terminal_note(terminal, verbose, lines);
}

static void add_time(double seconds, struct buf *out)
{
    int64_t s = (int64_t)(seconds + 0.5);
    if (seconds < 10)
        buf_addf(out, "%.1f s", seconds);
    else if (s < 60)
        buf_addf(out, "%" PRId64 " s", s);
    else if (s < 3600)
        buf_addf(out, "%" PRId64 ":%02d min", s / 60, (int)(s % 60));
    else
        buf_addf(out, "%" PRId64 ":%02d h", s / 3600, (int)(s % 3600 / 60));
}

static void add_size(int64_t bytes, struct buf *out)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double n = (double)bytes;
    size_t unit = 0;
    for (; n >= 1000 && unit < 4; unit++)
        n /= 1000;
    buf_addf(out, unit && n < 100 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

/* 0 to 1; negative when it is not known how much there is. */
static double part_done(const struct progress *p)
{
    double part = p->total > 0         ? (double)p->records / (double)p->total
                  : p->bytes_total > 0 ? (double)p->bytes / (double)p->bytes_total
                                       : -1;
    return part > 1 ? 1 : part;
}

static void add_parts(const struct progress *p, struct buf *out)
{
    bool es = p->parts != 1 && p->part[strlen(p->part) - 1] == 'h';
    buf_addf(out, "%" PRId64 " %s%s", p->parts, p->part, p->parts == 1 ? "" : es ? "es" : "s");
    if (p->retries)
        buf_addf(out, ", %" PRId64 " %s", p->retries, p->retries == 1 ? "retry" : "retries");
}

/* 37 % [#######            ] at the front when there is room for it. */
static void add_bar(double part, int width, struct buf *out)
{
    int cells = (width - 8) / 2 < 20 ? (width - 8) / 2 : 20, full = (int)(part * cells);
    buf_addf(out, "%3d %%", (int)(part * 100));
    if (width > 60) {
        buf_addf(out, " [%.*s%*s]", full, "####################", cells - full, "");
    }
    buf_addc(out, ' ');
}

void terminal_progress_line(const struct progress *p, double seconds, int width, struct buf *out)
{
    size_t start = out->len;
    double part = part_done(p), rate = seconds > 0 ? (double)p->records / seconds : 0;
    if (part >= 0)
        add_bar(part, width, out);
    buf_addf(out, "%" PRId64 " records, %.0f/s", p->records, rate);
    if (part > 0 && part < 1) {
        buf_adds(out, ", ");
        add_time(seconds * (1 - part) / part, out);
        buf_adds(out, " to go");
    }
    buf_adds(out, ", ");
    add_parts(p, out);
    if (width > 0 && out->len - start > (size_t)width)
        out->len = start + (size_t)width;
}

static int columns(void)
{
    struct winsize size = {0};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* Of a range, only what is wanted. */
static struct progress within(const struct terminal *t, const struct progress *p)
{
    struct progress range = *p;
    if (t->limit >= 0 && (p->total < 0 || t->limit < p->total))
        range.total = t->limit;
    return range;
}

void terminal_progress_show(struct terminal *t, const struct progress *p)
{
    if (!t->progress || io_seconds_since(&t->last) < 0.2)
        return;
    clock_gettime(CLOCK_MONOTONIC, &t->last);
    struct buf line = {0};
    struct progress range = within(t, p);
    /* In the last column some terminals would go on to the next line. */
    terminal_progress_line(&range, io_seconds_since(&t->began), columns() - 1, &line);
    fprintf(stderr, "\r\033[K%s", buf_text(&line));
    buf_free(&line);
    t->shown = t->drawn = true;
}

void terminal_progress_end(struct terminal *t, const struct progress *p)
{
    struct buf line = {0};
    hide(t);
    if (!t->drawn)
        return;
    buf_addf(&line, "%" PRId64 " records, ", p->records);
    add_size(p->bytes, &line);
    buf_adds(&line, ", ");
    add_time(io_seconds_since(&t->began), &line);
    buf_adds(&line, ", ");
    add_parts(p, &line);
    fprintf(stderr, "restsrc: %s\n", buf_text(&line));
    buf_free(&line);
}
