/* libFuzzer target: whatever the headers of an answer, what they say is finite, bounded and within them: where the list
 * goes on, how many records it has, when the next request is welcome. */
#include <math.h>

#include "fuzz.h"
#include "http/head.h"
#include "http/ratelimit.h"
#include "pages/link_header.h"
#include "pages/total.h"

static const char *header(const void *head, const char *name, const char *previous)
{
    return head_find(head, name, previous);
}

static const char *first_header(const void *head, const char *name)
{
    return head_find(head, name, NULL);
}

static void check_total(const struct head *h, const char *count_from)
{
    struct total_source source = {0};
    struct total total = {0};
    struct error e = {0};
    if (total_parse(&source, count_from, &e) == 0) {
        if (total_find(&source, header, h, "", 0, &total, &e) == 1)
            require(total.records >= 0);
        if (total_claimed(&source, header, h, (struct slice){"{}", 2}, 10, &total) == 1)
            require(total.records >= 0);
    }
    total_free(&source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const relations[] = {"next", "last", "prev"};
    struct head h = {0};
    struct buf target = {0};
    while (size) {
        char *line = fuzz_line(&data, &size);
        head_add(&h, line, strlen(line));
        free(line);
    }
    for (size_t i = 0; i < 3; i++) {
        buf_clear(&target);
        enum link_found found = link_header_find(header, &h, relations[i], &target);
        require(found != LINK_FOUND || !memchr(buf_text(&target), '\n', target.len));
    }
    double wait = ratelimit_wait(first_header, &h, 1.7e9);
    require(isfinite(wait) && wait >= 0);
    const char *after = head_find(&h, "Retry-After", NULL);
    double retry = after ? ratelimit_retry_after(after, 1.7e9) : 0;
    require(isfinite(retry) && (retry >= 0 || retry == -1));
    check_total(&h, "auto");
    check_total(&h, "content-range");
    check_total(&h, "header:X-Total-Count");
    buf_free(&target);
    head_free(&h);
    return 0;
}
