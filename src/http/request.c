/* request: what is sent, apart from what all requests have in common. */
#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "http/url.h"

enum method request_options_method(const struct request_options *o)
{
    if (o->method != METHOD_NOT_GIVEN)
        return o->method;
    return o->data ? METHOD_POST : METHOD_GET;
}

bool request_sends_form(const struct request_options *o)
{
    bool form = false;
    for (size_t i = 0; i < o->header.count; i++)
        if (strncasecmp(o->header.item[i], "Content-Type:", 13) == 0)
            form = strcasestr(o->header.item[i], "x-www-form-urlencoded") != NULL;
    return form;
}

int request_url(const struct request_options *o, struct buf *url, struct error *e)
{
    return url_accept(o->url, url, e) || url_add_queries(url, o->query.item, o->query.count, e) ? -1 : 0;
}

void request_clear(struct request *r)
{
    buf_clear(&r->url);
    buf_clear(&r->headers);
    buf_clear(&r->body);
}

void request_free(struct request *r)
{
    buf_free(&r->url);
    buf_free(&r->headers);
    buf_free(&r->body);
}

const char *request_method(enum method method)
{
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
    return names[method];
}
