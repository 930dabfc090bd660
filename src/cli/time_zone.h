/* time_zone: the zone that --time-zone names, from the time zone database of this machine. */
#ifndef RESTSRC_TIME_ZONE_H
#define RESTSRC_TIME_ZONE_H

#include "arrow/zone.h"
#include "base/error.h"

/* name: NULL stands for UTC, an empty one for ZONE_UNKNOWN. -1: EXIT_USAGE: there is no such zone. Free the zone with
 * zone_free(). */
int time_zone_find(const char *name, struct zone *zone, struct error *e);

#endif
