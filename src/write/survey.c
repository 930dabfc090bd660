/* survey: an answer to a batch looked through as a whole. */
#include "write/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "write/bare.h"
#include "write/job.h"
#include "json/passing.h"
#include "json/sentence.h"
#include "json/words.h"

enum { DEPTH = 4 };

/* A list of errors that has an empty one for what is well: {"errors": [null, {...}]}. */
static bool has_gaps(struct slice list)
{
    struct slice element;
    for (size_t at = 0; value_next(list, &at, NULL, &element);)
        if (value_is_empty(element))
            return true;
    return false;
}

/* ---- lists of what was refused, or taken ---- */

static void read_refused(struct reading *r, struct slice part, int64_t record, bool left)
{
    struct refusal said;
    refusal_read(part, (struct slice){0}, &said);
    if (record < 0) {
        r->unplaced++;
        r->lasting += !passing_is(part, said.status);
        r->reason = r->reason.text ? r->reason : part;
        return;
    }
    reading_refuse(r, (size_t)record, part, &said, left);
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
    for (size_t at = 0; value_is_object(element) && value_next(element, &at, &key, &value);) {
        if (!value_is_list(value) || !(words_of(key.text, key.len).last & WORD_INDEX))
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
        int64_t record = gaps                                   ? (int64_t)n
                         : indexes && !value_is_object(element) ? index_of(r, element)
                                                                : place_find(&r->place, element, &base);
        if (record < 0)
            record = place_find(&r->place, reading_unwrap(element), &base);
        read_refused(r, element, record, left);
    }
    r->each |= gaps;
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
        else if (value_is_list(value))
            read_all_refused(r, key, value, left);
        else if (value_is_object(value) && refusal_says_something(value))
            read_refused(r, value, -1, left);
    }
}

static void read_taken(struct reading *r, struct slice list)
{
    struct slice element;
    struct place_base base = place_base(&r->place, list);
    bool all = list.len > 2;
    for (size_t at = 0; value_next(list, &at, NULL, &element);) {
        int64_t record = place_find(&r->place, reading_unwrap(element), &base);
        if (record >= 0) {
            reading_take_part(r, (size_t)record, element);
            reading_set_fate(r, (size_t)record, FATE_STORED);
        }
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
        struct slice part = reading_unwrap(element);
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
static void read_answer(struct reading *r, struct slice body, unsigned depth);

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

static bool has_id(struct slice object)
{
    return !value_is_void(value_member(object, "id", 2)) || !value_is_void(value_member(object, "_id", 3));
}

/* Is a list of one about the whole of several records? Else it is about one of them, such as a record given back. */
static bool is_of_all(struct reading *r, struct slice list)
{
    struct place_base base = place_base(&r->place, list);
    struct slice only = {list.text + 1, list.len - 2}, part = reading_unwrap(only);
    struct refusal said;
    if (!value_is_object(only))
        return bare_speaks(r, only);
    refusal_read(part, (struct slice){0}, &said);
    return place_find(&r->place, part, &base) >= 0 ? said.speaks && !said.refused : said.speaks || !has_id(part);
}

/* {"created": [{"id": 1}, null]}, {"widgets": [{"id": 1}, null]} */
static bool has_gaps_in(struct reading *r, const struct words *name, struct slice list)
{
    unsigned aside = WORD_ASIDE | WORD_REASON | WORD_POINTER | WORD_BAD | WORD_OMITTED;
    return r->sent->count > 1 && !(name->any & aside) &&
           reading_has_gaps(r, list, name->any & (WORD_GOOD | WORD_THING));
}

/* By an unknown name, null may be there for another reason. */
static void read_each(struct reading *r, const struct words *name, struct slice list, bool statuses)
{
    reading_each(r, list, statuses);
    if (r->gap == FATE_REJECTED && name->count && !(name->any & (WORD_RESULT | WORD_GOOD | WORD_THING | WORD_ID)))
        r->gap = FATE_UNKNOWN;
}

static void read_list(struct reading *r, struct slice key, struct slice list, unsigned depth)
{
    struct words name = words_of(key.text ? key.text : "", key.len);
    size_t n = reading_length(list), count = r->sent->count;
    bool left, statuses = name.any & WORD_STATUS && !(name.any & WORD_RESULT);
    if (reading_is_echo(r, key))
        return;
    if (key.text && refusal_names(key, &left) && !refusal_are_things(key, list))
        read_all_refused(r, key, list, left);
    else if (n == count && (!key.text || name.any & WORD_RESULT || (count > 1 && reading_speaks(r, list)) ||
                            (statuses && reading_has_statuses(list)) || has_gaps_in(r, &name, list)))
        read_each(r, &name, list, statuses);
    else if (!key.text && n == 1 && is_of_all(r, list)) /* one answer around all */
        read_answer(r, (struct slice){list.text + 1, list.len - 2}, depth - 1);
    else
        read_other_list(r, &name, list, n);
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
    all->arrived = said->arrived >= 0 ? said->arrived : all->arrived;
    all->most = said->most > all->most ? said->most : all->most;
    all->in_part |= said->in_part;
    all->denied |= said->denied;
    all->well |= said->well;
    all->pending |= said->pending;
    if (said->refused && !r->reason.text)
        r->reason = refusal_reason(object, said);
}

/* {"message": "2 of 3 records inserted"} */
static void read_sentence(struct reading *r, struct slice key, struct slice value)
{
    unsigned about = words_of(key.text, key.len).any;
    bool told = about & (WORD_REASON | WORD_STATUS | WORD_RESULT | WORD_GOOD) || !key.text;
    struct slice text = {value.text + 1, value.len - 2};
    if (!value_is_text(value) || !told || reading_is_echo(r, key) || !sentence_counts_loss(text, r->sent->count))
        return;
    r->whole.refused = true;
    r->reason = r->reason.text ? r->reason : value;
}

/* By an unknown name, null may be there for another reason, as in a list: {"warnings": {"1": null, "2": "..."}} */
static bool read_map(struct reading *r, struct slice key, struct slice map)
{
    unsigned about = words_of(key.text, key.len).any;
    bool named = about & (WORD_RESULT | WORD_GOOD | WORD_ID), known = named || about & WORD_THING;
    if (!value_is_object(map) || about & (WORD_ASIDE | WORD_REASON | WORD_POINTER | WORD_OMITTED) ||
        (!known && reading_has_gaps(r, map, true) && !reading_has_gaps(r, map, false)) || !reading_map(r, map, named))
        return false;
    if (r->gap == FATE_REJECTED && !known)
        r->gap = FATE_UNKNOWN;
    return true;
}

/* thing: it is a record given back, and speaks of itself. */
static void read_object(struct reading *r, struct slice object, unsigned depth, bool thing)
{
    struct slice key, value;
    struct refusal said;
    bool left;
    if (!value_is_object(object) || !depth)
        return;
    refusal_read(object, r->sent->count == 1 ? r->sent->record[0] : (struct slice){0}, &said);
    r->has_id |= has_id(object);
    r->queued |= !thing && said.pending && r->sent->count > 1;
    if (!thing || (said.taken >= 0 && said.failed)) /* what counts both is no record */
        join(r, object, &said);
    r->whole.pending |= said.pending;
    for (size_t at = 0; value_next(object, &at, &key, &value);) {
        r->queued |= job_is_pending(key, value);
        if (!thing)
            read_sentence(r, key, value);
        if (value_is_list(value))
            read_list(r, key, value, depth);
        else if (value_is_object(value) && refusal_names(key, &left) && !(words_of(key.text, key.len).any & WORD_PART))
            read_refused_map(r, value, left);
        else if (!read_map(r, key, value))
            read_object(r, value, depth - 1, has_id(value) && !is_status(key));
    }
}

/* {"0": {...}, "1": {...}, "id": 7}: the batch was taken for one object. */
static bool is_batch_as_object(struct reading *r, struct slice object)
{
    struct slice key, value;
    size_t given_back = 0, others = 0;
    for (size_t at = 0; value_next(object, &at, &key, &value);) {
        int64_t index = value_is_object(value) ? index_of(r, key) : -1;
        *(index >= 0 && place_by_value(&r->place, value) == index ? &given_back : &others) += 1;
    }
    return others && given_back == r->sent->count;
}

/* Several were sent, and one came back: the others were not looked at. */
static void read_single(struct reading *r, struct slice body)
{
    struct slice object = reading_unwrap(body);
    if (r->sent->count == 1 || !value_is_object(object) ||
        (place_given_back(&r->place, object) < 0 && !is_batch_as_object(r, object)))
        return;
    r->lists = true;
    r->answered = 1;
}

/* An answer that is no list, or what stands alone in one. */
static void read_answer(struct reading *r, struct slice body, unsigned depth)
{
    r->queued |= job_is_begun(r, body);
    bare_read(r, body);
    read_single(r, body);
    if (value_is_text(body))
        read_sentence(r, (struct slice){0}, body);
    if (!reading_map(r, body, false))
        read_object(r, body, depth, false);
}

void survey_answer(struct reading *r, struct slice body)
{
    if (value_is_list(body))
        read_list(r, (struct slice){0}, body, DEPTH);
    else
        read_answer(r, body, DEPTH);
}
