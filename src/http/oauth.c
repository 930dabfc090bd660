/* oauth: one request for an OAuth 2 token. */
#include "http/oauth.h"

#include <curl/curl.h>
#include <string.h>

#include "base/io.h"
#include "base/pair.h"
#include "base/text.h"
#include "http/failure.h"
#include "http/secret.h"
#include "http/url.h"
#include "json/error_body.h"

enum { ANSWER = 65536 };

/* ---- what is asked ---- */

static void add_pair(struct buf *form, const struct pair *pair)
{
    if (form->len)
        buf_addc(form, '&');
    text_percent(pair->name, pair->len, form);
    buf_addc(form, '=');
    text_percent(pair->value, strlen(pair->value), form);
}

static void add_field(struct buf *form, const char *name, const char *value)
{
    if (value)
        add_pair(form, &(struct pair){.name = name, .len = strlen(name), .value = value});
}

/* --oauth-param takes the place of what is sent under that name otherwise. */
static void add_default(const struct client *c, struct buf *form, const char *name, const char *value)
{
    const struct list *params = &c->auth.options->oauth_param;
    struct pair pair;
    for (size_t i = 0; i < params->count; i++)
        if (pair_split(params->item[i], &pair) && pair.len == strlen(name) && memcmp(pair.name, name, pair.len) == 0)
            return;
    add_field(form, name, value);
}

static bool in_body(const struct client *c)
{
    return c->auth.options->oauth_auth == OAUTH_BODY;
}

static int make_form(const struct client *c, const char *refresh_token, struct buf *form, struct error *e)
{
    const struct auth_options *o = c->auth.options;
    const char *secret = c->auth.client_secret;
    if (o->oauth_data)
        return buf_add(form, c->auth.oauth_data.data, c->auth.oauth_data.len);
    add_default(c, form, "grant_type", refresh_token ? "refresh_token" : "client_credentials");
    add_default(c, form, "refresh_token", refresh_token);
    add_default(c, form, "scope", o->oauth_scope);
    add_default(c, form, "audience", o->oauth_audience);
    if (in_body(c) || !secret)
        add_default(c, form, "client_id", o->oauth_client_id);
    if (in_body(c))
        add_default(c, form, "client_secret", secret);
    for (size_t i = 0; i < o->oauth_param.count; i++) {
        struct pair pair;
        if (!pair_split(o->oauth_param.item[i], &pair))
            return error_set(e, EXIT_USAGE, "--oauth-param takes NAME=VALUE");
        add_pair(form, &pair);
    }
    return 0;
}

static const char *text_or_none(const char *text)
{
    return text ? text : "";
}

/* An assertion is made anew each time; what it says of whom it stands for stays. */
static void add_param_key(const char *param, struct buf *key)
{
    struct pair pair;
    bool assertion = pair_split(param, &pair) && pair.len >= 9 && memcmp(pair.name + pair.len - 9, "assertion", 9) == 0;
    buf_addf(key, "%.*s", assertion ? (int)pair.len : (int)strlen(param), param);
    if (assertion)
        token_claims(pair.value, key);
    buf_addc(key, '\n');
}

/* A refresh token stands for the one who consented, so it belongs to the key. */
void oauth_key(const struct client *c, struct buf *key)
{
    const struct auth_options *o = c->auth.options;
    buf_addf(key, "%s\n%s\n%s\n%s\n", o->oauth_token_url, text_or_none(o->oauth_client_id),
             text_or_none(o->oauth_scope), text_or_none(o->oauth_audience));
    for (size_t i = 0; i < o->oauth_param.count; i++)
        add_param_key(o->oauth_param.item[i], key);
    buf_add(key, c->auth.oauth_data.data, c->auth.oauth_data.len);
    buf_adds(key, text_or_none(o->oauth_write_refresh_token ? o->oauth_refresh_token_file : c->auth.refresh_token));
}

/* ---- the request ---- */

static int on_token(void *user, const char *bytes, size_t n)
{
    return buf_add(user, bytes, n);
}

/* Both form-encoded first: RFC 6749, section 2.3.1. */
static void set_user(struct http *h, const char *id, const char *secret)
{
    struct buf name = {0}, password = {0};
    text_percent(id, strlen(id), &name);
    text_percent(secret, strlen(secret), &password);
    secret_hide_user(&h->client->auth.secrets, buf_text(&name), buf_text(&password));
    curl_easy_setopt(h->easy, CURLOPT_USERNAME, buf_text(&name));
    curl_easy_setopt(h->easy, CURLOPT_PASSWORD, buf_text(&password));
    buf_free(&name);
    buf_free(&password);
}

static void set_form(struct http *h, const struct buf *form)
{
    bool json = form->len && strchr("{[", *form->data);
    h->headers = mem_there(curl_slist_append(NULL, "Accept: application/json"));
    if (json)
        h->headers = mem_there(curl_slist_append(h->headers, "Content-Type: application/json"));
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, form->data);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)form->len);
    curl_easy_setopt(h->easy, CURLOPT_FRESH_CONNECT,
                     1L); /* libcurl repeats on others: a refresh token may be good once */
    curl_easy_setopt(h->easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(h->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

static void show(const struct client *c, const char *before, long status)
{
    struct buf line = {0};
    buf_adds(&line, before);
    if (status)
        buf_addf(&line, "%ld ", status);
    secret_redact(c->auth.options->oauth_token_url, &line);
    client_tell(c, true, &line);
    buf_free(&line);
}

int oauth_begin(struct oauth *o, struct client *c, void *multi, const char *refresh_token, struct error *e)
{
    *o = (struct oauth){.client = c, .multi = multi, .answer.cap = ANSWER, .refreshes = refresh_token};
    http_open(&o->http, c);
    o->http.in.sink = on_token;
    o->http.in.user = &o->answer;
    o->http.in.any_status = true;
    int result = make_form(c, refresh_token, &o->form, e);
    set_form(&o->http, &o->form);
    if (!in_body(c) && c->auth.client_secret && c->auth.options->oauth_client_id)
        set_user(&o->http, c->auth.options->oauth_client_id, c->auth.client_secret);
    if (result || http_set_url(&o->http, c->auth.options->oauth_token_url, e) ||
        curl_multi_add_handle(multi, o->http.easy)) {
        oauth_drop(o);
        return e->code ? -1 : error_set(e, EXIT_BUG, "libcurl does not take the request for a token");
    }
    show(c, "> POST ", 0);
    return 0;
}

void oauth_drop(struct oauth *o)
{
    if (!o->client)
        return;
    curl_multi_remove_handle(o->multi, o->http.easy);
    http_close(&o->http);
    buf_free(&o->form);
    buf_free(&o->answer);
    o->client = NULL;
}

/* ---- the answer ---- */

/* A token URL that refuses the client is no better than an API that does. */
static enum exit_code meaning(long status)
{
    if (status == 400 || status == 401 || status == 403)
        return EXIT_DENIED;
    if (rules_may_pass(status) || status / 100 == 5)
        return EXIT_UNAVAILABLE;
    return status / 100 == 4 ? EXIT_REFUSED : EXIT_ANSWER;
}

static const char SPENT[] =
    " (the refresh token is no longer good: it has expired, was taken back, or may be used once "
    "and has been; put a new one into --oauth-refresh-token-file)";

/* What to do about an error of RFC 6749, section 5.2. Where the client's secret goes differs from server to server. */
static const char *advice(struct oauth *o)
{
    const struct auth_options *auth = o->client->auth.options;
    const char *answer = buf_text(&o->answer);
    if (o->refreshes && strstr(answer, "invalid_grant"))
        return SPENT;
    if (!strstr(answer, "invalid_client") || auth->oauth_data)
        return "";
    return auth->oauth_auth == OAUTH_BODY ? " (right id and secret? Else try --oauth-auth basic)"
                                          : " (right id and secret? Else try --oauth-auth body)";
}

static void bad_answer(struct oauth *o, long status, struct error *e)
{
    char detail[300];
    struct buf to = {0}, more = {0};
    const char *url = o->client->auth.options->oauth_token_url;
    const char *location = status / 100 == 3 ? http_header(&o->http, "Location", NULL) : NULL;
    bool good = status / 100 == 2, error = good && token_instead(o->answer.data, o->answer.len, detail, sizeof detail);
    if (!good) {
        error_body_detail(o->answer.data, o->answer.len, detail, sizeof detail);
        token_conceal(o->answer.data, o->answer.len, detail);
    }
    secret_mask(&o->client->auth.secrets, detail);
    if (location && url_resolve(url, location, &to) == 0) {
        buf_adds(&more, ", which leads to ");
        secret_redact(buf_text(&to), &more);
    } else if (*detail) {
        buf_addf(&more, ": %s", detail);
    }
    if (good && !error)
        error_set(e, EXIT_ANSWER, "the token URL answered without an access_token%s (--oauth-token-path)",
                  buf_text(&more));
    else /* some refuse with 200 */
        error_set(e, good ? EXIT_DENIED : meaning(status), "no token: the token URL answered HTTP %ld%s%s", status,
                  buf_text(&more), advice(o));
    buf_free(&to);
    buf_free(&more);
}

/* The transfer has failed, or its answer is not whole. */
static void no_answer(const struct oauth *o, int code, struct token_failure *why)
{
    struct error cause = {0};
    if (code)
        failure_of_network(&o->http, code, &cause);
    else
        http_check_whole(&o->http, o->form.len, &cause);
    why->may_pass = code ? failure_may_pass(&o->http, code) : true;
    error_set(&why->error, cause.code, "no token: %s", cause.message);
}

int oauth_end(struct oauth *o, int code, struct token *token, struct token_failure *why)
{
    struct error part = {0};
    bool answered = http_has_answer(&o->http) && !o->http.in.stopped;
    long status = answered ? http_status(&o->http) : 0;
    bool good = status / 100 == 2;
    *why = (struct token_failure){.pause = answered ? http_pause(&o->http) : 0, .at = io_time()};
    if (answered)
        show(o->client, "< ", status);
    if (!answered || (good && (code || http_check_whole(&o->http, o->form.len, &part)))) {
        no_answer(o, code, why);
    } else if (!good ||
               token_read(o->answer.data, o->answer.len, o->client->auth.options->oauth_token_path, io_time(), token)) {
        why->may_pass = !good && rules_may_pass(status); /* whatever its body is */
        bad_answer(o, status, &why->error);
    }
    oauth_drop(o);
    return why->error.code ? -1 : 0;
}
