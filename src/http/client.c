/* client: what all requests of a process have in common. */
#include "http/client.h"
#include "http/url.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/io.h"

enum {
    HIDDEN_FILE = 4,
    HIDDEN_CONFIG = 8
}; /* bytes from which on a header's value from there is a secret whatever its name */
enum { HEADER_BYTES = 1 << 20 };

void client_start(void)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_new, free, mem_grown, mem_copy, mem_zeroed))
        mem_there(NULL);
}

struct curl_slist *client_append(struct curl_slist **list, struct curl_slist *last, const char *line)
{
    struct curl_slist *grown = mem_there(curl_slist_append(last, line));
    if (!last)
        *list = grown;
    return last ? last->next : grown;
}

static const char TOKEN[] = "{token}";

static int add_header(struct client *c, const char *line, size_t hidden, struct error *e)
{
    const char *colon = strpbrk(line, ":;");
    if (!colon || colon == line || strpbrk(line, "\r\n"))
        return error_set(e, EXIT_USAGE, "a header must be 'Name: value'");
    if (strstr(line, TOKEN) && auth_options_give_token(c->auth.options)) {
        c->token_headers = mem_there(curl_slist_append(c->token_headers, line));
        return 0;
    }
    c->last_header = client_append(&c->headers, c->last_header, line);
    secret_hide_header(&c->auth.secrets, line, hidden);
    return 0;
}

void client_add_token(const struct client *c, const char *token, struct buf *lines)
{
    if (!c->token_headers)
        buf_addf(lines, "Authorization: Bearer %s\n", token);
    for (const struct curl_slist *h = c->token_headers; h; h = h->next) {
        const char *rest = h->data;
        for (const char *at; (at = strstr(rest, TOKEN)); rest = at + strlen(TOKEN))
            buf_addf(lines, "%.*s%s", (int)(at - rest), rest, token);
        buf_addf(lines, "%s\n", rest);
    }
}

static int add_header_file(struct client *c, const char *name, struct error *e)
{
    struct buf text = {.cap = HEADER_BYTES};
    int result = io_read_file(name, &text, e);
    buf_drop_bom(&text);
    char *rest = result ? NULL : buf_writable(&text);
    for (char *line; result == 0 && (line = strsep(&rest, "\n"));) {
        line[strcspn(line, "\r")] = '\0';
        if (*line && add_header(c, line, HIDDEN_FILE, e))
            result = error_set(e, EXIT_CONFIG, "%s: a header must be 'Name: value'", name);
    }
    secret_check_file(name, &c->auth.warning);
    buf_free(&text);
    return result;
}

static const char *find_header(const struct client *c, const char *name)
{
    size_t len = strlen(name);
    for (struct curl_slist *h = c->headers; h; h = h->next)
        if (strncasecmp(h->data, name, len) == 0 && (h->data[len] == ':' || h->data[len] == ';'))
            return h->data + len + 1;
    return NULL;
}

static struct ca find_authorities(void)
{
    const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);
    return ca_find(library->cainfo, library->capath);
}

/* Secrets that stand in URLs and queries. */
static void hide_urls(struct client *c)
{
    const struct http_options *o = &c->options;
    const char *const urls[] = {o->request->url,       o->network->proxy,   getenv("http_proxy"), getenv("https_proxy"),
                                getenv("HTTPS_PROXY"), getenv("all_proxy"), getenv("ALL_PROXY")};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (urls[i])
            secret_hide_url(&c->auth.secrets, urls[i]);
    for (size_t i = 0; i < o->request->query.count; i++)
        secret_hide_param(&c->auth.secrets, o->request->query.item[i]);
}

static int read_headers(struct client *c, struct error *e)
{
    const struct http_options *o = &c->options;
    for (size_t i = 0; i < o->request->header.count; i++) {
        const char *text = o->request->header.item[i];
        if (*text == '@' ? add_header_file(c, text + 1, e)
                         : add_header(c, text, i < o->request->typed_headers ? SIZE_MAX : HIDDEN_CONFIG, e))
            return -1;
    }
    c->has_type = find_header(c, "Content-Type");
    c->has_auth = find_header(c, "Authorization");
    if (c->has_auth && (c->auth.bearer || (c->auth.user && !c->auth.user_of_url) || o->auth->oauth_token_url))
        return error_set(e, EXIT_USAGE, "a header Authorization is given, and bearer, user or oauth-token-url, too");
    if (!find_header(c, "Accept"))
        c->last_header = client_append(&c->headers, c->last_header, "Accept: application/json, */*;q=0.5");
    return 0;
}

/* Requests of a run share their cookies, in memory. Who gives cookies by --header means these alone. */
static void share_cookies(struct client *c)
{
    if (find_header(c, "Cookie"))
        return;
    c->shared = mem_there(curl_share_init());
    curl_share_setopt(c->shared, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
}

int client_init(struct client *c, const struct http_options *o, struct error *e)
{
    *c = (struct client){.options = *o, .ca = find_authorities()};
    if (o->request->user_agent && strpbrk(o->request->user_agent, "\r\n"))
        return error_set(e, EXIT_USAGE, "--user-agent must be one line");
    if (auth_init(&c->auth, o->auth, e) || (o->network->cacert && io_again(o->network->cacert, &c->cacert, e)) ||
        (o->network->proxy_cacert && io_again(o->network->proxy_cacert, &c->proxy_cacert, e)))
        return -1;
    hide_urls(c);
    if (auth_take_url(&c->auth, o->request->url, e) || read_headers(c, e))
        return -1;
    share_cookies(c);
    if (getentropy(c->trace, sizeof c->trace) || getentropy(c->random, sizeof c->random))
        return error_set(e, EXIT_BUG, "the system has no random numbers");
    return 0;
}

static bool same_headers(const struct curl_slist *a, const struct curl_slist *b)
{
    while (a && b && strcmp(a->data, b->data) == 0) {
        a = a->next;
        b = b->next;
    }
    return !a && !b;
}

/* A pipe can be read only once. */
static bool has_files(const struct list *header)
{
    bool has = false;
    for (size_t i = 0; i < header->count; i++) {
        const char *text = header->item[i];
        if (*text == '@' && !io_is_file(text + 1))
            return false;
        has |= *text == '@';
    }
    return has;
}

static bool renew_headers(struct client *c)
{
    struct curl_slist *old = c->headers, *last = c->last_header, *with_token = c->token_headers;
    struct error e = {0};
    if (!has_files(&c->options.request->header))
        return false;
    c->headers = c->last_header = c->token_headers = NULL;
    bool changed = read_headers(c, &e) == 0 && !same_headers(old, c->headers);
    curl_slist_free_all(changed ? with_token : c->token_headers);
    curl_slist_free_all(changed ? old : c->headers);
    if (!changed) {
        c->headers = old;
        c->last_header = last;
        c->token_headers = with_token;
    }
    return changed;
}

bool client_renew(struct client *c)
{
    bool changed = auth_renew(&c->auth);
    changed |= renew_headers(c);
    c->generation += changed;
    buf_clear(&c->auth.warning); /* they have been told */
    return changed;
}

void client_tell(const struct client *c, bool verbose, const struct buf *text)
{
    struct buf copy = {0};
    if (c->note && text->len && (!verbose || c->options.network->verbose)) {
        buf_add(&copy, text->data, text->len);
        char *rest = buf_writable(&copy);
        secret_mask(&c->auth.secrets, rest);
        for (char *line; (line = strsep(&rest, "\n"));)
            if (*line)
                c->note(c->ctx, verbose, line);
    }
    buf_free(&copy);
}

void client_warn(struct client *c)
{
    client_tell(c, false, &c->auth.warning);
    buf_clear(&c->auth.warning);
}

bool client_speaks_http1(const struct client *c)
{
    const struct network_options *o = c->options.network;
    const char *const proxies[] = {o->proxy, getenv("https_proxy"), getenv("HTTPS_PROXY"), getenv("all_proxy"),
                                   getenv("ALL_PROXY")};
    bool tls = false;
    for (size_t i = 0; i < (o->proxy ? 1 : sizeof proxies / sizeof *proxies); i++)
        tls |= proxies[i] && url_is_secure(proxies[i]);
    return o->http1 || tls;
}

void client_free(struct client *c)
{
    auth_free(&c->auth);
    free(c->cacert);
    free(c->proxy_cacert);
    curl_slist_free_all(c->headers);
    curl_slist_free_all(c->token_headers);
    c->headers = c->last_header = c->token_headers = NULL;
    if (c->shared)
        curl_share_cleanup(c->shared);
    c->shared = NULL;
}
