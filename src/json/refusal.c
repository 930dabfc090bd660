/* refusal: a good status whose body says that something was refused. */
#include "json/refusal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/number.h"
#include "json/split.h"
#include "json/words.h"

enum { DEPTH = 6, LONGEST_STATUS = 80, MOST = 1000000000 };

/* "4", 4 and "422 Unprocessable Entity" are numbers here; -1: it is none. */
static int64_t number_of(struct slice value)
{
    size_t at = value_is_text(value);
    double n = 0;
    if (at >= value.len || !isdigit((unsigned char)value.text[at]))
        return -1;
    return number_decimal(value.text + at, &n) && n < (double)MOST ? (int64_t)n : MOST;
}

static struct words words_in(struct slice value)
{
    return value_is_text(value) ? words_of(value.text + 1, value.len - 2) : words_of(value.text, value.len);
}

/* ---- what was sent ---- */

static bool same(struct slice a, struct slice b)
{
    struct buf x = {0}, y = {0};
    value_scalar(a, &x);
    value_scalar(b, &y);
    bool equal = strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_free(&x);
    buf_free(&y);
    return equal;
}

/* Has json a member of that name and value, at any depth? */
static bool holds(struct slice json, struct slice name, struct slice value, unsigned depth)
{
    struct slice key, inner;
    if (!value_is_container(json) || !depth)
        return false;
    for (size_t at = 0; value_next(json, &at, &key, &inner);)
        if ((key.text && value_same(key, name) && same(inner, value)) || holds(inner, name, value, depth - 1))
            return true;
    return false;
}

static bool echoes(struct slice sent, struct slice name, struct slice value)
{
    struct buf compact = {0};
    if (!sent.len)
        return false;
    split_compact(sent.text, sent.len, &compact);
    bool echo = holds((struct slice){buf_text(&compact), compact.len}, name, value, DEPTH);
    buf_free(&compact);
    return echo;
}

/* ---- single values ---- */

/* "none", "no error", "ok" */
static bool says_none(struct slice text)
{
    struct words w = words_in(text);
    return w.count == 0 ||
           (w.first & (WORD_NO | WORD_FLAG) && !(w.any & ~(unsigned)(WORD_NO | WORD_GOOD | WORD_FLAG | WORD_BAD)));
}

/* A status in words: "Failed", "completed_with_errors"; not "no errors". */
static bool is_bad_word(const struct words *w)
{
    return w->any & (WORD_BAD | WORD_PART | WORD_STATE) && !(w->any & WORD_NO);
}

/* "NotStarted", and not "not accepted" */
static bool is_not_begun(struct slice text, const struct words *w)
{
    static const char end[] = "started\"";
    size_t n = sizeof end - 1;
    return w->count == 2 && w->first & WORD_BAD && text.len > n && strncasecmp(text.text + text.len - n, end, n) == 0;
}

bool refusal_is_in_part(struct slice text)
{
    static const char *const parts[] = {
        "partial write",                                                    /* InfluxDB */
        "partial success", "partial failure", "partially", "total ignored", /* Loki: total ignored: 1 out of 3 */
    };
    char *all = mem_text(text.text ? text.text : "", text.len);
    bool in_part = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !in_part; i++)
        in_part = strcasestr(all, parts[i]);
    free(all);
    return in_part;
}

bool refusal_is_warning(struct slice element)
{
    static const char *const names[] = {"severity", "level", "Severity"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct slice value = value_member(element, names[i], strlen(names[i]));
        struct words w = words_in(value);
        if (value_is_text(value) && !is_bad_word(&w))
            return true;
    }
    return false;
}

bool refusal_says_something(struct slice value)
{
    struct slice key, inner;
    if (value_is_empty(value) || number_of(value) == 0)
        return false;
    if (value_is_text(value))
        return !says_none(value);
    if (value_is_list(value)) {
        for (size_t at = 0; value_next(value, &at, &key, &inner);)
            if (!value_is_empty(inner) && !refusal_is_warning(inner))
                return true;
        return false;
    }
    if (!value_is_object(value))
        return true;
    if (number_of(value_member(value, "code", 4)) == 0)
        return false;
    for (size_t at = 0; value_next(value, &at, &key, &inner);)
        if (refusal_says_something(inner))
            return true;
    return false;
}

bool refusal_names(struct slice key, bool *left)
{
    struct words w = words_of(key.text, key.len);
    *left = w.any & WORD_LEFT;
    return w.any & WORD_BAD && !(w.any & WORD_ASIDE);
}

static bool is_thing(struct slice element)
{
    struct slice key, value;
    bool thing = value_is_object(element);
    for (size_t at = 0; thing && value_next(element, &at, &key, &value);)
        thing = !(words_of(key.text, key.len).any & (WORD_BAD | WORD_REASON | WORD_CODE)) && !value_is(key, "severity");
    return thing;
}

bool refusal_are_things(struct slice key, struct slice list)
{
    struct slice element;
    struct words w = words_of(key.text, key.len);
    bool things = w.count == 1 && w.first & WORD_THING && value_is_list(list);
    for (size_t at = 0; things && value_next(list, &at, NULL, &element);)
        things = is_thing(element);
    return things;
}

/* A scalar may be anything: all words of its name must be known, but for what is counted (failedLeads). */
static bool names_refusal(const struct words *w, bool counts)
{
    if (!(w->any & WORD_BAD) || w->any & WORD_ASIDE)
        return false;
    return !(w->any & WORD_UNKNOWN) || (counts && (w->first & (WORD_BAD | WORD_NUMBER) || w->last & WORD_NUMBER));
}

/* ---- one member ---- */

/* A member of the object that is read. */
struct member {
    struct slice key, value, sent;
    struct words name;
    bool beside_id;      /* the object is a thing with an id: what it leaves out may be its own */
    bool beside_zero;    /* the object counts no errors, so a text is a warning */
    struct slice reason; /* of the object: its message or the like, or NULL */
};

static void refuse(const struct member *m, struct refusal *r, bool hard)
{
    if (echoes(m->sent, m->key, m->value) || (m->beside_id && m->name.any & WORD_OMITTED))
        return;
    bool count = number_of(m->value) >= 0 && m->key.text[m->key.len - 1] == 's', /* errors 3 says little by itself */
        reason = !count && !value_is(m->value, "true") && m->name.any & WORD_BAD && m->name.count == 1;
    r->refused = true;
    r->hard |= hard;
    r->error |= !(m->name.any & WORD_OMITTED);
    if (reason)
        r->why = m->value;
}

static void read_number(const struct member *m, struct refusal *r)
{
    int64_t n = number_of(m->value);
    bool code = m->name.any & WORD_CODE || value_is(m->key, "errno");
    r->speaks = true;
    if (n == 0 || (code && n / 100 == 2))
        return;
    refuse(m, r, code || value_is(m->key, "error"));
    if (!code && r->refused && n > r->failed)
        r->failed = n;
}

static void refuse_text(const struct member *m, struct refusal *r)
{
    bool in_part = refusal_is_in_part(m->value);
    refuse(m, r, !in_part);
    r->in_part |= in_part && r->refused;
}

/* A member whose name is about what was refused. */
static void read_bad(const struct member *m, struct refusal *r)
{
    r->speaks = true;
    if (!refusal_says_something(m->value))
        return;
    if (value_is(m->value, "true"))
        refuse(m, r, m->name.count == 1 && tolower((unsigned char)m->key.text[m->key.len - 1]) != 's');
    else if (number_of(m->value) >= 0)
        read_number(m, r);
    else if (value_is_text(m->value)) {
        if (!(m->beside_zero && m->name.any & WORD_REASON))
            refuse_text(m, r);
    } else
        refuse(m, r,
               value_is_object(m->value) && !(m->name.any & WORD_LEFT) &&
                   (value_member(m->value, "message", 7).text || value_member(m->value, "code", 4).text));
}

static void read_status_number(const struct member *m, int64_t n, struct refusal *r)
{
    r->well |= n / 100 == 2;
    r->pending |= n == 202;
    if (n < 400 || n > 599 || echoes(m->sent, m->key, m->value))
        return;
    r->status = (long)n;
    refuse(m, r, true);
}

static void read_object(const struct member *m, struct refusal *r)
{
    struct refusal inner;
    int64_t code = number_of(value_member(m->value, "code", 4));
    refusal_read(m->value, m->sent, &inner);
    if (!inner.refused && m->name.any & WORD_STATUS && code > 0 && code != 200 && code != 201) {
        inner.refused = inner.hard = true; /* google.rpc.Status */
        inner.status = code >= 400 && code <= 599 ? (long)code : code == 8 || code == 14 ? 503 : 0;
    }
    r->speaks |= inner.speaks;
    r->well |= inner.well;
    if (!inner.refused)
        return;
    r->refused = true;
    r->hard |= inner.hard;
    r->error |= inner.error;
    r->denied |= inner.denied;
    r->status = inner.status ? inner.status : r->status;
}

static void read_status(const struct member *m, struct refusal *r)
{
    int64_t n = number_of(m->value);
    r->speaks |= !value_is_container(m->value);
    if (value_is_object(m->value))
        read_object(m, r);
    else if (n >= 0)
        read_status_number(m, n, r);
    else if (value_is(m->value, "false"))
        refuse(m, r, true);
    else if (value_is_text(m->value) && m->value.len <= LONGEST_STATUS) {
        struct words w = words_in(m->value);
        if (is_bad_word(&w) && !is_not_begun(m->value, &w))
            refuse(m, r, !(w.any & WORD_PART));
        r->well |= w.count == 1 && w.any & (WORD_GOOD | WORD_FLAG);
        r->pending |= (w.any & WORD_PENDING) != 0;
    }
}

static void read_flag(const struct member *m, struct refusal *r)
{
    r->speaks = true;
    struct words w = words_in(m->value);
    bool no = w.count == 1 && w.any & WORD_NO && !value_is(m->value, "null");
    r->well |= w.count == 1 && !no && !value_is(m->value, "null");
    if (!no)
        return;
    refuse(m, r, true);
    r->denied |= r->refused;
}

/* {"code":409,"message":"..."}: a code alone may be anything. One of google.rpc.Code is small. */
static void read_code(const struct member *m, struct refusal *r)
{
    enum { RPC = 16 };
    struct words code = words_in(m->value), reason = words_in(m->reason);
    int64_t n = number_of(m->value);
    if (!m->reason.text)
        return;
    r->speaks = true;
    if (n >= 400 && n <= 599)
        read_status_number(m, n, r);
    else if (n < 0 ? value_is_text(m->value) && is_bad_word(&code)
                   : n && n / 100 != 2 && !says_none(m->reason) && (n <= RPC || is_bad_word(&reason)))
        refuse(m, r, true);
}

static void count_taken(int64_t n, struct refusal *r)
{
    r->taken = (r->taken < 0 ? 0 : r->taken) + n;
    if (n > r->most)
        r->most = n;
}

/* created 3, NumberLoadedRows 2, and success 1 where failures are counted too: there it is not a flag. */
static bool counts_taken(const struct member *m)
{
    const struct words *w = &m->name;
    bool flag = w->count == 1 && w->any & WORD_FLAG;
    return w->any & WORD_GOOD && !(w->any & (WORD_BAD | WORD_ASIDE)) &&
           !(w->any & WORD_UNKNOWN && !(w->first & (WORD_GOOD | WORD_NUMBER))) && !value_is_text(m->value) &&
           number_of(m->value) >= 0 && (!flag || m->beside_zero || number_of(m->value) > 1) &&
           !echoes(m->sent, m->key, m->value);
}

/* Fewer than none, as CrateDB counts what it refuses. Of a list that is read it only says that nobody counted. */
static void refuse_number(const struct member *m, struct refusal *r)
{
    bool error = r->error;
    refuse(m, r, true);
    r->error = error;
}

static void read_member(const struct member *m, struct refusal *r)
{
    const struct words *w = &m->name;
    bool number = number_of(m->value) >= 0;
    if (value_is_container(m->value)
            ? w->any & WORD_BAD && !(w->any & WORD_ASIDE) && !refusal_are_things(m->key, m->value)
            : names_refusal(w, number))
        read_bad(m, r);
    else if (w->any & WORD_NUMBER && m->value.len > 1 && *m->value.text == '-')
        refuse_number(m, r);
    else if (w->any & WORD_ARRIVED && number && !value_is_text(m->value) && !(w->any & WORD_ASIDE))
        r->arrived = number_of(m->value);
    else if (counts_taken(m))
        count_taken(number_of(m->value), r);
    else if (w->any & WORD_FLAG && !(w->any & (WORD_UNKNOWN | WORD_ASIDE)) && !value_is_container(m->value))
        read_flag(m, r);
    else if (w->last & WORD_STATUS && !(w->any & (WORD_UNKNOWN | WORD_ASIDE)))
        read_status(m, r);
    else if (w->last & WORD_CODE && !(w->any & (WORD_UNKNOWN | WORD_ASIDE)))
        w->any &WORD_STATUS ? read_status(m, r) : read_code(m, r);
}

/* ---- the object ---- */

void refusal_read(struct slice object, struct slice sent, struct refusal *r)
{
    struct member m = {.sent = sent};
    struct slice key, value;
    *r = (struct refusal){.taken = -1, .arrived = -1};
    if (!value_is_object(object))
        return;
    for (size_t at = 0; value_next(object, &at, &key, &value);) {
        struct words w = words_of(key.text, key.len);
        m.beside_id |= (value_is(key, "id") || value_is(key, "_id")) && !value_is_void(value);
        m.beside_zero |= names_refusal(&w, true) && number_of(value) == 0;
        if (w.any & WORD_REASON && !value_is_empty(value) && !m.reason.text)
            m.reason = value;
    }
    for (size_t at = 0; value_next(object, &at, &m.key, &m.value);) {
        m.name = words_of(m.key.text, m.key.len);
        read_member(&m, r);
    }
}

bool refusal_is(struct slice object, struct slice sent)
{
    struct refusal r;
    refusal_read(object, sent, &r);
    return r.error;
}

bool refusal_is_all(struct slice object)
{
    unsigned about = WORD_BAD | WORD_REASON | WORD_STATUS | WORD_CODE | WORD_FLAG;
    struct slice key, value;
    bool all = refusal_is(object, (struct slice){0});
    for (size_t at = 0; all && value_next(object, &at, &key, &value);)
        all = words_of(key.text, key.len).any & about || !refusal_says_something(value);
    return all;
}

struct slice refusal_reason(struct slice part, const struct refusal *r)
{
    return r->why.text ? r->why : part;
}
