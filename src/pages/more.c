/* more: what a page says of more. */
#include "pages/more.h"

#include <strings.h>

#include "json/usual.h"

int more_check(const char *has_more, struct error *e)
{
    struct path path = {0};
    int result = has_more ? path_option(&path, "has-more", has_more + (*has_more == '!'), e) : 0;
    path_free(&path);
    return result;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(text, *words) == 0)
            return true;
    return false;
}

static enum more_says read_flag(struct slice value, bool negated)
{
    static const char *const yes[] = {"true", "1", "yes", NULL}, *const no[] = {"false", "0", "no", NULL};
    struct buf text = {0};
    enum more_says says = MORE_UNSAID;
    if (value.text)
        value_scalar(value, &text);
    if (is_one_of(buf_text(&text), yes))
        says = negated ? MORE_NO : MORE_YES;
    else if (is_one_of(buf_text(&text), no))
        says = negated ? MORE_YES : MORE_NO;
    else if (value.text && value_is_void(value))
        says = negated ? MORE_UNSAID : MORE_NO;
    buf_free(&text);
    return says;
}

static enum more_says find_one(const char *path, struct slice envelope, const char **name)
{
    bool negated = *path == '!';
    if (name)
        *name = path + negated;
    return read_flag(path_get(path + negated, envelope), negated);
}

enum more_says more_find(const char *has_more, struct slice envelope, const char **name)
{
    if (has_more)
        return find_one(has_more, envelope, name);
    enum more_says says = MORE_UNSAID;
    for (const struct usual *u = usual_first(USUAL_MORE); u && says == MORE_UNSAID; u = usual_next(u))
        says = *u->name == '!' && value_is_number(path_get(u->name + 1, envelope)) ? MORE_UNSAID
                                                                                   : find_one(u->name, envelope, name);
    return says;
}
