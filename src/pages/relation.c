#include "pages/relation.h"

#include <ctype.h>
#include <string.h>

/* The rest of text after this word; NULL: it begins with another one. */
static const char *after_word(const char *text, const char *end, const char *word)
{
    for (; *word; text += text < end)
        if (text < end && strchr("-_", *text))
            continue;
        else if (text == end || tolower((unsigned char)*text) != *word++)
            return NULL;
    return text;
}

bool relation_is(const char *text, size_t len, const char *relation)
{
    const char *end = text + len, *rest = after_word(text, end, relation);
    return rest && (rest == end || after_word(rest, end, "page") == end);
}

static struct slice relation_of(struct slice link)
{
    static const char *const names[] = {"rel", "relation"};
    struct slice relation = {0};
    for (size_t i = 0; !relation.text && i < sizeof names / sizeof *names; i++)
        relation = value_member(link, names[i], strlen(names[i]));
    return relation;
}

/* {"rel": "next"}, or {"rel": ["next"]} as Siren has it: the one of its relations that is this one. */
static struct slice find_relation(struct slice link, const char *relation, bool *listed)
{
    struct slice all = relation_of(link), one = all;
    *listed = value_is_list(all);
    for (size_t at = 0; !*listed || value_next(all, &at, NULL, &one);) {
        bool is = value_is_text(one) && relation_is(one.text + 1, one.len - 2, relation);
        if (is || !*listed)
            return is ? one : (struct slice){0};
    }
    return (struct slice){0};
}

static bool is_next(struct slice link)
{
    bool listed;
    return find_relation(link, "next", &listed).text != NULL;
}

/* The link in it, and its name. */
static struct slice target_of(struct slice link, const char **name)
{
    static const char *const names[] = {"href", "url", "uri"};
    struct slice target = {0};
    for (size_t i = 0; !value_is_text(target) && i < sizeof names / sizeof *names; i++)
        target = value_member(link, *name = names[i], strlen(names[i]));
    return value_is_text(target) ? target : (struct slice){0};
}

static struct slice find_link(struct slice list, const char *list_name, const char *relation, struct buf *path)
{
    struct slice link;
    const char *name = NULL;
    bool listed;
    for (size_t at = 0; value_is_list(list) && value_next(list, &at, NULL, &link);) {
        struct slice is = find_relation(link, relation, &listed), target = target_of(link, &name);
        const char *kind = value_member(link, "rel", 3).text ? "rel" : "relation";
        if (!is.text || !target.text)
            continue;
        if (path)
            buf_addf(path, "$.%s[?@.%s%s=='%.*s'].%s", list_name, kind, listed ? "[0]" : "", (int)is.len - 2,
                     is.text + 1, name);
        return target;
    }
    return (struct slice){0};
}

struct slice relation_link(struct slice envelope, struct buf *path)
{
    static const char *const lists[] = {"links", "link", "_links"}, *const relations[] = {"next", "older"};
    struct slice found = {0};
    for (size_t i = 0; !found.text && i < sizeof relations / sizeof *relations; i++)
        for (size_t k = 0; !found.text && k < sizeof lists / sizeof *lists; k++)
            found = find_link(value_member(envelope, lists[k], strlen(lists[k])), lists[k], relations[i], path);
    return found;
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
