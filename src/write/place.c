/* place: which record a part of an answer means. */
#include "write/place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/split.h"
#include "json/words.h"

enum { DEPTH = 4, LONGEST_VALUE = 200, NOWHERE = -1, SEVERAL = -2 };

/* A scalar that a record has somewhere, or the whole record (key.text NULL). */
struct place_value {
    uint64_t digest;
    size_t record;
    struct slice key, value;
};

static bool is_said(struct slice value)
{
    return value.len && value.len <= LONGEST_VALUE && (value_is_text(value) || isdigit((unsigned char)*value.text)) &&
           value.len > (value_is_text(value) ? 2 : 0);
}

/* 12 and "12" are the same id. */
static struct slice bare(struct slice value)
{
    return value_is_text(value) ? (struct slice){value.text + 1, value.len - 2} : value;
}

/* ---- what the records have ---- */

static void keep(struct place *p, size_t record, struct slice key, struct slice value)
{
    if ((p->values & (p->values - 1)) == 0) { /* room for powers of two */
        struct place_value *grown = mem_zeroed(p->values ? 2 * p->values : 1, sizeof *grown);
        if (p->values)
            memcpy(grown, p->value, p->values * sizeof *grown);
        free(p->value);
        p->value = grown;
    }
    p->value[p->values++] = (struct place_value){mem_digest(value.text, value.len), record, key, value};
}

static void keep_all(struct place *p, size_t record, struct slice json, unsigned depth)
{
    struct slice key, value;
    for (size_t at = 0; value_is_container(json) && depth && value_next(json, &at, &key, &value);)
        if (key.text && is_said(value))
            keep(p, record, key, bare(value));
        else
            keep_all(p, record, value, depth - 1);
}

static int by_digest(const void *a, const void *b)
{
    uint64_t x = ((const struct place_value *)a)->digest, y = ((const struct place_value *)b)->digest;
    return (x > y) - (x < y);
}

static void make_values(struct place *p)
{
    struct buf ends = {0}, one = {0};
    for (size_t i = 0; i < p->sent->count; i++) { /* first all of the text, for it moves while it grows */
        buf_clear(&one);
        split_compact(p->sent->record[i].text, p->sent->record[i].len, &one);
        buf_add(&p->compact, buf_text(&one), one.len);
        buf_add(&ends, &p->compact.len, sizeof p->compact.len);
    }
    for (size_t i = 0, at = 0, end; i < p->sent->count; i++, at = end) {
        memcpy(&end, ends.data + i * sizeof end, sizeof end);
        struct slice record = {p->compact.data + at, end - at};
        keep(p, i, (struct slice){0}, record);
        keep_all(p, i, record, DEPTH);
    }
    if (p->values)
        qsort(p->value, p->values, sizeof *p->value, by_digest);
    buf_free(&ends);
    buf_free(&one);
}

/* The first value with this digest. */
static size_t first_with(const struct place *p, uint64_t digest)
{
    size_t low = 0, high = p->values;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->value[middle].digest < digest)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void place_free(struct place *p)
{
    free(p->value);
    buf_free(&p->compact);
    *p = (struct place){0};
}

/* ---- by a value ---- */

static bool is_id(struct slice key)
{
    return words_of(key.text, key.len).last & WORD_ID;
}

/* Id, id and _id are one name; and any two names of ids may be. */
static bool are_alike(struct slice a, struct slice b)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (i < a.len && !isalnum((unsigned char)a.text[i]))
            i++;
        while (k < b.len && !isalnum((unsigned char)b.text[k]))
            k++;
        if (i == a.len || k == b.len)
            break;
        if (tolower((unsigned char)a.text[i]) != tolower((unsigned char)b.text[k]))
            break;
    }
    return (i == a.len && k == b.len) || (is_id(a) && is_id(b));
}

static int64_t join(int64_t found, int64_t record)
{
    return found == NOWHERE || found == record ? record : SEVERAL;
}

/* The one record with this value at a name like that; key.text NULL: at that of any id, or as a whole. */
static int64_t with_value(struct place *p, struct slice key, struct slice value, bool whole)
{
    int64_t found = NOWHERE;
    uint64_t digest = mem_digest(value.text, value.len);
    if (!p->values)
        make_values(p);
    for (size_t i = first_with(p, digest); i < p->values && p->value[i].digest == digest; i++) {
        const struct place_value *v = &p->value[i];
        bool fits = whole ? !v->key.text : v->key.text && (key.text ? are_alike(key, v->key) : is_id(v->key));
        if (fits && value_same(v->value, value))
            found = join(found, (int64_t)v->record);
    }
    return found;
}

int64_t place_by_value(struct place *p, struct slice value)
{
    int64_t found = is_said(value)              ? with_value(p, (struct slice){0}, bare(value), false)
                    : value_is_container(value) ? with_value(p, (struct slice){0}, value, true)
                                                : NOWHERE;
    return found < 0 ? -1 : found;
}

/* What an error says of itself tells no record from another. */
static bool tells_nothing(struct slice key)
{
    return words_of(key.text, key.len).any & (WORD_BAD | WORD_STATUS | WORD_CODE | WORD_REASON);
}

/* A list of one is what is in it. */
static struct slice only(struct slice value)
{
    size_t at = 0;
    struct slice inner, more;
    if (value_is_list(value) && value_next(value, &at, NULL, &inner) && !value_next(value, &at, NULL, &more))
        return inner;
    return value;
}

static int64_t by_values(struct place *p, struct slice part, unsigned depth)
{
    struct slice key, value;
    int64_t found = NOWHERE;
    for (size_t at = 0; value_is_container(part) && depth && value_next(part, &at, &key, &value);) {
        value = only(value);
        int64_t one = NOWHERE;
        if (value_is_container(value)) {
            one = with_value(p, key, value, true);
            one = one == NOWHERE ? by_values(p, value, depth - 1) : one;
        } else if (key.text && is_said(value) && !tells_nothing(key))
            one = with_value(p, key, bare(value), false);
        if (one >= 0) /* a value that several records have tells nothing */
            found = join(found, one);
    }
    return found;
}

/* ---- by a number ---- */

static int64_t number_of(struct slice value)
{
    bool quoted = value.len > 2 && value_is_text(value);
    const char *start = value.text + quoted;
    char *end;
    if (!value.len || !isdigit((unsigned char)*start))
        return -1;
    long long n = strtoll(start, &end, 10);
    return end == value.text + value.len - quoted ? n : -1;
}

/* Where in an element positions are looked for: in it, and in what is about the error. */
static bool is_about(struct slice key)
{
    struct words w = words_of(key.text, key.len);
    return w.any & (WORD_BAD | WORD_REASON | WORD_POINTER) || value_is(key, "context") || value_is(key, "meta") ||
           value_is(key, "extensions");
}

static int64_t number_at(struct slice part, unsigned kind, unsigned depth)
{
    struct slice key, value;
    int64_t found = -1;
    if (!value_is_object(part))
        return -1;
    for (size_t at = 0; found < 0 && value_next(part, &at, &key, &value);) {
        struct words w = words_of(key.text, key.len);
        if (w.last & kind || (kind == WORD_LINE && w.first & kind))
            found = number_of(value);
        else if (depth && value_is_container(value) && is_about(key))
            found = number_at(value, kind, depth - 1);
    }
    return found;
}

/* usual: what it is counted from where the numbers leave that open. */
static int base_of(struct slice list, unsigned kind, int64_t count, int usual)
{
    struct slice element;
    int64_t least = INT64_MAX, most = -1;
    for (size_t at = 0; value_next(list, &at, NULL, &element);) {
        int64_t n = number_at(element, kind, 1);
        least = n >= 0 && n < least ? n : least;
        most = n > most ? n : most;
    }
    if (most < 0 || most > count || (least == 0 && most == count))
        return -1;
    return least == 0 ? 0 : most == count ? 1 : usual;
}

struct place_base place_base(const struct place *p, struct slice list)
{
    int64_t count = (int64_t)p->sent->count, lines = count * (p->sent->lines_each ? p->sent->lines_each : 1);
    return (struct place_base){.index = base_of(list, WORD_INDEX, count, 0),
                               .line = base_of(list, WORD_LINE, lines, 1),
                               .row = base_of(list, WORD_ROW, count, -1)};
}

static int64_t position(const struct place *p, struct slice element, unsigned kind, int base, unsigned each)
{
    int64_t n = base < 0 ? -1 : number_at(element, kind, 1);
    if (n < 0 || n < base)
        return -1;
    n = (n - base) / (int64_t)(each ? each : 1);
    return n < (int64_t)p->sent->count ? n : -1;
}

int64_t place_index(const struct place *p, struct slice element, const struct place_base *base)
{
    return position(p, element, WORD_INDEX, base->index, 1);
}

/* ---- by a path into the request ---- */

static bool has_member(const struct place *p, const char *name, size_t len)
{
    struct words w = words_of(name, len);
    if (w.any & WORD_RESULT) /* entry, items, records: the list that was sent */
        return false;
    for (size_t i = 0; i < p->sent->count && i < 2; i++)
        if (strstr(p->sent->record[i].text ? p->sent->record[i].text : "", name) && len)
            return true;
    return false;
}

/* [1].name, /1/name, /data/1/name, records[1], Bundle.entry[1]: the number is a step of its own, and not within a
 * member of the records. */
int64_t place_by_path(const struct place *p, struct slice text)
{
    const char *at = text.text, *end = at + text.len;
    for (unsigned step = 0; at < end && step < 3; step++) {
        while (at < end && strchr("./[]#$", *at))
            at++;
        const char *start = at;
        while (at < end && !strchr("./[]", *at))
            at++;
        int64_t n = number_of((struct slice){start, (size_t)(at - start)});
        if (n >= 0)
            return n < (int64_t)p->sent->count ? n : -1;
        char *name = mem_text(start, (size_t)(at - start));
        bool inside = has_member(p, name, (size_t)(at - start));
        free(name);
        if (inside)
            return -1;
    }
    return -1;
}

/* ["body",1,"name"] */
static int64_t in_steps(const struct place *p, struct slice list)
{
    struct slice step;
    for (size_t at = 0, n = 0; n < 3 && value_next(list, &at, NULL, &step); n++)
        if (!value_is_text(step) && number_of(step) >= 0)
            return number_of(step) < (int64_t)p->sent->count ? number_of(step) : -1;
    return -1;
}

static int64_t by_pointer(const struct place *p, struct slice part, unsigned depth)
{
    struct slice key, value;
    int64_t found = -1;
    if (!value_is_object(part))
        return -1;
    for (size_t at = 0; found < 0 && value_next(part, &at, &key, &value);) {
        bool pointer = words_of(key.text, key.len).any & WORD_POINTER;
        struct slice one = only(value);
        if (pointer && value_is_text(one))
            found = place_by_path(p, bare(one));
        else if (pointer && value_is_list(value))
            found = in_steps(p, value);
        else if (depth && value_is_object(one) && is_about(key))
            found = by_pointer(p, one, depth - 1);
    }
    return found;
}

int64_t place_find(struct place *p, struct slice element, const struct place_base *base)
{
    if (!value_is_object(element))
        return place_by_value(p, element);
    int64_t n = place_index(p, element, base);
    if (n < 0)
        n = by_pointer(p, element, 1);
    if (n < 0)
        n = position(p, element, WORD_LINE, base->line, p->sent->lines_each);
    if (n >= 0)
        return n;
    n = with_value(p, (struct slice){0}, element, true);
    n = n == NOWHERE ? by_values(p, element, DEPTH) : n;
    if (n == NOWHERE)
        n = position(p, element, WORD_ROW, base->row, 1);
    return n < 0 ? -1 : n;
}

/* The names of the record are members of the object; with the same values, if these count. */
static bool has_all(struct slice object, struct slice record, bool values)
{
    struct slice key, value;
    size_t members = 0;
    for (size_t at = 0; value_is_object(record) && value_next(record, &at, &key, &value); members++) {
        struct slice there = value_member(object, key.text, key.len);
        if (!there.text || (values && !value_same(there, value)))
            return false;
    }
    return members > 1;
}

/* Asked of each answer: that it has the names of the first record is found out before all are looked at. */
static bool is_alike(const struct place *p, struct slice object)
{
    struct buf first = {0};
    split_compact(p->sent->record[0].text, p->sent->record[0].len, &first);
    bool alike = has_all(object, (struct slice){buf_text(&first), first.len}, false);
    buf_free(&first);
    return alike;
}

int64_t place_given_back(struct place *p, struct slice object)
{
    int64_t found = NOWHERE;
    if (!is_alike(p, object))
        return -1;
    if (!p->values)
        make_values(p);
    for (size_t i = 0; i < p->values; i++)
        if (!p->value[i].key.text && has_all(object, p->value[i].value, true))
            found = join(found, (int64_t)p->value[i].record);
    return found < 0 ? -1 : found;
}
