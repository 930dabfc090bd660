/* lines: NDJSON by its lines, each with its line end. Pure. */
#ifndef RESTSRC_LINES_H
#define RESTSRC_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "json/value.h"

/* The first and the last line of some NDJSON. Its len is 0 where there is none. */
struct slice lines_first(struct slice lines);
struct slice lines_last(struct slice lines);
/* What comes after this line, which is one of them. */
struct slice lines_after(struct slice lines, struct slice line);
/* The line without its end: the record. */
struct slice lines_record(struct slice line);

/* How many of these are before the line; -1: it is none of them. */
int64_t lines_find(struct slice lines, struct slice line);
bool lines_hold(struct slice lines, struct slice line);

#endif
