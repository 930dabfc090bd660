/* http: one HTTP request with curl's easy interface. */
#include "http/http.h"

#include <curl/curl.h>
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
#include "http/sigv4.h"
#include "http/url.h"

enum { RECEIVE_BYTES = 256 * 1024 };

_Static_assert(sizeof((struct http *)0)->curl_error >= CURL_ERROR_SIZE, "curl's error buffer");

static size_t on_head(char *line, size_t size, size_t n, void *user)
{
    struct http *h = user;
    if (size * n > 12 && memcmp(line, "HTTP/", 5) == 0)
        h->challenged = memmem(line, 13, " 401", 4) && h->client->options.auth->digest;
    if (head_add(&h->in.head, line, size * n))
        return 0;
    connection_heed(&h->connection, &h->in.head);
    return size * n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct http *h = user;
    h->in.status = http_status(h);
    return incoming_feed(&h->in, bytes, n * size) ? CURL_WRITEFUNC_ERROR : n * size;
}

/* HTTP/2: the server goes away, and says which streams it has taken. That of a connection of its own is the first.
 * libcurl has this only in what it tells people; where it puts it otherwise we do not know, and say so. */
static int on_word(CURL *easy, curl_infotype type, char *text, size_t n, void *user)
{
    static const char none[] = "last_stream=0", tls[] = "SSL connection using ";
    struct http *h = user;
    (void)easy;
    if (type == CURLINFO_TEXT && memmem(text, n, "GOAWAY", 6) && memmem(text, n, none, sizeof none - 1))
        h->turned_away = true;
    if (type == CURLINFO_TEXT && n > sizeof tls && memcmp(text, tls, sizeof tls - 1) == 0)
        snprintf(h->tls, sizeof h->tls, "%.*s", (int)strcspn(text + sizeof tls - 1, "\r\n"), text + sizeof tls - 1);
    return 0;
}

static int on_send(void *user, char *ip, char *local_ip, int port, int local_port)
{
    struct http *h = user;
    (void)ip;
    (void)local_ip;
    (void)port;
    if (!connection_may_send(&h->connection, local_port))
        return CURL_PREREQFUNC_ABORT;
    h->sent += !h->challenged; /* the first is there to be refused */
    h->local_port = local_port;
    h->sent_at = io_clock();
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
    if (client_speaks_http1(h->client))
        curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_NETRC,
                     o->auth->netrc || o->auth->netrc_file ? (long)CURL_NETRC_OPTIONAL : (long)CURL_NETRC_IGNORED);
    set_text(h, CURLOPT_NETRC_FILE, h->client->auth.netrc_file);
    if (o->auth->digest)
        curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_DIGEST);
    curl_easy_setopt(c, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
}

/* --cacert is for the server alone, --proxy-cacert for the proxy, as in curl. */
static void set_authorities(CURL *c, const struct client *client)
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
    if (h->client->shared)
        curl_easy_setopt(c, CURLOPT_COOKIEFILE, ""); /* none is read: cookies are kept and sent from now on */
    set_options(h, &h->client->options);
    set_authorities(c, h->client);
}

void http_open(struct http *h, struct client *c)
{
    *h = (struct http){.client = c, .in.most = (size_t)c->options.network->max_page_bytes};
    set_all(h);
    connection_init(&h->connection, h->easy);
}

void http_close(struct http *h)
{
    connection_free(&h->connection);
    curl_easy_cleanup(h->easy);
    curl_slist_free_all(h->headers);
    incoming_free(&h->in);
    buf_free(&h->authorization);
}

static void add_own(struct http *h, const char *name, const char *value)
{
    struct buf line = {0};
    buf_addf(&line, "%s:%s%s", name, *value ? " " : "", value);
    h->last_header = client_append(&h->headers, h->last_header, buf_text(&line));
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
static bool is_credential(const struct client *c, const char *line)
{
    return secret_in_header(line) || secret_hides(&c->auth.secrets, line);
}

/* Each ended by '\n'. */
static void add_lines(struct http *h, const struct buf *lines)
{
    for (size_t at = 0; at < lines->len;) {
        const char *line = lines->data + at, *end = memchr(line, '\n', lines->len - at);
        char *text = mem_text(line, (size_t)(end - line));
        h->last_header = client_append(&h->headers, h->last_header, text);
        free(text);
        at += (size_t)(end - line) + 1;
    }
}

/* The request's own headers, and after them those that all requests share. */
static void set_headers(struct http *h, const struct request *r, bool has_body)
{
    curl_slist_free_all(h->headers);
    h->headers = h->last_header = NULL;
    add_lines(h, &r->headers);
    for (struct curl_slist *s = h->client->headers; s; s = s->next)
        if (!h->foreign || !is_credential(h->client, s->data))
            h->last_header = client_append(&h->headers, h->last_header, s->data);
    add_lines(h, &h->authorization);
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
    if (result == 0)
        add_lines(h, &lines);
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

/* libcurl has cookies by the host alone: those of our origin go to no other port of it, and none come from there. */
static void set_cookies(const struct http *h)
{
    if (!h->client->shared)
        return;
    curl_easy_setopt(h->easy, CURLOPT_SHARE, h->foreign ? NULL : h->client->shared);
    if (h->foreign)
        curl_easy_setopt(h->easy, CURLOPT_COOKIELIST, "ALL"); /* forgets them */
}

int http_prepare(struct http *h, const struct request *r, struct error *e)
{
    bool has_body = r->body.len || (r->method != METHOD_GET && r->method != METHOD_HEAD);
    incoming_begin(&h->in);
    *h->curl_error = *h->trace = *h->tls = '\0';
    h->turned_away = false;
    h->sent = 0;
    h->local_port = 0;
    h->challenged = false;
    h->generation = h->client->generation;
    curl_easy_setopt(h->easy, CURLOPT_HTTPGET, 1L);
    if (has_body) {
        curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, r->body.data ? r->body.data : "");
        curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    }
    curl_easy_setopt(h->easy, CURLOPT_NOBODY, r->method == METHOD_HEAD ? 1L : 0L);
    curl_easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST, request_method(r->method));
    connection_choose(&h->connection, r->repeatable, h->serial && !h->client->options.auth->digest);
    /* for on_word() */
    curl_easy_setopt(h->easy, CURLOPT_VERBOSE, !r->repeatable || h->client->options.network->verbose ? 1L : 0L);
    set_headers(h, r, has_body);
    set_cookies(h);
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
    return head_find(&h->in.head, name, previous);
}

static const char *header_of(const void *h, const char *name)
{
    return http_header(h, name, NULL);
}

double http_pause(const struct http *h)
{
    double now = io_time(), wait = ratelimit_after(header_of, h, now);
    return wait >= 0 ? wait : ratelimit_wait(header_of, h, now);
}

bool http_has_answer(const struct http *h)
{
    return h->in.head.ended && http_status(h) >= 200;
}

double http_waited(const struct http *h)
{
    double sent = 0, begun = 0;
    curl_easy_getinfo(h->easy, CURLINFO_PRETRANSFER_TIME, &sent);
    curl_easy_getinfo(h->easy, CURLINFO_STARTTRANSFER_TIME, &begun);
    return begun - sent;
}

void http_connection(const struct http *h, struct buf *line)
{
    long opened = 0, version = 0, port = 0;
    char *ip = NULL;
    curl_easy_getinfo(h->easy, CURLINFO_NUM_CONNECTS, &opened);
    curl_easy_getinfo(h->easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(h->easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(h->easy, CURLINFO_PRIMARY_PORT, &port);
    if (!opened || !ip || !*ip)
        return;
    buf_addf(line, strchr(ip, ':') ? "* connected to [%s]:%ld" : "* connected to %s:%ld", ip, port);
    buf_adds(line, version == CURL_HTTP_VERSION_2_0   ? ", HTTP/2"
                   : version == CURL_HTTP_VERSION_1_1 ? ", HTTP/1.1"
                   : version == CURL_HTTP_VERSION_1_0 ? ", HTTP/1.0"
                                                      : "");
    if (*h->tls)
        buf_addf(line, ", %s", h->tls);
}

/* HTTP/2 has frames, and TLS an end of its own. */
bool http_has_open_end(const struct http *h)
{
    long version = 0;
    char *scheme = NULL;
    curl_easy_getinfo(h->easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(h->easy, CURLINFO_SCHEME, &scheme);
    return h->in.begun && !h->in.gunzip.z && (version == CURL_HTTP_VERSION_1_0 || version == CURL_HTTP_VERSION_1_1) &&
           scheme && strcasecmp(scheme, "http") == 0 && !http_header(h, "Content-Length", NULL) &&
           !http_header(h, "Transfer-Encoding", NULL);
}

int http_check_whole(const struct http *h, size_t body, struct error *e)
{
    curl_off_t sent = 0;
    curl_easy_getinfo(h->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (!http_has_answer(h))
        return error_set(e, EXIT_UNAVAILABLE, "the answer breaks off in its headers");
    if (gzip_is_cut(&h->in.gunzip))
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
