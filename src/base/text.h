/* text: what others wrote (a server, mostly), made safe to show on a terminal and in a log. */
#ifndef RESTSRC_TEXT_H
#define RESTSRC_TEXT_H

/* Changes text in place, which never grows: characters that move the cursor, break the line, turn the direction of
 * writing or can't be seen become a blank each, bytes that are not UTF-8 become '?'. So it is one line of plain text.
 */
void text_clean(char *text);
/* The same, but line breaks (\n) stay. */
void text_clean_lines(char *text);

#endif
