/* ipc_types: the columns of an Arrow IPC stream, as its schema message says them ("Schema message" of the Arrow
 * columnar format). The message comes from others: each of its parts is checked. Pure. */
#ifndef RESTSRC_IPC_TYPES_H
#define RESTSRC_IPC_TYPES_H

#include "arrow/flat_read.h"
#include "base/buf.h"
#include "base/error.h"

enum { IPC_DEPTH = 64 }; /* levels of structs, lists and maps */

/* The numbers of the union Type in Schema.fbs. */
enum ipc_type {
    IPC_NULL = 1,
    IPC_INT,
    IPC_FLOAT,
    IPC_BINARY,
    IPC_UTF8,
    IPC_BOOL,
    IPC_DECIMAL,
    IPC_DATE,
    IPC_TIME,
    IPC_TIMESTAMP,
    IPC_INTERVAL,
    IPC_LIST,
    IPC_STRUCT,
    IPC_UNION,
    IPC_FIXED_BINARY,
    IPC_FIXED_LIST,
    IPC_MAP,
    IPC_DURATION,
    IPC_LARGE_BINARY,
    IPC_LARGE_UTF8,
    IPC_LARGE_LIST,
    IPC_RUN_ENDS,
    IPC_BINARY_VIEW,
    IPC_UTF8_VIEW,
    IPC_LIST_VIEW,
    IPC_LARGE_LIST_VIEW,
    IPC_TYPES
};

enum ipc_unit { IPC_SECONDS, IPC_MILLIS, IPC_MICROS, IPC_NANOS };

/* What the metadata of a field say of it beside its type. */
enum ipc_meaning {
    IPC_PLAIN,
    IPC_JSON,    /* strings that are JSON texts: the extension type arrow.json */
    IPC_UUID,    /* 16 bytes: arrow.uuid */
    IPC_BOOL8,   /* bytes that are true or false: arrow.bool8 */
    IPC_OPAQUE,  /* arrow.opaque: only its writer knows what it is */
    IPC_VARIANT, /* a struct of value and metadata: Spark's VARIANT */
};

struct ipc_field {
    char *name;
    size_t name_len;
    struct buf label; /* the name as a member of an object: "name": */
    enum ipc_type type;
    enum ipc_meaning meaning;
    unsigned width;     /* bytes of a value; 0: not fixed, or less than one */
    bool is_signed;     /* IPC_INT */
    enum ipc_unit unit; /* of times */
    bool zoned;         /* IPC_TIMESTAMP: an instant */
    int scale;          /* IPC_DECIMAL */
    int32_t size;       /* IPC_FIXED_LIST: elements of each */
    int first, last;    /* IPC_DURATION: from which to which of days, hours, minutes, seconds (0 to 3) it is told */
    bool encoded;       /* the column has indices of values that a dictionary has: */
    int64_t dictionary; /* its id */
    unsigned index_width;
    bool index_signed;
    struct ipc_field *children;
    size_t count;
};

/* The header of a schema message. The root is a struct of the columns. -1: EXIT_INPUT: it is malformed, or has a type
 * that JSON has no form for; the message names the column. Free with ipc_types_free(), in both cases. */
int ipc_types_read(struct ipc_field *root, const struct flat_table_read *schema, struct error *e);
void ipc_types_free(struct ipc_field *root);

/* Appends how messages name the last of these fields, each of which is a child of the one before: a.b, a[].b, a{}. */
void ipc_types_path(const struct ipc_field *const *way, size_t depth, struct buf *out);

bool ipc_types_is_string(const struct ipc_field *field);
bool ipc_types_is_text(const struct ipc_field *field); /* strings or binary of any length: those with offsets */
bool ipc_types_is_view(const struct ipc_field *field); /* strings or binary, as views */
unsigned ipc_types_offset_width(const struct ipc_field *field);

#endif
