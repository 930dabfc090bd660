/* redirect: answers that lead elsewhere. */
#include "http/redirect.h"

#include <string.h>
#include <strings.h>

#include "http/origin.h"
#include "http/secret.h"
#include "http/url.h"

bool redirect_leads(struct exchange *x, struct buf *to)
{
    const char *location = x->status / 100 == 3 ? http_header(&x->attempt->http, "Location", NULL) : NULL;
    return location && url_resolve(buf_text(&x->request.url), location, to) == 0;
}

/* Who asks by http should know that https is meant: the first request went in the clear. */
static void tell_secure(struct transfer *t, struct exchange *x, const char *to, const char *shown)
{
    struct buf line = {0};
    if (t->told_secure || strncasecmp(buf_text(&x->request.url), "http:", 5) || !url_is_secure(to))
        return;
    t->told_secure = true;
    buf_addf(&line, ": redirects to %s: use https in the URL", shown);
    attempt_show(t, false, x, "warning: ", buf_text(&line));
    buf_free(&line);
}

/* Its path without a slash at the end. */
static struct slice path_of(const char *url)
{
    const char *host = strstr(url, "://"), *path = host ? host + 3 : url;
    path += strcspn(path, "/?#");
    size_t n = strcspn(path, "?#");
    while (n && path[n - 1] == '/')
        n--;
    return (struct slice){path, n};
}

/* The last segment, where it is not the name of a file. */
static struct slice name_of(struct slice path)
{
    const char *slash = memrchr(path.text, '/', path.len);
    size_t before = slash ? (size_t)(slash + 1 - path.text) : 0;
    bool file = memchr(path.text + before, '.', path.len - before);
    return (struct slice){path.text + before, file ? 0 : path.len - before};
}

static bool is_same(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

/* Servers that add a slash, or lead to another version, may lose the query on the way: that is another list, or all of
 * it. What leads to a file, or has a query of its own, was made for us. names: of the parameters. */
static bool loses_query(const char *url, const char *to, struct buf *names)
{
    struct slice path = path_of(url), there = path_of(to), name = name_of(path);
    struct buf parameter = {0}, value = {0};
    const char *rest = url_queries(url);
    if (*url_queries(to) || !(is_same(path, there) || (name.len && is_same(name, name_of(there)))))
        return false;
    while (url_next_query(&rest, &parameter, &value))
        if (value.len && !secret_is_name(parameter.data, parameter.len)) /* which may have become a cookie */
            buf_addf(names, "%s%s", names->len ? ", " : "", buf_text(&parameter));
    buf_free(&parameter);
    buf_free(&value);
    return names->len;
}

/* Nothing was done, and nothing is to be asked there. */
static void login(struct transfer *t, struct attempt *a, const char *shown)
{
    struct exchange *x = a->exchange;
    if (a->renewals < RENEWALS && attempt_renew(t, a)) {
        a->renewals++;
        attempt_soon(a);
        return;
    }
    error_set(&x->error, EXIT_DENIED,
              "HTTP %ld redirects to a login: %s (the API wants credentials, or others than these: --bearer-file, "
              "--user-file, --header @FILE)",
              x->status, shown);
    x->unsettled = false;
    attempt_settle(a, true);
}

/* Redirects are followed by hand: libcurl cannot be told to stay within the origin. */
void redirect_follow(struct transfer *t, struct attempt *a, const char *to)
{
    struct exchange *x = a->exchange;
    struct buf shown = {0}, target = {0}, lost = {0};
    buf_adds(&target, to);
    origin_upgrade(buf_text(&x->request.url), &target);
    url_drop_queries(&target, t->options.auth->query_secret.item,
                     t->options.auth->query_secret.count); /* the server's echo of ours */
    secret_redact(buf_text(&target), &shown);
    to = buf_text(&target);
    if (origin_is_login(buf_text(&x->request.url), to)) {
        login(t, a, buf_text(&shown));
        goto out;
    }
    if (x->request.method != METHOD_GET && x->request.method != METHOD_HEAD && x->status < 307)
        error_set(&x->error, EXIT_ANSWER, "HTTP %ld redirects a %s to %s: use that URL", x->status, attempt_method(x),
                  buf_text(&shown));
    else if (!origin_allows(&t->options.network->trust_host, buf_text(&x->request.url), to))
        error_set(&x->error, EXIT_ANSWER, "HTTP %ld redirects to another origin (--trust-host): %s", x->status,
                  buf_text(&shown));
    else if (a->redirects++ >= t->options.network->max_redirs)
        error_set(&x->error, EXIT_ANSWER, "more than %lld redirects", (long long)t->options.network->max_redirs);
    else if (loses_query(buf_text(&x->request.url), to, &lost))
        error_set(&x->error, EXIT_ANSWER, "a redirect leads to a URL without %s: use the URL that it leads to: %s",
                  buf_text(&lost), buf_text(&shown));
    if (x->error.code) {
        x->unsettled =
            x->status <
            307; /* 307 and 308 ask for the request itself elsewhere; the others come when it has been taken */
        attempt_settle(a, true);
    } else {
        tell_secure(t, x, buf_text(&target), buf_text(&shown));
        buf_swap(&x->request.url, &target);
        attempt_soon(a);
    }
out:
    buf_free(&lost);
    buf_free(&shown);
    buf_free(&target);
}
