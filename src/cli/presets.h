/* presets: configuration files for APIs that are well known, found by name: the user's own first, then those that came
 * with restsrc. */
#ifndef RESTSRC_PRESETS_H
#define RESTSRC_PRESETS_H

#include "base/buf.h"
#include "base/error.h"

/* The path of the preset's file. -1: EXIT_CONFIG, there is none of that name. */
int preset_find(const char *name, struct buf *path, struct error *e);

/* A line for each preset: its name and what its first comment says. */
void preset_list(struct buf *out);

#endif
