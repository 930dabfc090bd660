/* The progress line: what it says, and that it fits. */
#include "base/terminal.h"
#include "tap.h"

static void is_line(struct progress p, double seconds, int width, const char *expected)
{
    struct buf line = {0};
    terminal_progress_line(&p, seconds, width, &line);
    ok(strcmp(buf_text(&line), expected) == 0, "%s", expected);
    if (strcmp(buf_text(&line), expected) != 0)
        tap_note("it is: %s", buf_text(&line));
    buf_free(&line);
}

int main(void)
{
    struct progress p = {.records = 5000, .total = 20000, .bytes_total = -1, .parts = 50, .part = "page"};
    is_line(p, 2, 79, " 25 % [#####               ] 5000 records, 2500/s, 6.0 s to go, 50 pages");
    is_line(p, 2, 60, " 25 % 5000 records, 2500/s, 6.0 s to go, 50 pages");
    is_line(p, 2, 20, " 25 % 5000 records, ");
    is_line(p, 50, 60, " 25 % 5000 records, 100/s, 2:30 min to go, 50 pages");
    is_line(p, 5000, 60, " 25 % 5000 records, 1/s, 4:10 h to go, 50 pages");
    p.total = -1;
    p.retries = 1;
    is_line(p, 2, 79, "5000 records, 2500/s, 50 pages, 1 retry");
    p.records = p.total = 20000;
    p.retries = 2;
    is_line(p, 2, 60, "100 % 20000 records, 10000/s, 50 pages, 2 retries");
    p.total = 10000; /* a total that was too small */
    is_line(p, 2, 60, "100 % 20000 records, 10000/s, 50 pages, 2 retries");
    struct progress write = {.records = 10, .total = -1, .bytes = 1, .bytes_total = 2, .parts = 2, .part = "batch"};
    is_line(write, 1, 60, " 50 % 10 records, 10/s, 1.0 s to go, 2 batches");
    write.parts = 1;
    is_line(write, 0, 60, " 50 % 10 records, 0/s, 0.0 s to go, 1 batch");
    return tap_end();
}
