/* origin: where requests may go. */
#include "http/origin.h"

#include <string.h>
#include <strings.h>

#include "http/secret.h"
#include "http/url.h"

/* Where scheme and host end, as they are written; 0: it is not so plain a URL that nobody could read it otherwise. */
static size_t plain_origin(const char *url)
{
    size_t scheme = strcspn(url, ":/?#");
    if (strncmp(url + scheme, "://", 3))
        return 0;
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '@' || *c == '\\')
            return 0;
    size_t host = strcspn(url + scheme + 3, "/?#");
    return host ? scheme + 3 + host : 0;
}

/* As most are: then nothing needs to be parsed. */
static bool begin_alike(const char *a, const char *b)
{
    size_t len = plain_origin(a);
    return len && plain_origin(b) == len && memcmp(a, b, len) == 0;
}

static bool are_read_alike(const char *a, const char *b)
{
    struct buf x = {0}, y = {0};
    url_origin(a, &x);
    url_origin(b, &y);
    bool same = x.len && y.len && strcasecmp(x.data, y.data) == 0;
    buf_free(&x);
    buf_free(&y);
    return same;
}

bool origin_is_same(const char *a, const char *b)
{
    return begin_alike(a, b) || are_read_alike(a, b);
}

static bool is_trusted(const char *base, const char *url, const struct list *trusted)
{
    struct buf origin = {0};
    bool is = false;
    if (url_is_secure(base) && !url_is_secure(url))
        return false;
    url_origin(url, &origin);
    const char *host = strstr(buf_text(&origin), "://"), *port = strrchr(buf_text(&origin), ':');
    size_t len = host ? (size_t)(port - host) - 3 : 0;
    for (size_t i = 0; host && i < trusted->count; i++)
        is |= strlen(trusted->item[i]) == len && strncasecmp(host + 3, trusted->item[i], len) == 0;
    buf_free(&origin);
    return is;
}

/* From http to https of the same host, at these ports or any two: no port speaks both. */
static bool gets_secure(const char *base, const char *url, const char *from, const char *to)
{
    struct buf x = {0}, y = {0};
    url_origin(base, &x);
    url_origin(url, &y);
    bool is = x.len && y.len && !url_is_secure(x.data) && url_is_secure(y.data);
    const char *a = is ? strrchr(x.data, ':') : NULL, *b = is ? strrchr(y.data, ':') : NULL;
    if (is) {
        size_t n = (size_t)(a - x.data) - strlen("http");
        is = strcmp(a, b) && (size_t)(b - y.data) - strlen("https") == n &&
             strncasecmp(x.data + 4, y.data + 5, n) == 0 && (!from || (strcmp(a, from) == 0 && strcmp(b, to) == 0));
    }
    buf_free(&x);
    buf_free(&y);
    return is;
}

bool origin_is_ours(const char *base, const char *url)
{
    return origin_is_same(base, url) || gets_secure(base, url, ":80", ":443");
}

bool origin_allows(const struct list *trusted, const char *base, const char *url)
{
    return origin_is_same(base, url) || gets_secure(base, url, NULL, NULL) || is_trusted(base, url, trusted);
}

/* Is word a segment of path, up to its ".php" or the like? */
static bool has_segment(const char *path, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = path; *p && !strchr("?#", *p); p += strcspn(p, "/?#")) {
        p += *p == '/';
        if (strncasecmp(p, word, len) == 0 && (!p[len] || strchr("/.;?#", p[len])))
            return true;
    }
    return false;
}

static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? host + 3 + strcspn(host + 3, "/?#") : url;
}

/* Is the first label of the host one of these? */
static bool has_label(const char *url, const char *const *labels)
{
    struct buf origin = {0};
    bool has = false;
    url_origin(url, &origin);
    const char *host = strstr(buf_text(&origin), "://");
    for (; host && *labels; labels++)
        has |= strncasecmp(host + 3, *labels, strlen(*labels)) == 0 && host[3 + strlen(*labels)] == '.';
    buf_free(&origin);
    return has;
}

bool origin_is_login(const char *from, const char *to)
{
    static const char *const words[] = {"login",   "log-in",         "log_in", "signin", "sign-in", "sign_in",
                                        "sign-on", "signon",         "logon",  "sso",    "saml",    "authorize",
                                        "adfs",    "openid-connect", "saml2",  NULL};
    static const char *const hosts[] = {"login", "signin", "sso", "idp", "auth", "accounts", NULL};
    for (const char *const *word = words; *word; word++)
        if (has_segment(path_of(to), *word) && !has_segment(path_of(from), *word))
            return true;
    return !origin_is_same(from, to) && has_label(to, hosts);
}

bool origin_upgrade(const char *base, struct buf *url)
{
    struct buf secure = {0};
    if (strncasecmp(buf_text(url), "http://", 7))
        return false;
    size_t host = strcspn(url->data + 7, "/?#"),
           usual = host > 3 && strncmp(url->data + 4 + host, ":80", 3) == 0 ? 3 : 0;
    buf_addf(&secure, "https://%.*s%s", (int)(host - usual), url->data + 7, url->data + 7 + host);
    bool is = origin_is_same(base, buf_text(&secure));
    if (is)
        buf_swap(url, &secure);
    buf_free(&secure);
    return is;
}

/* A server behind a proxy knows neither the proxy's name nor what the proxy puts before its paths. */
static void keep_origin(const char *base, struct buf *url)
{
    struct buf kept = {0};
    const char *ours = path_of(base), *path = path_of(buf_text(url));
    size_t our_len = strcspn(ours, "?"), len = strcspn(path, "?");
    bool is_tail = len <= our_len && memcmp(ours + our_len - len, path, len) == 0;
    buf_add(&kept, base, (size_t)(ours - base) + (is_tail ? our_len : 0));
    buf_adds(&kept, is_tail ? path + len : path);
    buf_swap(url, &kept);
    buf_free(&kept);
}

static int not_followed(const char *why, const char *link, struct error *e)
{
    struct buf shown = {0};
    secret_redact(link, &shown);
    error_set(e, EXIT_ANSWER, "%s: %.300s", why, buf_text(&shown));
    buf_free(&shown);
    return -1;
}

int origin_link(const struct http_options *o, const char *base, const char *reference, struct buf *to, struct error *e)
{
    const struct list *secrets = &o->auth->query_secret;
    if (url_resolve(base, reference, to))
        return not_followed("the next link is not a URL", reference, e);
    url_drop_queries(to, secrets->item, secrets->count); /* the server's echo; each request gets it anew */
    if (o->network->keep_origin)
        keep_origin(base, to);
    if (origin_allows(&o->network->trust_host, base, buf_text(to)))
        return 0;
    if (origin_upgrade(base, to))
        return 1;
    return not_followed("the next link leads to another origin (--trust-host)", buf_text(to), e);
}
