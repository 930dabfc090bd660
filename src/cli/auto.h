/* auto: discover/ run with the options of a command, for --paginate auto and for check. */
#ifndef RESTSRC_AUTO_H
#define RESTSRC_AUTO_H

#include "cli/options.h"
#include "discover/discover.h"

/* Looks at the list at the URL. brief: only what reading needs. As discover(); free with finding_free(). */
int auto_discover(const struct options *o, bool brief, struct finding *f, struct error *e);

/* Is the list asked for in a way that can be looked at? false: EXIT_USAGE. */
bool auto_can_look(const struct options *o, struct error *e);

/* What --paginate auto stands for, free with settings_free(). EXIT_USAGE; EXIT_ANSWER when it is not clear. */
int auto_settings(const struct options *o, struct settings *found, struct error *e);

#endif
