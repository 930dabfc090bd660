/* settings: options that discovery found. */
#include "discover/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void settings_add(struct settings *s, const char *option, const char *value)
{
    if (s->count < SETTINGS_MOST)
        s->at[s->count++] = (struct setting){option, mem_text(value, strlen(value))};
}

void settings_free(struct settings *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->at[i].value);
    s->count = 0;
}
