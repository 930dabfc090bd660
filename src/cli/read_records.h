/* read_records: records of the range go out: those that are new, the members that are wanted, as NDJSON or Arrow. */
#ifndef RESTSRC_READ_RECORDS_H
#define RESTSRC_READ_RECORDS_H

#include "cli/read_run.h"

/* The output that was asked for; what comes before its first record goes out. -1: EXIT_USAGE, EXIT_NO_FILE, EXIT_IO. */
int read_records_begin(struct read_run *r, struct error *e);
/* The rest of it; failed: it is not whole. */
int read_records_finish(struct read_run *r, bool failed, struct error *e);
void read_records_free(struct read_run *r);

/* May requests go on while nobody reads? Not inside of one, and not before they begin. */
enum pace { ALONE, BUSY };

/* `count` records, by lines; those that have gone out are counted in r, also when only a part of them has. -1: EXIT_IO,
 * EXIT_ANSWER. */
int read_records_write(struct read_run *r, enum pace pace, struct slice lines, int64_t count, struct error *e);

/* Where the n-th of so many lines begins in the text that they fill. */
size_t read_records_line(const char *text, size_t len, int64_t lines, int64_t n);

#endif
