/* split_lane: the fast lane of the splitter. Whole blocks of bytes inside the records, all of JSON, checked and copied
 * with a few operations on the bits of scan.h instead of steps from byte to byte. What may be wrong, and what may not
 * be all there yet, it leaves to the states of split.c, which say what is wrong and where. For split.c. */
#ifndef RESTSRC_SPLIT_LANE_H
#define RESTSRC_SPLIT_LANE_H

#include "json/scan.h"
#include "json/split_steps.h"

/* Does the lane take what comes next? */
bool lane_takes(const struct split *s, bytes p, bytes end);

/* Goes on from p as far as it can, and returns where the states go on. Where lane_takes(). */
bytes lane_run(struct split *s, bytes p, bytes end);

#endif
