/* ratelimit: what the headers of an answer say about when the next request is welcome. Pure. */
#ifndef RESTSRC_RATELIMIT_H
#define RESTSRC_RATELIMIT_H

/* A header of the answer by its name, or NULL. */
typedef const char *(*ratelimit_header)(const void *headers, const char *name);

/* Seconds until the server takes requests again, by its RateLimit headers, when nothing remains of the budget; 0: it
 * takes them now, or does not say. Known are RateLimit-*, X-RateLimit-* and X-Rate-Limit-* Remaining and Reset, where a
 * large Reset is a time of day, those of HubSpot, and the single field RateLimit of the IETF drafts: `limit=100,
 * remaining=0, reset=30` and `"name";r=0;t=30, ...`. now: seconds since the epoch. */
double ratelimit_wait(ratelimit_header header, const void *headers, double now);

/* The requests that the server still takes, and in how many seconds it takes more, by the same headers; what they do
 * not say stays. Of several policies the one with the fewest counts. */
void ratelimit_left(ratelimit_header header, const void *headers, double now, double *left, double *reset);

/* What a Retry-After says: seconds, perhaps with a fraction or a unit, an ISO 8601 duration, or a time, as HTTP, ISO
 * 8601 or the clock of Unix write it. 0: at once, or a time that has passed, which both say nothing; -1: it cannot be
 * read. */
double ratelimit_retry_after(const char *value, double now);
/* The same of Retry-After, or else of the first header that some APIs have in its place. */
double ratelimit_after(ratelimit_header header, const void *headers, double now);

#endif
