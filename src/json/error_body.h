/* error_body: what the body of an error says, in a few words. Pure. */
#ifndef RESTSRC_ERROR_BODY_H
#define RESTSRC_ERROR_BODY_H

#include <stddef.h>

/* What an error body says, in a few words, as one line: the usual members of a JSON object, or the start of a plain
 * text. Empty when it says nothing short, or is larger than 1 MiB. */
void error_body_detail(const char *body, size_t n, char *detail, size_t room);

#endif
