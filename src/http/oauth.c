/* oauth: OAuth 2 tokens: asked for, kept for other processes, renewed. */
#include "http/oauth.h"

#include <curl/curl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pair.h"
#include "base/text.h"
#include "http/cache.h"
#include "http/failure.h"
#include "http/http.h"
#include "http/retry.h"
#include "http/secret.h"
#include "http/token.h"
#include "http/url.h"
#include "json/error_body.h"

enum { ANSWER = 65536 };

/* ---- the token URL ---- */

static int on_token(void *user, const char *bytes, size_t n)
{
    return buf_add(user, bytes, n);
}

static void set_form(struct http *h, const char *user, const char *password, const struct buf *form)
{
    h->headers = mem_there(curl_slist_append(NULL, "Accept: application/json"));
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, form->data);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)form->len);
    curl_easy_setopt(h->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(h->easy, CURLOPT_USERNAME, user);
    curl_easy_setopt(h->easy, CURLOPT_PASSWORD, password);
}

/* Returns early when a signal comes. */
static void pause_for(double seconds)
{
    struct pollfd wake = {.fd = io_signal_fd(), .events = POLLIN};
    poll(&wake, 1, (int)fmin(ceil(seconds * 1000), INT_MAX));
}

/* curl_easy_perform(), but a signal ends it at once. */
static CURLcode perform(CURL *easy)
{
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    CURLM *multi = mem_there(curl_multi_init());
    struct curl_waitfd wake = {.fd = io_signal_fd(), .events = CURL_WAIT_POLLIN};
    int running = 1, left;
    CURLMsg *message;
    CURLMcode broken = curl_multi_add_handle(multi, easy);
    while (running && !broken && !io_signalled()) {
        broken = curl_multi_perform(multi, &running);
        if (running && !broken)
            broken = curl_multi_poll(multi, &wake, 1, 1000, NULL);
    }
    while ((message = curl_multi_info_read(multi, &left)))
        code = message->data.result;
    curl_multi_remove_handle(multi, easy);
    curl_multi_cleanup(multi);
    return code;
}

static void show_token_request(const struct client *c, const char *before, long status, const char *url)
{
    struct buf line = {0};
    buf_adds(&line, before);
    if (status)
        buf_addf(&line, "%ld ", status);
    secret_redact(url, &line);
    client_tell(c, true, &line);
    buf_free(&line);
}

/* One try. Everything else waits meanwhile: nothing can be sent without a token. user and password: for HTTP Basic, or
 * NULL. -1: no answer. */
static int fetch(struct oauth *a, const char *user, const char *password, const struct buf *form, struct buf *answer,
                 long *status, struct error *e)
{
    const char *url = a->auth->options->oauth_token_url;
    struct http h;
    answer->cap = ANSWER;
    http_open(&h, a->client);
    h.in.sink = on_token;
    h.in.user = answer;
    h.in.any_status = true;
    set_form(&h, user, password, form);
    if (http_set_url(&h, url, e)) {
        http_close(&h);
        return -1;
    }
    show_token_request(a->client, "> POST ", 0, url);
    struct error cause = {0};
    CURLcode code = perform(h.easy);
    bool answered = http_has_answer(&h) && !h.in.stopped;
    *status = answered ? http_status(&h) : 0;
    bool counts = answered && *status / 100 != 2; /* whatever its body is */
    if (code && !counts)
        failure_of_network(&h, (int)code, &cause);
    else if (!counts)
        http_check_whole(&h, form->len, &cause);
    if (answered)
        show_token_request(a->client, "< ", *status, url);
    a->may_pass = counts ? rules_may_pass(*status) : code ? failure_may_pass(&h, (int)code) : cause.code != 0;
    a->pause = answered ? http_pause(&h) : 0;
    if (cause.code)
        error_set(e, cause.code, "no token: %s", cause.message);
    http_close(&h);
    return cause.code ? -1 : 0;
}

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
static void add_default(const struct oauth *a, struct buf *form, const char *name, const char *value)
{
    const struct list *params = &a->auth->options->oauth_param;
    struct pair pair;
    for (size_t i = 0; i < params->count; i++)
        if (pair_split(params->item[i], &pair) && pair.len == strlen(name) && memcmp(pair.name, name, pair.len) == 0)
            return;
    add_field(form, name, value);
}

static bool in_body(const struct oauth *a)
{
    return a->auth->options->oauth_auth == OAUTH_BODY;
}

static int make_form(const struct oauth *a, const char *refresh_token, struct buf *form, struct error *e)
{
    const struct auth_options *o = a->auth->options;
    add_default(a, form, "grant_type", refresh_token ? "refresh_token" : "client_credentials");
    add_default(a, form, "refresh_token", refresh_token);
    add_default(a, form, "scope", o->oauth_scope);
    add_default(a, form, "audience", o->oauth_audience);
    if (in_body(a) || !a->auth->client_secret)
        add_default(a, form, "client_id", o->oauth_client_id);
    if (in_body(a))
        add_default(a, form, "client_secret", a->auth->client_secret);
    for (size_t i = 0; i < o->oauth_param.count; i++) {
        struct pair pair;
        if (!pair_split(o->oauth_param.item[i], &pair))
            return error_set(e, EXIT_USAGE, "--oauth-param takes NAME=VALUE");
        add_pair(form, &pair);
    }
    return 0;
}

/* A token URL that refuses the client is no better than an API that does. */
static enum exit_code meaning(long status)
{
    if (status == 400 || status == 401 || status == 403)
        return EXIT_DENIED;
    if (rules_may_pass(status) || status / 100 == 5)
        return EXIT_UNAVAILABLE;
    return status / 100 == 4 ? EXIT_REFUSED : EXIT_ANSWER;
}

static int bad_answer(const struct oauth *a, long status, const struct buf *answer, struct error *e)
{
    char detail[300];
    error_body_detail(answer->data, answer->len, detail, sizeof detail);
    secret_mask(&a->auth->secrets, detail);
    if (status / 100 == 2 && *detail) /* some refuse with 200 */
        return error_set(e, EXIT_DENIED, "no token: the token URL answered HTTP %ld: %s", status, detail);
    if (status / 100 == 2)
        return error_set(e, EXIT_ANSWER, "the token URL answered without an access_token");
    return error_set(e, meaning(status), "no token: the token URL answered HTTP %ld%s%s", status, *detail ? ": " : "",
                     detail);
}

static int ask(struct oauth *a, struct token *token, struct error *e)
{
    struct buf form = {0}, answer = {0}, id = {0}, secret = {0};
    const struct auth_options *o = a->auth->options;
    const char *kept = token->refresh_token.len ? buf_text(&token->refresh_token) : a->auth->refresh_token;
    bool basic = !in_body(a) && a->auth->client_secret;
    long status = 0;
    int result = make_form(a, a->auth->refresh_token ? kept : NULL, &form, e);
    if (basic) { /* both form-encoded first: RFC 6749, section 2.3.1 */
        text_percent(o->oauth_client_id, strlen(o->oauth_client_id), &id);
        text_percent(a->auth->client_secret, strlen(a->auth->client_secret), &secret);
        secret_hide_user(&a->auth->secrets, buf_text(&id), buf_text(&secret));
    }
    if (result == 0)
        result = fetch(a, basic ? buf_text(&id) : NULL, basic ? buf_text(&secret) : NULL, &form, &answer, &status, e);
    if (result == 0 && (status / 100 != 2 || token_read(answer.data, answer.len, io_time(), token)))
        result = bad_answer(a, status, &answer, e);
    buf_free(&form);
    buf_free(&answer);
    buf_free(&id);
    buf_free(&secret);
    return result;
}

static bool is_fresh(const struct token *token, const struct buf *refused)
{
    bool same = token->access_token.len == refused->len && refused->len &&
                memcmp(token->access_token.data, refused->data, refused->len) == 0;
    return token->access_token.len && !same && (token->expires == 0 || token->expires > io_time());
}

static void adopt(struct oauth *a, struct token *token)
{
    buf_swap(&a->token, &token->access_token);
    a->expires = token->expires;
    a->worked = false;
    secret_hide(&a->auth->secrets, buf_text(&a->token));
    if (!a->auth->refresh_token || !token->refresh_token.len ||
        strcmp(a->auth->refresh_token, buf_text(&token->refresh_token)) == 0)
        return;
    free(a->auth->refresh_token);
    a->auth->refresh_token = mem_text(token->refresh_token.data, token->refresh_token.len);
    secret_hide(&a->auth->secrets, a->auth->refresh_token);
}

/* Keeps a new token for the other processes. */
static void keep(struct oauth *a, int fd, const struct token *token)
{
    struct buf content = {0}, latest = token->refresh_token;
    token_save(token, &content);
    if (fd == CACHE_BUSY) { /* the one who holds it keeps its own */
        buf_free(&content);
        return;
    }
    if (fd < 0 || cache_write(fd, content.data, content.len)) {
        bool replaced = a->auth->refresh_token && latest.len && strcmp(a->auth->refresh_token, buf_text(&latest));
        buf_addf(&a->auth->warning,
                 "warning: no private cache folder can be written: tokens are not shared with other processes%s\n",
                 replaced ? ", and the server has replaced the refresh token, so that later ones may be refused" : "");
    }
    buf_free(&content);
}

/* The token in the cache, or a new one; the lock is held meanwhile, so that of many processes one asks. */
static int get_token(struct oauth *a, struct error *e)
{
    struct buf content = {0};
    struct token token = {0};
    int result = 0;
    int fd = cache_lock("token", buf_text(&a->key), a->client->options.network->connect_timeout);
    if (fd >= 0) {
        cache_read(fd, &content);
        token_load(content.data, content.len, &token);
    }
    if (io_signalled()) { /* perhaps while we waited for the lock */
        result = error_set(e, EXIT_UNAVAILABLE, "no token: ended by a signal");
    } else if (!(a->cached = is_fresh(&token, &a->token))) {
        result = ask(a, &token, e);
        if (result == 0)
            keep(a, fd, &token);
    }
    if (fd >= 0)
        close(fd);
    if (result == 0)
        adopt(a, &token);
    buf_free(&content);
    token_free(&token);
    return result;
}

/* ---- which token ---- */

/* What a token is good for. A refresh token stands for the one who consented, so it belongs to the key. */
static void make_key(struct oauth *a)
{
    const struct auth_options *o = a->auth->options;
    buf_addf(&a->key, "%s\n%s\n%s\n%s\n", o->oauth_token_url, o->oauth_client_id, o->oauth_scope ? o->oauth_scope : "",
             o->oauth_audience ? o->oauth_audience : "");
    for (size_t i = 0; i < o->oauth_param.count; i++)
        buf_addf(&a->key, "%s\n", o->oauth_param.item[i]);
    buf_adds(&a->key, a->auth->refresh_token ? a->auth->refresh_token : "");
}

void oauth_init(struct oauth *a, struct client *c)
{
    *a = (struct oauth){.client = c, .auth = &c->auth};
    if (c->auth.options->oauth_token_url)
        make_key(a);
}

void oauth_free(struct oauth *a)
{
    buf_free(&a->key);
    buf_free(&a->token);
}

static int value(struct oauth *a, struct buf *authorization, struct error *e)
{
    bool usable = a->token.len && a->expires >= 0 && (a->expires == 0 || a->expires > io_time());
    if (!usable && get_token(a, e))
        return -1;
    buf_addf(authorization, "Bearer %s", buf_text(&a->token));
    return 0;
}

int oauth_authorize(struct oauth *a, struct buf *authorization, struct error *e)
{
    const struct network_options *o = a->client->options.network;
    struct retry_policy policy = retry_policy(o->retry, o->retry_delay, o->retry_max_time);
    double waited = 0;
    unsigned tries = 0;
    int result;
    if (!a->auth->options->oauth_token_url)
        return 0;
    a->may_pass = false;
    while ((result = value(a, authorization, e)) && a->may_pass && !io_signalled()) {
        struct buf line = {0};
        double wait = retry_wait(&policy, ++tries, a->pause, erand48(a->client->random));
        if (!retry_allowed(&policy, tries, waited + wait))
            break;
        buf_addf(&line, "%s; try %u of %ld in %.3g s", e->message, tries + 1, policy.tries + 1, wait);
        client_tell(a->client, false, &line);
        buf_free(&line);
        pause_for(wait);
        waited += wait;
        a->may_pass = false;
    }
    client_warn(a->client);
    return result;
}

bool oauth_on_trial(const struct oauth *a)
{
    return a->doubtful && !a->worked;
}

bool oauth_is_current(const struct oauth *a, const char *authorization)
{
    return a->token.len && strncmp(authorization, "Bearer ", 7) == 0 && strlen(authorization + 7) == a->token.len &&
           memcmp(authorization + 7, a->token.data, a->token.len) == 0;
}

bool oauth_is_cached(const struct oauth *a, const char *authorization)
{
    return a->cached && oauth_is_current(a, authorization);
}

void oauth_worked(struct oauth *a, const char *authorization)
{
    if (oauth_is_current(a, authorization)) {
        a->worked = true;
        a->doubtful = false;
    }
}

bool oauth_renew(struct oauth *a, const char *refused)
{
    if (!a->auth->options->oauth_token_url || strncmp(refused, "Bearer ", 7) != 0)
        return false;
    if (!oauth_is_current(a, refused) || a->expires < 0) /* another request was quicker */
        return true;
    if (!a->worked && a->doubtful)
        return false;
    a->doubtful = !a->worked;
    a->expires = -1; /* get_token() does not take the same one from the cache again */
    return true;
}
