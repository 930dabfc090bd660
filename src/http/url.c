/* url: URLs, with curl's URL API. */
#include "http/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
/* Percent-encodes what may stand in no URL; everything else, '%' included, stays as given. */
static void encode_stray(const char *text, struct buf *out)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("\"<>\\^`{|}", *c))
            buf_addf(out, "%%%02X", *c);
        else
            buf_addc(out, (char)*c);
}

static char *part(CURLU *u, CURLUPart which, unsigned flags)
{
    char *text = NULL;
    return curl_url_get(u, which, &text, flags) ? NULL : text;
}

static CURLU *parse(const char *text)
{
    CURLU *u = mem_there(curl_url());
    if (curl_url_set(u, CURLUPART_URL, text, 0)) {
        curl_url_cleanup(u);
        u = NULL;
    }
    return u;
}

static int take(CURLU *u, struct buf *url)
{
    char *text = part(u, CURLUPART_URL, 0);
    buf_clear(url);
    if (text)
        buf_adds(url, text);
    curl_free(text);
    return text ? 0 : -1;
}

const char *url_missing_scheme(const char *text)
{
    size_t len = strcspn(text, "/?#{"), host = strcspn(text, ":/?#{");
    if (strncmp(text + host, ":/", 2) == 0 || len == 0)
        return NULL;
    if (strncmp(text, "[::1]", 5) == 0 || strncmp(text, "127.", 4) == 0 ||
        (host == 9 && !strncmp(text, "localhost", 9)))
        return "http://";
    bool dotted = memchr(text, '.', host) && text[0] != '.' && text[host - 1] != '.';
    return dotted || memchr(text, ':', len) ? "https://" : NULL;
}

bool url_is_secure(const char *url)
{
    return strncasecmp(url, "https:", 6) == 0;
}

int url_accept(const char *text, struct buf *url, struct error *e)
{
    if (strncasecmp(text, "http://", 7) && strncasecmp(text, "https://", 8))
        return error_set(e, EXIT_USAGE, "the URL must start with http:// or https://");
    struct buf clean = {0};
    encode_stray(text, &clean);
    CURLU *u = parse(buf_text(&clean));
    buf_free(&clean);
    if (!u)
        return error_set(e, EXIT_USAGE, "that is not a URL");
    curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
    int result = take(u, url);
    curl_url_cleanup(u);
    return result ? error_set(e, EXIT_USAGE, "that is not a URL") : 0;
}

int url_check_length(const char *url, struct error *e)
{
    enum { MOST = 8000000 };
    size_t len = strlen(url);
    return len > MOST ? error_set(e, EXIT_ANSWER, "the URL would have %zu bytes: too many to send", len) : 0;
}

/* Where the query of url begins, which has no fragment: after its first '?' (RFC 3986, section 3.4; of others the query
 * may consist). Its end when it has none. (libcurl's CURLU would change the letters of what is percent-encoded.) */
static const char *query_of(struct buf *url)
{
    const char *mark = strchr(buf_text(url), '?');
    return mark ? mark + 1 : url->data + url->len;
}

static bool has_query(const struct buf *url, const char *query)
{
    return query > url->data && query[-1] == '?';
}

/* All queries are put together here. */
static void add(struct buf *url, const char *name, size_t name_len, const char *value, size_t value_len)
{
    const char *query = query_of(url);
    if (!has_query(url, query))
        buf_addc(url, '?');
    else if (*query && url->data[url->len - 1] != '&')
        buf_addc(url, '&');
    text_percent(name, name_len, url);
    buf_addc(url, '=');
    text_percent(value, value_len, url);
}

/* Does the parameter at text (up to '&' or the end) have that name? */
static bool is_named(const char *text, size_t len, const char *name, size_t name_len)
{
    struct buf plain = {0};
    const char *equals = memchr(text, '=', len);
    url_unescape(text, equals ? (size_t)(equals - text) : len, &plain);
    bool same = name_len && plain.len == name_len && memcmp(buf_text(&plain), name, name_len) == 0;
    buf_free(&plain);
    return same;
}

static void drop(struct buf *url, const char *name, size_t name_len)
{
    const char *query = query_of(url);
    if (!has_query(url, query))
        return;
    struct buf kept = {0};
    buf_add(&kept, url->data, (size_t)(query - 1 - url->data));
    char separator = '?';
    for (const char *p = query, *end; *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, "&");
        if (is_named(p, (size_t)(end - p), name, name_len))
            continue;
        buf_addc(&kept, separator);
        buf_add(&kept, p, (size_t)(end - p));
        separator = '&';
    }
    buf_swap(url, &kept);
    buf_free(&kept);
}

int url_add_queries(struct buf *url, char *const *queries, size_t count, struct error *e)
{
    for (size_t i = 0; i < count; i++) {
        struct pair pair;
        if (!pair_split(queries[i], &pair))
            return error_set(e, EXIT_USAGE, "--query takes NAME=VALUE");
        add(url, pair.name, pair.len, pair.value, strlen(pair.value));
    }
    return 0;
}

void url_add_query(struct buf *url, const char *name, const char *value, size_t value_len)
{
    add(url, name, strlen(name), value, value_len);
}

void url_set_query(struct buf *url, const struct pair *pair)
{
    drop(url, pair->name, pair->len);
    add(url, pair->name, pair->len, pair->value, strlen(pair->value));
}

void url_set_field(struct buf *form, const char *name, const char *value, size_t value_len)
{
    struct buf query = {0};
    buf_addf(&query, "?%s", buf_text(form));
    drop(&query, name, strlen(name));
    add(&query, name, strlen(name), value, value_len);
    buf_clear(form);
    buf_add(form, query.data + 1, query.len - 1);
    buf_free(&query);
}

void url_drop_query(struct buf *url, const char *name)
{
    drop(url, name, strlen(name));
}

void url_drop_queries(struct buf *url, char *const *queries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pair pair;
        pair_split(queries[i], &pair);
        drop(url, pair.name, pair.len);
    }
}

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

void url_unescape(const char *text, size_t len, struct buf *plain)
{
    buf_clear(plain);
    for (size_t i = 0; i < len; i++) {
        bool coded = text[i] == '%' && i + 2 < len && isxdigit((unsigned char)text[i + 1]) &&
                     isxdigit((unsigned char)text[i + 2]);
        char c = text[i];
        if (coded)
            c = (char)(digit(text[i + 1]) << 4 | digit(text[i + 2]));
        buf_addc(plain, c);
        i += coded ? 2 : 0;
    }
}

const char *url_queries(const char *url)
{
    return url + strcspn(url, "?");
}

bool url_next_query(const char **rest, struct buf *name, struct buf *value)
{
    if (!**rest)
        return false;
    const char *p = *rest + 1, *equals;
    size_t len = strcspn(p, "&");
    equals = memchr(p, '=', len);
    const char *end = equals ? equals : p + len;
    url_unescape(p, (size_t)(end - p), name);
    url_unescape(equals ? equals + 1 : end, equals ? (size_t)(p + len - equals) - 1 : 0, value);
    *rest = p + len;
    return true;
}

bool url_query(const char *url, const char *name, struct buf *value)
{
    const char *p = url + strcspn(url, "?");
    while (*p) {
        size_t len = strcspn(++p, "&");
        const char *equals = memchr(p, '=', len);
        if (equals && is_named(p, len, name, strlen(name))) {
            url_unescape(equals + 1, len - (size_t)(equals + 1 - p), value);
            return true;
        }
        p += len;
    }
    return false;
}

int url_add_segment(struct buf *url, const char *segment, struct error *e)
{
    int result = -1;
    struct buf path = {0};
    CURLU *u = parse(buf_text(url));
    char *old = u ? part(u, CURLUPART_PATH, 0) : NULL;
    if (old) {
        size_t len = strlen(old);
        buf_add(&path, old, len && old[len - 1] == '/' ? len - 1 : len);
        buf_addf(&path, "/%s", segment);
        if (curl_url_set(u, CURLUPART_PATH, buf_text(&path), 0) == 0)
            result = take(u, url);
    }
    curl_free(old);
    curl_url_cleanup(u);
    buf_free(&path);
    return result ? error_set(e, EXIT_USAGE, "cannot add /%s to the URL", segment) : 0;
}

int url_resolve(const char *base, const char *reference, struct buf *url)
{
    struct buf clean = {0};
    encode_stray(reference, &clean);
    CURLU *u = parse(base);
    int result = -1;
    if (u && curl_url_set(u, CURLUPART_URL, buf_text(&clean), 0) == 0) {
        curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
        result = take(u, url);
    }
    curl_url_cleanup(u);
    buf_free(&clean);
    return result;
}

void url_origin(const char *url, struct buf *out)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    static const char *const before[] = {"", "://", ":"};
    CURLU *u = parse(url);
    for (size_t i = 0; u && i < 3; i++) {
        char *text = part(u, parts[i], CURLU_DEFAULT_PORT);
        buf_addf(out, "%s%s", before[i], text ? text : "");
        curl_free(text);
    }
    curl_url_cleanup(u);
}

bool url_user(const char *url, struct buf *name, struct buf *password)
{
    CURLU *u = parse(url);
    char *user = u ? part(u, CURLUPART_USER, 0) : NULL, *secret = u ? part(u, CURLUPART_PASSWORD, 0) : NULL;
    bool there = user || secret;
    url_unescape(user ? user : "", user ? strlen(user) : 0, name);
    url_unescape(secret ? secret : "", secret ? strlen(secret) : 0, password);
    curl_free(user);
    curl_free(secret);
    curl_url_cleanup(u);
    return there;
}
