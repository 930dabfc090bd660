/* zone: what clocks show where. Pure. */
#ifndef RESTSRC_ZONE_H
#define RESTSRC_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone {
    int offset; /* seconds east of UTC, until the first change */
    struct zone_change {
        int64_t clock; /* what the clock shows, in seconds since 1970, from when on the new offset counts */
        int offset;
    } *changes;
    size_t count;
    int64_t known_from, known_to; /* by the clock; both 0: always */
};

/* Where no time is known. */
#define ZONE_UNKNOWN ((struct zone){.known_from = 1})

/* What a clock shows, in microseconds, to UTC. In a gap, the offset before it counts, in an overlap the earlier time,
 * as in java.time. false: it is not known. */
bool zone_utc(const struct zone *z, int64_t local, int64_t *utc);

/* How many seconds the clock is ahead of UTC then, in seconds since 1970. Where that is not known, what counted last.
 */
int zone_offset(const struct zone *z, int64_t utc);

/* The zone of a text such as Z, UTC or +01:00. false: it is none of them. */
bool zone_fixed(struct zone *z, const char *name);

/* The zone in a file of the time zone database ("TZif", RFC 9636), up to the year 2440. false: it is no such file. Free
 * with zone_free(), in both cases. */
bool zone_parse(struct zone *z, const char *bytes, size_t len);
void zone_free(struct zone *z);

#endif
