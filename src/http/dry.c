/* dry: a request as a command of curl. */
#include "http/dry.h"

#include <curl/curl.h>
#include <string.h>

#include "base/mem.h"
#include "base/pair.h"
#include "base/text.h"
#include "http/secret.h"

static void add_option(const char *option, const char *value, struct buf *out)
{
    if (!value)
        return;
    buf_addf(out, " %s ", option);
    text_quote_shell(value, out);
}

/* What a secret is read from, between double quotes; *** where that is not known. */
static void add_file(const char *file, struct buf *out)
{
    if (file) {
        buf_adds(out, "$(cat ");
        text_quote_shell(file, out);
        buf_adds(out, ")");
    } else {
        buf_adds(out, "***");
    }
}

/* A line with a secret in it: the token's file takes its place. */
static void add_secret_line(const char *line, const char *file, struct buf *out)
{
    buf_adds(out, " -H \"");
    for (; *line; line++) {
        if (strncmp(line, "***", 3) == 0) {
            add_file(file, out);
            file = NULL;
            line += 2;
        } else if (strchr("\"\\$`", *line)) {
            buf_addf(out, "\\%c", *line);
        } else {
            buf_addc(out, *line);
        }
    }
    buf_addc(out, '"');
}

/* A header line without what is secret in it. */
static void mask_line(const struct auth *auth, const char *line, struct buf *out)
{
    const char *token = auth->bearer ? strstr(line, auth->bearer) : NULL;
    if (token)
        buf_addf(out, "%.*s***%s", (int)(token - line), line, token + strlen(auth->bearer));
    else
        buf_adds(out, line);
    secret_mask(&auth->secrets, buf_writable(out));
    out->len = strlen(out->data);
    if (secret_in_header(line) && !strstr(out->data, "***")) {
        buf_clear(out);
        buf_addf(out, "%.*s: ***", (int)strcspn(line, ":"), line);
    }
}

void dry_headers(const struct http *h, struct buf *out)
{
    for (const struct curl_slist *s = h->headers; s; s = s->next) {
        struct buf line = {0};
        mask_line(&h->client->auth, s->data, &line);
        buf_addf(out, "> %s\n", buf_text(&line));
        buf_free(&line);
    }
}

static void add_header(const struct http *h, const char *line, struct buf *out)
{
    const struct auth *auth = &h->client->auth;
    struct buf shown = {0};
    bool token = auth->bearer && strstr(line, auth->bearer);
    mask_line(auth, line, &shown);
    if (strstr(buf_text(&shown), "***"))
        add_secret_line(buf_text(&shown), token ? auth->options->bearer_file : NULL, out);
    else
        add_option("-H", line, out);
    buf_free(&shown);
}

static void add_headers(const struct http *h, struct buf *out)
{
    const struct list *given = &h->client->options.request->header;
    bool in_file = false;
    for (size_t i = 0; i < given->count; i++) {
        if (*given->item[i] != '@')
            continue;
        add_option("-H", given->item[i], out);
        in_file = true;
    }
    for (const struct curl_slist *s = h->headers; s; s = s->next)
        if (!in_file || !(secret_in_header(s->data) || secret_hides(&h->client->auth.secrets, s->data)))
            add_header(h, s->data, out);
}

static void add_user(const struct auth *auth, struct buf *out)
{
    const struct auth_options *o = auth->options;
    add_option("--aws-sigv4", o->aws_sigv4, out);
    if (o->digest)
        buf_adds(out, " --digest");
    if (auth->user && !auth->user_of_url) {
        buf_adds(out, " --user \"");
        add_file(o->user_file, out);
        buf_addc(out, '"');
    }
    if (o->netrc)
        buf_adds(out, " --netrc");
    add_option("--netrc-file", o->netrc_file, out);
    add_option("--cert", o->cert, out);
    add_option("--key", o->key, out);
}

/* A body that is compressed on its way comes before the command. */
static bool is_compressed(const struct request *r)
{
    return r->headers.len && strstr(r->headers.data, "Content-Encoding: gzip\n");
}

static void add_body(const struct http *h, const struct request *r, struct buf *out)
{
    struct buf text = {0};
    buf_add(&text, r->body.data, r->body.len);
    secret_mask(&h->client->auth.secrets, buf_writable(&text));
    text_quote_shell(buf_text(&text), out);
    buf_free(&text);
}

/* NULL: the parameter is of a configuration. */
static const char *file_of(const struct auth_options *o, const struct pair *parameter)
{
    struct pair file;
    for (size_t i = 0; i < o->query_secret_file.count; i++)
        if (pair_split(o->query_secret_file.item[i], &file) && file.len == parameter->len &&
            strncmp(file.name, parameter->name, file.len) == 0)
            return file.value;
    return NULL;
}

/* curl encodes the value alone. */
static void add_query_file(const struct pair *parameter, const char *file, struct buf *out)
{
    struct buf name = {0};
    text_percent(parameter->name, parameter->len, &name);
    buf_addc(&name, '=');
    add_option("--url-query", buf_text(&name), out);
    buf_addc(out, '"');
    add_file(file, out);
    buf_addc(out, '"');
    buf_free(&name);
}

static void add_url(const struct http *h, const struct request *r, struct buf *out)
{
    const struct list *secret = &h->client->options.auth->query_secret;
    struct buf url = {0}, shown = {0}, files = {0};
    buf_add(&url, r->url.data, r->url.len);
    secret_redact(buf_text(&url), &shown);
    secret_mask(&h->client->auth.secrets, buf_writable(&shown));
    shown.len = strlen(shown.data);
    for (size_t i = 0; i < secret->count; i++) {
        struct pair pair;
        if (!pair_split(secret->item[i], &pair))
            continue;
        const char *file = file_of(h->client->options.auth, &pair);
        if (file)
            add_query_file(&pair, file, &files);
        else
            buf_addf(&shown, "%c%.*s=***", strchr(shown.data, '?') ? '&' : '?', (int)pair.len, pair.name);
    }
    buf_add(out, files.data, files.len);
    buf_addc(out, ' ');
    text_quote_shell(buf_text(&shown), out);
    buf_free(&files);
    buf_free(&url);
    buf_free(&shown);
}

static void add_shown(const char *option, const char *url, struct buf *out)
{
    struct buf shown = {0};
    if (url)
        secret_redact(url, &shown);
    add_option(option, shown.data, out);
    buf_free(&shown);
}

/* A comment: the token that is fetched first. */
static void add_login(const struct auth_options *o, struct buf *out)
{
    buf_adds(out, "# with the token of ");
    if (o->auth_command)
        buf_adds(out, o->auth_command);
    else
        secret_redact(o->oauth_token_url, out);
    buf_addc(out, '\n');
}

void dry_command(const struct http *h, const struct request *r, struct buf *out)
{
    const struct http_options *o = &h->client->options;
    bool usual = r->method == (r->body.len ? METHOD_POST : METHOD_GET);
    if (o->auth->oauth_token_url || o->auth->auth_command)
        add_login(o->auth, out);
    if (is_compressed(r)) {
        buf_adds(out, "printf %s ");
        add_body(h, r, out);
        buf_adds(out, " | gzip -c | ");
    }
    buf_adds(out, "curl");
    if (r->method == METHOD_HEAD)
        buf_adds(out, " --head");
    else if (!usual)
        buf_addf(out, " -X %s", request_method(r->method));
    if (o->request->compressed)
        buf_adds(out, " --compressed");
    add_option("-A", o->request->user_agent, out);
    add_headers(h, out);
    add_user(&h->client->auth, out);
    add_shown("--proxy", o->network->proxy, out);
    add_option("--cacert", o->network->cacert, out);
    if (r->body.len)
        buf_adds(out, " --data-binary ");
    if (is_compressed(r))
        buf_adds(out, "@-");
    else if (r->body.len)
        add_body(h, r, out);
    add_url(h, r, out);
    buf_addc(out, '\n');
}
