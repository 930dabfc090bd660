/* text: what others wrote (a server, mostly), made safe to show on a terminal and in a log, or to put into a URL. */
#ifndef RESTSRC_TEXT_H
#define RESTSRC_TEXT_H

#include <stddef.h>

#include "base/buf.h"

/* Changes text in place, which never grows: characters that move the cursor, break the line, turn the direction of
 * writing or can't be seen become a blank each, bytes that are not UTF-8 become '?'. So it is one line of plain text.
 */
void text_clean(char *text);
/* The same, but line breaks (\n) stay. */
void text_clean_lines(char *text);

/* Percent-encoded as opaque bytes, for a URL. Appends. */
void text_percent(const char *text, size_t len, struct buf *out);

/* In single quotes, as one word for a shell. Appends. */
void text_quote_shell(const char *text, struct buf *out);

/* How many bytes the character is long that the first of n bytes begin with (UTF-8); 0: they begin with none. */
size_t text_sequence(const char *text, size_t n);
/* The character that text begins with (UTF-8): its length in bytes; 0, and c 0: text is empty, or is not UTF-8 here. */
size_t text_character(const char *text, unsigned long *c);

#endif
