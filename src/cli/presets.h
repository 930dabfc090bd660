/* presets: configuration files for APIs that are well known, found by name: the user's own first, then those that are
 * in the program. */
#ifndef RESTSRC_PRESETS_H
#define RESTSRC_PRESETS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

struct preset {
    const char *name, *text;
};

/* Made from share/apis when restsrc is built; the last one has no name. */
extern const struct preset presets_builtin[];

/* Where the user's own files are: name in the folder restsrc of $XDG_CONFIG_HOME (~/.config). false: there is no such
 * place. */
bool presets_own(const char *name, struct buf *path);

/* The preset's text, and in where what messages call it: the path of the user's own, or its name. -1: EXIT_CONFIG,
 * there is none of that name, or EXIT_NO_FILE. */
int presets_find(const char *name, struct buf *text, struct buf *where, struct error *e);

/* A line for each preset: its name and what its first comment says; and its age, when that is years. */
void presets_list(struct buf *out);

/* The preset whose base-url has the host of url, where * stands for any name; of several the one whose path fits url
 * best, or those, with " or " between. Empty: there is none. */
void presets_of_url(const char *url, struct buf *names);

#endif
