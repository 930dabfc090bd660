/* split: page bytes to records and envelope, a state machine. */
#include "json/split.h"

#include "json/split_lane.h"
#include "json/split_records.h"
#include "json/split_scalars.h"

const char SPLIT_CUT[] = "the JSON is cut short";
const char SPLIT_TOO_LARGE[] = "too large";
const char SPLIT_SECOND_LIST[] = "a second list of records";
const char SPLIT_NO_LIST[] = "not a list of records";

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* ---- containers ---- */

static bool push(struct split *s, bool object)
{
    if (s->nest.depth == SPLIT_DEPTH)
        return false;
    if (!s->records_depth)
        records_descend(s);
    nesting_push(&s->nest, object);
    return true;
}

static bytes open_object(struct split *s, bytes p, bytes from)
{
    if (!push(s, true))
        return split_fail(s, p, from, "nested too deep");
    s->state = FIRST_KEY;
    return p + 1;
}

static bytes open_array(struct split *s, bytes p, bytes from)
{
    int way = s->wanted ? records_way_here(s) : -1;
    if (!push(s, false))
        return split_fail(s, p, from, "nested too deep");
    s->state = FIRST_VALUE;
    if (way < 0 || (s->way >= 0 && way != s->way && (way > s->way || s->sure))) {
        if (records_searching(s))
            records_want_element(s);
        return p + 1;
    }
    if (way == s->way || (s->way >= 0 && s->settled))
        return split_fail(s, p, from, SPLIT_SECOND_LIST);
    if (s->way >= 0 && records_put_back(s)) /* a better place than the one found before */
        return split_fail(s, p, from, SPLIT_TOO_LARGE);
    s->count = 0;
    s->way = way;
    s->null_records = false;
    if (!split_emit(s, p + 1, p + 1))
        return split_fail(s, p, from, SPLIT_TOO_LARGE);
    s->records_depth = s->nest.depth;
    s->records_at = s->envelope->len;
    s->to = s->out;
    return p + 1;
}

static bytes end_record(struct split *s, bytes p, bytes from, bytes next)
{
    if (!split_emit(s, p, next) || buf_addc(s->out, '\n'))
        return split_fail(s, p, from, SPLIT_TOO_LARGE);
    s->count++;
    return p + 1;
}

static bytes close_container(struct split *s, bytes p, bytes from)
{
    if (s->nest.depth == s->records_depth) {
        if (s->state == AFTER ? !end_record(s, p, from, p) : !split_emit(s, p, p))
            return split_fail(s, p, from, SPLIT_TOO_LARGE);
        s->records_depth = 0;
        s->to = s->envelope;
    }
    nesting_pop(&s->nest);
    return scalar_after(s, p + 1);
}

static bytes next_element(struct split *s, bytes p, bytes from)
{
    s->state = VALUE;
    if (s->nest.depth == s->records_depth)
        return end_record(s, p, from, p + 1);
    if (records_searching(s)) {
        s->index[s->nest.depth - 1]++;
        records_want_element(s);
    }
    return p + 1;
}

static bytes after(struct split *s, bytes p, bytes from)
{
    bool object = s->nest.in_object;
    if (s->nest.depth == s->picked_depth && records_end_pick(s, p))
        return split_fail(s, p, from, SPLIT_TOO_LARGE);
    if (*p == ',' && object) {
        s->state = KEY;
        return p + 1;
    }
    if (*p == ',')
        return next_element(s, p, from);
    if (*p == (object ? '}' : ']'))
        return close_container(s, p, from);
    return split_fail(s, p, from, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

/* ---- values ---- */

static bytes value(struct split *s, bytes p, bytes from)
{
    bool closes = *p == ']' && s->state == FIRST_VALUE;
    const char *wrong = s->wanted && s->records->many && !closes ? records_approach(s, p) : NULL;
    if (wrong)
        return split_fail(s, p, from, wrong);
    switch (*p) {
    case '{':
        return open_object(s, p, from);
    case '[':
        return open_array(s, p, from);
    case ']':
        return closes ? close_container(s, p, from) : split_fail(s, p, from, "expected a value");
    }
    s->scalar |= s->nest.depth == 0;
    switch (*p) {
    case '"':
        return scalar_open_string(s, p, false);
    case 't':
        return scalar_open_literal(s, p, "true");
    case 'f':
        return scalar_open_literal(s, p, "false");
    case 'n':
        return scalar_open_literal(s, p, "null");
    }
    if (*p == 'N' || *p == 'I')
        return split_fail(s, p, from, "it has NaN or Infinity, which JSON does not know,");
    if (*p != '-' && (*p < '0' || *p > '9'))
        return split_fail(s, p, from, "expected a value");
    return scalar_open_number(s, p);
}

static bytes key(struct split *s, bytes p, bytes from)
{
    if (*p == '}' && s->state == FIRST_KEY)
        return close_container(s, p, from);
    if (*p != '"')
        return split_fail(s, p, from, "expected a member name");
    return scalar_open_string(s, p, true);
}

static bytes colon(struct split *s, bytes p, bytes from)
{
    if (*p != ':')
        return split_fail(s, p, from, "expected ':'");
    s->state = VALUE;
    return p + 1;
}

/* ---- the whole ---- */

static bytes blank(struct split *s, bytes p, bytes end, bytes from)
{
    bytes begin = p;
    while (p < end && is_blank(*p))
        p++;
    return split_emit(s, begin, p) ? p : split_fail(s, begin, from, SPLIT_TOO_LARGE);
}

/* Each text of a sequence begins with it (RFC 7464). */
static bool separates(const struct split *s, unsigned char c)
{
    enum { RECORD_SEPARATOR = 0x1e };
    return c == RECORD_SEPARATOR && s->many && !s->nest.depth;
}

static bytes separator(struct split *s, bytes p, bytes from)
{
    return split_emit(s, p, p + 1) ? p + 1 : split_fail(s, p, from, SPLIT_TOO_LARGE);
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
        return split_fail(s, p, from, "expected a value");
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
        return split_fail(s, p, from, "expected a value");
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
        return split_fail(s, p, from, "more after the end of the JSON");
    if (!split_emit(s, p, p) || (s->many ? end_text(s) : put_together(s)))
        return split_fail(s, p, from, SPLIT_TOO_LARGE);
    s->scalar = false;
    s->wanted = 0;
    s->state = VALUE;
    return p;
}

static bytes step(struct split *s, bytes p, bytes end, bytes from)
{
    switch (s->state) {
    case STRING:
        return scalar_string(s, p, end, from);
    case NUMBER:
        return scalar_number(s, p, end, from);
    case ESCAPE:
        return scalar_escape(s, p, from);
    case HEX:
        return scalar_hex(s, p, from);
    case LITERAL:
        return scalar_literal(s, p, end, from);
    case START:
    case BOM:
        return start(s, p, from);
    case GUARD:
        return guard(s, p, from);
    case UTF8:
        return scalar_utf8(s, p, end, from);
    }
    if (is_blank(*p))
        return blank(s, p, end, from);
    if (separates(s, *p))
        return separator(s, p, from);
    switch (s->state) {
    case AFTER:
        return after(s, p, from);
    case KEY:
    case FIRST_KEY:
        return key(s, p, from);
    case COLON:
        return colon(s, p, from);
    case VALUE:
    case FIRST_VALUE:
        return value(s, p, from);
    }
    return next_text(s, p, from);
}

static bytes lane(struct split *s, bytes p, bytes end, bytes from)
{
    return split_emit(s, p, p) ? lane_run(s, p, end) : split_fail(s, p, from, SPLIT_TOO_LARGE);
}

void split_start(struct split *s, const struct path *records, struct buf *out, struct buf *envelope)
{
    *s =
        (struct split){.records = records, .out = out, .envelope = envelope, .to = envelope, .way = -1, .state = START};
    s->scan = scan_best();
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
    s->lane_from = p;
    while (p && p < end) {
        if (lane_takes(s, p, end))
            p = lane(s, p, end, from);
        if (p && p < end)
            p = step(s, p, end, from);
    }
    if (p && !split_emit(s, end, end))
        p = split_fail(s, end, from, SPLIT_TOO_LARGE);
    else if (p)
        s->position += n;
    return p ? 0 : -1;
}

int split_end(struct split *s)
{
    if (s->reason)
        return -1;
    if (s->state == END || (s->state == NUMBER && s->nest.depth == 0 && scalar_number_complete(s)))
        return s->many ? end_text(s) : 0;
    if (s->many && (s->state == START || s->state == VALUE) && s->nest.depth == 0 && !s->out->len && !s->count)
        return 0; /* no lines at all */
    s->reason = SPLIT_CUT;
    return -1;
}

bool split_so_far(const struct split *s, struct buf *envelope)
{
    bool in_list = s->records_depth && s->records_depth <= s->nest.depth;
    bool begun = s->nest.depth > s->records_depth || s->state != FIRST_VALUE;
    if (s->many)
        return s->count > 0;
    if (!in_list || !begun)
        return false;
    buf_add(envelope, s->envelope->data, s->envelope->len);
    for (unsigned depth = s->records_depth; depth; depth--)
        buf_addc(envelope, nesting_is_object(&s->nest, depth) ? '}' : ']');
    return true;
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
