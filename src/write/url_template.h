/* url_template: --url-template: a URL with {PATH} for what a record has there. Pure. */
#ifndef RESTSRC_URL_TEMPLATE_H
#define RESTSRC_URL_TEMPLATE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/path.h"

/* -1: EXIT_USAGE: a brace without its partner, or a PATH that is none. */
int url_template_check(const char *text, struct error *e);

/* Appends the text with the record's values, percent-encoded as opaque bytes. record: JSON text. -1: EXIT_INPUT: a
 * value is missing, empty, no scalar, or one that servers and libraries take for a step in the path (. and ..); line is
 * for the message. */
int url_template_fill(const char *text, struct slice record, int64_t line, struct buf *out, struct error *e);

#endif
