/* template_list: a template that is filled from several records at once, for requests that ask for many things. Pure.
 *
 * It has one {PATH}, perhaps more than once. In a text, what stands between two of them stands between any two values,
 * else a comma: ids={id}, /users/{id};{id}, ?id={id}&id={id}. In JSON the element of the innermost list around them is
 * repeated for each record: {"ids":["{id}"]}, {"inputs":[{"id":"{id}"}]}. A string that is nothing but {PATH}, and in
 * no list, becomes one; in a longer string values are joined as in a text. */
#ifndef RESTSRC_TEMPLATE_LIST_H
#define RESTSRC_TEMPLATE_LIST_H

#include "json/path.h"
#include "json/template.h"

struct template_list {
    const char *option;
    struct buf before, after; /* around it all */
    struct buf each, between; /* what a record makes, a template; what stands between two of these */
    enum template_kind kind;  /* of each */
    struct path path;
};

/* t is right, and varies. -1: EXIT_USAGE: it cannot be filled so. Free with template_list_free(), in any case. */
int template_list_init(struct template_list *l, const struct template *t, struct error *e);
void template_list_free(struct template_list *l);

/* As template_fill(), from count records, compact, of these lines of the input. -1: EXIT_INPUT: besides, what stands
 * between values is in a value. */
int template_list_fill(const struct template_list *l, const struct slice *records, const int64_t *lines, size_t count,
                       struct buf *out, struct error *e);

#endif
