/* advice: what a person may do about an error that a list begins with. */
#ifndef RESTSRC_ADVICE_H
#define RESTSRC_ADVICE_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

bool advice_has_credentials(const struct options *o);
/* Adds to the message of e what to do, where we know it. */
void advice_add(const struct options *o, struct error *e);

#endif
