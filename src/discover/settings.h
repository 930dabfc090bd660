/* settings: options that discovery found, by their names and as a person would write them, so that they can be shown,
 * set and handed to Spark alike. */
#ifndef RESTSRC_SETTINGS_H
#define RESTSRC_SETTINGS_H

#include <stddef.h>

enum { SETTINGS_MOST = 16 };

struct setting {
    const char *option; /* its name, without the dashes */
    char *value;        /* owned */
};

/* A zeroed struct has none. */
struct settings {
    struct setting at[SETTINGS_MOST];
    size_t count;
};

/* One more; an option that may repeat may come several times. */
void settings_add(struct settings *s, const char *option, const char *value);
void settings_free(struct settings *s);

#endif
