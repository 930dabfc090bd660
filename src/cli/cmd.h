/* cmd: what the commands have in common. Each cmd_NAME.c is one command: it joins the modules by callbacks. */
#ifndef RESTSRC_CMD_H
#define RESTSRC_CMD_H

#include <time.h>

#include "base/error.h"
#include "cli/options.h"
#include "http/transfer.h"
#include "json/path.h"
#include "json/split.h"

/* A command: 0, or -1 with e. Reads nothing and prints data on stdout only. */
int cmd_read(const struct options *o, struct error *e);
int cmd_count(const struct options *o, struct error *e);
int cmd_write(const struct options *o, struct error *e);
int cmd_call(const struct options *o, struct error *e);
int cmd_check(const struct options *o, struct error *e);

/* --paginate auto becomes what the API shows. EXIT_ANSWER when that is not clear. */
int cmd_settle_auto(struct options *o, struct error *e);

/* A line on stderr, "restsrc: " before it; unless --quiet. */
void cmd_note(const struct options *o, bool verbose, const char *lines);

/* --records, or the usual places. EXIT_USAGE when it is no PATH. */
int cmd_records_path(const struct options *o, struct path *records, struct error *e);

/* The URL with --query, for commands that do not page. */
int cmd_target(const struct options *o, struct buf *url, struct error *e);

/* --parallel, or what the command takes instead; at most 64. */
unsigned cmd_parallel(const struct options *o, unsigned fallback);

/* Does the answer say that it is NDJSON? */
bool cmd_is_ndjson(const struct exchange *x);

/* transfer_header() as total_find() and link_header_find() take it. */
const char *cmd_header(const void *exchange, const char *name, size_t n);

/* An answer without records has an error beside them. -1: EXIT_ANSWER, with what the server says of it. */
int cmd_denied(const struct exchange *x, struct slice envelope, struct error *e);

/* What a failed split_feed() or split_end() of an answer means. */
void cmd_split_error(const struct split *s, struct error *e);

#endif
