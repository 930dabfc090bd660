/* split: random JSON with random white space, in random pieces. */
#include <stdlib.h>

#include "random_json.h"
#include "splitting.h"
#include "tap.h"

enum { DOCUMENTS = 3000 };

static bool equal(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static bool check_document(const struct path *places)
{
    struct random_text t = {{0}, {0}};
    struct buf lines = {0}, envelope = {0};
    size_t chunk = random_below(3) ? 1 + random_below(300) : WHOLE;
    random_page(&t, &lines, &envelope);
    struct splitting s = split_in_chunks(PAGE, places, t.sent.data, t.sent.len, chunk);
    bool right = s.result == 0 && equal(&s.records, &lines) && equal(&s.envelope, &envelope);
    if (!right)
        tap_note("in pieces of %zu: %.*s", chunk, (int)t.sent.len, t.sent.data);
    splitting_free(&s);
    buf_free(&t.sent);
    buf_free(&t.compact);
    buf_free(&lines);
    buf_free(&envelope);
    return right;
}

/* A text that lost its end, at any byte, is never taken for whole. */
static bool check_cut(const struct path *places)
{
    struct random_text t = {{0}, {0}};
    struct buf ignored = {0};
    random_page(&t, &ignored, &ignored);
    size_t end = t.sent.len;
    while (strchr(" \t\r\n", t.sent.data[end - 1]))
        end--;
    struct splitting s = split_in_chunks(PAGE, places, t.sent.data, random_below((unsigned)end), WHOLE);
    bool right = s.result == -1 && s.reason == SPLIT_CUT;
    splitting_free(&s);
    buf_free(&t.sent);
    buf_free(&t.compact);
    buf_free(&ignored);
    return right;
}

/* The argument is a seed, to see a failure again. */
int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20130101;
    struct path places;
    usual_paths(&places, USUAL_RECORDS);
    int wrong = 0, taken = 0;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        random_seed(seed + i);
        if (!check_document(&places) && ++wrong < 5)
            tap_note("seed %" PRIu64, seed + i);
        taken += !check_cut(&places);
    }
    path_free(&places);
    is_int(wrong, 0, "random pages come out as they went in, whatever their pieces and white space");
    is_int(taken, 0, "random pages that lost their end are cut short, never whole");
    return tap_end();
}
