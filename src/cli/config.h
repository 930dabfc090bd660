/* config: configuration files: the options of the command line, one `name = value` a line.
 *
 * A value is trimmed and taken as it stands, or stands in double quotes, in which \\ \" \n \r and \t are escapes. '#'
 * starts a comment line. A line [NAME] begins what is said of one list; the lines before the first are of all. */
#ifndef RESTSRC_CONFIG_H
#define RESTSRC_CONFIG_H

#include "cli/options.h"

/* Loads what --config, --config-fd and --api name, in this order. What has a value already, from the command line
 * or an earlier file, keeps it (an option that may repeat adds up). */
int config_load(struct options *o, struct error *e);

/* Appends a line for each list of a file: its name, and the comment that it begins with. -1: EXIT_NO_FILE; EXIT_CONFIG:
 * it has none. */
int config_lists(const char *file, struct buf *out, struct error *e);

#endif
