/* split_texts: the splitter for tests/against_json.py, which sends texts and reads what it made of them.
 *
 *     in:   "KIND SEED LENGTH\n" and so many bytes; KIND: w the whole text, r its member "results", l lines
 *     out:  "RESULT COUNT LENGTH LENGTH\n", and the records and the envelope
 *
 * SEED says in which pieces the text is fed. Each is a block of its own: a sanitizer sees what is read after it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/split.h"

/* Of a few bytes, of some that the fast lane takes, or of any number. */
static size_t piece_of(size_t left, uint64_t *seed)
{
    static const size_t most[] = {3, 20, 200, 5000};
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    size_t n = 1 + (size_t)(*seed >> 40) % most[*seed >> 33 & 3];
    return n < left ? n : left;
}

static int split_in_pieces(struct split *s, const char *text, size_t len, uint64_t seed)
{
    for (size_t done = 0; done < len;) {
        size_t n = piece_of(len - done, &seed);
        char *copy = malloc(n);
        if (!copy)
            exit(70);
        memcpy(copy, text + done, n);
        int result = split_feed(s, copy, n);
        free(copy);
        if (result)
            return result;
        done += n;
    }
    return split_end(s);
}

static void answer(char kind, const struct path *results, const char *text, size_t len, uint64_t seed)
{
    struct buf records = {0}, envelope = {0};
    struct split s;
    split_start(&s, kind == 'r' ? results : NULL, &records, &envelope);
    if (kind == 'l')
        split_many(&s);
    int result = split_in_pieces(&s, text, len, seed);
    printf("%d %lld %zu %zu\n", result, (long long)s.count, records.len, envelope.len);
    fwrite(buf_text(&records), 1, records.len, stdout);
    fwrite(buf_text(&envelope), 1, envelope.len, stdout);
    buf_free(&records);
    buf_free(&envelope);
}

int main(void)
{
    struct path results;
    char kind;
    unsigned long long seed;
    size_t len;
    if (path_parse(&results, "results"))
        return 70;
    while (scanf("%c %llu %zu", &kind, &seed, &len) == 3 && getchar() == '\n') {
        char *text = malloc(len + 1);
        if (!text || fread(text, 1, len, stdin) != len)
            return 70;
        answer(kind, &results, text, len, seed);
        free(text);
    }
    path_free(&results);
    return 0;
}
