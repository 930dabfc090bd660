/* path: a PATH looked up in JSON text, as raw text. Pure.
 *
 * A PATH with a leading '/' is a JSON Pointer (RFC 6901). Any other is first one whole member name (@odata.count), then
 * split at the dots (data.items). The empty PATH is the whole document. So one PATH may stand for several ways, tried
 * in order. */
#ifndef RESTSRC_PATH_H
#define RESTSRC_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { PATH_WAYS = 18, PATH_DEPTH = 12 };

struct path_way {
    unsigned depth;
    const char *segment[PATH_DEPTH]; /* unescaped, UTF-8 */
};

struct path {
    unsigned count;
    struct path_way way[PATH_WAYS];
    struct buf names; /* owns the segments */
};

/* A piece of JSON text inside somebody else's buffer. text is NULL when there is none. */
struct slice {
    const char *text;
    size_t len;
};

/* 0, or -1 when text is deeper than PATH_DEPTH. Free with path_free(). */
int path_parse(struct path *p, const char *text);
/* The places where lists of records are usually found, the root first, in the order that restsrc(1) gives. */
void path_usual_records(struct path *p);
/* All of these PATHs, in their order, as far as PATH_WAYS reaches. */
void path_parse_all(struct path *p, const char *const *texts, size_t count);
/* One way of p alone, as a path of its own (a copy). */
void path_only(struct path *p, const struct path *from, unsigned way);
void path_free(struct path *p);
/* The way as people write it: data.items, or a JSON Pointer where a name has a dot. */
void path_show(const struct path_way *way, struct buf *out);

/* Does raw, the inside of a valid JSON string (escapes and all), spell name? */
bool path_spells(const char *raw, size_t len, const char *name);
/* Is name the array index n? */
bool path_is_index(const char *name, size_t n);

/* The value at p in json, which must be valid JSON without insignificant white space (as split makes it).
 * The slice points into json; text NULL when nothing is there. Of equal names the last counts, as in most JSON parsers.
 */
struct slice path_find(const struct path *p, const char *json, size_t len);
struct slice path_find_way(const struct path_way *way, const char *json, size_t len);
/* The same by the PATH's text, for a PATH that is looked up once. */
struct slice path_get(const char *text, struct slice json);

/* The next element of an array, or the value of the next member of an object. *at: where to go on, 0 at first. false at
 * the end. */
bool path_next(struct slice container, size_t *at, struct slice *value);

/* Puts value, which is JSON text, at PATH name of the object json (compact, as above): in the place of what is there,
 * else as a new member. Objects on the way there must exist. -1: there is no such object. */
int path_set(struct buf *json, const char *name, struct slice value);

/* text as a JSON string, quotes and all. Appends to out. */
void path_quote(const char *text, size_t len, struct buf *out);

/* What a scalar says: a string's characters (UTF-8; lone surrogates stay escapes), else the raw text. Appends to out.
 */
void path_scalar(struct slice value, struct buf *out);
/* null, false, "" or nothing at all. */
bool path_is_void(struct slice value);
/* Or an empty list or object. */
bool path_is_empty(struct slice value);

#endif
