/* cmd: the commands, a table. Each cmd_NAME.c is one: it joins the modules below by callbacks, and only here, in cli/,
 * is anything printed. */
#ifndef RESTSRC_CMD_H
#define RESTSRC_CMD_H

#include "base/error.h"
#include "cli/options.h"

struct command {
    const char *name;
    enum command_bit bit;
    int (*run)(const struct options *o, struct error *e); /* 0, or -1 with e; prints data on stdout only */
    const char *synopsis, *help;
    const char *common;   /* the options that most people need, with a blank between: --help has them first */
    const char *examples; /* one a line */
};

extern const struct command cmd_table[]; /* ends with a name that is NULL */

/* NULL: EXIT_USAGE, there is none of that name. */
const struct command *cmd_find(const char *name, struct error *e);

/* What their rows run. */
int cmd_read(const struct options *o, struct error *e);
int cmd_count(const struct options *o, struct error *e);
int cmd_write(const struct options *o, struct error *e);
int cmd_call(const struct options *o, struct error *e);
int cmd_lookup(const struct options *o, struct error *e);
int cmd_check(const struct options *o, struct error *e);

#endif
