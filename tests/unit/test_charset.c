/* http/charset: bodies in other charsets, in pieces of every size. */
#include "http/charset.h"

#include <iconv.h>
#include <string.h>

#include "base/buf.h"
#include "tap.h"

static int keep(void *user, const char *bytes, size_t n)
{
    return buf_add(user, bytes, n);
}

static int refuse(void *user, const char *bytes, size_t n)
{
    (void)user, (void)bytes, (void)n;
    return -1;
}

/* want: NULL: the bytes are not of the charset. */
static void becomes(const char *type, const char *bytes, size_t n, const char *want, const char *name)
{
    bool right = true;
    for (size_t piece = 1; piece <= n; piece++) {
        struct charset c = {0};
        struct buf out = {0};
        int result = 0;
        charset_begin(&c, type);
        for (size_t at = 0; at < n && result == 0; at += piece)
            result = charset_feed(&c, bytes + at, n - at < piece ? n - at : piece, keep, &out);
        right &= want ? result == 0 && strcmp(buf_text(&out), want) == 0 : result == -1;
        charset_end(&c);
        buf_free(&out);
    }
    ok(right, "%s", name);
}
#define BECOMES(type, bytes, want, name) becomes(type, bytes, sizeof bytes - 1, want, name)

static const char PLAIN[] = "[{\"a\":\"Qu\xc3\xa9"
                            "bec \xe2\x82\xac\"}]";
static const char WINDOWS[] = "[{\"a\":\"Qu\xe9"
                              "bec \x80\"}]";

/* More than is converted at once. */
static void in_one_piece(void)
{
    enum { MUCH = 10000 };
    struct charset c = {0};
    struct buf body = {0}, out = {0};
    bool right = true;
    for (int i = 0; i < MUCH; i++)
        buf_addc(&body, '\xe9');
    charset_begin(&c, "application/json; charset=iso-8859-1");
    right &= charset_feed(&c, body.data, body.len, keep, &out) == 0 && out.len == 2 * body.len;
    for (size_t i = 0; right && i < out.len; i++)
        right = out.data[i] == (i % 2 ? '\xa9' : '\xc3');
    ok(right, "a body of ten thousand letters");
    charset_end(&c);
    buf_free(&body);
    buf_free(&out);
}

static void by_content_type(void)
{
    BECOMES("application/json;charset=windows-1252", WINDOWS, PLAIN, "windows-1252");
    BECOMES("application/json; charset=\"Windows-1252\"; x=y", WINDOWS, PLAIN, "in quotes, between others");
    BECOMES("text/json; Charset=ISO-8859-1", "[\"\xe9\"]", "[\"\xc3\xa9\"]", "ISO-8859-1");
    BECOMES("text/json; charset=ISO-8859-15", "[\"\xa4\xff\"]", "[\"\xe2\x82\xac\xc3\xbf\"]", "ISO-8859-15");
    BECOMES("text/json; charset=Shift_JIS", "[\"\x93\xfa\"]", "[\"\xe6\x97\xa5\"]", "Shift_JIS");
    BECOMES("text/json; charset=Shift_JIS", "[\"\x93", "[\"", "cut in the middle of a letter");
    BECOMES("text/json; charset=EUC-JP", "[\"\xff\xff\"]", NULL, "bytes that are not of the charset");
    BECOMES("application/json; charset=UTF-8", PLAIN, PLAIN, "UTF-8 stays");
    BECOMES("application/json; charset=utf8", "[\"\xff\"]", "[\"\xff\"]", "by its other name, too, right or wrong");
    BECOMES("application/json; charset=us-ascii", PLAIN, PLAIN, "ASCII is taken for UTF-8");
    BECOMES("application/json", WINDOWS, WINDOWS, "what nothing is said of stays, for the parser to refuse");
    BECOMES(NULL, PLAIN, PLAIN, "no Content-Type");
    BECOMES("application/json; charset=nonsense", PLAIN, PLAIN, "a charset that nobody knows is taken for UTF-8");
    BECOMES("application/json; charset=ISO-8859-1", PLAIN, PLAIN, "UTF-8 that is called ISO-8859-1 is still UTF-8");
    BECOMES("application/json; charset=ISO-8859-1", "7", "7", "one byte");
    iconv_t swedish = iconv_open("UTF-8", "ISO646-SE"); /* musl does not know it */
    BECOMES("application/json; charset=ISO646-SE", "[a",
            swedish == (iconv_t)-1 ? "[a"
                                   : "\xc3\x84"
                                     "a",
            "where '[' is a letter, the first byte is one");
    if (swedish != (iconv_t)-1)
        iconv_close(swedish);
    BECOMES(NULL, "\x8d\0\x82", "\x8d", "a zero byte after what is not ASCII is not UTF-16");
}

static void by_its_bytes(void)
{
    static const char little[] = "[\0\"\0\xac\x20=\xd8\x00\xde\"\0]\0", big[] = "\0[\0\"\x20\xac\xd8=\xde\x00\0\"\0]";
    static const char want[] = "[\"\xe2\x82\xac\xf0\x9f\x98\x80\"]";
    static const char bom[] = "\xef\xbb\xbf[\"\xe2\x82\xac\xf0\x9f\x98\x80\"]";
    struct buf marked = {0};
    BECOMES("application/json", little, want, "UTF-16LE without a mark");
    BECOMES("application/json; charset=utf-16", big, want, "UTF-16BE without a mark");
    buf_add(&marked, "\xff\xfe", 2);
    buf_add(&marked, little, sizeof little - 1);
    becomes("application/json; charset=utf-8", marked.data, marked.len, bom, "UTF-16LE with a mark, whatever is said");
    buf_clear(&marked);
    buf_add(&marked, "\xfe\xff", 2);
    buf_add(&marked, big, sizeof big - 1);
    becomes("application/json; charset=utf-16", marked.data, marked.len, bom, "UTF-16BE with a mark");
    BECOMES("text/json; charset=ISO-8859-1", bom, bom, "a mark of UTF-8 wins over the Content-Type");
    BECOMES("text/json; charset=utf-16", want, want, "UTF-8 that is called UTF-16");
    BECOMES("text/json; charset=UTF16", want, want, "also by another name");
    BECOMES("text/json; charset=UTF16", little, want, "which is right, too");
    buf_free(&marked);
}

int main(void)
{
    struct charset c = {0};
    by_content_type();
    in_one_piece();
    by_its_bytes();
    charset_begin(&c, "text/json; charset=Shift_JIS");
    ok(charset_feed(&c, "[\"\x93\xfa\"]", 6, refuse, NULL) == -1, "what sink says counts");
    charset_end(&c);
    return tap_end();
}
