/* connection: which connection a request goes over. */
#include "http/connection.h"

#include <curl/curl.h>
#include <strings.h>

#include "base/io.h"

void connection_init(struct connection *c, void *easy)
{
    *c = (struct connection){.easy = easy};
    kept_init(&c->kept);
}

void connection_free(struct connection *c)
{
    kept_end(&c->kept);
}

void connection_choose(struct connection *c, bool repeatable, bool serial)
{
    kept_end(&c->kept);
    c->reused = false;
    c->keeps = !repeatable && serial && kept_is_worth_it(&c->kept);
    c->fresh = !repeatable && !(c->keeps && connection_is_kept(c));
    curl_easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, c->fresh ? 1L : 0L);
    curl_easy_setopt(c->easy, CURLOPT_FORBID_REUSE, repeatable ? 0L : 1L); /* until connection_heed() */
}

bool connection_may_send(struct connection *c, int local_port)
{
    long opened = 0;
    if (!c->keeps || c->fresh)
        return true;
    curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &opened);
    if (c->reused) /* libcurl would repeat it */
        return false;
    c->fresh = opened; /* the one that was kept has just ended */
    c->reused = !c->fresh && kept_begin(&c->kept, local_port);
    return c->fresh || c->reused;
}

/* Does the answer itself say that the connection stays open? Servers that close without a word do not say so; and one
 * that refuses a request may not have read all of its body. */
static bool promises_to_keep(const struct connection *c, const struct head *head)
{
    long version = 0, status = 0;
    const char *says = head_find(head, "Connection", NULL);
    curl_easy_getinfo(c->easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    return version == CURL_HTTP_VERSION_1_1 && status / 100 == 2 && says && strcasecmp(says, "keep-alive") == 0;
}

void connection_heed(struct connection *c, const struct head *head)
{
    if (c->keeps && head->ended)
        curl_easy_setopt(c->easy, CURLOPT_FORBID_REUSE, promises_to_keep(c, head) ? 0L : 1L);
}

void connection_ended(struct connection *c)
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    double opening = 0;
    curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME, &opening);
    if (c->fresh)
        kept_missed(&c->kept, opening);
    if (c->keeps)
        curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &socket);
    kept_take(&c->kept, socket, io_clock());
}

bool connection_is_kept(struct connection *c)
{
    return kept_is_good(&c->kept, io_clock());
}

bool connection_was_unused(struct connection *c, unsigned sent)
{
    return c->keeps && !c->fresh && (!sent || kept_ended_before(&c->kept));
}
