/* no_proxy: entries with a port. */
#include "http/no_proxy.h"

#include "tap.h"

int main(void)
{
    static const struct {
        const char *list, *url;
        bool has;
    } cases[] = {
        {"127.0.0.1:8080", "http://127.0.0.1:8080/x", true},
        {"127.0.0.1:8080", "http://127.0.0.1:8081/x", false},
        {"127.0.0.1", "http://127.0.0.1:8080/x", false}, /* libcurl's matter */
        {"a, b.example:443", "https://b.example/x?y:443", true},
        {"a b.example:443\tc", "https://B.EXAMPLE/", true},
        {"b.example:80", "https://b.example/", false},
        {"b.example:443", "https://www.b.example/", true},
        {".b.example:443", "https://www.b.example/", true},
        {".b.example:443", "https://b.example/", true},
        {"example:443", "https://badexample/", false},
        {"[::1]:8080", "http://[::1]:8080/", true},
        {"::1:8080", "http://[::1]:8080/", false},
        {"*:80,", "http://h/", false},
        {":80", "http://h/", false},
        {".:80", "http://h/", false},
        {"", "http://h/", false},
        {NULL, "http://h/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(no_proxy_has(cases[i].list, cases[i].url) == cases[i].has, "no_proxy=%s %s %s",
           cases[i].list ? cases[i].list : "NULL", cases[i].has ? "has" : "has not", cases[i].url);
    return tap_end();
}
