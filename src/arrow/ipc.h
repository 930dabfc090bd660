/* ipc: columns as an Arrow IPC stream: messages, one after the other. Pure.
 *
 * The format: "Serialization and Interprocess Communication (IPC)" of the Arrow columnar format, version 1.0 and later
 * (metadata version V5). Values are in the byte order of this machine, which the schema message says. */
#ifndef RESTSRC_IPC_H
#define RESTSRC_IPC_H

#include "arrow/columns.h"

/* Each appends a whole message to out. A batch is the records that the columns hold. A field that holds texts of
 * misfits makes all columns of the schema nullable. */
void ipc_schema(const struct schema_field *root, struct buf *out);
void ipc_batch(const struct columns *columns, struct buf *out);
/* "End-of-stream". */
void ipc_end(struct buf *out);

#endif
