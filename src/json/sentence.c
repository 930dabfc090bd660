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

static bool is_fraction(struct slice text, size_t at)
{
    return text.text[at] == '.' && at + 1 < text.len && isdigit((unsigned char)text.text[at + 1]);
}

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
           (digit ? isdigit((unsigned char)text.text[*at]) || is_fraction(text, *at)
                  : isalpha((unsigned char)text.text[*at])));
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

static bool is_good(const struct token *t)
{
    struct words w = t->text && t->number < 0 ? words_of(t->text, t->len) : (struct words){0};
    return w.any & WORD_GOOD && !(w.any & WORD_BAD);
}

/* Records, by a name in the plural or one of rows: 1 request is none. */
static bool are_records(const struct token *t)
{
    unsigned about = t->text && t->number < 0 ? words_of(t->text, t->len).any : 0;
    return about & WORD_ROW || (about & WORD_THING && t->text[t->len - 1] == 's');
}

static bool is_time(const struct token *t)
{
    static const char *const units[] = {"ms", "s", "sec", "seconds", "milliseconds"};
    bool is = false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        is |= t->text && is_word(t, units[i]);
    return is;
}

/* "2 records inserted", "inserted 2 records"; "job 2 created" counts nothing. */
static bool counts_good(const struct token *t)
{
    if (are_records(&t[1]))
        return is_good(&t[2]) || is_good(&t[-1]);
    return is_good(&t[1]) && (!t[-1].text || is_good(&t[-1]) || is_word(&t[-1], "and"));
}

/* All that it counts was taken, and is fewer. */
static bool counts_few(struct slice text, size_t count)
{
    enum { MOST = 64 };
    struct token token[MOST + 4] = {{0}}, *t = token + 1;
    size_t n = 0, counts = 0;
    int64_t taken = 0;
    for (size_t at = 0; n < MOST && next_token(text, &at, &t[n]); n++)
        ;
    t[n] = (struct token){0};
    for (size_t i = 0; i < n; i++) {
        if (t[i].number < 0 || is_time(&t[i + 1]) || numbers_a_step(&token[i]))
            continue;
        if (!counts_good(&t[i]))
            return false;
        taken += t[i].number < (int64_t)count ? t[i].number : (int64_t)count;
        counts++;
    }
    return counts && n < MOST && taken < (int64_t)count;
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
    return counts_few(text, count);
}
