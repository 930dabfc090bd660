/* origin: where requests may go. */
#include "http/origin.h"

#include "http/secret.h"
#include "http/url.h"

bool origin_allows(const struct list *trusted, const char *base, const char *url)
{
    return url_same_origin(base, url) || url_is_trusted(base, url, trusted->item, trusted->count);
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
        return not_followed("the next link is no URL", reference, e);
    url_drop_queries(to, secrets->item, secrets->count); /* the server's echo; each request gets it anew */
    if (origin_allows(&o->network->trust_host, base, buf_text(to)))
        return 0;
    if (url_upgrade(base, to))
        return 1;
    return not_followed("the next link leads to another origin (--trust-host)", buf_text(to), e);
}
