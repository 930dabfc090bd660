#include "http/auth.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/control.h"
#include "http/cache.h"
#include "http/retry.h"
#include "http/url.h"

enum { NETRC_BYTES = 1 << 20 };

/* ---- where secrets come from ---- */

/* A value from a configuration file, else the content of a file. NULL when neither is given. */
static int load(struct auth *a, const char *name, const char *value, const char *file, char **secret, struct error *e)
{
    *secret = NULL;
    if (!value && !file)
        return 0;
    if (value && file)
        return error_set(e, EXIT_USAGE, "only one of %s and %s-file can be given", name, name);
    if (!value && secret_read(file, secret, &a->warning, e))
        return -1;
    if (value && (!*value || strpbrk(value, "\r\n")))
        return error_set(e, EXIT_CONFIG, "the value of %s must be one line", name);
    if (value)
        *secret = mem_text(value, strlen(value));
    secret_hide(&a->secrets, *secret);
    return 0;
}

/* name:password, split at the first colon. */
static int load_user(struct auth *a, struct error *e)
{
    const struct options *o = a->options;
    if (load(a, "user", o->user, o->user_file, &a->user, e))
        return -1;
    char *colon = a->user ? strchr(a->user, ':') : NULL;
    if (a->user && !colon)
        return error_set(e, EXIT_CONFIG, "the user must be name:password");
    if (!colon)
        return 0;
    *colon = '\0';
    a->password = mem_text(colon + 1, strlen(colon + 1));
    secret_hide_user(&a->secrets, a->user, a->password);
    return 0;
}

/* The next word of a .netrc, which may stand in quotes; false at the end. */
static bool netrc_word(const char **text, struct buf *word)
{
    const char *p = *text + strspn(*text, " \t\r\n");
    bool quoted = *p == '"';
    buf_clear(word);
    for (p += quoted; *p && (quoted ? *p != '"' : !strchr(" \t\r\n", *p)); p++) {
        p += quoted && *p == '\\' && p[1];
        buf_addc(word, *p);
    }
    bool found = quoted || word->len;
    *text = p + (quoted && *p);
    return found;
}

/* libcurl takes the user from there; we only need to know what no message may show. */
static int load_netrc(struct auth *a, struct error *e)
{
    const struct options *o = a->options;
    const char *home = getenv("HOME");
    struct buf name = {0}, text = {.cap = NETRC_BYTES}, word = {0}, login = {0};
    if (!o->netrc && !o->netrc_file)
        return 0;
    if (!o->netrc_file && !home)
        return error_set(e, EXIT_NO_FILE, "--netrc: there is no home folder (HOME)");
    if (o->netrc_file)
        buf_adds(&name, o->netrc_file);
    else
        buf_addf(&name, "%s/.netrc", home);
    int result = io_read_file(buf_text(&name), &text, e);
    const char *p = buf_text(&text);
    while (result == 0 && netrc_word(&p, &word)) {
        bool is_login = strcmp(buf_text(&word), "login") == 0, is_password = strcmp(buf_text(&word), "password") == 0;
        if (is_login)
            netrc_word(&p, &login);
        else if (is_password && netrc_word(&p, &word))
            secret_hide_user(&a->secrets, buf_text(&login), buf_text(&word));
    }
    secret_check_file(buf_text(&name), &a->warning);
    buf_free(&name);
    buf_free(&text);
    buf_free(&word);
    buf_free(&login);
    return result;
}

static int check(const struct auth *a, struct error *e)
{
    const struct options *o = a->options;
    int ways = (a->bearer != NULL) + (a->user != NULL) + (o->oauth_token_url != NULL);
    if (ways > 1)
        return error_set(e, EXIT_USAGE, "only one of bearer, user and oauth-token-url can be given");
    if (o->aws_sigv4 && !a->user)
        return error_set(e, EXIT_USAGE, "--aws-sigv4 needs the key pair as --user-file: access key:secret key");
    if (o->oauth_token_url && !o->oauth_client_id)
        return error_set(e, EXIT_USAGE, "--oauth-token-url needs --oauth-client-id");
    if (!o->oauth_token_url && (a->client_secret || a->refresh_token || o->oauth_client_id || o->oauth_param.count))
        return error_set(e, EXIT_USAGE, "the other oauth options need --oauth-token-url");
    return 0;
}

/* What a token is good for. A refresh token stands for the one who consented, so it belongs to the key. */
static void make_key(struct auth *a)
{
    const struct options *o = a->options;
    buf_addf(&a->key, "%s\n%s\n%s\n%s\n", o->oauth_token_url, o->oauth_client_id, o->oauth_scope ? o->oauth_scope : "",
             o->oauth_audience ? o->oauth_audience : "");
    for (size_t i = 0; i < o->oauth_param.count; i++)
        buf_addf(&a->key, "%s\n", o->oauth_param.item[i]);
    buf_adds(&a->key, a->refresh_token ? a->refresh_token : "");
}

/* Secrets that stand in options which are not secret by themselves. */
static void hide_options(struct auth *a)
{
    const struct options *o = a->options;
    for (size_t i = 0; i < o->query_secret.count; i++)
        secret_hide(&a->secrets, strchr(o->query_secret.item[i], '=') + 1);
    const char *const urls[] = {o->url,
                                o->proxy,
                                o->oauth_token_url,
                                getenv("http_proxy"),
                                getenv("https_proxy"),
                                getenv("HTTPS_PROXY"),
                                getenv("all_proxy"),
                                getenv("ALL_PROXY")};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (urls[i])
            secret_hide_url(&a->secrets, urls[i]);
    const struct list *lists[] = {&o->query, &o->oauth_param};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < lists[i]->count; k++)
            secret_hide_param(&a->secrets, lists[i]->item[k]);
}

int auth_init(struct auth *a, const struct options *o, struct error *e)
{
    *a = (struct auth){.options = o};
    hide_options(a);
    if (load(a, "bearer", o->bearer, o->bearer_file, &a->bearer, e) || load_user(a, e) || load_netrc(a, e) ||
        load(a, "oauth-client-secret", o->oauth_client_secret, o->oauth_client_secret_file, &a->client_secret, e) ||
        load(a, "oauth-refresh-token", o->oauth_refresh_token, o->oauth_refresh_token_file, &a->refresh_token, e) ||
        check(a, e))
        return -1;
    if (o->key)
        secret_check_file(o->key, &a->warning);
    if (o->oauth_token_url)
        make_key(a);
    return 0;
}

void auth_free(struct auth *a)
{
    free(a->user);
    free(a->password);
    free(a->bearer);
    free(a->client_secret);
    free(a->refresh_token);
    buf_free(&a->key);
    buf_free(&a->token);
    secret_free(&a->secrets);
    buf_free(&a->warning);
}

/* ---- OAuth 2 ---- */

static void add_field(struct buf *form, const char *name, const char *value)
{
    if (!value)
        return;
    if (form->len)
        buf_addc(form, '&');
    url_escape_text(name, strlen(name), form);
    buf_addc(form, '=');
    url_escape_text(value, strlen(value), form);
}

static bool in_body(const struct auth *a)
{
    return strcmp(a->options->oauth_auth, "body") == 0;
}

static int make_form(const struct auth *a, const char *refresh_token, struct buf *form, struct error *e)
{
    const struct options *o = a->options;
    add_field(form, "grant_type", refresh_token ? "refresh_token" : "client_credentials");
    add_field(form, "refresh_token", refresh_token);
    add_field(form, "scope", o->oauth_scope);
    add_field(form, "audience", o->oauth_audience);
    if (in_body(a) || !a->client_secret)
        add_field(form, "client_id", o->oauth_client_id);
    if (in_body(a))
        add_field(form, "client_secret", a->client_secret);
    for (size_t i = 0; i < o->oauth_param.count; i++) {
        const char *equals = strchr(o->oauth_param.item[i], '=');
        if (!equals)
            return error_set(e, EXIT_USAGE, "--oauth-param takes NAME=VALUE");
        char *name = mem_text(o->oauth_param.item[i], (size_t)(equals - o->oauth_param.item[i]));
        add_field(form, name, equals + 1);
        free(name);
    }
    return 0;
}

/* A token URL that refuses the client is no better than an API that does. */
static enum exit_code meaning(long status)
{
    if (status == 400 || status == 401 || status == 403)
        return EXIT_DENIED;
    if (retry_status(status) || status / 100 == 5)
        return EXIT_UNAVAILABLE;
    return status / 100 == 4 ? EXIT_REFUSED : EXIT_ANSWER;
}

static int bad_answer(const struct auth *a, long status, const struct buf *answer, struct error *e)
{
    char detail[300];
    control_error_detail(answer->data, answer->len, detail, sizeof detail);
    secret_mask(&a->secrets, detail);
    if (status / 100 == 2)
        return error_set(e, EXIT_ANSWER, "the token URL answered without an access_token");
    return error_set(e, meaning(status), "no token: the token URL answered HTTP %ld%s%s", status, *detail ? ": " : "",
                     detail);
}

static int ask(struct auth *a, auth_fetch fetch, void *ctx, struct control_token *token, struct error *e)
{
    struct buf form = {0}, answer = {0}, id = {0}, secret = {0};
    const struct options *o = a->options;
    const char *kept = token->refresh_token.len ? buf_text(&token->refresh_token) : a->refresh_token;
    bool basic = !in_body(a) && a->client_secret;
    long status = 0;
    int result = make_form(a, a->refresh_token ? kept : NULL, &form, e);
    if (basic) { /* both form-encoded first: RFC 6749, section 2.3.1 */
        url_escape_text(o->oauth_client_id, strlen(o->oauth_client_id), &id);
        url_escape_text(a->client_secret, strlen(a->client_secret), &secret);
        secret_hide_user(&a->secrets, buf_text(&id), buf_text(&secret));
    }
    if (result == 0)
        result = fetch(ctx, o->oauth_token_url, basic ? buf_text(&id) : NULL, basic ? buf_text(&secret) : NULL, &form,
                       &answer, &status, e);
    if (result == 0 && (status / 100 != 2 || control_read_token(answer.data, answer.len, io_time(), token)))
        result = bad_answer(a, status, &answer, e);
    buf_free(&form);
    buf_free(&answer);
    buf_free(&id);
    buf_free(&secret);
    return result;
}

static bool is_fresh(const struct control_token *token, const struct buf *refused)
{
    bool same = token->access_token.len == refused->len && refused->len &&
                memcmp(token->access_token.data, refused->data, refused->len) == 0;
    return token->access_token.len && !same && (token->expires == 0 || token->expires > io_time());
}

static void adopt(struct auth *a, struct control_token *token)
{
    buf_swap(&a->token, &token->access_token);
    a->expires = token->expires;
    a->worked = false;
    secret_hide(&a->secrets, buf_text(&a->token));
    if (!a->refresh_token || !token->refresh_token.len ||
        strcmp(a->refresh_token, buf_text(&token->refresh_token)) == 0)
        return;
    free(a->refresh_token);
    a->refresh_token = mem_text(token->refresh_token.data, token->refresh_token.len);
    secret_hide(&a->secrets, a->refresh_token);
}

/* Keeps a new token for the other processes. */
static void keep(struct auth *a, int fd, const struct control_token *token)
{
    struct buf content = {0}, latest = token->refresh_token;
    control_save_token(token, &content);
    if (fd < 0 || cache_write(fd, content.data, content.len)) {
        bool replaced = a->refresh_token && latest.len && strcmp(a->refresh_token, buf_text(&latest));
        buf_addf(&a->warning,
                 "warning: no private cache folder can be written: tokens are not shared with other processes%s\n",
                 replaced ? ", and the server has replaced the refresh token, so that later ones may be refused" : "");
    }
    buf_free(&content);
}

/* The token in the cache, or a new one; the lock is held meanwhile, so that of many processes one asks. */
static int get_token(struct auth *a, auth_fetch fetch, void *ctx, struct error *e)
{
    struct buf content = {0};
    struct control_token token = {0};
    int result = 0;
    int fd = cache_lock("token", buf_text(&a->key));
    if (fd >= 0) {
        cache_read(fd, &content);
        control_load_token(content.data, content.len, &token);
    }
    if (io_signalled()) { /* perhaps while we waited for the lock */
        result = error_set(e, EXIT_UNAVAILABLE, "no token: ended by a signal");
    } else if (!is_fresh(&token, &a->token)) {
        result = ask(a, fetch, ctx, &token, e);
        if (result == 0)
            keep(a, fd, &token);
    }
    if (fd >= 0)
        close(fd);
    if (result == 0)
        adopt(a, &token);
    buf_free(&content);
    control_free_token(&token);
    return result;
}

int auth_value(struct auth *a, auth_fetch fetch, void *ctx, struct buf *value, struct error *e)
{
    if (a->bearer) {
        buf_addf(value, "Bearer %s", a->bearer);
        return 0;
    }
    if (!a->options->oauth_token_url)
        return 0;
    bool usable = a->token.len && a->expires >= 0 && (a->expires == 0 || a->expires > io_time());
    if (!usable && get_token(a, fetch, ctx, e))
        return -1;
    buf_addf(value, "Bearer %s", buf_text(&a->token));
    return 0;
}

static bool is_current(const struct auth *a, const char *value)
{
    return a->token.len && strncmp(value, "Bearer ", 7) == 0 && strlen(value + 7) == a->token.len &&
           memcmp(value + 7, a->token.data, a->token.len) == 0;
}

void auth_worked(struct auth *a, const char *value)
{
    if (is_current(a, value)) {
        a->worked = true;
        a->doubtful = false;
    }
}

bool auth_renew(struct auth *a, const char *refused)
{
    if (!a->options->oauth_token_url || strncmp(refused, "Bearer ", 7) != 0)
        return false;
    if (!is_current(a, refused) || a->expires < 0) /* another request was quicker */
        return true;
    if (!a->worked && a->doubtful)
        return false;
    a->doubtful = !a->worked;
    a->expires = -1; /* get_token() does not take the same one from the cache again */
    return true;
}
