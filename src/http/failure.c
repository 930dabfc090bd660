/* failure: what an answer that is not a success means, and a transfer that failed. */
#include "http/failure.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "http/ratelimit.h"
#include "http/url.h"
#include "json/error_body.h"
#include "json/passing.h"
#include "json/split.h"

enum { BEGINNING = 200 };

enum rule_action failure_action(const struct http *h, const struct rule *rule)
{
    long status = http_status(h);
    if (rule)
        return rule->action;
    return (status == 403 || status == 420) && http_pause(h) > 0 ? RULE_WAIT : RULE_NONE;
}

bool failure_not_now(const struct http *h, enum rule_action action)
{
    return action == RULE_WAIT ||
           (action == RULE_RETRY && http_status(h) == 503 && http_header(h, "Retry-After", NULL));
}

/* Seconds that the body of an error asks for, as Google's retryDelay; 0: it does not. */
static double body_pause(const struct http *h)
{
    struct buf json = {0};
    bool is = split_compact(h->in.error_body.data, h->in.error_body.len, &json) == 0;
    double wait = is ? passing_pause((struct slice){json.data, json.len}) : 0;
    buf_free(&json);
    return wait;
}

double failure_pause(const struct http *h, const struct rule *rule)
{
    double wait =
        rule && rule->header ? ratelimit_retry_after(http_header(h, rule->header, NULL), io_time()) : http_pause(h);
    return wait > 0 ? wait : body_pause(h);
}

/* Of a body that has no message at a usual place: {"amount": ["a number is needed"]}. */
static void take_beginning(const struct http *h, char *detail)
{
    char *text = mem_text(h->in.error_body.data, h->in.error_body.len);
    secret_mask(&h->client->auth.secrets, text);
    size_t len = strcspn(text, "\r\n"), most = BEGINNING - 1;
    memcpy(detail, text, len < most ? len : most);
    detail[len < most ? len : most] = '\0';
    if (len > most)
        memcpy(detail + most - 3, "...", 4);
    free(text);
}

/* What the header WWW-Authenticate says of why. */
static void add_reason(const struct http *h, struct error *e)
{
    const char *given = http_header(h, "WWW-Authenticate", NULL);
    if (!given || e->code != EXIT_DENIED)
        return;
    char *reason = mem_copy(given);
    secret_mask(&h->client->auth.secrets, reason);
    text_clean(reason);
    error_set(e, e->code, "%s (WWW-Authenticate: %.200s)", e->message, reason);
    free(reason);
}

void failure_of_status(struct http *h, enum rule_action action, struct error *e)
{
    long status = http_status(h);
    char detail[300];
    error_body_detail(h->in.error_body.data, h->in.error_body.len, detail, sizeof detail);
    secret_mask(&h->client->auth.secrets, detail);
    if (!*detail && h->in.error_body.len && *h->in.error_body.data != '<')
        take_beginning(h, detail);
    bool may_pass = status / 100 == 5 || action == RULE_RETRY || action == RULE_WAIT;
    enum exit_code code = action == RULE_REJECT                             ? EXIT_REFUSED
                          : may_pass                                        ? EXIT_UNAVAILABLE
                          : status == 401 || status == 403 || status == 407 ? EXIT_DENIED
                          : status / 100 == 4                               ? EXIT_REFUSED
                                                                            : EXIT_ANSWER;
    error_set(e, code, "HTTP %ld%s%s", status, *detail ? ": " : "", detail);
    add_reason(h, e);
}

/* What a proxy answered to our CONNECT; 0: it let us through, or there is none. */
static long proxy_refusal(const struct http *h)
{
    long status = 0;
    curl_easy_getinfo(h->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status / 100 == 2 ? 0 : status;
}

static void broken_off(const struct http *h, struct error *e)
{
    const char *coding = http_header(h, "Content-Encoding", NULL);
    bool unknown = h->in.broken && strstr(h->in.broken, "asked for");
    error_set(e, EXIT_ANSWER, "the answer %s%s%.60s",
              h->in.broken    ? h->in.broken
              : h->in.stopped ? "is too large"
                              : "has headers that are too large",
              unknown ? ": " : "", unknown ? coding : "");
}

static bool is_one_of(int code, const CURLcode *codes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((int)codes[i] == code)
            return true;
    return false;
}

/* One side does not like what the other shows, or cannot speak as it does: that is no matter of time. An alert says so
 * when it is about the handshake, which in TLS 1.3 the client may hear of only after it has sent its request. */
static bool tls_refuses(const struct http *h, int code)
{
    static const CURLcode refusals[] = {
        CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
        CURLE_SSL_CLIENTCERT,           CURLE_SSL_CIPHER,       CURLE_USE_SSL_FAILED};
    static const char *const broken[] = {"SYSCALL",        "reset",        "eof",      "internal error",
                                         "malloc failure", "close notify", "timed out"};
    bool alert = strstr(h->curl_error, "alert") != NULL;
    if (is_one_of(code, refusals, sizeof refusals / sizeof *refusals))
        return true;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        if (strstr(h->curl_error, broken[i]))
            return false;
    return code == CURLE_SSL_CONNECT_ERROR || alert;
}

static bool lacks_authorities(const struct http *h, int code)
{
    const struct client *c = h->client;
    return code == CURLE_PEER_FAILED_VERIFICATION && !c->options.network->cacert && !c->ca.file && !c->ca.dir;
}

static bool lacks_descriptors(const struct http *h, int code)
{
    (void)h;
    (void)code;
    return !io_may_open();
}

/* Is the host's name not ASCII, and libcurl built without IDNA, as the static one is? Then it was asked for as it is.
 */
static bool lacks_idna(const struct http *h, int code)
{
    bool ascii = true;
    for (const char *c = h->curl_error; *c; c++)
        ascii &= (unsigned char)*c < 0x80;
    return code == CURLE_COULDNT_RESOLVE_HOST && !ascii &&
           !(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_IDN);
}

static bool wants_certificate(const struct http *h, int code)
{
    static const char *const alerts[] = {"handshake failure", "certificate required", "bad certificate"};
    bool told = false;
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
        told |= strstr(h->curl_error, alerts[i]) != NULL;
    return told && !h->client->auth.cert && tls_refuses(h, code);
}

/* In TLS 1.3 the client is done with the handshake before the server has looked at its certificate. A server that does
 * not like to have none closes then, and its alert is lost when the connection is reset. */
static bool is_closed_after_handshake(const struct http *h, int code)
{
    static const CURLcode closed[] = {CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR, CURLE_SEND_ERROR,
                                      CURLE_RECV_ERROR, CURLE_GOT_NOTHING};
    curl_off_t done = 0;
    curl_easy_getinfo(h->easy, CURLINFO_APPCONNECT_TIME_T, &done);
    return done > 0 && !h->client->auth.cert && !h->in.head.lines.len &&
           is_one_of(code, closed, sizeof closed / sizeof *closed) && !tls_refuses(h, code);
}

/* libcurl does not tell a proxy that is none from one that is not there by its code. */
static bool has_odd_proxy(const struct http *h, int code)
{
    (void)code;
    return strncmp(h->curl_error, "Unsupported proxy", 17) == 0;
}

/* Why a transfer failed: the first row that fits, by the code or by a test. What it says stands for libcurl's own
 * words, a hint after them. */
static const struct cause {
    CURLcode code;
    bool (*test)(const struct http *h, int code);
    enum exit_code exit;
    const char *says, *hint;
} causes[] = {
    {CURLE_ABORTED_BY_CALLBACK, NULL, EXIT_UNAVAILABLE, "the connection was closed before an answer came", NULL},
    {CURLE_OK, lacks_authorities, EXIT_DENIED, NULL,
     "this machine has no certificates of authorities where they usually are: name a file of them with --cacert, or "
     "install the package ca-certificates"},
    {CURLE_OK, lacks_descriptors, EXIT_UNAVAILABLE, NULL, "too many open files: ulimit -n has the limit"},
    {CURLE_OK, lacks_idna, EXIT_USAGE, NULL, "this restsrc is built without IDNA: write the name in ASCII, as xn--..."},
    {CURLE_SSL_CERTPROBLEM, NULL, EXIT_NO_FILE, NULL,
     "is it the key of the certificate, and has it a pass phrase? --key-password-file"},
    {CURLE_OK, wants_certificate, EXIT_DENIED, NULL, "the server may want a client's certificate: --cert, --key"},
    {CURLE_OK, is_closed_after_handshake, EXIT_UNAVAILABLE,
     "the server closed the connection after the TLS handshake, without an answer (does it want a client's "
     "certificate? --cert, --key)",
     NULL},
    {CURLE_OUT_OF_MEMORY, NULL, EXIT_ANSWER, "a header of the request or of its answer is larger than libcurl takes",
     NULL},
    {CURLE_BAD_CONTENT_ENCODING, NULL, EXIT_ANSWER, NULL, NULL},
    {CURLE_WEIRD_SERVER_REPLY, NULL, EXIT_ANSWER, NULL, NULL},
    {CURLE_UNSUPPORTED_PROTOCOL, NULL, EXIT_ANSWER, NULL, NULL},
    {CURLE_SSL_CACERT_BADFILE, NULL, EXIT_NO_FILE, NULL, NULL},
    {CURLE_OK, tls_refuses, EXIT_DENIED, NULL, NULL},
    {CURLE_URL_MALFORMAT, NULL, EXIT_USAGE, NULL, NULL},
    {CURLE_OK, has_odd_proxy, EXIT_USAGE, NULL, NULL},
    {CURLE_HTTP2, NULL, EXIT_UNAVAILABLE, NULL, "over HTTP/2: --http1.1 avoids it"},
    {CURLE_HTTP2_STREAM, NULL, EXIT_UNAVAILABLE, NULL, "over HTTP/2: --http1.1 avoids it"},
};

static struct cause find_cause(const struct http *h, int code)
{
    for (const struct cause *c = causes; c < causes + sizeof causes / sizeof *causes; c++)
        if (c->test ? c->test(h, code) : (int)c->code == code)
            return *c;
    return (struct cause){.exit = EXIT_UNAVAILABLE};
}

static void proxy_refused(long status, struct error *e)
{
    error_set(e,
              status == 407 || status == 403 ? EXIT_DENIED
              : status / 100 == 4            ? EXIT_REFUSED
                                             : EXIT_UNAVAILABLE,
              "the proxy answered HTTP %ld", status);
}

void failure_of_network(const struct http *h, int code, struct error *e)
{
    long refusal = proxy_refusal(h);
    if (code == CURLE_WRITE_ERROR) {
        broken_off(h, e);
    } else if (refusal) {
        proxy_refused(refusal, e);
    } else {
        struct cause c = find_cause(h, code);
        const char *curl = *h->curl_error ? h->curl_error : curl_easy_strerror((CURLcode)code);
        error_set(e, c.exit, "%s%s%s%s", c.says ? c.says : curl, c.hint ? " (" : "", c.hint ? c.hint : "",
                  c.hint ? ")" : "");
    }
}

bool failure_may_pass(const struct http *h, int code)
{
    long refusal = proxy_refusal(h);
    static const CURLcode passing[] = {CURLE_COULDNT_CONNECT,
                                       CURLE_COULDNT_RESOLVE_HOST,
                                       CURLE_COULDNT_RESOLVE_PROXY,
                                       CURLE_SSL_CONNECT_ERROR,
                                       CURLE_OPERATION_TIMEDOUT,
                                       CURLE_GOT_NOTHING,
                                       CURLE_SEND_ERROR,
                                       CURLE_RECV_ERROR,
                                       CURLE_PARTIAL_FILE,
                                       CURLE_HTTP2,
                                       CURLE_HTTP2_STREAM,
                                       CURLE_AGAIN};
    return refusal ? rules_may_pass(refusal)
                   : is_one_of(code, passing, sizeof passing / sizeof *passing) && !lacks_idna(h, code) &&
                         !has_odd_proxy(h, code) && !tls_refuses(h, code);
}

/* On a connection of its own libcurl tries again by itself only what HTTP/2 says was not taken (REFUSED_STREAM). */
bool failure_was_sent(const struct http *h, int code)
{
    bool tried_again = strstr(h->curl_error, "before giving up"); /* by libcurl itself */
    return h->sent && !h->turned_away && !(h->connection.fresh && tried_again) && !tls_refuses(h, code);
}

/* HOST:PORT of the proxy that requests to url may go through. */
static void find_proxy(const struct http *h, const char *url, struct buf *name)
{
    bool tls = url_is_secure(url);
    const char *const https[] = {getenv("https_proxy"), getenv("HTTPS_PROXY")}, *const http[] = {getenv("http_proxy")};
    const char *proxy = h->client->options.network->proxy;
    for (size_t i = 0; !proxy && i < (tls ? 2 : 1); i++)
        proxy = tls ? https[i] : http[i];
    if (!proxy)
        proxy = getenv("all_proxy") ? getenv("all_proxy") : getenv("ALL_PROXY");
    const char *start = proxy && strstr(proxy, "://") ? strstr(proxy, "://") + 3 : proxy ? proxy : "";
    size_t len = strcspn(start, "/");
    const char *at = memrchr(start, '@', len);
    buf_addf(name, "%.*s", (int)(at ? start + len - at - 1 : (ptrdiff_t)len), at ? at + 1 : start);
}

/* Has libcurl connected to the proxy, and not to the server? It says only where to. */
static bool went_through(const struct http *h, const char *url, const char *proxy)
{
    long port = 0;
    const char *colon = strrchr(proxy, ':');
    struct buf origin = {0};
    curl_easy_getinfo(h->easy, CURLINFO_PRIMARY_PORT, &port);
    url_origin(url, &origin);
    const char *own = origin.len ? strrchr(origin.data, ':') : NULL;
    bool through = colon && port && strtol(colon + 1, NULL, 10) == port && (!own || strtol(own + 1, NULL, 10) != port);
    buf_free(&origin);
    return through;
}

void failure_tell_proxy(const struct http *h, struct error *e)
{
    struct buf name = {0};
    char *url = NULL;
    curl_easy_getinfo(h->easy, CURLINFO_EFFECTIVE_URL, &url);
    bool tunnel = url && url_is_secure(url); /* which the proxy does not look into */
    if (url && !(tunnel && http_has_answer(h)))
        find_proxy(h, url, &name);
    if (name.len && went_through(h, url, buf_text(&name)) && !strstr(e->message, "(through the proxy"))
        error_set(e, e->code, "%s (through the proxy %s)", e->message, buf_text(&name));
    buf_free(&name);
}
