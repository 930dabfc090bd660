/* suggest: what a person can run: `restsrc read` and the same for Spark, with the options of the command line and those
 * that were found. No secret is shown: *** stands for it. */
#ifndef RESTSRC_SUGGEST_H
#define RESTSRC_SUGGEST_H

#include "base/buf.h"
#include "cli/options.h"

/* Each appends one line, without its end. */
void suggest_shell(const struct options *o, const struct settings *found, struct buf *out);
void suggest_spark(const struct options *o, const struct settings *found, struct buf *out);

#endif
