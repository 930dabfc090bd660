/* buf: growable bytes with a hard cap. */
#include "base/buf.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tap.h"

static void check_growth(void)
{
    struct buf b = {0};
    is_text(buf_text(&b), "", "an empty buf is an empty text");
    for (int i = 0; i < 10000; i++)
        buf_addf(&b, "%d,", i % 10);
    is_int((int64_t)b.len, 20000, "what is added stays");
    ok(strncmp(buf_text(&b), "0,1,2,", 6) == 0 && strcmp(b.data + b.len - 4, "8,9,") == 0, "in the order it was added");
    buf_clear(&b);
    is_text(buf_text(&b), "", "a cleared buf is empty");
    buf_add(&b, "a\0b", 3);
    ok(b.len == 3 && memcmp(buf_text(&b), "a\0b", 4) == 0, "NUL bytes are bytes like others");
    buf_free(&b);
    ok(b.data == NULL && b.len == 0, "a freed buf holds nothing");
    char *copy = mem_text(b.data, b.len);
    is_text(copy, "", "and is copied as an empty text");
    free(copy);
}

static void check_cap(void)
{
    struct buf b = {.cap = 5};
    is_int(buf_adds(&b, "12345"), 0, "a buf can be filled up to its cap");
    is_int(buf_addc(&b, '6'), -1, "one byte more is refused");
    is_int(buf_addf(&b, "%d", 6), -1, "in every way of adding");
    is_int(buf_add(&b, "", 0), 0, "nothing can always be added");
    is_text(buf_text(&b), "12345", "a refused byte leaves the rest alone");
    buf_clear(&b);
    is_int(buf_adds(&b, "123456"), -1, "the cap holds after clearing");
    is_int((int64_t)b.len, 0, "of a refused text nothing is added");
    buf_adds(&b, "1");
    buf_free(&b);
    is_int((int64_t)b.cap, 5, "freeing keeps the cap");
}

static void check_swap(void)
{
    struct buf a = {.cap = 9}, b = {0};
    buf_adds(&a, "a");
    buf_adds(&b, "b");
    buf_swap(&a, &b);
    ok(strcmp(buf_text(&a), "b") == 0 && strcmp(buf_text(&b), "a") == 0 && b.cap == 9,
       "two bufs change places, caps included");
    buf_free(&a);
    buf_free(&b);
}

static void check_expect(void)
{
    enum { SOME = 3000, MUCH = 5 << 20 };
    struct buf b = {0}, capped = {.cap = MUCH};
    buf_expect(&capped, MUCH + 1);
    ok(!capped.data, "no more than the cap is expected");
    buf_expect(&capped, MUCH);
    ok(capped.room > MUCH, "as much as that is");
    buf_free(&capped);
    buf_expect(&b, 0);
    is_text(buf_text(&b), "", "nothing may be expected");
    for (size_t n = SOME; n <= MUCH; n += MUCH - SOME) {
        buf_clear(&b);
        buf_expect(&b, n);
        const char *was = b.data;
        for (size_t i = 0; i < n; i++)
            buf_addc(&b, 'a');
        ok(b.data == was && b.len == n && strlen(b.data) == n, "what was expected has its place: %zu bytes", n);
    }
    buf_expect(&b, 2 * (size_t)MUCH);
    ok(b.len == MUCH && b.data[0] == 'a', "what is there stays");
    buf_free(&b);
}

int main(void)
{
    check_growth();
    check_expect();
    check_cap();
    check_swap();
    return tap_end();
}
