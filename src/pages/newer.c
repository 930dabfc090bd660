/* newer: which records of a list are new. */
#include "pages/newer.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "json/lines.h"
#include "json/order.h"

/* A record that is known again. */
struct record {
    uint64_t digest;
    double at; /* NAN: a text that is no time, and equal to the newest */
    bool used; /* it has come again */
};

void newer_free(struct newer *n)
{
    path_free(&n->path);
    buf_free(&n->from);
    buf_free(&n->to);
    buf_free(&n->newest);
    buf_free(&n->seen);
    buf_free(&n->noted);
    outside_free(&n->outside);
}

void newer_bound(const char *text, struct buf *out)
{
    size_t digits = strspn(text + (*text == '-'), "0123456789.") + (*text == '-');
    if (digits && !text[digits] && strspn(text, "-.") != digits)
        buf_adds(out, text);
    else
        value_quote(text, strlen(text), out);
}

static struct slice slice_of(const struct buf *b)
{
    return (struct slice){b->data, b->len};
}

/* The time that a value stands for; NAN: none. */
static double time_of(const struct newer *n, struct slice value)
{
    struct buf text = {0};
    double at;
    if (!value.len || strchr("{[tfn", *value.text))
        return NAN;
    value_scalar(value, &text);
    bool is = moment_read(buf_text(&text), n->time_format, &at);
    buf_free(&text);
    return is ? at : NAN;
}

/* A time that is written in some other way: its order as text may be another one. */
static bool is_unread(const struct newer *n, struct slice value)
{
    struct buf text = {0};
    double at;
    if (!value_is_text(value))
        return false;
    value_scalar(value, &text);
    bool unread = !moment_read(buf_text(&text), n->time_format, &at) &&
                  (moment_seems(buf_text(&text)) || (n->time_format && strchr(n->time_format, '%')));
    buf_free(&text);
    return unread;
}

enum order { LESS = -1, EQUAL, MORE, NO_ORDER };

/* Numbers by what they are worth, however many digits they have; others as times, where both are, and as texts, where
 * none is: a time is neither before nor after "unknown", nor is one that is not read. */
static enum order compare(const struct newer *n, struct slice a, struct slice b)
{
    if (!value_is_number(a) || !value_is_number(b)) {
        double x = time_of(n, a), y = time_of(n, b);
        if (!isnan(x) && !isnan(y))
            return x < y ? LESS : x > y ? MORE : EQUAL;
        if (!isnan(x) || !isnan(y) || is_unread(n, a) || is_unread(n, b))
            return NO_ORDER;
    }
    return order_less(a, b) ? LESS : order_less(b, a) ? MORE : order_equal(a, b) ? EQUAL : NO_ORDER;
}

static struct slice value_in(const struct newer *n, struct slice line)
{
    struct slice record = lines_record(line);
    return path_find(&n->path, record.text, record.len);
}

/* value: what the record has at the path. */
static struct record know(const struct newer *n, struct slice line, struct slice value)
{
    struct slice record = lines_record(line);
    return (struct record){.digest = mem_digest(record.text, record.len), .at = time_of(n, value)};
}

static size_t records_in(const struct buf *records)
{
    return records->len / sizeof(struct record);
}

static struct record get(const struct buf *records, size_t n)
{
    struct record record;
    memcpy(&record, records->data + n * sizeof record, sizeof record);
    return record;
}

static void put(struct buf *records, size_t n, const struct record *record)
{
    memcpy(records->data + n * sizeof *record, record, sizeof *record);
}

static int by_digest(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    return (x->digest > y->digest) - (x->digest < y->digest);
}

/* The first with that digest that has not been used, or one with a larger digest: those of one digest are used in their
 * order. */
static size_t find(const struct buf *records, uint64_t digest)
{
    size_t low = 0, high = records_in(records);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct record record = get(records, middle);
        if (record.digest < digest || (record.digest == digest && record.used))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Each seen record is dropped once. Then it counts as noted, to be known the next time, too. */
static bool was_seen(struct newer *n, const struct record *record)
{
    size_t place = find(&n->seen, record->digest);
    struct record seen = place < records_in(&n->seen) ? get(&n->seen, place) : (struct record){.used = true};
    if (seen.used || seen.digest != record->digest)
        return false;
    seen.used = true;
    put(&n->seen, place, &seen);
    buf_add(&n->noted, record, sizeof *record);
    return true;
}

static bool is_before(const struct newer *n, struct slice value)
{
    return n->from.len && compare(n, value, slice_of(&n->from)) == LESS;
}

static bool is_within(const struct newer *n, struct slice value)
{
    enum order end = n->to.len ? compare(n, value, slice_of(&n->to)) : LESS;
    return !is_before(n, value) && (end == LESS || end == NO_ORDER);
}

void newer_keep(struct newer *n, struct slice lines, struct buf *out)
{
    bool windows = n->outside.step > 0, known = n->seen.len || windows || !n->path.count;
    for (struct slice line; lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        struct slice value = value_in(n, line);
        struct record record = known ? know(n, line, value) : (struct record){0};
        bool within = is_within(n, value), again = within && was_seen(n, &record);
        if (within && !again)
            buf_add(out, line.text, line.len);
        if (windows && within)
            outside_own(&n->outside, record.digest);
        else if (windows)
            outside_other(&n->outside, record.digest, record.at);
        if (!n->path.count && !again)
            buf_add(&n->noted, &record, sizeof record);
    }
}

static void sort(struct buf *records)
{
    if (records->len)
        qsort(records->data, records_in(records), sizeof(struct record), by_digest);
}

void newer_turn(struct newer *n)
{
    if (n->path.count)
        return;
    buf_swap(&n->seen, &n->noted);
    buf_clear(&n->noted);
    sort(&n->seen);
}

static const double CLOSE = 2e-6; /* bounds of windows are microseconds */

/* What is not asked for again need not be known again. */
static void forget_old(struct newer *n)
{
    struct buf text = {0};
    value_scalar(slice_of(&n->newest), &text);
    const char *form = n->time_format ? n->time_format : moment_form(buf_text(&text));
    double step = n->time_format || n->overlap > 0 ? moment_step(form) : 0; /* the bound is cut to it */
    double from = time_of(n, slice_of(&n->newest)) - n->overlap - step - CLOSE;
    size_t kept = 0;
    for (size_t i = 0; i < records_in(&n->noted); i++) {
        struct record record = get(&n->noted, i);
        if (!(record.at < from))
            put(&n->noted, kept++, &record);
    }
    n->noted.len = kept * sizeof(struct record);
    n->noted_most = 2 * n->noted.len + (1 << 16);
    buf_free(&text);
}

/* A planned event, or a wrong clock. Numbers may be anything that grows, unless they are said to be times. */
static bool is_to_come(const struct newer *n, struct slice value, double at)
{
    bool is_time =
        !value_is_number(value) || (n->time_format && strncmp(n->time_format, "epoch", strlen("epoch")) == 0);
    return n->now > 0 && is_time && at > n->now;
}

void newer_note(struct newer *n, struct slice lines)
{
    for (struct slice line; lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        struct slice value = value_in(n, line);
        if (value_is_void(value) || strchr("{[", *value.text))
            continue;
        struct record record = know(n, line, value);
        enum order order = is_to_come(n, value, record.at) ? LESS
                           : n->newest.len                 ? compare(n, value, slice_of(&n->newest))
                           : is_unread(n, value)           ? NO_ORDER
                                                           : MORE;
        if (order == NO_ORDER && !isnan(record.at)) /* the newest so far is no time */
            order = MORE;
        if (order == MORE) {
            buf_clear(&n->newest);
            buf_add(&n->newest, value.text, value.len);
            n->grew = true;
        }
        if (isnan(record.at) && order == MORE)
            buf_clear(&n->noted);
        if (!isnan(record.at) || order == MORE || order == EQUAL)
            buf_add(&n->noted, &record, sizeof record);
        if (n->noted.len > n->noted_most)
            forget_old(n);
    }
}

bool newer_all_old(const struct newer *n, struct slice lines)
{
    bool old = n->from.len && lines.len;
    for (struct slice line; old && lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        old = is_before(n, value_in(n, line));
    }
    return old;
}

bool newer_lacks(const struct newer *n, struct slice lines, struct slice *unread)
{
    bool lacks = false;
    *unread = (struct slice){0};
    for (struct slice line; n->path.count && !lacks && lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        struct slice value = value_in(n, line);
        if (is_unread(n, value))
            *unread = value;
        lacks = unread->len || value_is_void(value) || strchr("{[", *value.text) ||
                (n->from.len && compare(n, value, slice_of(&n->from)) == NO_ORDER);
    }
    return lacks;
}

/* ---- kept ---- */

static void add_records(const struct buf *records, bool used, struct buf *json)
{
    for (size_t i = 0; i < records_in(records); i++) {
        struct record record = get(records, i);
        if (record.used && !used)
            continue;
        buf_addf(json, "%s\"%016" PRIx64, json->data[json->len - 1] == '[' ? "" : ",", record.digest);
        if (!isnan(record.at))
            buf_addf(json, " %.17g", record.at);
        buf_addc(json, '"');
    }
}

/* Without a path these are the records of the last list. */
static void save_last(const struct newer *n, struct buf *seen, struct buf *noted)
{
    buf_clear(seen);
    buf_clear(noted);
    buf_addc(seen, '[');
    add_records(&n->seen, true, seen);
    buf_addc(seen, ']');
    buf_adds(noted, "[]");
}

void newer_save(struct newer *n, bool done, struct buf *seen, struct buf *noted)
{
    if (!n->path.count) {
        save_last(n, seen, noted);
        return;
    }
    for (size_t i = 0; done && i < records_in(&n->seen); i++) {
        struct record record = get(&n->seen, i);
        if (!record.used && !(isnan(record.at) && n->grew))
            buf_add(&n->noted, &record, sizeof record);
    }
    if (done)
        buf_clear(&n->seen);
    if (n->noted.len)
        forget_old(n);
    buf_clear(seen);
    buf_clear(noted);
    buf_addc(seen, '[');
    buf_addc(noted, '[');
    add_records(&n->seen, false, seen);
    add_records(&n->noted, false, done ? seen : noted);
    buf_addc(seen, ']');
    buf_addc(noted, ']');
}

static void load(struct slice json, struct buf *records)
{
    struct slice value;
    for (size_t at = 0; value_next(json, &at, NULL, &value);) {
        struct buf text = {0};
        char *end;
        value_scalar(value, &text);
        struct record record = {.digest = strtoull(buf_text(&text), &end, 16)};
        record.at = *end == ' ' ? strtod(end, NULL) : NAN;
        buf_add(records, &record, sizeof record);
        buf_free(&text);
    }
}

void newer_load(struct newer *n, struct slice seen, struct slice noted)
{
    load(seen, &n->seen);
    load(noted, &n->noted);
    sort(&n->seen);
}
