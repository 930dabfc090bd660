/* command_line: the options and the operand of a command line. */
#ifndef RESTSRC_COMMAND_LINE_H
#define RESTSRC_COMMAND_LINE_H

#include "cli/options.h"

/* Sets what argv, from the command's name on, says for `command`. The files that it names are for config_load(). -1:
 * EXIT_USAGE. */
int command_line_parse(struct options *o, enum command_bit command, int argc, char **argv, struct error *e);

#endif
