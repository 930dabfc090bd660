/* url: what is sent, where references lead, and what messages may show. */
#include "base/text.h"
#include "http/url.h"
#include "tap.h"

static void accepts(const char *text, const char *want)
{
    struct buf url = {0};
    struct error e = {0};
    char name[200];
    snprintf(name, sizeof name, "<%s> as given", text);
    int result = url_accept(text, &url, &e);
    is_text(result ? NULL : buf_text(&url), want, name);
    if (!want)
        is_int(e.code, EXIT_USAGE, "that is a usage error");
    buf_free(&url);
}

static void check_accept(void)
{
    accepts("http://h/items?a=1&b=2", "http://h/items?a=1&b=2");
    accepts("https://h:8443/x", "https://h:8443/x");
    accepts("http://h", "http://h/");
    accepts("http://h?a=1", "http://h/?a=1");
    accepts("http://h/a b?c=d e", "http://h/a%20b?c=d%20e");
    accepts("http://h/?a=b+c", "http://h/?a=b+c");
    accepts("http://h/%41%2f%c3?x=%20%2B", "http://h/%41%2f%c3?x=%20%2B");
    accepts("http://h/caf\xc3\xa9?q=\xe2\x82\xac", "http://h/caf%C3%A9?q=%E2%82%AC");
    accepts("http://h/?q={\"a\":[1]}|<>^`\\", "http://h/?q=%7B%22a%22:[1]%7D%7C%3C%3E%5E%60%5C");
    accepts("http://h/x#part", "http://h/x");
    accepts("http://h/?a#b?c", "http://h/?a");
    accepts("http://[::1]:80/x", "http://[::1]:80/x");
    accepts("ftp://h/", NULL);
    accepts("file:///etc/passwd", NULL);
    accepts("h/items", NULL);
    accepts("//h/items", NULL);
    accepts("http://", NULL);
    accepts("http://h:port/", NULL);
    accepts("http://h:99999/", NULL);
    accepts("", NULL);
}

static void check_missing_scheme(void)
{
    static const char *const cases[][2] = {
        {"api.example.com/items", "https://"},
        {"api:8080/items", "https://"},
        {"localhost/items", "http://"},
        {"localhost:8080", "http://"},
        {"127.0.0.1:8080/items", "http://"},
        {"[::1]:8080/items", "http://"},
        {"http://h/items", NULL},
        {"http:/h/items", NULL},
        {"localhosts/items", NULL},
        {"items", NULL},
        {".hidden/items", NULL},
        {"items./x", NULL},
        {"/items.json", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_text(url_missing_scheme(cases[i][0]), cases[i][1], cases[i][0]);
}

static void has_queries(const char *url, const char *want)
{
    struct buf name = {0}, value = {0}, all = {0};
    for (const char *rest = url_queries(url); url_next_query(&rest, &name, &value);)
        buf_addf(&all, "%s%s=%s", all.len ? " " : "", buf_text(&name), buf_text(&value));
    is_text(buf_text(&all), want, url);
    buf_free(&name);
    buf_free(&value);
    buf_free(&all);
}

static void check_queries(void)
{
    has_queries("http://h/x", "");
    has_queries("http://h/x?a=1&b=%20&c", "a=1 b=  c=");
    has_queries("http://h/x?a=1=2&a=", "a=1=2 a=");
    has_queries("http://h/x?&=v", "= =v");
    has_queries("http://h/x?%61=b?c", "a=b?c");
}

static void adds(const char *url, const char *name, const char *value, size_t len, const char *want)
{
    struct buf b = {0};
    buf_adds(&b, url);
    url_add_query(&b, name, value, len);
    is_text(buf_text(&b), want, want);
    buf_free(&b);
}

static void check_add_query(void)
{
    adds("http://h/x", "a", "1", 1, "http://h/x?a=1");
    adds("http://h/x?b=2", "a", "1", 1, "http://h/x?b=2&a=1");
    adds("http://h/x?", "a", "1", 1, "http://h/x?a=1");
    adds("http://h/x?b&", "a", "1", 1, "http://h/x?b&a=1");
    adds("http://h/x?q=why?", "a", "1", 1, "http://h/x?q=why?&a=1");
    adds("http://h/x??", "a", "1", 1, "http://h/x??&a=1");
    adds("http://h/x?&", "a", "1", 1, "http://h/x?&a=1");
    adds("http://h/x?=", "a", "1", 1, "http://h/x?=&a=1");
    adds("http://h/x", "a", "", 0, "http://h/x?a=");
    adds("http://h/x", "a b[]", "c d+e&f=g%20/?#'~-._", 20,
         "http://h/x?a%20b%5B%5D=c%20d%2Be%26f%3Dg%2520%2F%3F%23%27~-._");
    adds("http://h/x", "a", "\0\xff\n", 3, "http://h/x?a=%00%FF%0A");
}

static void drops(const char *url, const char *name, const char *want)
{
    struct buf b = {0};
    char title[200];
    buf_adds(&b, url);
    url_drop_query(&b, name);
    snprintf(title, sizeof title, "%s without %s", url, name);
    is_text(buf_text(&b), want, title);
    buf_free(&b);
}

static void check_drop_query(void)
{
    drops("http://h/x?offset=1&a=2", "offset", "http://h/x?a=2");
    drops("http://h/x?a=2&offset=1", "offset", "http://h/x?a=2");
    drops("http://h/x?a=2&offset=1&b=3&offset=4", "offset", "http://h/x?a=2&b=3");
    drops("http://h/x?offset=1", "offset", "http://h/x");
    drops("http://h/x?offset", "offset", "http://h/x");
    drops("http://h/x?%6fffset=1&a=%20+", "offset", "http://h/x?a=%20+");
    drops("http://h/x?page%5Boffset%5D=1&page[offset]=2&a", "page[offset]", "http://h/x?a");
    drops("http://h/x?offset2=1&xoffset=2&Offset=3", "offset", "http://h/x?offset2=1&xoffset=2&Offset=3");
    drops("http://h/x?q=why?offset=2&offset=1", "offset", "http://h/x?q=why?offset=2");
    drops("http://h/x??offset=1&offset=2", "offset", "http://h/x??offset=1");
    drops("http://h/offset=1", "offset", "http://h/offset=1");
    drops("http://h/x?a=offset=1", "offset", "http://h/x?a=offset=1");
    drops("http://h/x?=1&a=2", "", "http://h/x?=1&a=2");
}

static void query_is(const char *url, const char *name, const char *want)
{
    struct buf value = {0};
    char title[200];
    snprintf(title, sizeof title, "%s of %s", name, url);
    bool there = url_query(url, name, &value);
    is_text(there ? buf_text(&value) : NULL, want, title);
    buf_free(&value);
}

static void check_query(void)
{
    query_is("http://h/x?a=1&b=2", "b", "2");
    query_is("http://h/x?a=1&a=2", "a", "1");
    query_is("http://h/x?%61=%20%2B+", "a", " ++");
    query_is("http://h/x?a=&b=2", "a", "");
    query_is("http://h/x?b=2&a=", "a", "");
    query_is("http://h/x?b=2", "a", NULL);
    query_is("http://h/x", "a", NULL);
    query_is("http://h/a=1", "a", NULL);
}

static void check_segment(void)
{
    static const char *const cases[][2] = {
        {"http://h/items", "http://h/items/count"},
        {"http://h/items/", "http://h/items/count"},
        {"http://h/", "http://h/count"},
        {"http://h/items?a=b%20c&d", "http://h/items/count?a=b%20c&d"},
        {"http://h/a%2fb/c%20d", "http://h/a%2fb/c%20d/count"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = {0};
        struct error e = {0};
        buf_adds(&b, cases[i][0]);
        url_add_segment(&b, "count", &e);
        is_text(buf_text(&b), cases[i][1], cases[i][1]);
        buf_free(&b);
    }
}

static void leads(const char *base, const char *reference, const char *want)
{
    struct buf url = {0};
    char title[300];
    snprintf(title, sizeof title, "<%s> from %s", reference, base);
    int result = url_resolve(base, reference, &url);
    is_text(result ? NULL : buf_text(&url), want, title);
    buf_free(&url);
}

static void check_resolve(void)
{
    static const char base[] = "http://a/b/c/d;p?q"; /* RFC 3986, section 5.4 */
    leads(base, "g", "http://a/b/c/g");
    leads(base, "./g", "http://a/b/c/g");
    leads(base, "g/", "http://a/b/c/g/");
    leads(base, "/g", "http://a/g");
    leads(base, "//g", "http://g/");
    leads(base, "?y", "http://a/b/c/d;p?y");
    leads(base, "g?y", "http://a/b/c/g?y");
    leads(base, "g?y#s", "http://a/b/c/g?y");
    leads(base, ";x", "http://a/b/c/;x");
    leads(base, "g;x?y", "http://a/b/c/g;x?y");
    leads(base, ".", "http://a/b/c/");
    leads(base, "..", "http://a/b/");
    leads(base, "../g", "http://a/b/g");
    leads(base, "../../g", "http://a/g");
    leads(base, "../../../g", "http://a/g");
    leads(base, "https://x/y?z=%2f%20", "https://x/y?z=%2f%20");
    leads(base, "?a=b c&d=\xc3\xa9", "http://a/b/c/d;p?a=b%20c&d=%C3%A9");
    leads("https://h:8443/items?offset=0", "/items?cursor=a%2Bb%3D", "https://h:8443/items?cursor=a%2Bb%3D");
}

static void check_large(void)
{
    enum { LARGE = 9000000 };
    struct buf value = {0}, escaped = {0}, plain = {0};
    for (size_t i = 0; i < LARGE; i++)
        buf_addc(&value, (char)(i % 251));
    text_percent(value.data, value.len, &escaped);
    url_unescape(escaped.data, escaped.len, &plain);
    ok(plain.len == LARGE && memcmp(plain.data, value.data, LARGE) == 0, "a value of 9 MB goes there and back");
    url_unescape("%zz%4", 5, &plain);
    is_text(buf_text(&plain), "%zz%4", "what is no escape stays as it is");
    url_unescape("%41%", 4, &plain);
    is_text(buf_text(&plain), "A%", "at the end, too");
    url_unescape("%c3%A9", 6, &plain);
    is_text(buf_text(&plain), "\xc3\xa9", "hexadecimal digits of either case");
    buf_free(&value);
    buf_free(&escaped);
    buf_free(&plain);
}

int main(void)
{
    check_large();
    check_accept();
    check_missing_scheme();
    check_queries();
    check_add_query();
    check_drop_query();
    check_query();
    check_segment();
    check_resolve();
    return tap_end();
}
