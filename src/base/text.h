/* text: what others wrote (a server, mostly), made safe to show on a terminal and in a log. */
#ifndef RESTSRC_TEXT_H
#define RESTSRC_TEXT_H

#include <stddef.h>

/* Changes text in place, which never grows: characters that move the cursor, break the line, turn the direction of
 * writing or can't be seen become a blank each, bytes that are not UTF-8 become '?'. So it is one line of plain text.
 */
void text_clean(char *text);
/* The same, but line breaks (\n) stay. */
void text_clean_lines(char *text);

/* The character that text begins with (UTF-8): its length in bytes; 0, and c 0: text is empty, or is not UTF-8 here. */
size_t text_character(const char *text, unsigned long *c);

#endif
