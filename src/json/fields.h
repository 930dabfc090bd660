/* fields: records with some of their members only, their bytes unchanged. Pure.
 *
 * A field is the name of a member, or names with dots between, where no member has the whole of it as its name: a.b is
 * b of the object a, or of each object in the list a. */
#ifndef RESTSRC_FIELDS_H
#define RESTSRC_FIELDS_H

#include "base/error.h"
#include "base/list.h"
#include "json/value.h"

/* Adds the fields of a text, which has commas between. -1: EXIT_USAGE: one is empty. */
int fields_parse(struct list *fields, const char *text, struct error *e);

/* Appends what is left of lines of records, each valid JSON without insignificant white space. A record that is not an
 * object is left as it is. */
void fields_keep(const struct list *fields, struct slice lines, struct buf *out);

#endif
