/* count_each: count --for-each: the numbers of records of many lists, one a line, in the order of the input. */
#ifndef RESTSRC_COUNT_EACH_H
#define RESTSRC_COUNT_EACH_H

#include "base/terminal.h"
#include "cli/options.h"

/* As cmd_count(). A list that goes to --reject-file has the line null. */
int count_each(const struct options *o, struct terminal *terminal, struct error *e);

#endif
