/* libFuzzer target: whatever is in the file of --state, it is taken, or its line is named; what is taken is the same
 * after it was written again.
 *
 * A line with the name of the list, then the file. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "pages/newer.h"
#include "pages/states.h"
#include "json/split.h"

static bool same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (!a->len || memcmp(a->data, b->data, a->len) == 0);
}

static void again(const struct state *s, const struct buf *list)
{
    struct buf line = {0};
    struct error e = {0};
    struct state other = {.run = -1, .style = s->style};
    buf_add(&other.parent, s->parent.data, s->parent.len);
    state_write(s, list, &line);
    struct slice text = {buf_text(&line), line.len};
    require(!memchr(text.text, '\n', text.len) && state_check("x", text, 1, &e) == 0);
    require(state_read(&other, "x", text, 1, &e) == 0);
    require(other.place.offset == s->place.offset && other.place.skip == s->place.skip && other.done == s->done);
    require(other.records == s->records && other.bytes == s->bytes && same(&other.place.cursor, &s->place.cursor));
    require(!s->until.len || (same(&other.newest, &s->newest) && same(&other.until, &s->until)));
    require(same(&other.seen, &s->seen) && same(&other.noted, &s->noted));
    state_free(&other);
    buf_free(&line);
}

static void load_newer(const struct state *s)
{
    struct newer n = {0};
    struct buf seen = {0}, noted = {0};
    path_parse(&n.path, "at");
    buf_add(&n.newest, s->newest.data, s->newest.len);
    newer_load(&n, (struct slice){s->seen.data, s->seen.len}, (struct slice){s->noted.data, s->noted.len});
    newer_save(&n, true, &seen, &noted);
    newer_free(&n);
    buf_free(&seen);
    buf_free(&noted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *name = fuzz_line(&data, &size), file[40];
    struct buf list = {0};
    struct states all;
    struct error e = {0};
    int fd = memfd_create("state", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    buf_adds(&list, name);
    if (states_load(&all, file, &list, &e))
        require(e.code && *e.message && !strchr(e.message, '\n'));
    for (size_t i = 0; !e.code && i < all.count; i++) {
        struct state s = {.run = -1, .style = "offset"};
        struct error wrong = {0};
        buf_add(&s.parent, all.line[i].parent.data, all.line[i].parent.len);
        if (states_take(&all, &s, &wrong) == 0) {
            load_newer(&s);
            if (!s.seen.len == !s.noted.len) /* a run writes both or none */
                again(&s, &list);
        }
        state_free(&s);
    }
    states_free(&all);
    buf_free(&list);
    close(fd);
    free(name);
    return 0;
}
