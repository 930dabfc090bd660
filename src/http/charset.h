/* charset: bodies in another charset than UTF-8, made UTF-8 with iconv on the way, whatever chunks they come in. */
#ifndef RESTSRC_CHARSET_H
#define RESTSRC_CHARSET_H

#include <stddef.h>

typedef int (*charset_sink)(void *user, const char *bytes, size_t n); /* -1: break off */

struct charset {
    void *iconv;   /* iconv_t; NULL: bytes go on as they are */
    char said[32]; /* the charset of the Content-Type; empty: UTF-8, or none */
    enum { CHARSET_FIRST, CHARSET_SECOND, CHARSET_ASCII, CHARSET_KNOWN } state;
    char held[8]; /* bytes of a character that is not all there */
    size_t held_len;
};

/* For a new body, in a struct that is zeroed or has been ended. content_type: NULL where there is none. A byte order
 * mark wins over it, and the zero bytes of UTF-16 without one; so do the first letters that are not ASCII where they
 * are UTF-8, while it says one of the charsets with a byte a letter: that is a common mistake. A charset that iconv
 * does not know is taken for UTF-8. */
void charset_begin(struct charset *c, const char *content_type);
/* Hands UTF-8 to sink. -1: the bytes are not of the charset; else what sink says. */
int charset_feed(struct charset *c, const char *bytes, size_t n, charset_sink sink, void *user);
void charset_end(struct charset *c);

#endif
