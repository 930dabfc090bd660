/* value: a piece of JSON text: walked, looked into, unescaped, without a tree of it being made. Pure.
 *
 * What is walked must be valid JSON without insignificant white space, as split makes it. */
#ifndef RESTSRC_VALUE_H
#define RESTSRC_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"

/* A piece of JSON text inside somebody else's buffer. text is NULL when there is none. */
struct slice {
    const char *text;
    size_t len;
};

/* The next element of an array, or the value of the next member of an object. *at: where to go on, 0 at first. key: its
 * name as it stands, escapes and all, without the quotes; text NULL in an array; may be NULL. false at the end, and for
 * a value that is not a container. */
bool value_next(struct slice container, size_t *at, struct slice *key, struct slice *value);

/* The member of that name (plain characters, UTF-8); of equal names the last counts, as in most JSON parsers. text
 * NULL: there is none, or object is none. */
struct slice value_member(struct slice object, const char *name, size_t len);

/* Does raw, the inside of a valid JSON string (escapes and all), spell these characters? */
bool value_spells(struct slice raw, const char *name, size_t len);

/* The characters that raw, the inside of a valid JSON string, stands for. lone: what half of a surrogate pair becomes,
 * which has no UTF-8; NULL: it stays as it is written. Appends to out. false: there was one. */
bool value_unescape(const char *raw, size_t len, const char *lone, struct buf *out);

/* text as a JSON string, quotes and all; what is not UTF-8 in it becomes U+FFFD. Appends to out. */
void value_quote(const char *text, size_t len, struct buf *out);

/* What a scalar says: a string's characters (UTF-8; lone surrogates stay escapes), else the raw text. Appends to out.
 */
void value_scalar(struct slice value, struct buf *out);

/* The status, as HTTP's are, that a scalar begins with (409, "409 Conflict"); 0: none. */
long value_status(struct slice value);

/* The members of both objects; where both have one, that of `over`, and of objects in objects the same. Appends to out.
 */
void value_merge(struct slice base, struct slice over, struct buf *out);

/* Byte for byte. */
static inline bool value_same(struct slice a, struct slice b)
{
    return a.len == b.len && (!a.len || memcmp(a.text, b.text, a.len) == 0);
}

static inline bool value_is(struct slice value, const char *text)
{
    return value_same(value, (struct slice){text, strlen(text)});
}

/* What kind of value it is; none is of no kind. */
static inline bool value_begins(struct slice value, char c)
{
    return value.text && value.len && *value.text == c;
}

static inline bool value_is_object(struct slice value)
{
    return value_begins(value, '{');
}

static inline bool value_is_list(struct slice value)
{
    return value_begins(value, '[');
}

static inline bool value_is_container(struct slice value)
{
    return value_is_object(value) || value_is_list(value);
}

static inline bool value_is_text(struct slice value)
{
    return value_begins(value, '"');
}

static inline bool value_is_null(struct slice value)
{
    return value_begins(value, 'n');
}

/* By its first byte: the text is valid JSON. */
bool value_is_number(struct slice value);

/* null, false, "" or nothing at all. */
bool value_is_void(struct slice value);
/* Or an empty list or object. */
bool value_is_empty(struct slice value);

#endif
