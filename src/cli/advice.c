/* advice: what a person may do about an error. */
#include "cli/advice.h"

#include <string.h>

#include "http/secret.h"

bool advice_has_credentials(const struct options *o)
{
    bool header = false;
    for (size_t i = 0; i < o->request.header.count; i++)
        header |= *o->request.header.item[i] == '@' || secret_in_header(o->request.header.item[i]);
    return header || o->auth.bearer || o->auth.bearer_file || o->auth.user || o->auth.user_file || o->auth.netrc ||
           o->auth.netrc_file || o->auth.query_secret.count || o->auth.oauth_token_url || o->auth.auth_command ||
           o->auth.cert || o->auth.aws_sigv4;
}

/* What a person may do about it; NULL: nothing, or the message says so itself. */
static const char *advice(const struct options *o, const struct error *e)
{
    size_t len = strlen(e->message);
    if (e->http_status == 401 || e->http_status == 403)
        return advice_has_credentials(o) ? "the API does not accept these credentials for this"
                                         : "the API wants credentials: --bearer-file, --user-file or --header @FILE";
    if (e->http_status == 404)
        return "is the path right? The URL is that of the list itself";
    if (e->http_status == 405)
        return "is this a list that can be read? `restsrc read --method POST` asks in another way";
    if (e->code == EXIT_UNAVAILABLE && !e->http_status && len && e->message[len - 1] != ')')
        return "are host and port right, and is the server up?";
    if (e->http_status / 100 == 3 && e->code != EXIT_DENIED)
        return "if that is the API, use its URL";
    return NULL;
}

void advice_add(const struct options *o, struct error *e)
{
    const char *what = advice(o, e);
    if (what)
        error_set(e, e->code, "%s (%s)", e->message, what);
}
