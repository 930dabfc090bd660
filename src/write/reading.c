/* reading: what an answer says of the records of a batch, collected. */
#include "write/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "json/words.h"

enum { DEPTH = 4 };

size_t reading_length(struct slice list)
{
    size_t n = 0, at = 0;
    struct slice element;
    while (value_next(list, &at, NULL, &element))
        n++;
    return n;
}

static bool is_list(struct slice value)
{
    return value.len && *value.text == '[';
}

static bool is_object(struct slice value)
{
    return value.len && *value.text == '{';
}

/* ---- one record ---- */

/* What is worst counts, when several parts of an answer speak of one record. */
static void set_fate(struct reading *r, size_t record, enum fate fate)
{
    static const int weight[] = {
        [FATE_OPEN] = 0, [FATE_STORED] = 1, [FATE_AGAIN] = 2, [FATE_UNKNOWN] = 3, [FATE_REJECTED] = 4};
    struct result *result = &r->results[record];
    if (weight[fate] > weight[result->fate])
        result->fate = fate;
}

static void refuse(struct reading *r, size_t record, struct slice part, const struct refusal *said, bool left)
{
    struct result *result = &r->results[record];
    double after = refusal_pause(part);
    bool passes = refusal_passes(part, said->status) || (left && !said->refused);
    set_fate(r, record, passes ? FATE_AGAIN : FATE_REJECTED);
    struct slice why = refusal_reason(part, said);
    bool better =
        why.len && (!result->error.text || (strchr("{[\"", *why.text) && !strchr("{[\"", *result->error.text)));
    if (better) { /* a bare number says little */
        result->error = why;
        result->status = said->status;
    }
    result->after = after > result->after ? after : result->after;
}

/* ---- lists as long as the batch ---- */

/* Elasticsearch wraps each result in the name of what was done: {"index": {...}}. */
static struct slice unwrap(struct slice element)
{
    size_t at = 0, members = 0;
    struct slice key, value, only = {0}, name = {0};
    bool left;
    while (is_object(element) && value_next(element, &at, &key, &value)) {
        only = value;
        name = key;
        members++;
    }
    return members == 1 && is_object(only) && !refusal_names(name, &left) ? only : element;
}

static struct slice sent_as(const struct reading *r, size_t record)
{
    return r->sent->record[record];
}

/* Where we are told where to look, any text is an error: "no", too. */
static bool is_error(struct slice value)
{
    bool text = value.len && *value.text == '"';
    return text ? !value_is_void(value) : refusal_says_something(value);
}

/* true and false, or "OK" and "ERROR: ..." by themselves. */
static void read_verdict(struct slice element, struct refusal *said)
{
    struct words w = words_of(element.text, element.len);
    bool text = *element.text == '"';
    *said = (struct refusal){.taken = -1, .speaks = true};
    said->refused = said->hard = text ? w.first & (WORD_BAD | WORD_STATE) && !(w.any & WORD_NO) : w.any & WORD_NO;
}

static void read_element(const struct reading *r, struct slice element, struct slice sent, struct refusal *said)
{
    const struct results_paths *paths = r->paths;
    if (r->verdicts)
        read_verdict(element, said);
    else
        refusal_read(element, sent, said);
    if (!paths->status.count && !paths->error.count)
        return;
    struct slice error = paths->error.count ? path_find(&paths->error, element.text, element.len) : said->why;
    struct slice status = path_find(&paths->status, element.text, element.len);
    bool usual = said->refused && !paths->error.count;
    said->speaks = true;
    if (paths->status.count)
        said->status = value_status(status);
    said->why = (paths->error.count ? is_error(error) : refusal_says_something(error)) ? error : (struct slice){0};
    said->refused = (paths->error.count && said->why.text) || said->status >= 400 || usual;
}

static struct slice result_of(const struct reading *r, struct slice element)
{
    return r->paths->status.count || r->paths->error.count ? element : unwrap(element);
}

/* Does the list say what became of records, rather than give them back? */
static bool speaks(const struct reading *r, struct slice list)
{
    struct slice element;
    struct refusal said;
    size_t n = 0;
    for (size_t at = 0; value_next(list, &at, NULL, &element); n++) {
        read_element(r, result_of(r, element), sent_as(r, n), &said);
        if (said.speaks)
            return true;
    }
    return false;
}

static bool any_refused(const struct reading *r, struct slice list)
{
    struct slice element;
    struct refusal said;
    size_t n = 0;
    for (size_t at = 0; value_next(list, &at, NULL, &element); n++) {
        read_element(r, result_of(r, element), sent_as(r, n), &said);
        if (said.refused)
            return true;
    }
    return false;
}

/* A list of nothing but such? One with null in it, or with other words, may be of anything. */
static bool are_verdicts(struct slice list)
{
    struct slice element;
    bool are = reading_length(list) > 0;
    for (size_t at = 0; are && value_next(list, &at, NULL, &element);) {
        struct words w = words_of(element.text, element.len);
        are = strchr("tf", *element.text) || (*element.text == '"' && w.first & (WORD_FLAG | WORD_BAD | WORD_STATE));
    }
    return are;
}

/* Which record each element means; NULL: the order is that of the batch. wrong: it is another one, which can't be told.
 * An id that the server has given may be that of another record by chance: only a list that names each record once is
 * believed. */
static size_t *order_of(struct reading *r, struct slice list, bool by_value, bool *wrong)
{
    size_t count = r->sent->count, n = 0, moved = 0, lost = 0;
    size_t *order = mem_zeroed(count, sizeof *order);
    bool *seen = mem_zeroed(count, sizeof *seen);
    struct place_base base = place_base(&r->place, list);
    struct slice element;
    for (size_t at = 0; value_next(list, &at, NULL, &element); n++) {
        struct slice part = unwrap(element);
        int64_t record = by_value ? place_find(&r->place, part, &base) : place_index(&r->place, part, &base);
        order[n] = record < 0 ? n : (size_t)record;
        lost += record < 0 || seen[order[n]];
        moved += record >= 0 && (size_t)record != n;
        if (record >= 0)
            seen[record] = true;
    }
    free(seen);
    *wrong = moved && lost;
    if (moved && !lost)
        return order;
    free(order);
    return NULL;
}

/* Each element is the result of a record. */
void reading_each(struct reading *r, struct slice list)
{
    struct slice element;
    struct refusal said;
    r->verdicts = are_verdicts(list);
    bool refused = any_refused(r, list), wrong, spoken = speaks(r, list);
    size_t *order = order_of(r, list, refused || r->paths->ids.count, &wrong), n = 0;
    for (size_t at = 0; value_next(list, &at, NULL, &element); n++) {
        size_t record = order ? order[n] : n;
        struct slice part = result_of(r, element);
        read_element(r, part, sent_as(r, record), &said);
        if (wrong && refused)
            set_fate(r, record, FATE_UNKNOWN);
        else if (said.refused) {
            refuse(r, record, part, &said, false);
            r->placed++;
        } else if (said.speaks && spoken)
            set_fate(r, record, FATE_STORED);
        if (r->paths->ids.count && !wrong && !r->results[record].id.text)
            r->results[record].id = path_find(&r->paths->ids, part.text, part.len);
    }
    r->each = true;
    r->verdicts = false;
    free(order);
}

/* A list of errors that has an empty one for what is well: {"errors": [null, {...}]}. */
static bool has_gaps(struct slice list)
{
    struct slice element;
    for (size_t at = 0; value_next(list, &at, NULL, &element);)
        if (value_is_empty(element))
            return true;
    return false;
}

/* {"results": {"a": {"ok": true}, "b": {"error": "..."}}}: by id. */
static bool read_map(struct reading *r, struct slice map)
{
    struct slice key, value;
    struct refusal said;
    for (int sure = 0; sure < 2; sure++) {
        size_t n = 0;
        for (size_t at = 0; value_next(map, &at, &key, &value); n++) {
            int64_t record = place_by_value(&r->place, (struct slice){key.text - 1, key.len + 2});
            if (record < 0 || !is_object(value))
                return false;
            read_element(r, value, sent_as(r, (size_t)record), &said);
            if (sure && said.refused) {
                refuse(r, (size_t)record, value, &said, false);
                r->placed++;
            } else if (sure)
                set_fate(r, (size_t)record, FATE_STORED);
        }
        if (!n)
            return false;
        r->confirmed += sure ? n : 0;
    }
    return true;
}

/* ---- lists of what was refused, or taken ---- */

static void read_refused(struct reading *r, struct slice part, int64_t record, bool left)
{
    struct refusal said;
    refusal_read(part, (struct slice){0}, &said);
    if (record < 0) {
        r->unplaced++;
        r->lasting += !refusal_passes(part, said.status);
        r->reason = r->reason.text ? r->reason : part;
        return;
    }
    refuse(r, (size_t)record, part, &said, left);
    r->placed++;
}

static int64_t index_of(const struct reading *r, struct slice number)
{
    int64_t n;
    return number_whole(number.text, number.len, &n) && n < (int64_t)r->sent->count ? n : -1;
}

/* {"index": [0, 3]}, or an error of each: 0 when the element is of one record. */
static size_t read_indexes(struct reading *r, struct slice element, bool left)
{
    struct slice key, value, one;
    size_t n = 0;
    for (size_t at = 0; is_object(element) && value_next(element, &at, &key, &value);) {
        if (!is_list(value) || !(words_of(key.text, key.len).last & WORD_INDEX))
            continue;
        for (size_t i = 0; value_next(value, &i, NULL, &one); n++) {
            read_refused(r, element, index_of(r, one), left);
        }
    }
    return n;
}

static void read_all_refused(struct reading *r, struct slice key, struct slice list, bool left)
{
    struct slice element;
    struct place_base base = place_base(&r->place, list);
    bool gaps = reading_length(list) == r->sent->count && has_gaps(list),
         indexes = words_of(key.text, key.len).last & WORD_INDEX;
    size_t n = 0;
    for (size_t at = 0; value_next(list, &at, NULL, &element); n++) {
        if (value_is_empty(element) || refusal_is_warning(element) || read_indexes(r, element, left))
            continue;
        int64_t record = gaps                              ? (int64_t)n
                         : indexes && *element.text != '{' ? index_of(r, element)
                                                           : place_find(&r->place, element, &base);
        if (record < 0)
            record = place_find(&r->place, unwrap(element), &base);
        read_refused(r, element, record, left);
    }
    r->each |= gaps;
    r->left |= left;
}

/* {"failed": {"a@x.org": "no such user"}}, {"errors": {"2": [...]}}, {"UnprocessedItems": {"table": [...]}} */
static void read_refused_map(struct reading *r, struct slice map, bool left)
{
    struct slice key, value;
    for (size_t at = 0; value_next(map, &at, &key, &value);) {
        struct slice quoted = {key.text - 1, key.len + 2};
        int64_t index = index_of(r, key), record = place_by_value(&r->place, quoted);
        if (record < 0 && index < 0 && memchr(key.text, '[', key.len)) /* {"[1].name": ["is required"]} */
            index = place_by_path(&r->place, key);
        record = record < 0 ? index : index < 0 || index == record ? record : -1;
        if (record >= 0 && refusal_says_something(value))
            read_refused(r, value, record, left);
        else if (is_list(value))
            read_all_refused(r, key, value, left);
        else if (is_object(value) && refusal_says_something(value))
            read_refused(r, value, -1, left);
    }
}

static void read_taken(struct reading *r, struct slice list)
{
    struct slice element;
    struct place_base base = place_base(&r->place, list);
    bool all = reading_length(list) > 0;
    for (size_t at = 0; value_next(list, &at, NULL, &element);) {
        int64_t record = place_find(&r->place, unwrap(element), &base);
        if (record >= 0)
            set_fate(r, (size_t)record, FATE_STORED);
        all &= record >= 0;
        r->confirmed++;
    }
    r->named |= all;
}

/* Elements of another list that say that something is wrong. */
static void read_some(struct reading *r, struct slice list)
{
    struct slice element;
    struct place_base base = place_base(&r->place, list);
    for (size_t at = 0; value_next(list, &at, NULL, &element);) {
        struct refusal said;
        struct slice part = unwrap(element);
        refusal_read(part, (struct slice){0}, &said);
        int64_t record = said.refused ? place_find(&r->place, part, &base) : -1;
        if (record >= 0)
            read_refused(r, part, record, false);
        else if (said.refused) {
            r->stray++;
            r->reason = r->reason.text ? r->reason : part;
        }
    }
}

/* ---- the objects around them ---- */

static void read_object(struct reading *r, struct slice object, unsigned depth, bool thing);

/* For one record, a list may be a part of it, given back. */
static bool is_echo(const struct reading *r, struct slice key)
{
    struct slice sent = r->sent->record[0];
    if (r->sent->count > 1 || !key.text)
        return false;
    char *quoted = mem_text(key.text - 1, key.len + 2), *record = mem_text(sent.text ? sent.text : "", sent.len);
    bool echo = strstr(record, quoted);
    free(quoted);
    free(record);
    return echo;
}

static void read_other_list(struct reading *r, const struct words *name, struct slice list, size_t n)
{
    if (name->any & WORD_GOOD && !(name->any & (WORD_ASIDE | WORD_UNKNOWN | WORD_POINTER))) {
        read_taken(r, list);
        r->lists = true;
        return;
    }
    read_some(r, list);
    bool bare = !name->count && n == 0 && r->sent->count == 1; /* [] is what some say when they have nothing to say */
    if ((name->count && !(name->any & WORD_RESULT)) || bare)
        return;
    if (n == 0 && name->any & WORD_THING)
        r->nothing = true;
    else
        r->lists = true;
    if (n > r->answered)
        r->answered = n;
}

/* A list of one that is about one record of several. */
static bool reads_one(struct reading *r, struct slice list)
{
    size_t before = r->placed;
    struct place_base base = place_base(&r->place, list);
    struct slice only = unwrap((struct slice){list.text + 1, list.len - 2});
    if (place_find(&r->place, only, &base) < 0)
        return false;
    read_some(r, list);
    r->lists |= r->placed > before;
    return r->placed > before;
}

static void read_list(struct reading *r, struct slice key, struct slice list, unsigned depth)
{
    struct words name = words_of(key.text ? key.text : "", key.len);
    size_t n = reading_length(list), count = r->sent->count;
    bool left;
    if (is_echo(r, key))
        return;
    if (key.text && refusal_names(key, &left))
        read_all_refused(r, key, list, left);
    else if (n == count && (!key.text || name.any & WORD_RESULT || (count > 1 && speaks(r, list))))
        reading_each(r, list);
    else if (!key.text && n == 1 && !reads_one(r, list)) /* one answer around all */
        read_object(r, (struct slice){list.text + 1, list.len - 2}, depth - 1, false);
    else
        read_other_list(r, &name, list, n);
}

static bool has_id(struct slice object)
{
    return !value_is_void(value_member(object, "id", 2)) || !value_is_void(value_member(object, "_id", 3));
}

/* job_status */
static bool is_status(struct slice key)
{
    struct words w = words_of(key.text, key.len);
    return w.any & WORD_STATUS && !(w.any & WORD_RESULT);
}

static void join(struct reading *r, struct slice object, const struct refusal *said)
{
    struct refusal *all = &r->whole;
    all->hard |= said->refused && said->hard;
    all->refused |= said->refused;
    all->status = said->status ? said->status : all->status;
    all->failed = said->failed > all->failed ? said->failed : all->failed;
    if (said->taken >= 0)
        all->taken = (all->taken < 0 ? 0 : all->taken) + said->taken;
    all->most = said->most > all->most ? said->most : all->most;
    all->denied |= said->denied;
    all->well |= said->well;
    all->pending |= said->pending;
    if (said->refused && !r->reason.text)
        r->reason = refusal_reason(object, said);
}

/* thing: it is a record given back, and speaks of itself. */
static void read_object(struct reading *r, struct slice object, unsigned depth, bool thing)
{
    struct slice key, value;
    struct refusal said;
    bool left;
    if (!is_object(object) || !depth)
        return;
    refusal_read(object, r->sent->count == 1 ? r->sent->record[0] : (struct slice){0}, &said);
    r->has_id |= has_id(object);
    if (!thing)
        join(r, object, &said);
    r->whole.pending |= said.pending;
    for (size_t at = 0; value_next(object, &at, &key, &value);) {
        if (is_list(value))
            read_list(r, key, value, depth);
        else if (is_object(value) && refusal_names(key, &left) && !(words_of(key.text, key.len).any & WORD_PART))
            read_refused_map(r, value, left);
        else if (!(is_object(value) && words_of(key.text, key.len).any & WORD_RESULT && read_map(r, value)))
            read_object(r, value, depth - 1, has_id(value) && !is_status(key));
    }
}

void reading_answer(struct reading *r, struct slice body)
{
    if (is_list(body))
        read_list(r, (struct slice){0}, body, DEPTH);
    else
        read_object(r, body, DEPTH, false);
}

bool reading_whole(struct reading *r, struct slice body)
{
    struct refusal said;
    const struct results_paths *paths = r->paths;
    if (r->each || r->sent->count != 1 || !is_object(body))
        return true;
    if (paths->ids.count)
        r->results[0].id = path_find(&paths->ids, body.text, body.len);
    if (!paths->status.count && !paths->error.count)
        return true;
    read_element(r, body, r->sent->record[0], &said);
    if (said.refused)
        refuse(r, 0, body, &said, false);
    else if (paths->error.count)
        set_fate(r, 0, FATE_STORED);
    return !paths->error.count;
}
