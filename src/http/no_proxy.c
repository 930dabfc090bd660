/* no_proxy: the entries HOST:PORT of the environment's no_proxy. */
#include "http/no_proxy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "http/url.h"

/* host: HOST:PORT. */
static bool matches(const char *entry, size_t n, const char *host)
{
    const char *port = memrchr(entry, ':', n);
    size_t len = strlen(host);
    if (!port || (*entry != '[' && memchr(entry, ':', (size_t)(port - entry)))) /* a bare IPv6 address has no port */
        return false;
    if (*entry == '.') {
        entry++;
        n--;
    }
    return n <= len && strncasecmp(host + len - n, entry, n) == 0 && (n == len || host[len - n - 1] == '.');
}

bool no_proxy_has(const char *list, const char *url)
{
    struct buf origin = {0};
    bool found = false;
    if (!list || !*list)
        return false;
    url_origin(url, &origin);
    const char *host = strstr(buf_text(&origin), "://");
    for (const char *p = list; host && *p && !found;) {
        size_t n = strcspn(p, ", \t");
        found = n && matches(p, n, host + 3);
        p += n + strspn(p + n, ", \t");
    }
    buf_free(&origin);
    return found;
}

bool no_proxy_names(const char *url)
{
    const char *list = getenv("no_proxy");
    return no_proxy_has(list ? list : getenv("NO_PROXY"), url);
}
