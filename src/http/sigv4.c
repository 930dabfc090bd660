/* sigv4: AWS Signature Version 4. */
#include "http/sigv4.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/list.h"
#include "base/text.h"
#include "http/sha256.h"
#include "http/url.h"

/* What the signature is made for. */
struct scope {
    char name[2][32]; /* AWS, Amz */
    char region[64], service[64];
    char date[24]; /* 20150830T123600Z; the day is its first 8 */
    struct buf host, path, query;
};

enum { DAY = 8 };

/* ---- where to ---- */

/* The host as its header has it: with the port, unless that is the usual one. */
static int split_url(struct scope *c, const char *url)
{
    struct buf origin = {0};
    url_origin(url, &origin);
    const char *start = strstr(buf_text(&origin), "://"), *port = strrchr(buf_text(&origin), ':');
    const char *path = strstr(url, "://");
    if (start && path) {
        bool usual = strcmp(port, strncmp(origin.data, "https", 5) == 0 ? ":443" : ":80") == 0;
        buf_add(&c->host, start + 3, usual ? (size_t)(port - start) - 3 : strlen(start + 3));
        path += 3 + strcspn(path + 3, "/?");
        size_t len = strcspn(path, "?");
        buf_add(&c->path, len ? path : "/", len ? len : 1);
        buf_adds(&c->query, path[len] ? path + len + 1 : "");
    }
    buf_free(&origin);
    return start && path ? 0 : -1;
}

static bool copy(char *to, size_t room, const char **from, const char *ends)
{
    size_t n = strcspn(*from, ends);
    if (!n || n >= room)
        return false;
    memcpy(to, *from, n);
    to[n] = '\0';
    *from += n + ((*from)[n] != '\0');
    return true;
}

/* SERVICE.REGION.amazonaws.com has both, when the provider does not say them. */
static int read_provider(struct scope *c, const char *text, struct error *e)
{
    const char *host = buf_text(&c->host);
    bool found = copy(c->name[0], sizeof c->name[0], &text, ":");
    if (found && *text)
        found = copy(c->name[1], sizeof c->name[1], &text, ":");
    else
        memcpy(c->name[1], c->name[0], sizeof c->name[1]);
    bool region = found && *text && copy(c->region, sizeof c->region, &text, ":");
    bool service = found && *text && copy(c->service, sizeof c->service, &text, ":");
    if (found && !service)
        found = copy(c->service, sizeof c->service, &host, ".:") &&
                (region || copy(c->region, sizeof c->region, &host, ".:"));
    if (!found || *text)
        return error_set(e, EXIT_USAGE, "--aws-sigv4 takes aws:amz:REGION:SERVICE, e.g. aws:amz:eu-west-1:execute-api");
    for (char *p = c->name[0]; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    for (char *p = c->name[1]; *p; p++)
        *p = (char)(p == c->name[1] ? toupper((unsigned char)*p) : tolower((unsigned char)*p));
    return 0;
}

static bool is_s3(const struct scope *c)
{
    return strcmp(c->service, "s3") == 0;
}

/* ---- the canonical form, which is signed and not sent ---- */

/* Each segment percent-encoded: once more as it is sent; for S3 what it stands for. */
static void add_path(const struct scope *c, struct buf *out)
{
    struct buf path = c->path, plain = {0};
    for (const char *p = buf_text(&path); *p;) {
        size_t n = strcspn(p, "/");
        if (is_s3(c))
            url_unescape(p, n, &plain);
        else
            buf_clear(&plain), buf_add(&plain, p, n);
        text_percent(buf_text(&plain), plain.len, out);
        p += n;
        if (*p == '/')
            buf_addc(out, *p++);
    }
    buf_addc(out, '\n');
    buf_free(&plain);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_escaped(const char *text, size_t n, struct buf *out)
{
    struct buf plain = {0};
    url_unescape(text, n, &plain);
    text_percent(buf_text(&plain), plain.len, out);
    buf_free(&plain);
}

/* Sorted by name, then by value, as encoded. A byte below all others stands for the equals sign meanwhile: names that
 * begin alike would be sorted by what comes after them. */
static void add_query(const struct scope *c, struct buf *out)
{
    struct buf query = c->query, one = {0};
    struct list params = {0};
    for (const char *p = buf_text(&query); *p;) {
        size_t n = strcspn(p, "&"), name = strcspn(p, "=&");
        buf_clear(&one);
        add_escaped(p, name, &one);
        buf_addc(&one, '\1');
        add_escaped(p + name + (name < n), n - name - (name < n), &one);
        if (n)
            list_add(&params, buf_text(&one));
        p += n + (p[n] == '&');
    }
    if (params.count)
        qsort(params.item, params.count, sizeof *params.item, by_text);
    for (size_t i = 0; i < params.count; i++) {
        *strchr(params.item[i], '\1') = '=';
        buf_addf(out, "%s%s", i ? "&" : "", params.item[i]);
    }
    buf_addc(out, '\n');
    list_free(&params);
    buf_free(&one);
}

/* 'name\1value', blanks as the specification has them. */
static void add_header(struct list *headers, const char *line)
{
    struct buf out = {0};
    size_t name = strcspn(line, ":;");
    for (size_t i = 0; i < name; i++)
        buf_addc(&out, (char)tolower((unsigned char)line[i]));
    buf_addc(&out, '\1');
    bool begun = false, blank = false;
    for (const char *p = line + name + (line[name] != '\0'); *p; p++) {
        if (*p == ' ' || *p == '\t') {
            blank = begun;
            continue;
        }
        if (blank)
            buf_addc(&out, ' ');
        buf_addc(&out, *p);
        begun = true;
        blank = false;
    }
    list_add(headers, buf_text(&out));
    buf_free(&out);
}

/* "Name:" alone is how curl is told to leave a header out. */
static bool is_signed(const char *line)
{
    const char *colon = strchr(line, ':');
    bool has_value = colon && colon[1 + strspn(colon + 1, " \t")];
    return has_value && (strncasecmp(line, "x-amz-", 6) == 0 || strncasecmp(line, "content-type:", 13) == 0);
}

static void collect(const struct sigv4 *s, const struct scope *c, const struct buf *lines, struct list *headers)
{
    struct buf host = {0}, own = {0};
    const struct buf *name = &c->host;
    buf_addf(&host, "host:%.*s", (int)name->len, name->data);
    for (size_t i = 0; i < s->headers; i++) {
        if (strncasecmp(s->header[i], "host:", 5) == 0) {
            buf_clear(&host);
            buf_adds(&host, s->header[i]);
        } else if (is_signed(s->header[i])) {
            add_header(headers, s->header[i]);
        }
    }
    buf_add(&own, lines->data, lines->len);
    char *rest = buf_writable(&own);
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            add_header(headers, line);
    add_header(headers, buf_text(&host));
    qsort(headers->item, headers->count, sizeof *headers->item, by_text);
    buf_free(&host);
    buf_free(&own);
}

static void add_names(const struct list *headers, struct buf *out)
{
    for (size_t i = 0; i < headers->count; i++)
        buf_addf(out, "%s%.*s", i ? ";" : "", (int)strcspn(headers->item[i], "\1"), headers->item[i]);
}

static void canonical(const struct sigv4 *s, const struct scope *c, const struct list *headers, const char *body,
                      struct buf *out)
{
    buf_addf(out, "%s\n", s->method);
    add_path(c, out);
    add_query(c, out);
    for (size_t i = 0; i < headers->count; i++) {
        size_t name = strcspn(headers->item[i], "\1");
        buf_addf(out, "%.*s:%s\n", (int)name, headers->item[i], headers->item[i] + name + 1);
    }
    buf_addc(out, '\n');
    add_names(headers, out);
    buf_addf(out, "\n%s", body);
}

/* ---- the signature ---- */

static void sign(const struct sigv4 *s, const struct scope *c, const char *last, const struct buf *text,
                 struct buf *out)
{
    unsigned char key[SHA256_BYTES], next[SHA256_BYTES];
    struct buf first = {0}, day = {0};
    buf_addf(&first, "%s4%s", c->name[0], s->secret_key);
    buf_add(&day, c->date, DAY);
    const char *const parts[] = {buf_text(&day), c->region, c->service, last};
    sha256_hmac(first.data, first.len, parts[0], strlen(parts[0]), key);
    for (size_t i = 1; i < sizeof parts / sizeof *parts; i++) {
        sha256_hmac(key, sizeof key, parts[i], strlen(parts[i]), next);
        memcpy(key, next, sizeof key);
    }
    sha256_hmac(key, sizeof key, text->data, text->len, next);
    sha256_hex(next, out);
    buf_free(&first);
    buf_free(&day);
}

static void hex_of(const void *bytes, size_t n, struct buf *out)
{
    unsigned char digest[SHA256_BYTES];
    sha256(bytes, n, digest);
    sha256_hex(digest, out);
}

static void authorize(const struct sigv4 *s, const struct scope *c, const struct list *headers, const char *body,
                      struct buf *lines)
{
    struct buf request = {0}, text = {0}, last = {0}, place = {0};
    canonical(s, c, headers, body, &request);
    for (const char *p = c->name[0]; *p; p++)
        buf_addc(&last, (char)tolower((unsigned char)*p));
    buf_adds(&last, "4_request");
    buf_addf(&place, "%.*s/%s/%s/%s", DAY, c->date, c->region, c->service, buf_text(&last));
    buf_addf(&text, "%s4-HMAC-SHA256\n%s\n%s\n", c->name[0], c->date, buf_text(&place));
    hex_of(request.data, request.len, &text);
    buf_addf(lines, "Authorization: %s4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=", c->name[0], s->access_key,
             buf_text(&place));
    add_names(headers, lines);
    buf_adds(lines, ", Signature=");
    sign(s, c, buf_text(&last), &text, lines);
    buf_addc(lines, '\n');
    buf_free(&request);
    buf_free(&text);
    buf_free(&last);
    buf_free(&place);
}

int sigv4_sign(const struct sigv4 *s, struct buf *lines, struct error *e)
{
    struct scope c = {0};
    struct list headers = {0};
    struct buf body = {0};
    struct tm utc;
    int result = split_url(&c, s->url) ? error_set(e, EXIT_USAGE, "that is not a URL") : 0;
    if (result == 0 && (result = read_provider(&c, s->provider, e)) == 0) {
        gmtime_r(&s->time, &utc);
        strftime(c.date, sizeof c.date, "%Y%m%dT%H%M%SZ", &utc);
        hex_of(s->body, s->body_len, &body);
        buf_addf(lines, "X-%s-Date: %s\n", c.name[1], c.date);
        if (is_s3(&c))
            buf_addf(lines, "X-%s-Content-Sha256: %s\n", c.name[1], buf_text(&body));
        collect(s, &c, lines, &headers);
        authorize(s, &c, &headers, buf_text(&body), lines);
    }
    list_free(&headers);
    buf_free(&body);
    buf_free(&c.host);
    buf_free(&c.path);
    buf_free(&c.query);
    return result;
}
