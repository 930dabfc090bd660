/* sentence: what a short text says in numbers. */
#include "json/sentence.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "json/words.h"

enum { LONGEST = 300 };

/* A word or a number. */
struct token {
    const char *text;
    size_t len;
    int64_t number; /* -1: it is a word */
};

static bool next_token(struct slice text, size_t *at, struct token *t)
{
    while (*at < text.len && !isalnum((unsigned char)text.text[*at]) && text.text[*at] != '/')
        ++*at;
    size_t from = *at;
    if (from == text.len)
        return false;
    bool digit = isdigit((unsigned char)text.text[from]);
    do
        ++*at;
    while (*at < text.len && text.text[from] != '/' &&
           (digit ? isdigit((unsigned char)text.text[*at]) : isalpha((unsigned char)text.text[*at])));
    *t = (struct token){text.text + from, *at - from, -1};
    return !digit || number_whole(t->text, t->len, &t->number) || (t->number = INT64_MAX);
}

static bool is_word(const struct token *t, const char *word)
{
    return t->len == strlen(word) && strncasecmp(t->text, word, t->len) == 0;
}

/* What was refused, and not "not" or "without": these turn what comes after them around. */
static bool is_bad(const struct token *t)
{
    struct words w = words_of(t->text, t->len);
    return t->number < 0 && w.any & WORD_BAD && !is_word(t, "not");
}

static bool is_thing(const struct token *t)
{
    return t->number < 0 && words_of(t->text, t->len).any & (WORD_THING | WORD_ROW);
}

/* "batch 1 of 3" is where a thing stands. */
static bool numbers_a_step(const struct token *before)
{
    return before->text && (is_word(before, "batch") || is_word(before, "page") || is_word(before, "part") ||
                            is_word(before, "chunk") || is_word(before, "step"));
}

bool sentence_counts_loss(struct slice text, size_t count)
{
    struct token t, last[3] = {{.number = -1}, {.number = -1}, {.number = -1}}; /* the latest first */
    if (text.len > LONGEST)
        return false;
    for (size_t at = 0; next_token(text, &at, &t);) {
        if (is_word(&t, "out"))
            continue;
        bool of = last[0].text && (is_word(&last[0], "of") || is_word(&last[0], "/"));
        if (of && t.number == (int64_t)count && last[1].number >= 0 && last[1].number < t.number &&
            !numbers_a_step(&last[2]))
            return true;
        bool counted = last[0].number > 0 || (last[1].number > 0 && is_thing(&last[0]));
        if (counted && is_bad(&t))
            return true;
        memmove(last + 1, last, 2 * sizeof *last);
        last[0] = t;
    }
    return false;
}
