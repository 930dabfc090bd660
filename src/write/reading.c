/* reading: what an answer says of the records of a batch, collected. */
#include "write/reading.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/passing.h"
#include "json/words.h"

size_t reading_length(struct slice list)
{
    size_t n = 0, at = 0;
    struct slice element;
    while (value_next(list, &at, NULL, &element))
        n++;
    return n;
}

/* ---- one record ---- */

/* What is worst counts, when several parts of an answer speak of one record. */
void reading_set_fate(struct reading *r, size_t record, enum fate fate)
{
    static const int weight[] = {
        [FATE_OPEN] = 0, [FATE_STORED] = 1, [FATE_AGAIN] = 2, [FATE_UNKNOWN] = 3, [FATE_REJECTED] = 4};
    struct result *result = &r->results[record];
    if (weight[fate] > weight[result->fate])
        result->fate = fate;
}

void reading_take_part(struct reading *r, size_t record, struct slice part)
{
    if (!r->results[record].part.text)
        r->results[record].part = part;
}

void reading_refuse(struct reading *r, size_t record, struct slice part, const struct refusal *said, bool left)
{
    struct result *result = &r->results[record];
    double after = passing_pause(part);
    bool passes = passing_is(part, said->status) || (left && !said->refused);
    reading_set_fate(r, record, passes ? FATE_AGAIN : FATE_REJECTED);
    struct slice why = refusal_reason(part, said);
    bool better =
        why.len && (!result->error.text || (strchr("{[\"", *why.text) && !strchr("{[\"", *result->error.text)));
    if (better) { /* a bare number says little */
        result->error = why;
        result->status = said->status;
    }
    reading_take_part(r, record, part);
    result->after = after > result->after ? after : result->after;
}

bool reading_is_echo(const struct reading *r, struct slice key)
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

/* ---- lists as long as the batch ---- */

/* Elasticsearch wraps each result in the name of what was done: {"index": {...}}. */
struct slice reading_unwrap(struct slice element)
{
    size_t at = 0, members = 0;
    struct slice key, value, only = {0}, name = {0};
    bool left;
    while (value_is_object(element) && value_next(element, &at, &key, &value)) {
        only = value;
        name = key;
        members++;
    }
    return members == 1 && value_is_object(only) && !refusal_names(name, &left) ? only : element;
}

static struct slice sent_as(const struct reading *r, size_t record)
{
    return r->sent->record[record];
}

/* Where we are told where to look, any text is an error: "no", too. */
static bool is_error(struct slice value)
{
    bool text = value_is_text(value);
    return text ? !value_is_void(value) : refusal_says_something(value);
}

static long status_of(struct slice element, enum verdicts kind)
{
    struct slice number = kind == VERDICTS_CODE ? value_member(element, "code", 4) : element;
    long status = number.len && isdigit((unsigned char)*number.text) ? value_status(number) : 0;
    return status >= 100 && status <= 599 ? status : 0;
}

/* true and false, "OK" and "ERROR: ...", or 201 and 409 by themselves; {"code": 400, "body": "..."} */
static void read_verdict(struct slice element, enum verdicts kind, struct refusal *said)
{
    bool text = value_is_text(element);
    *said = (struct refusal){.taken = -1, .speaks = true};
    if (kind == VERDICTS_WORDS) {
        struct words w = words_of(element.text, element.len);
        said->refused = text ? w.first & (WORD_BAD | WORD_STATE) && !(w.any & WORD_NO) : w.any & WORD_NO;
    } else {
        said->status = status_of(element, kind);
        said->refused = said->status >= 400;
        said->speaks = said->status != 0;
    }
    said->hard = said->refused;
}

static void read_element(const struct reading *r, struct slice element, struct slice sent, struct refusal *said)
{
    const struct results_paths *paths = r->paths;
    if (value_is_null(element)) {
        *said = (struct refusal){.taken = -1};
        return;
    }
    if (r->verdicts)
        read_verdict(element, r->verdicts, said);
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
    return r->paths->status.count || r->paths->error.count ? element : reading_unwrap(element);
}

/* Does an element refuse its record, or only speak of it? */
static bool any_element(const struct reading *r, struct slice list, bool refuses)
{
    struct slice element;
    struct refusal said;
    size_t n = 0;
    for (size_t at = 0; value_next(list, &at, NULL, &element); n++) {
        read_element(r, result_of(r, element), sent_as(r, n), &said);
        if (refuses ? said.refused : said.speaks)
            return true;
    }
    return false;
}

/* Does the list say what became of records, rather than give them back? */
bool reading_speaks(const struct reading *r, struct slice list)
{
    return any_element(r, list, false);
}

static bool any_refused(const struct reading *r, struct slice list)
{
    return any_element(r, list, true);
}

static bool is_verdict(struct slice element, enum verdicts kind)
{
    if (kind == VERDICTS_CODE)
        return value_is_object(element) && status_of(element, kind);
    if (kind == VERDICTS_STATUS)
        return status_of(element, kind);
    return strchr("tf", *element.text) ||
           (value_is_text(element) &&
            words_of(element.text, element.len).first & (WORD_FLAG | WORD_BAD | WORD_STATE | WORD_GOOD));
}

/* A list of nothing but such, or null? One with other words may be of anything. */
static bool are_verdicts(struct slice list, enum verdicts kind)
{
    struct slice element;
    bool are = true, any = false;
    for (size_t at = 0; are && value_next(list, &at, NULL, &element);)
        if (!value_is_null(element))
            any = are = is_verdict(element, kind);
    return any;
}

bool reading_has_statuses(struct slice list)
{
    struct slice element;
    bool refused = false;
    for (size_t at = 0; value_next(list, &at, NULL, &element);)
        refused |= status_of(element, VERDICTS_STATUS) >= 400;
    return refused && are_verdicts(list, VERDICTS_STATUS);
}

static enum verdicts verdicts_of(struct slice list, bool statuses)
{
    return are_verdicts(list, VERDICTS_WORDS)                ? VERDICTS_WORDS
           : are_verdicts(list, VERDICTS_CODE)               ? VERDICTS_CODE
           : statuses && are_verdicts(list, VERDICTS_STATUS) ? VERDICTS_STATUS
                                                             : VERDICTS_NONE;
}

/* ---- null for a record ---- */

/* An object, or an id. */
static bool is_given_back(struct slice value)
{
    return !value_is_empty(value) && (strchr("{\"", *value.text) || isdigit((unsigned char)*value.text));
}

/* Beside refusals, and nothing else, null stands for no error. Beside records or ids given back it was not stored;
 * beside results that say that all is well, nobody has come to it. */
static enum fate gap_beside(bool refused, bool well, bool given_back)
{
    return well || refused == given_back ? FATE_UNKNOWN : refused ? FATE_OPEN : FATE_REJECTED;
}

static void add_gaps(struct reading *r, struct slice list, const size_t *order, enum fate comes_to)
{
    struct slice element;
    size_t n = 0;
    for (size_t at = 0; comes_to != FATE_OPEN && value_next(list, &at, NULL, &element); n++)
        if (value_is_null(element)) {
            r->results[order ? order[n] : n].gap = true;
            r->gap = r->gap == FATE_UNKNOWN ? FATE_UNKNOWN : comes_to;
        }
}

static bool any_null(struct slice list)
{
    struct slice element;
    for (size_t at = 0; value_next(list, &at, NULL, &element);)
        if (value_is_null(element))
            return true;
    return false;
}

bool reading_has_gaps(struct reading *r, struct slice list, bool named)
{
    struct slice element;
    bool about = named;
    if (!any_null(list))
        return false;
    struct place_base base = place_base(&r->place, list);
    for (size_t at = 0; !about && value_next(list, &at, NULL, &element);)
        about = value_is_object(element) && (!value_is_void(value_member(element, "id", 2)) ||
                                             place_find(&r->place, reading_unwrap(element), &base) >= 0);
    return about;
}

/* ---- lists with a result for each ---- */

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
        struct slice part = reading_unwrap(element);
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
void reading_each(struct reading *r, struct slice list, bool statuses)
{
    struct slice element;
    struct refusal said;
    bool given = r->paths->status.count || r->paths->error.count, well = false;
    r->verdicts = given ? VERDICTS_NONE : verdicts_of(list, statuses);
    bool refused = any_refused(r, list), wrong, spoken = reading_speaks(r, list), back = false;
    bool gaps = !r->paths->error.count && any_null(list); /* where an error is looked for, null is none */
    size_t *order = order_of(r, list, refused || gaps || r->paths->ids.count, &wrong), n = 0;
    for (size_t at = 0; value_next(list, &at, NULL, &element); n++) {
        size_t record = order ? order[n] : n;
        struct slice part = result_of(r, element);
        read_element(r, part, sent_as(r, record), &said);
        if (!wrong)
            reading_take_part(r, record, element);
        if (wrong && (refused || gaps))
            reading_set_fate(r, record, FATE_UNKNOWN);
        else if (said.refused) {
            reading_refuse(r, record, part, &said, false);
            r->placed++;
        } else if (said.speaks && spoken)
            reading_set_fate(r, record, FATE_STORED);
        if (!said.refused && !value_is_null(element))
            *(said.speaks || !is_given_back(element) ? &well : &back) = true;
        r->contents |= !said.refused && value_is_object(part) && part.len > 2;
        if (r->paths->ids.count && !wrong && !r->results[record].id.text)
            r->results[record].id = path_find(&r->paths->ids, part.text, part.len);
    }
    if (gaps)
        add_gaps(r, list, order, gap_beside(refused, well, back));
    r->each = true;
    r->verdicts = VERDICTS_NONE;
    free(order);
}

/* The records that the keys of a map mean, each another one; NULL: they mean something else. */
static size_t *records_of_keys(struct reading *r, struct slice map)
{
    size_t *records = mem_zeroed(r->sent->count, sizeof *records), n = 0;
    bool *seen = mem_zeroed(r->sent->count, sizeof *seen), are = true;
    struct slice key, value;
    for (size_t at = 0; are && value_next(map, &at, &key, &value); n++) {
        int64_t record = place_by_value(&r->place, (struct slice){key.text - 1, key.len + 2});
        are = record >= 0 && !seen[record];
        if (are) {
            records[n] = (size_t)record;
            seen[record] = true;
        }
    }
    free(seen);
    if (are && n)
        return records;
    free(records);
    return NULL;
}

/* {"a": {"ok": true}, "b": {"error": "..."}, "c": null, "d": false} */
static void read_values(struct reading *r, struct slice map, const size_t *records)
{
    struct slice value;
    struct refusal said;
    size_t n = 0, refused = 0, given_back = 0, gaps = 0;
    r->verdicts =
        r->paths->status.count || r->paths->error.count ? VERDICTS_NONE : verdicts_of(map, reading_has_statuses(map));
    for (size_t at = 0; value_next(map, &at, NULL, &value); n++) {
        read_element(r, value, sent_as(r, records[n]), &said);
        given_back += !said.refused && !said.speaks && is_given_back(value);
        refused += said.refused;
        gaps += value_is_null(value);
        reading_take_part(r, records[n], value);
        if (said.refused)
            reading_refuse(r, records[n], value, &said, false);
        else if (!value_is_null(value))
            reading_set_fate(r, records[n], FATE_STORED);
    }
    if (gaps && !r->paths->error.count)
        add_gaps(r, map, records, gap_beside(refused, n > refused + given_back + gaps, given_back));
    r->placed += refused;
    r->confirmed += n - refused - gaps;
    r->each |= n == r->sent->count;
    r->lists |= n > refused;
    r->verdicts = VERDICTS_NONE;
}

bool reading_map(struct reading *r, struct slice map, bool named)
{
    size_t n = reading_length(map), count = r->sent->count;
    size_t *records = n <= count && (named || (count > 1 && n == count)) ? records_of_keys(r, map) : NULL;
    bool is = records != NULL;
    if (is)
        read_values(r, map, records);
    free(records);
    return is;
}

bool reading_whole(struct reading *r, struct slice body)
{
    struct refusal said;
    const struct results_paths *paths = r->paths;
    if (r->each || r->sent->count != 1 || !value_is_object(body))
        return true;
    if (paths->ids.count)
        r->results[0].id = path_find(&paths->ids, body.text, body.len);
    if (!paths->status.count && !paths->error.count)
        return true;
    read_element(r, body, r->sent->record[0], &said);
    if (said.refused)
        reading_refuse(r, 0, body, &said, false);
    else if (paths->error.count)
        reading_set_fate(r, 0, FATE_STORED);
    return !paths->error.count;
}
