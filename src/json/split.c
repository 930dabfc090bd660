/* split: page bytes to records and envelope, a state machine. */
#include "json/split.h"

#include <string.h>

#include "json/split_fast.h"
#include "json/split_records.h"

const char SPLIT_CUT[] = "the JSON is cut short";
const char SPLIT_TOO_LARGE[] = "too large";

enum state {
    START,
    BOM,
    GUARD,
    VALUE,
    FIRST_VALUE,
    FIRST_KEY,
    KEY,
    COLON,
    AFTER,
    STRING,
    ESCAPE,
    HEX,
    UTF8,
    NUMBER,
    LITERAL,
    END
};

/* Where a number stands; after MINUS, POINT, E and SIGN it is not complete. */
enum number { MINUS, ZERO, WHOLE, POINT, FRACTION, E, SIGN, EXPONENT, BAD };

static bytes fail(struct split *s, bytes at, bytes from, const char *reason)
{
    s->reason = reason;
    s->position += (uint64_t)(at - from);
    return NULL;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The container open now is an object; kept beside the stack for speed. */
static void look_up(struct split *s)
{
    s->in_object = s->object[s->depth / 8] >> s->depth % 8 & 1;
}

/* ---- containers ---- */

static bool push(struct split *s, bool object)
{
    if (s->depth == SPLIT_DEPTH)
        return false;
    if (!s->records_depth)
        records_descend(s);
    s->depth++;
    unsigned char bit = (unsigned char)(1u << s->depth % 8);
    if (object)
        s->object[s->depth / 8] |= bit;
    else
        s->object[s->depth / 8] &= (unsigned char)~bit;
    s->in_object = object;
    return true;
}

static void after_value(struct split *s)
{
    s->state = s->depth ? AFTER : END;
}

static bytes open_object(struct split *s, bytes p, bytes from)
{
    if (!push(s, true))
        return fail(s, p, from, "nested too deep");
    s->state = FIRST_KEY;
    return p + 1;
}

static bytes open_array(struct split *s, bytes p, bytes from)
{
    int way = s->wanted ? records_way_here(s) : -1;
    if (!push(s, false))
        return fail(s, p, from, "nested too deep");
    s->state = FIRST_VALUE;
    if (way < 0 || (s->way >= 0 && way > s->way)) {
        if (records_searching(s))
            records_want_element(s);
        return p + 1;
    }
    if (way == s->way || (s->way >= 0 && s->settled))
        return fail(s, p, from, "a second array of records");
    if (s->way >= 0 && records_put_back(s)) /* a better place than the one found before */
        return fail(s, p, from, SPLIT_TOO_LARGE);
    s->count = 0;
    s->way = way;
    s->null_records = false;
    if (!split_emit(s, p + 1, p + 1))
        return fail(s, p, from, SPLIT_TOO_LARGE);
    s->records_depth = s->depth;
    s->records_at = s->envelope->len;
    s->to = s->out;
    return p + 1;
}

static bytes end_record(struct split *s, bytes p, bytes from, bytes next)
{
    if (!split_emit(s, p, next) || buf_addc(s->out, '\n'))
        return fail(s, p, from, SPLIT_TOO_LARGE);
    s->count++;
    return p + 1;
}

static bytes close_container(struct split *s, bytes p, bytes from)
{
    if (s->depth == s->records_depth) {
        if (s->state == AFTER ? !end_record(s, p, from, p) : !split_emit(s, p, p))
            return fail(s, p, from, SPLIT_TOO_LARGE);
        s->records_depth = 0;
        s->to = s->envelope;
    }
    s->depth--;
    look_up(s);
    after_value(s);
    return p + 1;
}

static bytes next_element(struct split *s, bytes p, bytes from)
{
    s->state = VALUE;
    if (s->depth == s->records_depth)
        return end_record(s, p, from, p + 1);
    if (records_searching(s)) {
        s->index[s->depth - 1]++;
        records_want_element(s);
    }
    return p + 1;
}

static bytes after(struct split *s, bytes p, bytes from)
{
    bool object = s->in_object;
    if (s->depth == s->picked_depth && records_end_pick(s, p))
        return fail(s, p, from, SPLIT_TOO_LARGE);
    if (*p == ',' && object) {
        s->state = KEY;
        return p + 1;
    }
    if (*p == ',')
        return next_element(s, p, from);
    if (*p == (object ? '}' : ']'))
        return close_container(s, p, from);
    return fail(s, p, from, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

static bytes open_string(struct split *s, bytes p, bool key)
{
    s->state = STRING;
    s->in_key = key;
    s->key_len = key && records_searching(s) ? 0 : SPLIT_KEY;
    return p + 1;
}

/* ---- the fast lane ----
 *
 * Whole members of compact JSON, "name":scalar, inside a record: most of what there is, in one go and with nothing
 * kept. Whatever is not that simple, or may not be all there yet, is left to the states below, which take every text.
 * It makes the splitter half as fast again. */

/* p is at the quote of a member name. Past all the members that are simple; at a name again when another is not. The
 * state is set. */
static bytes members(struct split *s, bytes p, bytes end)
{
    for (;;) {
        bytes name = plain_string(p, end);
        if (!name || end - name < 2 || *name != ':')
            break;
        bytes value = plain_scalar(name + 1, end);
        if (!value || end - value < 2 ||
            (*value != ',' && *value != '}')) { /* the name is done, the value is not so simple */
            s->wanted = 0;
            s->state = VALUE;
            return name + 1;
        }
        if (*value == '}' || value[1] != '"') {
            s->state = AFTER;
            return value;
        }
        p = value + 1;
    }
    return open_string(s, p, true);
}

/* ---- values ---- */

static bytes member(struct split *s, bytes p, bytes end)
{
    return records_searching(s) ? open_string(s, p, true) : members(s, p, end);
}

/* p is behind a value. In compact JSON another member nearly always follows, so that is looked for at once. */
static bytes past_value(struct split *s, bytes p, bytes end)
{
    after_value(s);
    if (end - p > 1 && p[0] == ',' && p[1] == '"' && s->in_object && s->depth != s->picked_depth)
        return member(s, p + 1, end);
    return p;
}

static bytes open_literal(struct split *s, bytes p, const char *text)
{
    if (*p == 'n' && s->wanted && records_way_here(s) >= 0 && s->way < 0)
        s->null_records = true;
    s->literal = text;
    s->text_pos = 1;
    s->state = LITERAL;
    return p + 1;
}

static bytes value(struct split *s, bytes p, bytes from)
{
    bool closes = *p == ']' && s->state == FIRST_VALUE;
    const char *wrong = s->wanted && s->records->many && !closes ? records_approach(s, p) : NULL;
    if (wrong)
        return fail(s, p, from, wrong);
    switch (*p) {
    case '{':
        return open_object(s, p, from);
    case '[':
        return open_array(s, p, from);
    case ']':
        return closes ? close_container(s, p, from) : fail(s, p, from, "expected a value");
    }
    s->scalar |= s->depth == 0;
    switch (*p) {
    case '"':
        return open_string(s, p, false);
    case 't':
        return open_literal(s, p, "true");
    case 'f':
        return open_literal(s, p, "false");
    case 'n':
        return open_literal(s, p, "null");
    }
    if (*p == 'N' || *p == 'I')
        return fail(s, p, from, "it has NaN or Infinity, which JSON does not know,");
    if (*p != '-' && !is_digit(*p))
        return fail(s, p, from, "expected a value");
    s->number = *p == '-' ? MINUS : *p == '0' ? ZERO : WHOLE;
    s->state = NUMBER;
    return p + 1;
}

static bytes key(struct split *s, bytes p, bytes end, bytes from)
{
    if (*p == '}' && s->state == FIRST_KEY)
        return close_container(s, p, from);
    if (*p != '"')
        return fail(s, p, from, "expected a member name");
    return member(s, p, end);
}

static bytes colon(struct split *s, bytes p, bytes from)
{
    if (*p != ':')
        return fail(s, p, from, "expected ':'");
    s->state = VALUE;
    return p + 1;
}

static bool number_complete(const struct split *s)
{
    return s->number == ZERO || s->number == WHOLE || s->number == FRACTION || s->number == EXPONENT;
}

/* RFC 8259, section 6: the state after c, BAD when c does not belong to the number. */
static unsigned char number_step(unsigned char state, unsigned char c)
{
    static const unsigned char on_digit[] = {WHOLE, BAD, WHOLE, FRACTION, FRACTION, EXPONENT, EXPONENT, EXPONENT};
    if (is_digit(c))
        return state == MINUS && c == '0' ? ZERO : on_digit[state];
    if (c == '.')
        return state == ZERO || state == WHOLE ? POINT : BAD;
    if (c == 'e' || c == 'E')
        return state == ZERO || state == WHOLE || state == FRACTION ? E : BAD;
    if (c == '+' || c == '-')
        return state == E ? SIGN : BAD;
    return BAD;
}

static bytes number(struct split *s, bytes p, bytes end, bytes from)
{
    for (; p < end; p++) {
        if (s->number == WHOLE || s->number == FRACTION)
            while (is_digit(*p) && ++p < end)
                ;
        if (p == end)
            break;
        unsigned char next = number_step(s->number, *p);
        if (next == BAD) {
            if (!number_complete(s))
                return fail(s, p, from, "a malformed number");
            return past_value(s, p, end);
        }
        s->number = next;
    }
    return p;
}

static bytes literal(struct split *s, bytes p, bytes end, bytes from)
{
    for (; p < end && s->literal[s->text_pos]; p++)
        if (*p != (unsigned char)s->literal[s->text_pos++])
            return fail(s, p, from, "expected a value");
    return s->literal[s->text_pos] ? p : past_value(s, p, end);
}

/* ---- strings ---- */

static void keep_key(struct split *s, bytes p, size_t n)
{
    if (!s->in_key || s->key_len == SPLIT_KEY)
        return;
    if (n >= SPLIT_KEY - s->key_len) {
        s->key_len = SPLIT_KEY;
        return;
    }
    memcpy(s->key + s->key_len, p, n);
    s->key_len += n;
}

/* The bounds of RFC 3629, section 4: which bytes may follow a lead byte. */
static bool utf8_lead(struct split *s, unsigned char c)
{
    s->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    s->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    s->need = c >= 0xc2 && c <= 0xdf ? 1 : c >= 0xe0 && c <= 0xef ? 2 : c >= 0xf0 && c <= 0xf4 ? 3 : 0;
    return s->need;
}

static bytes utf8(struct split *s, bytes p, bytes end, bytes from)
{
    for (; p < end && s->need; p++, s->need--) {
        if (*p < s->low || *p > s->high)
            return fail(s, p, from, "not UTF-8");
        keep_key(s, p, 1);
        s->low = 0x80;
        s->high = 0xbf;
    }
    if (!s->need)
        s->state = STRING;
    return p;
}

/* p is at the closing quote. */
static bytes close_string(struct split *s, bytes p, bytes end)
{
    if (!s->in_key)
        return past_value(s, p + 1, end);
    if (records_searching(s))
        records_want_member(s);
    else
        s->wanted = 0;
    bool colon = end - p > 1 && p[1] == ':';
    s->state = colon ? VALUE : COLON;
    return p + 1 + colon;
}

static bytes string(struct split *s, bytes p, bytes end, bytes from)
{
    bytes begin = p;
    p = skip_plain(p, end);
    keep_key(s, begin, (size_t)(p - begin));
    if (p == end)
        return p;
    if (*p == '"')
        return close_string(s, p, end);
    if (*p == '\\') {
        keep_key(s, p, 1);
        s->state = ESCAPE;
    } else if (*p < ' ') {
        return fail(s, p, from, "a control character in a string");
    } else if (utf8_lead(s, *p)) {
        keep_key(s, p, 1);
        s->state = UTF8;
    } else {
        return fail(s, p, from, "not UTF-8");
    }
    return p + 1;
}

static bytes escape(struct split *s, bytes p, bytes from)
{
    if (*p == '\0' || !strchr("\"\\/bfnrtu", *p))
        return fail(s, p, from, "an unknown escape");
    keep_key(s, p, 1);
    s->text_pos = 0;
    s->state = *p == 'u' ? HEX : STRING;
    return p + 1;
}

static bytes hex(struct split *s, bytes p, bytes from)
{
    unsigned char c = *p | 0x20;
    if (!is_digit(*p) && (c < 'a' || c > 'f'))
        return fail(s, p, from, "a malformed \\u escape");
    keep_key(s, p, 1);
    if (++s->text_pos == 4)
        s->state = STRING;
    return p + 1;
}

/* ---- the whole ---- */

static bytes blank(struct split *s, bytes p, bytes end, bytes from)
{
    bytes begin = p;
    while (p < end && is_blank(*p))
        p++;
    return split_emit(s, begin, p) ? p : fail(s, begin, from, SPLIT_TOO_LARGE);
}

/* )]}' and perhaps a comma. */
static bytes guard(struct split *s, bytes p, bytes from)
{
    static const char text[] = ")]}'";
    if (s->text_pos == sizeof text - 1) {
        s->state = VALUE;
        s->run = *p == ',' ? p + 1 : p;
        return (bytes)s->run;
    }
    if (*p != (unsigned char)text[s->text_pos++])
        return fail(s, p, from, "expected a value");
    s->state = GUARD;
    s->run = p + 1;
    return p + 1;
}

static bytes start(struct split *s, bytes p, bytes from)
{
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf};
    if (s->state == START && *p == ')' && s->guarded)
        return guard(s, p, from);
    if (s->state == START && *p != mark[0]) {
        s->state = VALUE;
        return p;
    }
    if (*p != mark[s->text_pos++])
        return fail(s, p, from, "expected a value");
    s->state = s->text_pos == sizeof mark ? VALUE : BOM;
    s->run = p + 1;
    return p + 1;
}

static int end_text(struct split *s)
{
    s->count++;
    return buf_addc(s->out, '\n');
}

/* A second text begins: this is NDJSON, and what was taken for a page was its first record. It is put together again.
 */
static int put_together(struct split *s)
{
    int result = (s->way >= 0 && records_put_back(s)) || buf_add(s->out, s->envelope->data, s->envelope->len);
    s->many = true;
    s->to = s->out;
    s->count = 0;
    buf_clear(s->envelope);
    return result || end_text(s);
}

static bytes next_text(struct split *s, bytes p, bytes from)
{
    if (!s->lines || (!s->many && s->records && s->records->many))
        return fail(s, p, from, "more after the end of the JSON");
    if (!split_emit(s, p, p) || (s->many ? end_text(s) : put_together(s)))
        return fail(s, p, from, SPLIT_TOO_LARGE);
    s->scalar = false;
    s->wanted = 0;
    s->state = VALUE;
    return p;
}

static bytes step(struct split *s, bytes p, bytes end, bytes from)
{
    switch (s->state) {
    case STRING:
        return string(s, p, end, from);
    case NUMBER:
        return number(s, p, end, from);
    case ESCAPE:
        return escape(s, p, from);
    case HEX:
        return hex(s, p, from);
    case LITERAL:
        return literal(s, p, end, from);
    case START:
    case BOM:
        return start(s, p, from);
    case GUARD:
        return guard(s, p, from);
    case UTF8:
        return utf8(s, p, end, from);
    }
    if (is_blank(*p))
        return blank(s, p, end, from);
    switch (s->state) {
    case AFTER:
        return after(s, p, from);
    case KEY:
    case FIRST_KEY:
        return key(s, p, end, from);
    case COLON:
        return colon(s, p, from);
    case VALUE:
    case FIRST_VALUE:
        return value(s, p, from);
    }
    return next_text(s, p, from);
}

void split_start(struct split *s, const struct path *records, struct buf *out, struct buf *envelope)
{
    *s =
        (struct split){.records = records, .out = out, .envelope = envelope, .to = envelope, .way = -1, .state = START};
    s->wanted = records ? (uint32_t)((UINT64_C(1) << records->count) - 1) : 0;
}

void split_many(struct split *s)
{
    s->lines = s->many = true;
    s->to = s->out;
    s->wanted = 0;
}

int split_feed(struct split *s, const char *text, size_t n)
{
    if (s->reason || !n)
        return s->reason ? -1 : 0;
    bytes from = (bytes)text, p = from, end = from + n;
    s->run = p;
    while (p && p < end)
        p = step(s, p, end, from);
    if (p && !split_emit(s, end, end))
        p = fail(s, end, from, SPLIT_TOO_LARGE);
    else if (p)
        s->position += n;
    return p ? 0 : -1;
}

int split_end(struct split *s)
{
    if (s->reason)
        return -1;
    if (s->state == END || (s->state == NUMBER && s->depth == 0 && number_complete(s)))
        return s->many ? end_text(s) : 0;
    if (s->many && (s->state == START || s->state == VALUE) && s->depth == 0 && !s->out->len && !s->count)
        return 0; /* no lines at all */
    s->reason = SPLIT_CUT;
    return -1;
}

int split_whole(struct split *s, const char *text, size_t n, struct buf *compact)
{
    split_start(s, NULL, NULL, compact);
    return split_feed(s, text, n) || split_end(s) ? -1 : 0;
}

int split_compact(const char *text, size_t n, struct buf *compact)
{
    struct split split;
    return split_whole(&split, text, n, compact);
}
