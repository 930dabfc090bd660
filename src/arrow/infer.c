/* infer: what the values seen in one place have in common. */
#include "arrow/infer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arrow/numbers.h"
#include "arrow/texts.h"
#include "json/lines.h"

enum { OBJECT = 1, ARRAY = 2, BOOLEAN = 4, INTEGER = 8, FRACTION = 16, TEXT = 32 };
enum { MOST_MEMBERS = 2000, MOST_DIGITS = 38 };

/* All that was seen in one place. */
struct kind {
    char *name;
    size_t name_len;
    unsigned seen;   /* bits of the above */
    unsigned digits; /* of the longest integer */
    bool beyond_long, beyond_double;
    struct kind *members; /* of objects, in the order in which they came; of arrays one, the elements */
    size_t count;
};

static void kind_free(struct kind *k)
{
    for (size_t i = 0; i < k->count; i++)
        kind_free(&k->members[i]);
    free(k->members);
    free(k->name);
}

static struct kind *add_member(struct kind *k, const char *name, size_t len)
{
    k->members = mem_grown(k->members, (k->count + 1) * sizeof *k->members);
    k->members[k->count] = (struct kind){.name = mem_text(name, len), .name_len = len};
    return &k->members[k->count++];
}

/* NULL: there are too many. hint: where to look first. */
static struct kind *member_of(struct kind *k, struct buf *name, size_t hint)
{
    for (size_t i = 0; i < k->count; i++) {
        struct kind *member = &k->members[(i + hint) % k->count];
        if (member->name_len == name->len && memcmp(member->name, buf_text(name), name->len) == 0)
            return member;
    }
    return k->count < MOST_MEMBERS ? add_member(k, buf_text(name), name->len) : NULL;
}

static void add_number(struct kind *k, struct slice value)
{
    struct numeral n;
    int64_t fits;
    numeral_read(&n, value.text, value.text + value.len);
    unsigned digits = value.len - n.negative > MOST_DIGITS ? MOST_DIGITS + 1 : (unsigned)(value.len - n.negative);
    if (!n.whole) {
        k->seen |= isfinite(numeral_double(&n)) ? FRACTION : TEXT;
    } else if (digits > MOST_DIGITS) {
        k->seen |= TEXT;
    } else {
        k->seen |= INTEGER;
        k->digits = digits > k->digits ? digits : k->digits;
        k->beyond_long |= !numeral_integer(&n, 64, &fits);
        k->beyond_double |= n.overlong || n.digits > UINT64_C(1) << 53;
    }
}

static int add_value(struct kind *k, struct slice value, unsigned depth);

static int add_object(struct kind *k, struct slice object, unsigned depth)
{
    struct slice key, value;
    struct buf name = {0};
    size_t hint = 0;
    int result = 0;
    k->seen |= OBJECT;
    for (size_t at = 0; result == 0 && value_next(object, &at, &key, &value);) {
        buf_clear(&name);
        text_unescape(key.text, key.len, &name);
        struct kind *member = member_of(k, &name, hint);
        hint = member ? (size_t)(member - k->members) + 1 : 0;
        if (!member && depth) { /* its names are values themselves: a string takes the object as it is */
            k->seen |= TEXT;
            break;
        }
        result = member ? add_value(member, value, depth + 1) : -1;
    }
    buf_free(&name);
    return result;
}

static int add_value(struct kind *k, struct slice value, unsigned depth)
{
    struct slice element;
    char first = *value.text;
    if (first == '"' || (depth >= SCHEMA_DEPTH && (first == '{' || first == '['))) { /* which a string takes as it is */
        k->seen |= TEXT;
    } else if (first == '{') {
        return add_object(k, value, depth);
    } else if (first == '[') {
        k->seen |= ARRAY;
        struct kind *elements = k->count ? k->members : add_member(k, "", 0);
        if (k->seen & OBJECT)
            return 0; /* they are mixed: a string */
        for (size_t at = 0; value_next(value, &at, NULL, &element);)
            if (add_value(elements, element, depth + 1))
                return -1;
    } else if (first == 't' || first == 'f') {
        k->seen |= BOOLEAN;
    } else if (first != 'n') {
        add_number(k, value);
    }
    return 0;
}

static void settle(struct schema_field *field, const struct kind *k)
{
    field->type = SCHEMA_STRING;
    if (k->seen == OBJECT && k->count) {
        field->type = SCHEMA_STRUCT;
        for (size_t i = 0; i < k->count; i++)
            settle(schema_add(field, (struct slice){k->members[i].name, k->members[i].name_len}, SCHEMA_STRING),
                   &k->members[i]);
    } else if (k->seen == ARRAY) {
        field->type = SCHEMA_LIST;
        settle(schema_add(field, (struct slice){"element", strlen("element")}, SCHEMA_STRING), k->members);
    } else if (k->seen == BOOLEAN) {
        field->type = SCHEMA_BOOLEAN;
    } else if (k->seen == INTEGER) {
        field->type = k->beyond_long ? SCHEMA_DECIMAL : SCHEMA_LONG;
        field->precision = k->digits;
    } else if (k->seen == FRACTION || (k->seen == (FRACTION | INTEGER) && !k->beyond_double)) {
        field->type = SCHEMA_DOUBLE;
    }
}

int infer_schema(struct slice lines, struct schema_field *root, struct error *e)
{
    struct kind all = {0};
    int result = 0;
    *root = (struct schema_field){.name = mem_copy(""), .type = SCHEMA_STRUCT};
    for (struct slice line = lines_first(lines); line.len && result == 0;) {
        struct slice record = lines_record(line);
        result = !value_is_object(record) || add_object(&all, record, 0);
        line = lines_first(lines_after(lines, line));
    }
    if (result || !all.count)
        result = error_set(e, EXIT_ANSWER, "no schema can be inferred, because %s: give one with --schema",
                           !all.count ? "the records have no members or are not objects"
                                      : "the records have too many members, or some are not objects");
    else
        settle(root, &all);
    kind_free(&all);
    return result;
}
