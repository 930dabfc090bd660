/* charset: bodies in another charset than UTF-8. */
#include "http/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static bool is_utf8(const char *name)
{
    return strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0 || strcasecmp(name, "us-ascii") == 0;
}

void charset_begin(struct charset *c, const char *content_type)
{
    const char *said = content_type ? strcasestr(content_type, "charset=") : NULL;
    *c = (struct charset){.state = CHARSET_FIRST};
    if (!said)
        return;
    said += strlen("charset=");
    said += strspn(said, "\"'");
    size_t len = strcspn(said, "\"'; \t,");
    if (len < sizeof c->said)
        memcpy(c->said, said, len);
    if (is_utf8(c->said))
        *c->said = '\0';
}

void charset_end(struct charset *c)
{
    if (c->iconv)
        iconv_close((iconv_t)c->iconv);
    c->iconv = NULL;
}

/* The charset is this one; empty: UTF-8. */
static void settle(struct charset *c, const char *name)
{
    iconv_t made = *name ? iconv_open("UTF-8", name) : (iconv_t)-1;
    c->iconv = made == (iconv_t)-1 ? NULL : (void *)made;
    c->state = CHARSET_KNOWN;
}

/* ISO-8859-1 and its like: below 128 they are ASCII, and a text of them is hardly ever UTF-8. */
static bool is_letter_a_byte(const char *name)
{
    return strncasecmp(name, "iso-8859", 8) == 0 || strncasecmp(name, "windows-125", 11) == 0 ||
           strncasecmp(name, "latin", 5) == 0;
}

/* What Content-Type says, but for UTF-16, which a mark or the first zero would have shown. */
static void settle_as_said(struct charset *c)
{
    if (is_letter_a_byte(c->said))
        c->state = CHARSET_ASCII;
    else
        settle(c, strncasecmp(c->said, "utf-16", 6) == 0 ? "" : c->said);
}

enum first_byte { FIRST_ASCII, FIRST_OTHER, FIRST_PART };

/* What is the first byte in the charset that Content-Type says: the letter of ASCII, another one ('[' is in a few old
 * ones), or a part of one? */
static enum first_byte look_at_first(const struct charset *c, unsigned char byte)
{
    char letter = (char)byte, *from = &letter, plain[8], *to = plain;
    size_t n = 1, room = sizeof plain;
    iconv_t made = *c->said && byte && byte < 0x80 ? iconv_open("UTF-8", c->said) : (iconv_t)-1;
    if (made == (iconv_t)-1)
        return FIRST_ASCII;
    bool part = iconv(made, &from, &n, &to, &room) == (size_t)-1 && errno == EINVAL;
    iconv_close(made);
    return part ? FIRST_PART : to == plain + 1 && *plain == letter ? FIRST_ASCII : FIRST_OTHER;
}

/* Looks at the first two bytes, the first of which goes on alone when it has to: as ASCII it is the same in most.
 * Returns how many bytes are of no use. */
static size_t look_at_start(struct charset *c, const unsigned char *p, size_t n)
{
    if (c->state == CHARSET_SECOND) {
        if (p[0]) {
            settle_as_said(c);
            return 0;
        }
        settle(c, "UTF-16LE");
        return 1;
    }
    bool odd = p[0] == 0xff || p[0] == 0xfe || p[0] == 0xef || p[0] == 0; /* the next one says what it is */
    if (n == 1 && odd)
        return 0;
    enum first_byte first = look_at_first(c, p[0]);
    if (first == FIRST_PART)
        *c->said = '\0'; /* the second byte says whether it is so */
    if (first == FIRST_OTHER)
        settle(c, c->said);
    else if (n == 1 && p[0] < 0x80)
        c->state = CHARSET_SECOND;
    else if ((p[0] == 0xff && p[1] == 0xfe) || (p[0] && p[0] < 0x80 && !p[1]))
        settle(c, "UTF-16LE");
    else if ((p[0] == 0xfe && p[1] == 0xff) || (!p[0] && p[1]))
        settle(c, "UTF-16BE");
    else if (p[0] == 0xef && p[1] == 0xbb)
        settle(c, "");
    else
        settle_as_said(c);
    return 0;
}

/* How many bytes from p on are a letter of UTF-8; 0: they are none; more than n: it may become one. */
static size_t letter(const unsigned char *p, size_t n)
{
    size_t len = p[0] < 0xc2 || p[0] > 0xf4 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < len && i < n; i++)
        if (p[i] >> 6 != 2)
            return 0;
    return len;
}

/* Until the first letter that is not ASCII. Returns how many bytes are. */
static size_t look_at_letters(struct charset *c, const char *bytes, size_t n)
{
    size_t ascii = 0;
    while (ascii < n && (unsigned char)bytes[ascii] < 0x80)
        ascii++;
    if (ascii < n) {
        size_t len = letter((const unsigned char *)bytes + ascii, n - ascii);
        if (len <= n - ascii)
            settle(c, len ? "" : c->said);
    }
    return ascii;
}

static void hold(struct charset *c, const char *bytes, size_t n)
{
    memcpy(c->held, bytes, n);
    c->held_len = n;
}

static int convert(struct charset *c, const char *bytes, size_t n, charset_sink sink, void *user)
{
    char plain[4096], *from = (char *)(uintptr_t)bytes; /* iconv() alters nothing there */
    while (n) {
        char *to = plain;
        size_t room = sizeof plain;
        size_t done = iconv((iconv_t)c->iconv, &from, &n, &to, &room);
        int why = errno;
        int result = to > plain ? sink(user, plain, (size_t)(to - plain)) : 0;
        if (result)
            return result;
        if (done != (size_t)-1 || why == E2BIG)
            continue;
        if (why != EINVAL || n > sizeof c->held)
            return -1;
        hold(c, from, n);
        return 0;
    }
    return 0;
}

static int feed(struct charset *c, const char *bytes, size_t n, charset_sink sink, void *user)
{
    size_t ready = 0;
    if (c->state < CHARSET_ASCII) {
        size_t skip = look_at_start(c, (const unsigned char *)bytes, n);
        bytes += skip;
        n -= skip;
    }
    if (c->state == CHARSET_ASCII)
        ready = look_at_letters(c, bytes, n);
    if (c->state == CHARSET_SECOND || (c->state == CHARSET_KNOWN && !c->iconv))
        ready = n;
    int result = ready ? sink(user, bytes, ready) : 0;
    if (result || ready == n)
        return result;
    if (c->state == CHARSET_KNOWN)
        return convert(c, bytes + ready, n - ready, sink, user);
    hold(c, bytes + ready, n - ready);
    return 0;
}

/* Held bytes go first: together with so many of the new ones that some letter is whole. */
int charset_feed(struct charset *c, const char *bytes, size_t n, charset_sink sink, void *user)
{
    while (c->held_len && n) {
        char some[sizeof c->held + 1];
        size_t len = c->held_len;
        memcpy(some, c->held, len);
        some[len++] = *bytes++;
        n--;
        c->held_len = 0;
        int result = feed(c, some, len, sink, user);
        if (result)
            return result;
    }
    return n ? feed(c, bytes, n, sink, user) : 0;
}
