/* path: a PATH looked up in JSON text, as raw text. Pure.
 *
 * A PATH with a leading '$' is a JSONPath (RFC 9535, see jsonpath.h), one with a leading '/' a JSON Pointer (RFC 6901).
 * Any other is first one whole member name (@odata.count), then split at the dots (data.items); a * between dots is any
 * member or element; of records, `data.*` names objects kept by key, or lists of them. The empty PATH is the whole
 * document. So one PATH may stand for several ways, tried in order. */
#ifndef RESTSRC_PATH_H
#define RESTSRC_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/jsonpath.h"
#include "json/value.h"

enum { PATH_WAYS = 24, PATH_DEPTH = 12 };

struct path_way {
    unsigned depth;
    const char *segment[PATH_DEPTH]; /* unescaped, UTF-8 */
    struct jsonpath *query;          /* a JSONPath; then the segments are the names that it begins with */
};

struct path {
    unsigned count;
    struct path_way way[PATH_WAYS];
    struct buf names; /* owns the segments */
    bool many;        /* it names the records themselves, and not the list that holds them */
    bool spread;      /* a PATH with a star: the elements of the lists that it names are the records */
    bool keyed;       /* it ends with the star: or the objects that it names, kept by key */
    unsigned base;    /* of way 0, so many segments name one value: the container of all that it names */
};

/* 0, or -1 when text is deeper than PATH_DEPTH or no right JSONPath. Free with path_free(). */
int path_parse(struct path *p, const char *text);
/* The same for the value of an option: EXIT_USAGE, and e says what is wrong with it. */
int path_option(struct path *p, const char *option, const char *text, struct error *e);
/* A PATH of records, to be found while the text arrives: a JSONPath that needs the whole text is refused, too. */
int path_records(struct path *p, const char *text, struct error *e);
/* All of these PATHs, in their order, as far as PATH_WAYS reaches. */
void path_parse_all(struct path *p, const char *const *texts, size_t count);
/* One way of p alone, as a path of its own (a copy). */
void path_only(struct path *p, const struct path *from, unsigned way);
void path_free(struct path *p);
/* A way as people write it: data.items, or a JSON Pointer where a name has a dot. */
void path_show(const struct path *p, unsigned way, struct buf *out);

/* May the way lead on from a container at this level through the member called key (as it stands, without the quotes),
 * or where key.text is NULL through the element n? */
bool path_leads(const struct path *p, unsigned way, unsigned level, struct slice key, size_t n);

/* The value at p in json, which must be valid JSON without insignificant white space (as split makes it).
 * The slice points into json; text NULL when nothing is there. Of equal names the last counts, as in most JSON parsers.
 */
struct slice path_find(const struct path *p, const char *json, size_t len);
struct slice path_find_way(const struct path *p, unsigned way, struct slice json);
/* What its first names lead to, so many of them. */
struct slice path_find_part(const struct path *p, unsigned way, unsigned depth, struct slice json);
/* All values that p names, as one list. Appends to list. */
void path_list(const struct path *p, struct slice json, struct buf *list);
/* Does a JSONPath of p find in json where to choose, though perhaps nothing to choose? */
bool path_finds_choice(const struct path *p, struct slice json);
/* The same by the PATH's text, for a PATH that is looked up once. */
struct slice path_get(const char *text, struct slice json);

/* Puts value, which is JSON text, at PATH name of the object json (compact, as above): in the place of what is there,
 * else as a new member. Objects on the way there must exist. -1: there is no such object. */
int path_set(struct buf *json, const char *name, struct slice value);

#endif
