/* bare: an answer that is nothing but a value. */
#include "write/bare.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "json/passing.h"
#include "json/words.h"

enum { LONGEST_STATE = 80, LONGEST = 300 };

static void refuse(struct reading *r, struct slice why)
{
    r->whole.refused = r->whole.hard = true;
    r->reason = r->reason.text ? r->reason : why;
}

static void count(struct reading *r, int64_t n)
{
    if (n < (int64_t)r->sent->count && r->whole.taken < 0)
        r->whole.taken = r->whole.most = n;
}

/* ---- a value ---- */

/* 1 is as good as true, and Mixpanel's 0 as false. Any other number that is smaller than the batch is a count. */
static void read_number(struct reading *r, struct slice number)
{
    int64_t n;
    if (*number.text == '-')
        refuse(r, number);
    else if (number_whole(number.text, number.len, &n) && n != 1)
        count(r, n);
}

/* A text about something bad, which names nothing good beside it: "Internal server error". */
static bool complains(struct slice inside)
{
    struct words w = words_of(inside.text, inside.len);
    unsigned bad = WORD_BAD | (inside.len <= LONGEST_STATE ? WORD_STATE : 0);
    return !(w.any & (WORD_NO | WORD_GOOD | WORD_FLAG)) && (w.any & bad || passing_is(inside, 0));
}

static bool denies(struct slice inside)
{
    return (inside.len == 5 && strncasecmp(inside.text, "false", 5) == 0) ||
           (inside.len == 2 && strncasecmp(inside.text, "no", 2) == 0);
}

/* An id that the server gives is one word, mostly with digits. */
static bool may_be_id(struct slice inside)
{
    bool digit = false;
    for (size_t i = 0; i < inside.len; i++) {
        if (inside.text[i] == ' ')
            return false;
        digit |= inside.text[i] >= '0' && inside.text[i] <= '9';
    }
    return digit;
}

static bool is_bad(struct slice inside)
{
    return !may_be_id(inside) && (complains(inside) || denies(inside));
}

static void read_text(struct reading *r, struct slice text)
{
    struct slice inside = {text.text + 1, text.len - 2};
    bool back = r->sent->count == 1 && value_same(text, r->sent->record[0]);
    if (back || !inside.len || inside.len > LONGEST || *inside.text == '<')
        return;
    if (strspn(inside.text, "0123456789") == inside.len)
        read_number(r, inside);
    else if (is_bad(inside))
        refuse(r, text);
}

static void read_value(struct reading *r, struct slice value)
{
    if (value_begins(value, 'f'))
        refuse(r, value);
    else if (value_is_text(value))
        read_text(r, value);
    else if (value_is_number(value))
        read_number(r, value);
}

bool bare_speaks(const struct reading *r, struct slice value)
{
    int64_t n;
    if (value_is_number(value))
        return number_whole(value.text, value.len, &n) && n == (int64_t)r->sent->count;
    if (!value_is_text(value))
        return value_begins(value, 't') || value_begins(value, 'f');
    struct slice inside = {value.text + 1, value.len - 2};
    return is_bad(inside) || words_of(inside.text, inside.len).first & WORD_FLAG;
}

/* ---- an object with nothing else in it ---- */

/* {"count": 2}, {"records": 2}, MongoDB's {"n": 2} */
static bool names_count(struct slice key, unsigned about)
{
    bool things = about & WORD_THING && (key.text[key.len - 1] == 's' || about & WORD_RESULT);
    return (about & WORD_NUMBER || things || value_is(key, "n")) &&
           !(about & ~(unsigned)(WORD_NUMBER | WORD_THING | WORD_ROW | WORD_RESULT));
}

/* Beside nothing else, so few can only be what was taken. The whole of a list has all. */
static void read_count(struct reading *r, struct slice body)
{
    struct slice key, value;
    int64_t n = -1, one;
    for (size_t at = 0; value_next(body, &at, &key, &value);) {
        unsigned about = words_of(key.text, key.len).any;
        if (about & (WORD_FLAG | WORD_STATUS | WORD_CODE | WORD_REASON))
            continue;
        if (n >= 0 || !names_count(key, about) || !number_whole(value.text, value.len, &one))
            return;
        n = one;
    }
    if (n >= 0)
        count(r, n);
}

/* {"message": "Internal server error"} */
static void read_complaint(struct reading *r, struct slice body)
{
    struct slice key, value;
    bool bad = false;
    for (size_t at = 0; value_next(body, &at, &key, &value);) {
        if (!(words_of(key.text, key.len).any & WORD_REASON) || !value_is_text(value) || reading_is_echo(r, key))
            return;
        bad |= complains((struct slice){value.text + 1, value.len - 2});
    }
    if (bad)
        refuse(r, body);
}

/* {"data": false}; a result of 0 is mostly the code for success. */
static void read_only(struct reading *r, struct slice body)
{
    struct slice key, value, more;
    size_t at = 0;
    if (!value_next(body, &at, &key, &value) || value_next(body, &at, &more, &more) || reading_is_echo(r, key))
        return;
    unsigned about = words_of(key.text, key.len).any;
    if ((about & WORD_RESULT && !(about & WORD_STATUS && value_is(value, "0"))) || value_is(key, "d"))
        read_value(r, value);
}

void bare_read(struct reading *r, struct slice body)
{
    if (!value_is_object(body)) {
        read_value(r, body);
        return;
    }
    read_count(r, body);
    read_complaint(r, body);
    read_only(r, body);
}
