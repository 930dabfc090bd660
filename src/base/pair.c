/* pair: NAME=VALUE is split. */
#include "base/pair.h"

#include <string.h>

bool pair_split(const char *text, struct pair *p)
{
    *p = (struct pair){.name = text, .len = strcspn(text, "=")};
    if (!p->len || !text[p->len])
        return false;
    p->value = text + p->len + 1;
    return true;
}
