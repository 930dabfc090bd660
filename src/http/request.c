#include "http/request.h"

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
