/* http: one HTTP request with curl's easy interface. */
#include "http/http.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "http/no_proxy.h"
#include "http/ratelimit.h"
#include "http/retry.h"
#include "http/sigv4.h"
#include "http/url.h"
#include "json/error_body.h"

enum {
    HIDDEN_FILE = 4,
    HIDDEN_CONFIG = 8
}; /* bytes from which on a header's value from there is a secret whatever its name */
enum { ERROR_BODY = 65536, HEADER_BYTES = 1 << 20, UNWANTED = 1 << 20, RECEIVE_BYTES = 256 * 1024 };

_Static_assert(sizeof((struct http *)0)->curl_error >= CURL_ERROR_SIZE, "curl's error buffer");

/* ---- what all requests have in common ---- */

void http_start(void)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_new, free, mem_grown, mem_copy, mem_zeroed))
        mem_there(NULL);
}

/* curl_slist_append() goes through the whole list each time; this does it from `last` on, its end or NULL. */
static struct curl_slist *append(struct curl_slist **list, struct curl_slist *last, const char *line)
{
    struct curl_slist *grown = mem_there(curl_slist_append(last, line));
    if (!last)
        *list = grown;
    return last ? last->next : grown;
}

static int add_header(struct http_client *c, const char *line, size_t hidden, struct error *e)
{
    const char *colon = strpbrk(line, ":;");
    if (!colon || colon == line || strpbrk(line, "\r\n"))
        return error_set(e, EXIT_USAGE, "a header must be 'Name: value'");
    c->last_header = append(&c->headers, c->last_header, line);
    secret_hide_header(&c->auth.secrets, line, hidden);
    return 0;
}

static int add_header_file(struct http_client *c, const char *name, struct error *e)
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

static const char *find_header(const struct http_client *c, const char *name)
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
static void hide_urls(struct http_client *c)
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

static int read_headers(struct http_client *c, struct error *e)
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
        c->last_header = append(&c->headers, c->last_header, "Accept: application/json, */*;q=0.5");
    return 0;
}

/* Requests of a run share their cookies, in memory. Who gives cookies by --header means these alone. */
static void share_cookies(struct http_client *c)
{
    if (find_header(c, "Cookie"))
        return;
    c->shared = mem_there(curl_share_init());
    curl_share_setopt(c->shared, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
}

int http_client_init(struct http_client *c, const struct http_options *o, struct error *e)
{
    *c = (struct http_client){.options = *o, .ca = find_authorities()};
    if (o->request->user_agent && strpbrk(o->request->user_agent, "\r\n"))
        return error_set(e, EXIT_USAGE, "--user-agent must be one line");
    if (auth_init(&c->auth, o->auth, e) || (o->network->cacert && io_again(o->network->cacert, &c->cacert, e)) ||
        (o->network->proxy_cacert && io_again(o->network->proxy_cacert, &c->proxy_cacert, e)))
        return -1;
    hide_urls(c);
    auth_take_url(&c->auth, o->request->url);
    if (read_headers(c, e))
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

static bool renew_headers(struct http_client *c)
{
    struct curl_slist *old = c->headers, *last = c->last_header;
    struct error e = {0};
    if (!has_files(&c->options.request->header))
        return false;
    c->headers = c->last_header = NULL;
    bool changed = read_headers(c, &e) == 0 && !same_headers(old, c->headers);
    curl_slist_free_all(changed ? old : c->headers);
    if (!changed) {
        c->headers = old;
        c->last_header = last;
    }
    return changed;
}

bool http_client_renew(struct http_client *c)
{
    bool changed = auth_renew(&c->auth);
    changed |= renew_headers(c);
    c->generation += changed;
    buf_clear(&c->auth.warning); /* they have been told */
    return changed;
}

void http_client_tell(const struct http_client *c, bool verbose, const struct buf *text)
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

void http_client_warn(struct http_client *c)
{
    http_client_tell(c, false, &c->auth.warning);
    buf_clear(&c->auth.warning);
}

void http_client_free(struct http_client *c)
{
    auth_free(&c->auth);
    free(c->cacert);
    free(c->proxy_cacert);
    curl_slist_free_all(c->headers);
    c->headers = c->last_header = NULL;
    if (c->shared)
        curl_share_cleanup(c->shared);
    c->shared = NULL;
}

/* ---- one request ---- */

static size_t on_head(char *line, size_t size, size_t n, void *user)
{
    struct http *h = user;
    return head_add(&h->head, line, size * n) ? 0 : size * n;
}

static bool is_good(const struct http *h)
{
    return http_status(h) / 100 == 2;
}

static int on_text(void *user, const char *bytes, size_t n)
{
    struct http *h = user;
    if (h->endless)
        h->raw = 0;
    if (!is_good(h)) {
        size_t room = ERROR_BODY - h->error_body.len;
        buf_add(&h->error_body, bytes, n < room ? n : room);
        if (!h->any_status)
            return 0;
    }
    h->stopped = h->sink(h->user, bytes, n) != 0;
    return h->stopped ? -1 : 0;
}

/* Who takes any answer takes it as it is. */
static int on_plain(void *user, const char *bytes, size_t n)
{
    struct http *h = user;
    if (h->any_status)
        return on_text(h, bytes, n);
    int result = charset_feed(&h->charset, bytes, n, on_text, h);
    if (result && !h->stopped)
        h->broken = "is not in the charset of its Content-Type";
    return result;
}

static int begin_body(struct http *h)
{
    h->begun = true;
    charset_begin(&h->charset, http_header(h, "Content-Type", NULL));
    for (const char *coding = NULL; (coding = http_header(h, "Content-Encoding", coding));)
        if (gzip_begin(&h->gunzip, coding)) {
            h->broken = "is compressed in a way that was not asked for";
            return -1;
        }
    return 0;
}

static int take_body(struct http *h, const char *bytes, size_t n)
{
    if (!h->begun && begin_body(h))
        return -1;
    if (gzip_feed(&h->gunzip, bytes, n, on_plain, h) == 0)
        return 0;
    if (!is_good(h) && !h->error_body.len && *bytes >= ' ' && *bytes < 0x7f) /* its header alone says so */
        on_plain(h, bytes, n);
    if (!h->stopped && !h->broken)
        h->broken = h->gunzip.gzip ? "is not gzip, as its Content-Encoding says (--no-compressed)"
                                   : "is not deflate, as its Content-Encoding says (--no-compressed)";
    return -1;
}

/* The status of what is no success counts, whatever is wrong with its body; and nobody needs much of that. */
static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct http *h = user;
    size_t most = is_good(h) || h->any_status ? (size_t)h->client->options.network->max_page_bytes : UNWANTED;
    n *= size;
    h->raw += n;
    if (h->raw > most)
        h->broken = "is larger than --max-page-bytes";
    else if ((h->broken && !is_good(h)) || take_body(h, bytes, n) == 0 || (!h->stopped && !is_good(h)))
        return n;
    return CURL_WRITEFUNC_ERROR;
}

/* HTTP/2: the server goes away, and says which streams it has taken. That of a connection of its own is the first.
 * libcurl has this only in what it tells people; where it puts it otherwise we do not know, and say so. */
static int on_word(CURL *easy, curl_infotype type, char *text, size_t n, void *user)
{
    static const char none[] = "last_stream=0";
    struct http *h = user;
    (void)easy;
    if (type == CURLINFO_TEXT && memmem(text, n, "GOAWAY", 6) && memmem(text, n, none, sizeof none - 1))
        h->turned_away = true;
    return 0;
}

static int on_send(void *user, char *ip, char *local_ip, int port, int local_port)
{
    struct http *h = user;
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    h->sent++;
    return CURL_PREREQFUNC_OK;
}

/* A text that libcurl takes a copy of. */
static void set_text(struct http *h, CURLoption option, const char *text)
{
    CURLcode code = curl_easy_setopt(h->easy, option, text);
    if (code && text && !h->refused)
        h->refused = (int)code;
}

static long milliseconds(double seconds)
{
    return lround(fmin(seconds * 1000, INT_MAX)); /* libcurl takes no more */
}

/* Every curl option that a command-line option sets. */
static void set_options(struct http *h, const struct http_options *o)
{
    CURL *c = h->easy;
    set_text(h, CURLOPT_USERAGENT, o->request->user_agent ? o->request->user_agent : PACKAGE_NAME "/" PACKAGE_VERSION);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, o->request->compressed ? GZIP_ACCEPTED : NULL);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(o->network->connect_timeout));
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, milliseconds(o->network->max_time));
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)o->network->speed_limit);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)ceil(o->network->speed_time));
    set_text(h, CURLOPT_PROXY, o->network->proxy);
    set_text(h, CURLOPT_SSLCERT, h->client->auth.cert);
    set_text(h, CURLOPT_SSLKEY, h->client->auth.key);
    /* Without one OpenSSL would ask on the terminal, and wait. */
    set_text(h, CURLOPT_KEYPASSWD, h->client->auth.key_password ? h->client->auth.key_password : "");
    if (o->network->http1)
        curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_NETRC,
                     o->auth->netrc || o->auth->netrc_file ? (long)CURL_NETRC_OPTIONAL : (long)CURL_NETRC_IGNORED);
    set_text(h, CURLOPT_NETRC_FILE, h->client->auth.netrc_file);
    curl_easy_setopt(c, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
}

/* --cacert is for the server alone, --proxy-cacert for the proxy, as in curl. */
static void set_authorities(CURL *c, const struct http_client *client)
{
    const struct ca *found = &client->ca;
    const char *cacert = client->cacert, *proxy = client->proxy_cacert;
    curl_easy_setopt(c, CURLOPT_CAINFO, cacert ? cacert : found->file);
    curl_easy_setopt(c, CURLOPT_CAPATH, cacert ? NULL : found->dir);
    curl_easy_setopt(c, CURLOPT_PROXY_CAINFO, proxy ? proxy : found->file);
    curl_easy_setopt(c, CURLOPT_PROXY_CAPATH, proxy ? NULL : found->dir);
}

static void set_all(struct http *h)
{
    CURL *c = h->easy = mem_there(curl_easy_init());
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->curl_error);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(c, CURLOPT_HTTP_CONTENT_DECODING, 0L); /* on_body() does it */
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); /* nothing waits for a name server that does not answer */
#endif
    curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_word);
    curl_easy_setopt(c, CURLOPT_DEBUGDATA, h);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(c, CURLOPT_PREREQDATA, h);
    if (h->client->shared) {
        curl_easy_setopt(c, CURLOPT_SHARE, h->client->shared);
        curl_easy_setopt(c, CURLOPT_COOKIEFILE, ""); /* none is read: cookies are kept and sent from now on */
    }
    set_options(h, &h->client->options);
    set_authorities(c, h->client);
}

void http_open(struct http *h, struct http_client *c)
{
    *h = (struct http){.client = c};
    set_all(h);
}

void http_close(struct http *h)
{
    curl_easy_cleanup(h->easy);
    curl_slist_free_all(h->headers);
    gzip_end(&h->gunzip);
    charset_end(&h->charset);
    head_free(&h->head);
    buf_free(&h->authorization);
    buf_free(&h->error_body);
}

static void add_own(struct http *h, const char *name, const char *value)
{
    struct buf line = {0};
    buf_addf(&line, "%s:%s%s", name, *value ? " " : "", value);
    h->last_header = append(&h->headers, h->last_header, buf_text(&line));
    buf_free(&line);
}

/* W3C Trace Context: version, trace, span, sampled. */
static void add_trace(struct http *h)
{
    struct buf value = {0};
    unsigned char span[8];
    if (getentropy(span, sizeof span))
        return;
    buf_adds(&value, "00-");
    for (size_t i = 0; i < sizeof h->client->trace; i++)
        buf_addf(&value, "%02x", h->client->trace[i]);
    buf_addc(&value, '-');
    for (size_t i = 0; i < sizeof span; i++)
        buf_addf(&value, "%02x", span[i]);
    buf_adds(&value, "-01");
    snprintf(h->trace, sizeof h->trace, "%s", buf_text(&value));
    add_own(h, "traceparent", h->trace);
    buf_free(&value);
}

/* Does a header that all requests share say who we are? */
static bool is_credential(const struct http_client *c, const char *line)
{
    char *shown = mem_text(line, strlen(line));
    secret_mask(&c->auth.secrets, shown);
    bool is = secret_in_header(line) || strcmp(shown, line) != 0;
    free(shown);
    return is;
}

/* The request's own headers, and after them those that all requests share. */
static void set_headers(struct http *h, const struct request *r, bool has_body)
{
    curl_slist_free_all(h->headers);
    h->headers = h->last_header = NULL;
    for (size_t at = 0; at < r->headers.len;) {
        const char *line = r->headers.data + at, *end = memchr(line, '\n', r->headers.len - at);
        char *text = mem_text(line, (size_t)(end - line));
        h->last_header = append(&h->headers, h->last_header, text);
        free(text);
        at += (size_t)(end - line) + 1;
    }
    for (struct curl_slist *s = h->client->headers; s; s = s->next)
        if (!h->foreign || !is_credential(h->client, s->data))
            h->last_header = append(&h->headers, h->last_header, s->data);
    if (h->authorization.len)
        add_own(h, "Authorization", buf_text(&h->authorization));
    if (h->client->options.network->trace_ids)
        add_trace(h);
    if (has_body) {
        add_own(h, "Expect", ""); /* many servers make curl wait a second for their 100 Continue */
        if (!h->client->has_type) /* some servers refuse an empty body that says it is JSON */
            add_own(h, "Content-Type", !r->body.len ? "" : r->content_type ? r->content_type : "application/json");
    }
}

/* The secret parameters join the URL here only, so that no message can show them. */
static void make_url(const struct http *h, const struct request *r, struct buf *url)
{
    const struct list *secret = &h->client->options.auth->query_secret;
    buf_add(url, r->url.data, r->url.len);
    for (size_t i = 0; i < secret->count && !h->foreign; i++) {
        struct pair pair;
        if (pair_split(secret->item[i], &pair))
            url_set_query(url, &pair);
    }
}

int http_set_url(struct http *h, const char *url, struct error *e)
{
    curl_easy_setopt(h->easy, CURLOPT_NOPROXY, no_proxy_names(url) ? "*" : NULL);
    int result = url_check_length(url, e);
    CURLcode code = curl_easy_setopt(h->easy, CURLOPT_URL, url);
    if (code && !result)
        result = error_set(e, EXIT_BUG, "libcurl does not take the URL: %s", curl_easy_strerror(code));
    return result;
}

/* The signature is made of the request as it is sent, so it comes last. */
static int sign(struct http *h, const struct request *r, const char *url, struct error *e)
{
    const struct auth *auth = &h->client->auth;
    struct buf lines = {0};
    struct sigv4 s = {.provider = auth->options->aws_sigv4, .access_key = auth->user, .secret_key = auth->password};
    for (struct curl_slist *line = h->headers; line; line = line->next)
        s.headers++;
    const char **header = mem_zeroed(s.headers + 1, sizeof *header);
    s.headers = 0;
    for (struct curl_slist *line = h->headers; line; line = line->next)
        header[s.headers++] = line->data;
    s.header = header;
    s.method = request_method(r->method);
    s.url = url;
    s.body = r->body.data;
    s.body_len = r->body.len;
    s.time = time(NULL);
    int result = sigv4_sign(&s, &lines, e);
    char *rest = buf_writable(&lines);
    for (char *line; result == 0 && (line = strsep(&rest, "\n"));)
        if (*line)
            h->last_header = append(&h->headers, h->last_header, line);
    free(header);
    buf_free(&lines);
    return result;
}

/* Where the request goes, and who asks. */
static int address(struct http *h, const struct request *r, struct error *e)
{
    struct buf url = {0};
    const struct auth *auth = &h->client->auth;
    bool signs = auth->options->aws_sigv4 && !h->foreign, named = !signs && !h->foreign;
    make_url(h, r, &url);
    set_text(h, CURLOPT_USERNAME, named ? auth->user : NULL);
    set_text(h, CURLOPT_PASSWORD, named ? auth->password : NULL);
    int result = signs ? sign(h, r, buf_text(&url), e) : 0;
    if (result == 0)
        result = http_set_url(h, buf_text(&url), e);
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
    buf_free(&url);
    return result;
}

/* libcurl itself repeats a request when a reused connection dies before the first byte of the answer. What must not be
 * sent twice therefore gets a connection of its own. */
int http_prepare(struct http *h, const struct request *r, struct error *e)
{
    bool has_body = r->body.len || (r->method != METHOD_GET && r->method != METHOD_HEAD);
    buf_clear(&h->error_body);
    gzip_end(&h->gunzip);
    charset_end(&h->charset);
    head_clear(&h->head);
    *h->curl_error = *h->trace = '\0';
    h->stopped = h->begun = h->turned_away = false;
    h->broken = NULL;
    h->raw = 0;
    h->sent = 0;
    h->generation = h->client->generation;
    curl_easy_setopt(h->easy, CURLOPT_HTTPGET, 1L);
    if (has_body) {
        curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, r->body.data ? r->body.data : "");
        curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    }
    curl_easy_setopt(h->easy, CURLOPT_NOBODY, r->method == METHOD_HEAD ? 1L : 0L);
    curl_easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST, request_method(r->method));
    h->fresh = !r->repeatable;
    curl_easy_setopt(h->easy, CURLOPT_VERBOSE, h->fresh ? 1L : 0L); /* for on_word() */
    curl_easy_setopt(h->easy, CURLOPT_FRESH_CONNECT, r->repeatable ? 0L : 1L);
    curl_easy_setopt(h->easy, CURLOPT_FORBID_REUSE, r->repeatable ? 0L : 1L);
    set_headers(h, r, has_body);
    int result = address(h, r, e);
    if (h->refused)
        return error_set(e, EXIT_USAGE, "libcurl does not take the text of an option: %s",
                         curl_easy_strerror((CURLcode)h->refused));
    return result;
}

/* ---- about the last answer ---- */

long http_status(const struct http *h)
{
    long status = 0;
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

const char *http_header(const struct http *h, const char *name, const char *previous)
{
    return head_find(&h->head, name, previous);
}

static const char *header_of(const void *h, const char *name)
{
    return http_header(h, name, NULL);
}

double http_pause(const struct http *h)
{
    double now = io_time(), wait = ratelimit_retry_after(http_header(h, "Retry-After", NULL), now);
    return wait >= 0 ? wait : ratelimit_wait(header_of, h, now);
}

bool http_has_answer(const struct http *h)
{
    return h->head.ended && http_status(h) >= 200;
}

/* HTTP/2 has frames, and TLS an end of its own. */
bool http_has_open_end(const struct http *h)
{
    long version = 0;
    char *scheme = NULL;
    curl_easy_getinfo(h->easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(h->easy, CURLINFO_SCHEME, &scheme);
    return h->begun && !h->gunzip.z && (version == CURL_HTTP_VERSION_1_0 || version == CURL_HTTP_VERSION_1_1) &&
           scheme && strcasecmp(scheme, "http") == 0 && !http_header(h, "Content-Length", NULL) &&
           !http_header(h, "Transfer-Encoding", NULL);
}

int http_check_whole(const struct http *h, size_t body, struct error *e)
{
    curl_off_t sent = 0;
    curl_easy_getinfo(h->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (!http_has_answer(h))
        return error_set(e, EXIT_UNAVAILABLE, "the answer breaks off in its headers");
    if (gzip_is_cut(&h->gunzip))
        return error_set(e, EXIT_UNAVAILABLE, "the compressed answer is cut short");
    if (sent < (curl_off_t)body)
        return error_set(e, EXIT_UNAVAILABLE, "the server answered HTTP %ld after %lld of %zu bytes of the body",
                         http_status(h), (long long)sent, body);
    return 0;
}

const char *http_library(void)
{
    return curl_version();
}
