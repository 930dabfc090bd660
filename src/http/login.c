/* login: credentials that have to be fetched first. */
#include "http/login.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "http/cache.h"
#include "http/secret.h"

static const double AGAIN = 0.01; /* seconds: when a lock is tried again, and a program looked after */
static const double LONG = 60;    /* news come by themselves */

enum { HIDDEN = 4 /* bytes: nearly any header that a program prints is a secret */ };

/* ---- files ---- */

static void let_go(struct login_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    *f = (struct login_file){.fd = -1};
}

static void let_all_go(struct login *l)
{
    let_go(&l->refresh_file);
    let_go(&l->file);
}

/* false: another process has it, and not for too long. */
static bool take(const struct login *l, struct login_file *f, const char *what, struct buf *key)
{
    if (f->settled)
        return true;
    if (f->fd < 0)
        f->fd = cache_open(what, buf_text(key));
    f->result = f->fd >= 0 ? cache_lock(f->fd) : CACHE_NONE;
    f->settled = f->result != CACHE_BUSY || io_clock() - l->began > l->client->options.network->connect_timeout;
    return f->settled;
}

static void load(const struct login_file *f, struct token *token, struct token_failure *failure)
{
    struct buf content = {0};
    *failure = (struct token_failure){0};
    if (f->result == 0) {
        cache_read(f->fd, &content);
        token_load(content.data, content.len, token, failure);
    }
    buf_free(&content);
}

/* For the other processes. -1: there is no place. Where another has the lock, it keeps its own. */
static int save(const struct login_file *f, const struct token *token, const struct token_failure *failure)
{
    struct buf content = {0};
    token_save(token, failure, &content);
    int result = f->result == CACHE_BUSY ? 0 : f->result == 0 ? cache_write(f->fd, content.data, content.len) : -1;
    buf_free(&content);
    return result;
}

/* ---- what was fetched ---- */

static bool is_same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (!a->len || memcmp(a->data, b->data, a->len) == 0);
}

static bool is_fresh(const struct login *l)
{
    const struct token *found = &l->found, *known = &l->token;
    bool same = is_same(&found->access_token, &known->access_token) && is_same(&found->headers, &known->headers);
    return (found->access_token.len || found->headers.len) && !same &&
           (found->expires == 0 || found->expires > io_time());
}

/* To the user's file, which then is what processes share. */
static bool writes_back(const struct login *l)
{
    return l->client->auth.options->oauth_write_refresh_token;
}

static bool replaces_refresh_token(const struct login *l)
{
    struct buf latest = l->found.refresh_token;
    const char *known = l->client->auth.refresh_token;
    return known && latest.len && strcmp(known, buf_text(&latest)) != 0;
}

static void adopt_refresh_token(struct login *l)
{
    struct auth *auth = &l->client->auth;
    if (!replaces_refresh_token(l))
        return;
    free(auth->refresh_token);
    auth->refresh_token = mem_copy(buf_text(&l->found.refresh_token));
    secret_hide(&auth->secrets, auth->refresh_token);
}

/* Of each header that a program printed. */
static void hide_lines(struct secrets *secrets, const struct buf *lines)
{
    char *copy = mem_text(lines->data, lines->len), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        secret_hide_header(secrets, line, HIDDEN);
    free(copy);
}

/* Ends the fetching: what was found is what is sent from now on. */
static int adopt(struct login *l, bool cached)
{
    struct secrets *secrets = &l->client->auth.secrets;
    buf_swap(&l->token.access_token, &l->found.access_token);
    buf_swap(&l->token.headers, &l->found.headers);
    l->token.expires = l->found.expires;
    adopt_refresh_token(l);
    token_free(&l->found);
    buf_clear(&l->lines);
    if (l->token.headers.len) {
        hide_lines(secrets, &l->token.headers);
        buf_add(&l->lines, l->token.headers.data, l->token.headers.len);
    } else {
        secret_hide(secrets, buf_text(&l->token.access_token));
        client_add_token(l->client, buf_text(&l->token.access_token), &l->lines);
    }
    l->cached = cached;
    l->worked = l->spent = false;
    l->phase = LOGIN_IDLE;
    let_all_go(l);
    client_warn(l->client);
    return 1;
}

/* The refresh token that takes the place of the one in the user's file. */
static void write_back(struct login *l)
{
    struct error e = {0};
    const char *file = l->client->auth.options->oauth_refresh_token_file;
    if (io_replace_file(file, buf_text(&l->found.refresh_token), &e))
        buf_addf(&l->client->auth.warning, "warning: the server has replaced the refresh token, and %s\n", e.message);
}

static void keep(struct login *l)
{
    struct token token = {
        .access_token = l->found.access_token, .headers = l->found.headers, .expires = l->found.expires};
    struct token refresh = {.refresh_token = l->found.refresh_token};
    bool replaced = replaces_refresh_token(l), back = writes_back(l);
    bool lost = replaced && !back && save(&l->refresh_file, &refresh, NULL);
    if (replaced && back)
        write_back(l);
    if (save(&l->file, &token, NULL) || lost)
        buf_addf(&l->client->auth.warning,
                 "warning: no private cache folder can be written: tokens are not shared with other processes%s\n",
                 lost ? ", and the server has replaced the refresh token, so that later ones may be refused" : "");
}

/* ---- a try ---- */

/* The refresh token to show: the newest, which may be another job's. own: the one that we know. To be freed. */
static char *latest_refresh_token(struct login *l, const char *own)
{
    struct token_failure unused;
    struct error ignored = {0};
    struct buf unread = {0};
    char *value = NULL;
    if (writes_back(l))
        secret_read(l->client->auth.options->oauth_refresh_token_file, &value, &unread, &ignored);
    else
        load(&l->refresh_file, &l->found, &unused);
    if (!value)
        value = mem_copy(l->found.refresh_token.len ? buf_text(&l->found.refresh_token) : own);
    secret_hide(&l->client->auth.secrets, value);
    buf_free(&unread);
    return value;
}

static int fail(struct login *l, double *wait, struct error *e)
{
    struct buf line = {0};
    const struct token_failure *f = &l->failure;
    double pause = retry_wait(&l->retry, ++l->tries, f->pause, erand48(l->client->random));
    token_free(&l->found);
    let_all_go(l);
    l->phase = f->may_pass && retry_allowed(&l->retry, l->tries, l->waited + pause) ? LOGIN_PAUSED : LOGIN_IDLE;
    if (l->phase == LOGIN_PAUSED) {
        buf_addf(&line, "%s; try %u of %ld in %.3g s", f->error.message, l->tries + 1, l->retry.tries + 1, pause);
        client_tell(l->client, false, &line);
        l->waited += pause;
        l->due = io_clock() + pause;
        *wait = pause;
    }
    buf_free(&line);
    client_warn(l->client);
    return l->phase == LOGIN_PAUSED ? 0 : error_set(e, f->error.code, "%s", f->error.message);
}

static int ask_for_token(struct login *l, double *wait, struct error *e)
{
    const char *own = l->client->auth.refresh_token;
    char *latest = own ? latest_refresh_token(l, own) : NULL;
    bool command = l->client->auth.options->auth_command;
    l->ended = false;
    int result = command ? command_begin(&l->command, l->client, &l->failure.error)
                         : oauth_begin(&l->oauth, l->client, l->multi, latest, &l->failure.error);
    free(latest);
    if (result)
        return fail(l, wait, e);
    l->phase = LOGIN_ASKING;
    *wait = command ? AGAIN : LONG;
    return 0;
}

/* The one who had the lock while we waited for it had no luck: that is our try as well. */
static bool failed_meanwhile(const struct login *l)
{
    return l->failure.error.code && l->failure.at >= l->since && l->failure.at <= io_time();
}

static int lock(struct login *l, double *wait, struct error *e)
{
    *wait = AGAIN;
    if (!take(l, &l->file, "token", &l->key))
        return 0;
    load(&l->file, &l->found, &l->failure);
    if (is_fresh(l))
        return adopt(l, true);
    if (failed_meanwhile(l))
        return fail(l, wait, e);
    l->failure = (struct token_failure){0};
    if (l->client->auth.refresh_token && !take(l, &l->refresh_file, "refresh", &l->refresh_key))
        return 0;
    return ask_for_token(l, wait, e);
}

static int answer(struct login *l, double *wait, struct error *e)
{
    bool command = l->command.client;
    struct token none = {0};
    *wait = command ? AGAIN : LONG;
    if (!(command ? command_has_ended(&l->command) : l->ended))
        return 0;
    if ((command ? command_end(&l->command, &l->found, &l->failure)
                 : oauth_end(&l->oauth, l->code, &l->found, &l->failure)) == 0) {
        keep(l);
        return adopt(l, false);
    }
    save(&l->file, &none, &l->failure);
    return fail(l, wait, e);
}

static void try(struct login *l)
{
    l->phase = LOGIN_LOCKING;
    l->since = io_time();
    l->began = io_clock();
}

int login_get(struct login *l, double *wait, struct error *e)
{
    bool usable = l->lines.len && !l->spent && (l->token.expires == 0 || l->token.expires > io_time());
    if (l->phase == LOGIN_IDLE && usable)
        return 1;
    if (l->phase == LOGIN_IDLE) {
        l->tries = 0;
        l->waited = 0;
        try(l);
    }
    *wait = l->due - io_clock();
    if (l->phase == LOGIN_PAUSED && *wait > 0)
        return 0;
    if (l->phase == LOGIN_PAUSED)
        try(l);
    return l->phase == LOGIN_LOCKING ? lock(l, wait, e) : answer(l, wait, e);
}

/* ---- the rest ---- */

void login_init(struct login *l, struct client *c, void *multi)
{
    const struct network_options *o = c->options.network;
    *l = (struct login){.client = c, .multi = multi, .file.fd = -1, .refresh_file.fd = -1};
    l->retry = retry_policy(o->retry, o->retry_delay, o->retry_max_time);
    if (!login_is_wanted(l))
        return;
    const struct auth_options *a = c->auth.options;
    if (a->auth_command) {
        command_key(c, &l->key);
        return;
    }
    oauth_key(c, &l->key);
    buf_addf(&l->refresh_key, "%s\n%s\n%s", a->oauth_token_url, a->oauth_client_id ? a->oauth_client_id : "",
             writes_back(l)          ? a->oauth_refresh_token_file
             : c->auth.refresh_token ? c->auth.refresh_token
                                     : "");
}

void login_free(struct login *l)
{
    if (!l->client)
        return;
    oauth_drop(&l->oauth);
    command_drop(&l->command);
    let_all_go(l);
    token_free(&l->token);
    token_free(&l->found);
    buf_free(&l->key);
    buf_free(&l->refresh_key);
    buf_free(&l->lines);
}

bool login_is_wanted(const struct login *l)
{
    return l->client->auth.options->oauth_token_url || l->client->auth.options->auth_command;
}

const char *login_lines(struct login *l)
{
    return buf_text(&l->lines);
}

void login_ended(struct login *l, int code)
{
    l->ended = true;
    l->code = code;
}

bool login_on_trial(const struct login *l)
{
    return l->doubtful && !l->worked;
}

bool login_is_current(const struct login *l, const char *lines)
{
    return l->lines.len && strcmp(l->lines.data, lines) == 0;
}

bool login_is_cached(const struct login *l, const char *lines)
{
    return l->cached && login_is_current(l, lines);
}

void login_worked(struct login *l, const char *lines)
{
    if (login_is_current(l, lines)) {
        l->worked = true;
        l->doubtful = false;
    }
}

bool login_renew(struct login *l, const char *refused)
{
    if (!login_is_wanted(l) || !*refused)
        return false;
    if (!login_is_current(l, refused) || l->spent) /* another request was quicker */
        return true;
    if (!l->worked && l->doubtful)
        return false;
    l->doubtful = !l->worked;
    l->spent = true; /* and the same one is not taken from the file again */
    return true;
}
