/* schema: the columns that records are read into, as Spark writes a schema: StructType.json(). Pure.
 *
 *     {"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}},
 *                                {"name":"tags","type":{"type":"array","elementType":"string","containsNull":true},
 *                                 "nullable":true,"metadata":{}}]}
 *
 * A column whose metadata has {"restsrc":"record"} gets the text of each record, and one with {"restsrc":"misfit"} the
 * text of those that do not fit the other columns. They are nullable strings. */
#ifndef RESTSRC_SCHEMA_H
#define RESTSRC_SCHEMA_H

#include <stdbool.h>

#include "base/error.h"
#include "json/value.h"

enum { SCHEMA_DEPTH = 64 }; /* levels of structs, lists and maps */

enum schema_type {
    SCHEMA_BOOLEAN,
    SCHEMA_BYTE,
    SCHEMA_SHORT,
    SCHEMA_INTEGER,
    SCHEMA_LONG,
    SCHEMA_FLOAT,
    SCHEMA_DOUBLE,
    SCHEMA_DECIMAL,
    SCHEMA_STRING,
    SCHEMA_BINARY,
    SCHEMA_DATE,          /* days since 1970 */
    SCHEMA_TIMESTAMP,     /* microseconds since 1970, UTC */
    SCHEMA_TIMESTAMP_NTZ, /* of a clock in no zone */
    SCHEMA_STRUCT,        /* children: its fields */
    SCHEMA_LIST,          /* child: the element */
    SCHEMA_MAP,           /* child: a struct, the entry, of key (a string) and value */
};

enum schema_role { SCHEMA_MEMBER, SCHEMA_RECORD, SCHEMA_MISFIT };

struct schema_field {
    char *name; /* so many bytes, which may be NUL, and a NUL */
    size_t name_len;
    enum schema_type type;
    enum schema_role role; /* of the columns alone */
    bool nullable;
    unsigned precision, scale; /* SCHEMA_DECIMAL */
    struct schema_field *children;
    size_t count;
};

/* A struct, not nullable, whose fields are the columns. -1: EXIT_USAGE: it is no schema, or has a type that JSON cannot
 * be read into. Free with schema_free(), in both cases. */
int schema_parse(struct schema_field *root, struct slice json, struct error *e);
void schema_free(struct schema_field *root);
/* The struct `field` as Spark writes a schema; roles are left out. Appends. */
void schema_write(const struct schema_field *field, struct buf *out);

/* A new last child of a struct, list or map, of which the name is copied. It stays where it is until the next one. */
struct schema_field *schema_add(struct schema_field *parent, struct slice name, enum schema_type type);
/* The type as SQL has it, for messages: BIGINT. */
const char *schema_type_name(enum schema_type type);

#endif
