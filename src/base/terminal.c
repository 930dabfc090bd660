#include "base/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"

void terminal_progress_start(struct progress *p, bool wanted, int64_t limit)
{
    *p = (struct progress){.wanted = wanted && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO), .limit = limit};
    clock_gettime(CLOCK_MONOTONIC, &p->began);
    p->last = p->began;
}

void terminal_progress_show(struct progress *p, int64_t records, int64_t pages, int64_t retries, int64_t total)
{
    if (!p->wanted || io_seconds_since(&p->last) < 0.2)
        return;
    clock_gettime(CLOCK_MONOTONIC, &p->last);
    double rate = (double)records / io_seconds_since(&p->began);
    int64_t goal = p->limit >= 0 && (total < 0 || p->limit < total) ? p->limit : total;
    fprintf(stderr, "\r\033[K%" PRId64 " records, %.0f/s, %" PRId64 " pages, %" PRId64 " retries", records, rate, pages,
            retries);
    if (goal > records && rate > 0)
        fprintf(stderr, ", %.0f s to go", (double)(goal - records) / rate);
    p->shown = true;
}

void terminal_progress_hide(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}
