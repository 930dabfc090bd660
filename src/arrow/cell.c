/* cell: numbers, strings and times from the text of a record to their columns. */
#include "arrow/cell.h"

#include <math.h>

#include "arrow/moments.h"
#include "arrow/numbers.h"

static bool take_boolean(struct reader *r, struct column *c)
{
    if (reader_here(r) != 't' && reader_here(r) != 'f')
        return false;
    column_boolean(c, reader_here(r) == 't');
    reader_past(r);
    return true;
}

static bool take_integer(struct reader *r, struct column *c, unsigned bits)
{
    struct numeral n;
    int64_t value;
    if (!numeral_read(&n, r->p, r->end) || !numeral_integer(&n, bits, &value))
        return false;
    r->p += n.len;
    int32_t word = (int32_t)value;
    int16_t half = (int16_t)value;
    int8_t byte = (int8_t)value;
    const void *from = bits == 64 ? (void *)&value : bits == 32 ? (void *)&word : bits == 16 ? (void *)&half : &byte;
    column_fixed(c, from, bits / 8);
    return true;
}

/* What is a number in a string, to Spark's JSON reader. */
static bool not_finite(const char *text, size_t len, double *value)
{
    static const char *const infinities[] = {"Infinity", "INF"};
    bool sign = len && (*text == '-' || *text == '+');
    *value = NAN;
    if (len == 3 && memcmp(text, "NaN", len) == 0)
        return true;
    *value = sign && *text == '-' ? -INFINITY : INFINITY;
    for (size_t i = 0; i < 2; i++)
        if ((i == 0 || sign) && len - sign == strlen(infinities[i]) &&
            memcmp(text + sign, infinities[i], len - sign) == 0)
            return true;
    return false;
}

/* A number of so many bytes before p, where the reader is exact. */
static bool altered(struct reader *r, const struct column *c, size_t len)
{
    return reader_misfit(r, "%.60s: %.*s would be altered as a %s", c->field->name, (int)(len < 60 ? len : 60),
                         r->p - len, schema_type_name(c->field->type));
}

/* The value is the number that was written, up to the digits that a double has. */
static bool is_kept(const struct numeral *n, double value)
{
    const uint64_t exact = UINT64_C(1) << 53;
    return isfinite(value) && (!n->whole || (!n->overlong && n->digits <= exact));
}

static bool take_double(struct reader *r, struct column *c)
{
    struct numeral n;
    bool plain, single = c->field->type == SCHEMA_FLOAT;
    double value = 0;
    float narrow = 0;
    if (reader_here(r) == '"') {
        const char *text = r->p + 1;
        if (r->exact || !not_finite(text, reader_string(r, &plain), &value))
            return false;
        narrow = (float)value;
    } else {
        if (!numeral_read(&n, r->p, r->end))
            return false;
        r->p += n.len;
        if (single)
            narrow = numeral_float(&n);
        else
            value = numeral_double(&n);
        if (r->exact && !is_kept(&n, value))
            return altered(r, c, n.len);
    }
    column_fixed(c, single ? (void *)&narrow : (void *)&value, single ? sizeof narrow : sizeof value);
    return true;
}

/* Also of a string, if it is just that. */
static bool take_decimal(struct reader *r, struct column *c)
{
    struct numeral n;
    struct decimal value;
    bool quoted = reader_here(r) == '"';
    if (quoted && r->exact)
        return false;
    r->p += quoted;
    if (!numeral_read(&n, r->p, r->end) || !numeral_decimal(&n, c->field->precision, c->field->scale, &value))
        return false;
    r->p += n.len;
    if (r->exact && -n.exponent > (int)c->field->scale)
        return altered(r, c, n.len);
    if (quoted && (reader_here(r) != '"' || !n.len || n.text[n.len - 1] == '.'))
        return false;
    r->p += quoted;
    column_fixed(c, value.bytes, sizeof value.bytes);
    return true;
}

bool cell_string(struct reader *r, struct column *c)
{
    bool plain;
    if (reader_here(r) == '"') {
        const char *text = r->p + 1;
        size_t len = reader_string(r, &plain);
        if (plain)
            column_bytes(c, text, len);
        else
            r->halved |= !text_unescape(text, len, &c->values);
    } else { /* as it is written */
        const char *text = r->p;
        reader_past(r);
        column_bytes(c, text, (size_t)(r->p - text));
    }
    column_end(c);
    return true;
}

/* The inside of a string that has no escapes; NULL: it is none. */
static const char *plain_string(struct reader *r, size_t *len)
{
    bool plain = false;
    const char *text = r->p + 1;
    if (reader_here(r) == '"')
        *len = reader_string(r, &plain);
    return plain ? text : NULL;
}

static bool take_binary(struct reader *r, struct column *c)
{
    size_t len;
    const char *text = plain_string(r, &len);
    if (!text || !text_base64(text, len, &c->values))
        return false;
    column_end(c);
    return true;
}

static bool take_date(struct reader *r, struct column *c)
{
    size_t len;
    int32_t days;
    const char *text = plain_string(r, &len);
    if (!text || !moment_date(text, len, &days))
        return false;
    column_fixed(c, &days, sizeof days);
    return true;
}

/* A number is seconds, up to the year 9999. */
static bool seconds_of(struct reader *r, int64_t *micros)
{
    const int64_t last = 253402300799;
    struct numeral n;
    if (!numeral_read(&n, r->p, r->end) || !numeral_integer(&n, 64, micros) || *micros > last || *micros < -last)
        return false;
    r->p += n.len;
    *micros *= 1000000;
    return true;
}

static bool take_timestamp(struct reader *r, struct column *c)
{
    size_t len;
    int64_t micros;
    bool zoned, ntz = c->field->type == SCHEMA_TIMESTAMP_NTZ;
    int offset;
    if (reader_here(r) != '"') {
        if (ntz || !seconds_of(r, &micros))
            return false;
    } else {
        const char *text = plain_string(r, &len);
        if (!text || !moment_time(text, len, &micros, &zoned, &offset) || (zoned && ntz))
            return false;
        if (zoned)
            micros -= (int64_t)offset * 1000000;
        else if (!ntz && !zone_utc(r->zone, micros, &micros))
            return reader_misfit(r, "a time of a zone that is not known");
    }
    column_fixed(c, &micros, sizeof micros);
    return true;
}

bool cell_take(struct reader *r, struct column *c)
{
    switch (c->field->type) {
    case SCHEMA_BOOLEAN:
        return take_boolean(r, c);
    case SCHEMA_BYTE:
        return take_integer(r, c, 8);
    case SCHEMA_SHORT:
        return take_integer(r, c, 16);
    case SCHEMA_INTEGER:
        return take_integer(r, c, 32);
    case SCHEMA_LONG:
        return take_integer(r, c, 64);
    case SCHEMA_FLOAT:
    case SCHEMA_DOUBLE:
        return take_double(r, c);
    case SCHEMA_DECIMAL:
        return take_decimal(r, c);
    case SCHEMA_STRING:
        return cell_string(r, c);
    case SCHEMA_BINARY:
        return take_binary(r, c);
    case SCHEMA_DATE:
        return take_date(r, c);
    case SCHEMA_TIMESTAMP:
    case SCHEMA_TIMESTAMP_NTZ:
        return take_timestamp(r, c);
    case SCHEMA_STRUCT:
    case SCHEMA_LIST:
    case SCHEMA_MAP:
        break;
    }
    return false;
}
