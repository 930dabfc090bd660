/* ipc_read: messages of the Arrow IPC stream format, from bytes that nobody has checked ("Serialization and
 * Interprocess Communication" of the Arrow columnar format). Pure.
 *
 * Little-endian streams without compression, dictionaries included, but for deltas of them. Values are not copied:
 * arrays point into the bytes, and what is read of them later (array.h) lies within these. */
#ifndef RESTSRC_IPC_READ_H
#define RESTSRC_IPC_READ_H

#include "arrow/ipc_types.h"

/* The values of a column. Each buffer is as long as `length` asks for, or the stream was refused; what offsets, views
 * and indices point to is checked by who reads a value. */
struct ipc_array {
    const struct ipc_field *field;
    int64_t length;
    struct slice validity; /* a bit a value; text NULL: there is no null */
    struct slice offsets;  /* where each value ends; or views */
    struct slice values;
    struct slice *views; /* the buffers that views point into */
    size_t view_count, view_room;
    struct ipc_array *children;
    const struct ipc_array *dictionary; /* the values that those of this array are indices of; NULL: none */
};

struct ipc_dictionary {
    int64_t id;
    bool there;
    struct ipc_array array;
    struct buf bytes; /* of the message */
};

struct ipc_stream {
    struct ipc_field root;  /* the columns, once the schema was there */
    struct ipc_array batch; /* a struct of them */
    struct ipc_dictionary *dictionaries;
    size_t dictionary_count;
    int64_t messages; /* read so far */
    int64_t bytes;
    bool has_schema, has_ended;
};

enum ipc_state { IPC_BATCH, IPC_MORE, IPC_END };

/* Zeroed, a stream is ready. Free with ipc_read_free(). */
void ipc_read_free(struct ipc_stream *s);

/* Messages from the bytes that follow those used before; *used: how many were used now.
 * IPC_BATCH: the next record batch is in s->batch, as long as its bytes stay where they are; IPC_MORE: more bytes are
 * needed; IPC_END: the stream has its end; what follows is not of it. -1: EXIT_INPUT: says which message is wrong. */
int ipc_read_take(struct ipc_stream *s, struct slice bytes, size_t *used, struct error *e);

#endif
