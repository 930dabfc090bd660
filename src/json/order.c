/* order: JSON values compared. */
#include "json/order.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A number as 0.DIGITS * 10^exponent, with no zeros at either end of DIGITS; none of them: it is 0. */
struct number {
    bool negative;
    struct buf digits;
    int64_t exponent;
};

enum { EXPONENT_MOST = 1000000000 }; /* what is larger is infinite, or 0, to everybody */

static int64_t exponent_of(const char *text, const char *end)
{
    bool negative = *text == '-';
    int64_t n = 0;
    for (text += *text == '-' || *text == '+'; text < end && n < EXPONENT_MOST; text++)
        n = n * 10 + (*text - '0');
    return negative ? -n : n;
}

static void number_read(struct number *n, struct slice text)
{
    const char *p = text.text, *end = p + text.len;
    bool point = false;
    *n = (struct number){.negative = *p == '-'};
    for (p += n->negative; p < end && *p != 'e' && *p != 'E'; p++) {
        bool leads = *p == '0' && !n->digits.len;
        if (*p == '.')
            point = true;
        else if (!leads)
            buf_addc(&n->digits, *p);
        n->exponent += *p == '.' ? 0 : point ? -leads : !leads;
    }
    if (p < end)
        n->exponent += exponent_of(p + 1, end);
    while (n->digits.len && n->digits.data[n->digits.len - 1] == '0')
        n->digits.len--;
    if (!n->digits.len)
        n->exponent = n->negative = 0;
}

static int sign(int64_t n)
{
    return (n > 0) - (n < 0);
}

static int bytes_compare(const struct buf *a, const struct buf *b)
{
    size_t shorter = a->len < b->len ? a->len : b->len;
    int order = shorter ? memcmp(a->data, b->data, shorter) : 0;
    return order ? sign(order) : sign((int64_t)a->len - (int64_t)b->len);
}

static int size_compare(const struct number *x, const struct number *y)
{
    if (!x->digits.len || !y->digits.len)
        return (x->digits.len > 0) - (y->digits.len > 0);
    return x->exponent != y->exponent ? sign(x->exponent - y->exponent) : bytes_compare(&x->digits, &y->digits);
}

static int numbers_compare(struct slice a, struct slice b)
{
    struct number x, y;
    number_read(&x, a);
    number_read(&y, b);
    int order = x.negative != y.negative ? y.negative - x.negative : (x.negative ? -1 : 1) * size_compare(&x, &y);
    buf_free(&x.digits);
    buf_free(&y.digits);
    return order;
}

/* In UTF-8 the order of the bytes is that of the characters. */
static int strings_compare(struct slice a, struct slice b)
{
    struct buf x = {0}, y = {0};
    value_scalar(a, &x);
    value_scalar(b, &y);
    int order = bytes_compare(&x, &y);
    buf_free(&x);
    buf_free(&y);
    return order;
}

static bool lists_equal(struct slice a, struct slice b)
{
    struct slice x = {0}, y = {0};
    size_t i = 0, j = 0;
    for (;;) {
        bool more = value_next(a, &i, NULL, &x);
        if (value_next(b, &j, NULL, &y) != more)
            return false;
        if (!more)
            return true;
        if (!order_equal(x, y))
            return false;
    }
}

/* A member of an object; `place` among all of them. */
struct member {
    struct buf name;
    struct slice value;
    size_t place;
};

static int by_name(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = bytes_compare(&x->name, &y->name);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Sorted by their names, of equal ones the last alone. How many there are. */
static size_t list_members(struct slice object, struct member **members)
{
    struct slice key, value;
    size_t count = 0, room = 0, kept = 0;
    for (size_t at = 0; value_next(object, &at, &key, &value); count++) {
        if (count == room)
            *members = mem_grown(*members, (room = 2 * room + 8) * sizeof **members);
        (*members)[count] = (struct member){.value = value, .place = count};
        value_unescape(key.text, key.len, NULL, &(*members)[count].name);
    }
    if (count)
        qsort(*members, count, sizeof **members, by_name);
    for (size_t i = 0; i < count; i++) {
        struct member *one = &(*members)[i];
        if (i + 1 < count && bytes_compare(&one->name, &one[1].name) == 0)
            buf_free(&one->name);
        else
            (*members)[kept++] = *one;
    }
    return kept;
}

static void free_members(struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_free(&members[i].name);
    free(members);
}

static bool objects_equal(struct slice a, struct slice b)
{
    struct member *x = NULL, *y = NULL;
    size_t count = list_members(a, &x), others = list_members(b, &y);
    bool same = count == others;
    for (size_t i = 0; same && i < count; i++)
        same = bytes_compare(&x[i].name, &y[i].name) == 0 && order_equal(x[i].value, y[i].value);
    free_members(x, count);
    free_members(y, others);
    return same;
}

bool order_equal(struct slice a, struct slice b)
{
    if (!a.len || !b.len)
        return a.len == b.len;
    if (value_is_number(a) && value_is_number(b))
        return numbers_compare(a, b) == 0;
    if (*a.text != *b.text)
        return false;
    switch (*a.text) {
    case '"':
        return strings_compare(a, b) == 0;
    case '[':
        return lists_equal(a, b);
    case '{':
        return objects_equal(a, b);
    }
    return value_same(a, b);
}

bool order_less(struct slice a, struct slice b)
{
    if (value_is_number(a) && value_is_number(b))
        return numbers_compare(a, b) < 0;
    return value_is_text(a) && value_is_text(b) && strings_compare(a, b) < 0;
}

static void add_zeros(int64_t n, struct buf *out)
{
    while (n-- > 0)
        buf_addc(out, '0');
}

void order_number(struct slice number, struct buf *out)
{
    enum { LONG = 40 };
    struct number n;
    number_read(&n, number);
    int64_t digits = (int64_t)n.digits.len, whole = n.exponent < 0 ? 0 : n.exponent < digits ? n.exponent : digits;
    if (n.exponent > LONG || n.exponent < -LONG) {
        buf_add(out, number.text, number.len);
    } else {
        buf_adds(out, n.negative ? "-" : "");
        buf_adds(out, n.exponent > 0 ? "" : "0");
        buf_add(out, buf_text(&n.digits), (size_t)whole);
        add_zeros(n.exponent - digits, out);
        buf_adds(out, digits > whole ? "." : "");
        add_zeros(-n.exponent, out);
        buf_add(out, buf_text(&n.digits) + whole, (size_t)(digits - whole));
    }
    buf_free(&n.digits);
}
