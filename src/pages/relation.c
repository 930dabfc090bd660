#include "pages/relation.h"

#include <string.h>

static struct slice relation_of(struct slice link)
{
    static const char *const names[] = {"rel", "relation"};
    struct slice relation = {0};
    for (size_t i = 0; !relation.text && i < sizeof names / sizeof *names; i++)
        relation = value_member(link, names[i], strlen(names[i]));
    return relation;
}

static bool is_next(struct slice link)
{
    struct slice relation = relation_of(link);
    return value_is_text(relation) && value_spells((struct slice){relation.text + 1, relation.len - 2}, "next", 4);
}

struct slice relation_next(const struct path *p, unsigned way, struct slice found, struct slice envelope)
{
    const struct path_way *it = &p->way[way];
    if (it->depth < 2 || strspn(it->segment[it->depth - 2], "0123456789") != strlen(it->segment[it->depth - 2]))
        return found;
    struct slice list = path_find_part(p, way, it->depth - 2, envelope), link;
    struct slice own = path_find_part(p, way, it->depth - 1, envelope);
    if (!value_is_list(list) || (own.text && !relation_of(own).text))
        return found;
    for (size_t at = 0; value_next(list, &at, NULL, &link);)
        if (is_next(link))
            return value_member(link, it->segment[it->depth - 1], strlen(it->segment[it->depth - 1]));
    return own.text ? (struct slice){0} : found;
}
