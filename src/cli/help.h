/* help: what people and programs can read about commands and options, on standard output. */
#ifndef RESTSRC_HELP_H
#define RESTSRC_HELP_H

#include "cli/cmd.h"

/* topic: a command, `options` (the whole table, as NDJSON), `apis` (the presets, or the one of that name), `rules`,
 * `state`, `exit-codes`, `words` (what completions need, of the command of that name), or NULL: how to use all this.
 * -1: EXIT_USAGE, EXIT_IO. */
int help_topic(const char *topic, const char *name, struct error *e);
int help_command(const struct command *c, struct error *e);
int help_version(struct error *e);

#endif
