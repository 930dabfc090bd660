/* terminal: notes and progress on standard error. */
#include "base/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/text.h"

void terminal_init(struct terminal *t, bool quiet, bool progress, int64_t limit)
{
    *t = (struct terminal){.quiet = quiet,
                           .progress = progress && !quiet && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO),
                           .limit = limit};
    clock_gettime(CLOCK_MONOTONIC, &t->began);
    t->last = t->began;
}

void terminal_note(struct terminal *t, bool verbose, const char *lines)
{
    char *text = mem_text(lines, strlen(lines)), *rest = text;
    terminal_progress_hide(t);
    text_clean_lines(text);
    for (char *line; (!t->quiet || verbose) && (line = strsep(&rest, "\n"));)
        if (*line)
            fprintf(stderr, "restsrc: %s\n", line);
    free(text);
}

void terminal_progress_show(struct terminal *t, int64_t records, int64_t pages, int64_t retries, int64_t total)
{
    if (!t->progress || io_seconds_since(&t->last) < 0.2)
        return;
    clock_gettime(CLOCK_MONOTONIC, &t->last);
    double rate = (double)records / io_seconds_since(&t->began);
    int64_t goal = t->limit >= 0 && (total < 0 || t->limit < total) ? t->limit : total;
    fprintf(stderr, "\r\033[K%" PRId64 " records, %.0f/s, %" PRId64 " pages, %" PRId64 " retries", records, rate, pages,
            retries);
    if (goal > records && rate > 0)
        fprintf(stderr, ", %.0f s to go", (double)(goal - records) / rate);
    t->shown = true;
}

void terminal_progress_hide(struct terminal *t)
{
    if (t->shown)
        fputs("\r\033[K", stderr);
    t->shown = false;
}
