/* arrow_input: --input arrow, for the commands that read lines. */
#ifndef RESTSRC_ARROW_INPUT_H
#define RESTSRC_ARROW_INPUT_H

#include "cli/options.h"

/* After input_init(): the input is Arrow, if the options say so. -1: EXIT_USAGE. */
int arrow_input_set(struct input *in, const struct options *o, struct error *e);

#endif
