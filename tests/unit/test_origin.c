/* origin: where requests may go. */
#include "http/origin.h"

#include "tap.h"

static void check_origin(void)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"http://h/x", "http://h/y?z", true},
        {"http://h/", "http://h:80/", true},
        {"https://h/", "https://h:443/", true},
        {"http://H/", "http://h/", true},
        {"http://me:pw@h/", "http://h/", true},
        {"http://h/", "https://h/", false},
        {"http://h/", "http://h:8080/", false},
        {"http://h/", "http://h.evil/", false},
        {"http://h/", "http://h@evil/", false},
        {"http://h/", "http://www.h/", false},
        {"http://h:443/", "https://h/", false},
        {"http://h/", "ftp://h/", false},
        {"http://127.0.0.1/", "http://localhost/", false},
        {"http://h/", "nonsense", false},
        {"http://h?a=http://g/", "http://h?b", true},
        {"http://h/?a=http://g/", "http://g/", false},
        {"http://[::1]:8080/x", "http://[::1]:8080", true},
        {"http://h", "http://h.evil", false},
        {"http://h:80", "http://h:8080", false},
        {"http:///x", "http:///y", false},
        {"nonsense", "nonsense", false},
        {"http://h/", "http://h\\@evil/", false},
        {"http://example.org/a", "http://example.com/a", false},
        {"https://a/?x=/", "https://ab/?x=/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(origin_is_same(cases[i].a, cases[i].b) == cases[i].same &&
               origin_is_same(cases[i].b, cases[i].a) == cases[i].same,
           "%s and %s are %s", cases[i].a, cases[i].b, cases[i].same ? "one origin" : "two origins");
}

static void check_trust(void)
{
    char first[] = "api.example.com", second[] = "Other.example", third[] = "[::1]";
    char *hosts[] = {first, second, third};
    const struct list trusted = {3, hosts}, none = {0};
    static const char *const right[] = {"http://base/2", "https://api.example.com/x", "http://other.EXAMPLE:8080/",
                                        "http://me:pw@api.example.com/", "http://[::1]:8080/x"};
    static const char *const wrong[] = {"https://api.example.com.evil/",
                                        "https://api.example.com@evil/",
                                        "https://evil/?api.example.com",
                                        "https://example.com/",
                                        "http://[::2]/",
                                        "nonsense",
                                        "api.example.com",
                                        "file://api.example.com/"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        ok(origin_allows(&trusted, "http://base/1", right[i]), "%s may be asked", right[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ok(!origin_allows(&trusted, "http://base/1", wrong[i]), "%s may not", wrong[i]);
    ok(!origin_allows(&trusted, "https://base/1", "http://api.example.com/"), "nor a trusted host in the clear");
    ok(origin_allows(&trusted, "https://base/1", "https://api.example.com/"), "only by https");
    ok(!origin_allows(&none, "http://base/1", "http://api.example.com/"), "nor any host that was not named");
}

static void leads(const char *base, const char *reference, int result, const char *want)
{
    struct auth_options auth = {0};
    struct network_options network = {0};
    struct http_options o = {.auth = &auth, .network = &network};
    struct buf to = {0};
    struct error e = {0};
    ok(origin_link(&o, base, reference, &to, &e) == result, "from %s to %s: %d", base, reference, result);
    if (want)
        is_text(buf_text(&to), want, want);
    else
        ok(e.code == EXIT_ANSWER && !strstr(e.message, "hidden"), "76: %s", e.message);
    buf_free(&to);
}

static void keeps(const char *base, const char *reference, const char *want)
{
    struct auth_options auth = {0};
    struct network_options network = {.keep_origin = true};
    struct http_options o = {.auth = &auth, .network = &network};
    struct buf to = {0};
    struct error e = {0};
    ok(origin_link(&o, base, reference, &to, &e) == 0, "from %s to %s with our origin", base, reference);
    is_text(buf_text(&to), want, want);
    buf_free(&to);
}

static void check_kept(void)
{
    keeps("https://h/api/items?a=1", "http://inner:3000/items?a=2", "https://h/api/items?a=2");
    keeps("https://h/api/items", "http://inner/api/items?a=2", "https://h/api/items?a=2");
    keeps("https://h:444/api/items", "http://inner/other/items?a=2", "https://h:444/other/items?a=2");
    keeps("https://h/api/items", "?a=/x", "https://h/api/items?a=/x");
    keeps("https://h/", "http://inner/?a=2", "https://h/?a=2");
    keeps("https://h/longitems", "http://inner/items", "https://h/items");
}

static void check_link(void)
{
    leads("https://h/items", "/x?a=1", 0, "https://h/x?a=1");
    leads("https://h/items", "http://h/x?a=1", 1, "https://h/x?a=1");
    leads("https://h/items", "HTTP://h/x", 1, "https://h/x");
    leads("https://h/items", "http://other/x?token=hidden", -1, NULL);
    leads("http://h/items", "https://h/x?a=1", 0, "https://h/x?a=1");
    leads("https://h:8443/items", "http://h:8443/x", 1, "https://h:8443/x");
    leads("https://h/items", "http://h:80/x", 1, "https://h/x");
    leads("https://h/items", "http://h:8080/x", -1, NULL);
    leads("https://h/items", "http://me:hidden@/ /", -1, NULL);
}

static void check_credentials(void)
{
    ok(origin_is_ours("http://h/a", "http://h/b"), "credentials go to the same origin");
    ok(origin_is_ours("http://h/a", "https://h/b"), "and from http to https of the same host");
    ok(!origin_is_ours("http://h/a", "https://h.evil/b"), "not to another host");
    ok(!origin_is_ours("http://h:8080/a", "https://h/b"), "nor to what another program may serve");
    ok(!origin_is_ours("https://h/a", "http://h/b"), "nor in the clear");
}

static void login(const char *from, const char *to, bool is)
{
    ok(origin_is_login(from, to) == is, "%s to %s is %s", from, to, is ? "a login" : "none");
}

static void check_login(void)
{
    login("https://h/items", "https://h/login?next=/items", true);
    login("https://h/items", "https://h/users/sign_in", true);
    login("https://h/items", "https://h/Login.aspx?ReturnUrl=x", true);
    login("https://h/items", "https://sso.corp/x/oauth2/v2.0/authorize?client_id=a", true);
    login("https://h/items", "https://h/auth/realms/x/protocol/openid-connect/auth", true);
    login("https://h/items", "https://login.corp/", true);
    login("https://h/items", "https://h/items/", false);
    login("https://h/items", "https://h/items?next=/login", false);
    login("https://h/login/events", "https://h/login/events/", false);
    login("https://h/items", "https://h/login-events/items", false);
    login("https://login.corp/items", "https://login.corp/items/", false);
    login("https://h/items", "https://store.corp/authorized/x", false);
}

int main(void)
{
    check_credentials();
    check_login();
    check_origin();
    check_trust();
    check_kept();
    check_link();
    return tap_end();
}
