/* auth: credentials, where they come from. */
#include "http/auth.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pair.h"
#include "http/token.h"
#include "http/url.h"

enum { NETRC_BYTES = 1 << 20, DATA_BYTES = 1 << 20 };

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

/* What people put into a file for a token: blanks, and "Bearer " in front. */
static void tidy_token(char *token)
{
    char *start = token + strspn(token, " \t");
    if (strncasecmp(start, "Bearer ", 7) == 0)
        start += 7 + strspn(start + 7, " \t");
    size_t n = strlen(start);
    while (n && strchr(" \t", start[n - 1]))
        n--;
    memmove(token, start, n);
    token[n] = '\0';
}

static int load_bearer(struct auth *a, struct error *e)
{
    const struct auth_options *o = a->options;
    if (load(a, "bearer", o->bearer, o->bearer_file, &a->bearer, e))
        return -1;
    if (a->bearer) {
        tidy_token(a->bearer);
        secret_hide(&a->secrets, a->bearer);
    }
    return a->bearer && !*a->bearer ? error_set(e, EXIT_CONFIG, "the bearer token is empty") : 0;
}

/* A secret of a token request's body. */
static void hide_text(void *ctx, const char *name, const char *value)
{
    struct auth *a = ctx;
    if (secret_is_name(name, strlen(name)))
        secret_hide(&a->secrets, value);
}

static int load_data(struct auth *a, struct error *e)
{
    const char *text = a->options->oauth_data;
    struct buf query = {0}, name = {0}, value = {0};
    a->oauth_data.cap = DATA_BYTES;
    if (!text)
        return 0;
    if (*text != '@')
        return error_set(e, EXIT_USAGE, "--oauth-data takes @FILE: what is in it may be secret");
    if (io_read_file(text + 1, &a->oauth_data, e))
        return -1;
    buf_drop_bom(&a->oauth_data);
    while (a->oauth_data.len && strchr("\r\n", a->oauth_data.data[a->oauth_data.len - 1]))
        a->oauth_data.len--;
    buf_addf(&query, "?%s", buf_text(&a->oauth_data));
    for (const char *rest = buf_text(&query); url_next_query(&rest, &name, &value);)
        hide_text(a, buf_text(&name), buf_text(&value));
    token_texts(a->oauth_data.data, a->oauth_data.len, hide_text, a);
    secret_check_file(text + 1, &a->warning);
    buf_free(&query);
    buf_free(&name);
    buf_free(&value);
    return a->oauth_data.len ? 0 : error_set(e, EXIT_CONFIG, "%s is empty", text + 1);
}

/* name:password, split at the first colon. */
static int load_user(struct auth *a, struct error *e)
{
    const struct auth_options *o = a->options;
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
    const struct auth_options *o = a->options;
    const char *home = getenv("HOME");
    struct buf name = {0}, text = {.cap = NETRC_BYTES}, word = {0}, login = {0};
    if (!o->netrc && !o->netrc_file)
        return 0;
    if (!o->netrc_file && !home)
        return error_set(e, EXIT_NO_FILE, "--netrc: there is no home folder (HOME)");
    if (o->netrc_file)
        buf_adds(&name, a->netrc_file);
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
    const struct auth_options *o = a->options;
    int ways = (a->bearer != NULL) + (a->user != NULL) + (o->oauth_token_url != NULL) + (o->auth_command != NULL);
    bool other = a->client_secret || a->refresh_token || o->oauth_client_id || o->oauth_param.count || o->oauth_data ||
                 o->oauth_token_path;
    if (ways > 1)
        return error_set(e, EXIT_USAGE, "only one of bearer, user, oauth-token-url and auth-command can be given");
    if (o->aws_sigv4 && !a->user)
        return error_set(e, EXIT_USAGE, "--aws-sigv4 needs the key pair as --user-file: access key:secret key");
    if (o->oauth_token_url && !o->oauth_client_id && !o->oauth_data)
        return error_set(e, EXIT_USAGE, "--oauth-token-url needs --oauth-client-id, or --oauth-data");
    if (!o->oauth_token_url && other)
        return error_set(e, EXIT_USAGE, "the other oauth options need --oauth-token-url");
    if (o->oauth_data && (a->refresh_token || o->oauth_param.count))
        return error_set(e, EXIT_USAGE,
                         "--oauth-data is the whole body: no refresh token or --oauth-param goes with it");
    if (o->oauth_write_refresh_token && (!o->oauth_refresh_token_file || access(o->oauth_refresh_token_file, W_OK)))
        return error_set(e, EXIT_USAGE,
                         "--oauth-write-refresh-token needs a --oauth-refresh-token-file that can be written");
    return 0;
}

/* Secrets that stand in options which are not secret by themselves. */
static void hide_options(struct auth *a)
{
    const struct auth_options *o = a->options;
    struct pair pair;
    for (size_t i = 0; i < o->query_secret.count; i++)
        if (pair_split(o->query_secret.item[i], &pair))
            secret_hide(&a->secrets, pair.value);
    if (o->oauth_token_url)
        secret_hide_url(&a->secrets, o->oauth_token_url);
    for (size_t i = 0; i < o->oauth_param.count; i++)
        secret_hide_param(&a->secrets, o->oauth_param.item[i]);
}

static int find_files(struct auth *a, struct error *e)
{
    const struct auth_options *o = a->options;
    return (o->cert && io_again(o->cert, &a->cert, e)) || (o->key && io_again(o->key, &a->key, e)) ||
           (o->netrc_file && io_again(o->netrc_file, &a->netrc_file, e));
}

bool auth_options_give_token(const struct auth_options *o)
{
    return o->bearer || o->bearer_file || o->oauth_token_url || o->auth_command;
}

int auth_init(struct auth *a, const struct auth_options *o, struct error *e)
{
    *a = (struct auth){.options = o};
    hide_options(a);
    if (find_files(a, e) || load(a, "key-password", o->key_password, o->key_password_file, &a->key_password, e) ||
        load_bearer(a, e) || load_data(a, e) || load_user(a, e) || load_netrc(a, e) ||
        load(a, "oauth-client-secret", o->oauth_client_secret, o->oauth_client_secret_file, &a->client_secret, e) ||
        load(a, "oauth-refresh-token", o->oauth_refresh_token, o->oauth_refresh_token_file, &a->refresh_token, e) ||
        check(a, e))
        return -1;
    if (o->key)
        secret_check_file(o->key, &a->warning);
    return 0;
}

int auth_take_url(struct auth *a, const char *url, struct error *e)
{
    struct buf name = {0}, password = {0};
    bool by_netrc = a->options->netrc || a->options->netrc_file; /* which has the password to a name alone */
    if (!a->options->aws_sigv4 && url_user(url, &name, &password) && (password.len || !by_netrc)) {
        free(a->user);
        free(a->password);
        a->user = mem_copy(buf_text(&name));
        a->password = mem_copy(buf_text(&password));
        a->user_of_url = true;
    }
    buf_free(&name);
    buf_free(&password);
    if (a->options->digest && !a->user && !by_netrc)
        return error_set(e, EXIT_USAGE, "--digest needs a name and a password: --user-file, or --netrc");
    return 0;
}

/* Puts the value of file, when it is another one now, in the place of *secret. */
static bool renew(struct auth *a, const char *file, char **secret, void (*tidy)(char *))
{
    struct error e = {0};
    char *value = NULL;
    if (!file || !io_is_file(file) || secret_read(file, &value, &a->warning, &e))
        return false;
    if (tidy)
        tidy(value);
    bool changed = *value && strcmp(value, *secret) != 0;
    if (changed) {
        secret_hide(&a->secrets, value);
        free(*secret);
        *secret = value;
    } else {
        free(value);
    }
    return changed;
}

static bool renew_user(struct auth *a)
{
    struct buf pair = {0};
    if (!a->options->user_file || a->user_of_url)
        return false;
    buf_addf(&pair, "%s:%s", a->user, a->password);
    char *latest = mem_copy(buf_text(&pair)), *colon = NULL;
    bool changed = renew(a, a->options->user_file, &latest, NULL) && (colon = strchr(latest, ':'));
    if (changed) {
        *colon = '\0';
        free(a->user);
        free(a->password);
        a->user = mem_copy(latest);
        a->password = mem_copy(colon + 1);
        secret_hide_user(&a->secrets, a->user, a->password);
    }
    free(latest);
    buf_free(&pair);
    return changed;
}

bool auth_renew(struct auth *a)
{
    bool bearer = renew(a, a->options->bearer_file, &a->bearer, tidy_token), user = renew_user(a);
    return bearer || user;
}

void auth_free(struct auth *a)
{
    free(a->user);
    free(a->password);
    free(a->bearer);
    free(a->client_secret);
    free(a->key_password);
    free(a->cert);
    free(a->key);
    free(a->netrc_file);
    free(a->refresh_token);
    buf_free(&a->oauth_data);
    secret_free(&a->secrets);
    buf_free(&a->warning);
}
