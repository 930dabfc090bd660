/* change: what a line of a change feed says is to be done with which row: --method-path. Pure.
 *
 * The feeds of Debezium (op c, r, u, d, with the row in after or before), Delta Lake and Iceberg (_change_type insert,
 * update_preimage, update_postimage, delete), and others that use such words; or the name of an HTTP method. */
#ifndef RESTSRC_CHANGE_H
#define RESTSRC_CHANGE_H

#include "base/error.h"
#include "http/request.h"
#include "json/path.h"

struct change {
    enum change_kind { CHANGE_INSERT, CHANGE_UPDATE, CHANGE_DELETE, CHANGE_NOTHING, CHANGE_METHOD } kind;
    enum method method; /* CHANGE_METHOD: this one */
    struct slice row;   /* in the record */
};

/* record: compact. line: of the input, for the message. -1: EXIT_INPUT: it does not say, or the row is missing. */
int change_read(const struct path *path, struct slice record, int64_t line, struct change *change, struct error *e);

#endif
