#include "auth.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "control.h"
#include "io.h"
#include "url.h"

enum { SHORTEST_SECRET = 4 };         /* shorter ones would blot out ordinary text */

/* ---- where secrets come from ---- */

void auth_hide(struct auth *a, const char *secret)
{
    if (strlen(secret) >= SHORTEST_SECRET)
        buf_add(&a->secrets, secret, strlen(secret) + 1);
}

/* A value from a configuration file, else the content of a file without one trailing newline. NULL when neither is given. */
static int load(struct auth *a, const char *value, const char *file, char **secret, struct error *e)
{
    struct buf text = {0};
    struct stat s;
    int result = 0;
    *secret = NULL;
    if (value) {
        *secret = mem_text(value, strlen(value));
    } else if (file && (result = io_read_file(file, &text, e)) == 0) {
        if (text.len && text.data[text.len - 1] == '\n')
            text.len--;
        if (text.len && text.data[text.len - 1] == '\r')
            text.len--;
        *secret = mem_text(buf_text(&text), text.len);
        if (stat(file, &s) == 0 && (s.st_mode & S_IROTH))
            buf_addf(&a->warning, "warning: %s can be read by others: chmod 600 it", file);
    }
    buf_free(&text);
    if (*secret && strpbrk(*secret, "\r\n"))
        result = error_set(e, EXIT_CONFIG, "%s holds more than one line", file ? file : "a secret");
    if (*secret)
        auth_hide(a, *secret);
    return result;
}

/* name:password, split at the first colon. */
static int load_user(struct auth *a, struct error *e)
{
    const struct options *o = a->options;
    if (load(a, o->user, o->user_file, &a->user, e))
        return -1;
    char *colon = a->user ? strchr(a->user, ':') : NULL;
    if (a->user && !colon)
        return error_set(e, EXIT_CONFIG, "the user must be name:password");
    if (!colon)
        return 0;
    *colon = '\0';
    a->password = mem_text(colon + 1, strlen(colon + 1));
    auth_hide(a, a->password);
    return 0;
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
    if (!o->oauth_token_url && (a->client_secret || a->refresh_token || o->oauth_client_id))
        return error_set(e, EXIT_USAGE, "the other oauth options need --oauth-token-url");
    return 0;
}

int auth_init(struct auth *a, const struct options *o, struct error *e)
{
    *a = (struct auth){.options = o};
    for (size_t i = 0; i < o->query_secret.count; i++)
        auth_hide(a, strchr(o->query_secret.item[i], '=') + 1);
    if (load(a, o->bearer, o->bearer_file, &a->bearer, e) || load_user(a, e) ||
        load(a, o->oauth_client_secret, o->oauth_client_secret_file, &a->client_secret, e) ||
        load(a, o->oauth_refresh_token, o->oauth_refresh_token_file, &a->refresh_token, e))
        return -1;
    return check(a, e);
}

void auth_free(struct auth *a)
{
    free(a->user);
    free(a->password);
    free(a->bearer);
    free(a->client_secret);
    free(a->refresh_token);
    buf_free(&a->token);
    buf_free(&a->secrets);
    buf_free(&a->warning);
}

/* ---- OAuth 2 ---- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What a token is good for: two processes that agree in this share one. */
static void cache_key(const struct auth *a, struct buf *key)
{
    const struct options *o = a->options;
    buf_addf(key, "%s\n%s\n%s\n%s\n", o->oauth_token_url, o->oauth_client_id, o->oauth_scope ? o->oauth_scope : "",
             o->oauth_audience ? o->oauth_audience : "");
    for (size_t i = 0; i < o->oauth_param.count; i++)
        buf_addf(key, "%s\n", o->oauth_param.item[i]);
    buf_adds(key, a->refresh_token ? "refresh" : "client");
}

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

static int bad_answer(const struct auth *a, long status, const struct buf *answer, struct error *e)
{
    char detail[200];
    enum exit_code code = status / 100 == 4 && status != 429 ? EXIT_DENIED : status / 100 == 2 ? EXIT_ANSWER : EXIT_UNAVAILABLE;
    control_error_detail(answer->data, answer->len, detail, sizeof detail);
    auth_mask(a, detail);
    if (code == EXIT_ANSWER)
        return error_set(e, code, "the token URL answered without an access_token");
    return error_set(e, code, "no token: the token URL answered HTTP %ld%s%s", status, *detail ? ": " : "", detail);
}

static int ask(struct auth *a, auth_fetch fetch, void *ctx, struct control_token *token, struct error *e)
{
    struct buf form = {0}, answer = {0}, id = {0}, secret = {0};
    const struct options *o = a->options;
    const char *refresh = token->refresh_token.len ? buf_text(&token->refresh_token) : a->refresh_token;
    bool basic = !in_body(a) && a->client_secret;
    long status = 0;
    int result = make_form(a, refresh, &form, e);
    if (basic) { /* both form-encoded first: RFC 6749, section 2.3.1 */
        url_escape_text(o->oauth_client_id, strlen(o->oauth_client_id), &id);
        url_escape_text(a->client_secret, strlen(a->client_secret), &secret);
    }
    if (result == 0)
        result = fetch(ctx, o->oauth_token_url, basic ? buf_text(&id) : NULL, basic ? buf_text(&secret) : NULL, &form, &answer, &status, e);
    if (result == 0 && (status / 100 != 2 || control_read_token(answer.data, answer.len, now(), token)))
        result = bad_answer(a, status, &answer, e);
    buf_free(&form);
    buf_free(&answer);
    buf_free(&id);
    buf_free(&secret);
    return result;
}

static bool is_fresh(const struct control_token *token, const struct buf *refused)
{
    bool same = token->access_token.len == refused->len && refused->len && memcmp(token->access_token.data, refused->data, refused->len) == 0;
    return token->access_token.len && !same && (token->expires == 0 || token->expires > now());
}

static void adopt(struct auth *a, struct control_token *token)
{
    buf_swap(&a->token, &token->access_token);
    a->expires = token->expires;
    auth_hide(a, buf_text(&a->token));
}

/* The token in the cache, or a new one; the lock is held meanwhile, so that of many processes one asks. */
static int get_token(struct auth *a, auth_fetch fetch, void *ctx, struct error *e)
{
    struct buf key = {0}, content = {0};
    struct control_token token = {0};
    int result = 0;
    cache_key(a, &key);
    int fd = cache_lock("token", buf_text(&key));
    if (fd >= 0) {
        cache_read(fd, &content);
        control_load_token(content.data, content.len, &token);
    }
    if (!is_fresh(&token, &a->token)) {
        result = ask(a, fetch, ctx, &token, e);
        buf_clear(&content);
        if (result == 0 && fd >= 0) {
            control_save_token(&token, &content);
            cache_write(fd, content.data, content.len);
        }
    }
    if (fd >= 0)
        close(fd);
    if (result == 0)
        adopt(a, &token);
    buf_free(&key);
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
    bool usable = a->token.len && a->expires >= 0 && (a->expires == 0 || a->expires > now());
    if (!usable && get_token(a, fetch, ctx, e))
        return -1;
    buf_addf(value, "Bearer %s", buf_text(&a->token));
    return 0;
}

bool auth_renew(struct auth *a, const char *refused)
{
    if (!a->options->oauth_token_url || strncmp(refused, "Bearer ", 7) != 0)
        return false;
    if (strcmp(refused + 7, buf_text(&a->token)) == 0)
        a->expires = -1; /* get_token() does not take the same one from the cache again */
    return true;
}

void auth_mask(const struct auth *a, char *text)
{
    for (size_t at = 0; at < a->secrets.len; at += strlen(a->secrets.data + at) + 1) {
        const char *secret = a->secrets.data + at;
        for (char *found; (found = strstr(text, secret));) {
            char *rest = found + strlen(secret);
            memcpy(found, "***", 3);
            memmove(found + 3, rest, strlen(rest) + 1);
        }
    }
}
