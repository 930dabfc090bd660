/* token: OAuth 2 tokens as JSON. */
#include "http/token.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "http/url.h"
#include "json/error_body.h"
#include "json/path.h"

static bool take_text(const cJSON *object, const char *name, struct buf *to)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    if (!text || !*text || strpbrk(text, "\r\n"))
        return false;
    buf_clear(to);
    buf_adds(to, text);
    return true;
}

/* Some write the whole header. */
static bool take_token(const cJSON *object, const char *name, struct buf *to)
{
    static const char bearer[] = "Bearer ";
    bool taken = take_text(object, name, to);
    if (taken && strncasecmp(buf_text(to), bearer, strlen(bearer)) == 0) {
        to->len -= strlen(bearer);
        memmove(to->data, to->data + strlen(bearer), to->len + 1);
    }
    return taken && to->len;
}

static const double LONGEST = 1e12; /* seconds; also of a time since 1970 */

/* Some servers write the number as a string. */
static double seconds_of(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    double n = 0;
    if (cJSON_IsString(value))
        number_decimal(value->valuestring, &n);
    else if (cJSON_IsNumber(value))
        n = value->valuedouble;
    return n > -LONGEST && n < LONGEST ? n : 0;
}

static double due(double now, double lasts)
{
    return lasts > 120 ? now + lasts - 60 : lasts > 0 ? now + lasts / 2 : 0;
}

/* ---- what is answered ---- */

/* The object that path leads into, and the name there: of "data.token" data, and "token". To be freed. */
static cJSON *find_parent(const cJSON *answer, const char *path, char **name)
{
    char *compact = mem_there(cJSON_PrintUnformatted(answer)), *parent = mem_copy(path);
    char *end = strrchr(parent, *path == '/' ? '/' : '.');
    struct slice whole = {compact, strlen(compact)}, there = path_get(path, whole), up = {0};
    *name = mem_copy(end ? end + 1 : path);
    if (end && there.text) {
        *end = '\0';
        up = path_get(parent, whole);
    }
    cJSON *found = cJSON_ParseWithLength(up.text ? up.text : compact, up.text ? up.len : whole.len);
    /* What is not there is not looked for elsewhere by its last name; a JSONPath may end in anything. */
    if (!there.text || !cJSON_GetObjectItemCaseSensitive(found, *name)) {
        cJSON_Delete(found);
        found = cJSON_CreateObject();
        cJSON_AddItemToObject(found, *name, cJSON_ParseWithLength(there.text, there.len));
    }
    free(compact);
    free(parent);
    return found;
}

/* As cJSON: the answers of some token URLs are forms. */
static cJSON *parse_form(const char *form, size_t n)
{
    struct buf text = {0}, name = {0}, value = {0}, query = {0};
    cJSON *o = cJSON_CreateObject();
    buf_add(&text, form, n);
    buf_addf(&query, "?%.*s", (int)strcspn(buf_text(&text), "\r\n"), buf_text(&text));
    for (char *plus = buf_writable(&query); (plus = strchr(plus, '+'));)
        *plus = ' ';
    for (const char *rest = buf_text(&query); url_next_query(&rest, &name, &value);)
        cJSON_AddStringToObject(o, buf_text(&name), buf_text(&value));
    buf_free(&text);
    buf_free(&name);
    buf_free(&value);
    buf_free(&query);
    return o;
}

static cJSON *parse(const char *answer, size_t n)
{
    cJSON *json = cJSON_ParseWithLength(answer, n);
    bool form = !json && n && memchr(answer, '=', n) && !memchr(answer, '<', n);
    return form ? parse_form(answer, n) : json;
}

/* The answer is nothing but a token: as it is, or as a JSON string. */
static cJSON *parse_bare(const char *answer, size_t n)
{
    cJSON *json = cJSON_ParseWithLength(answer, n), *o = cJSON_CreateObject();
    char *text = mem_text(answer, n);
    text[strcspn(text, " \t\r\n")] = '\0';
    bool one = !text[strlen(text) + strspn(answer + strlen(text), " \t\r\n")] && !strpbrk(text, "<{[\"");
    cJSON_AddStringToObject(o, "$", cJSON_IsString(json) ? json->valuestring : one ? text : "");
    cJSON_Delete(json);
    free(text);
    return o;
}

int token_read(const char *answer, size_t n, const char *path, double now, struct token *token)
{
    bool bare = path && strcmp(path, "$") == 0, inside = path && !bare;
    cJSON *whole = bare ? parse_bare(answer, n) : parse(answer, n);
    char *name = NULL;
    cJSON *o = whole && inside ? find_parent(whole, path, &name) : NULL;
    const cJSON *from = inside ? o : whole;
    bool there = take_token(from, inside ? name : bare ? path : "access_token", &token->access_token);
    double lasts = seconds_of(from, "expires_in");
    take_text(from, "refresh_token", &token->refresh_token);
    token->expires = due(now, lasts > 0 ? lasts : seconds_of(whole, "expires_in"));
    free(name);
    cJSON_Delete(o);
    cJSON_Delete(whole);
    return there ? 0 : -1;
}

static bool has_error(const cJSON *o)
{
    static const char *const names[] = {"error", "errors", "message", "detail", "msg", "reason"};
    bool has = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        has |= cJSON_GetObjectItemCaseSensitive(o, names[i]) != NULL;
    return has;
}

/* A word that is long and has a digit in it. */
static bool has_secret_word(const char *text)
{
    enum { LONG = 16 };
    bool has = false;
    for (size_t len; *text && !has; text += len + strspn(text + len, " ")) {
        len = strcspn(text, " ");
        has = len >= LONG && strcspn(text, "0123456789") < len;
    }
    return has;
}

void token_conceal(const char *answer, size_t n, char *detail)
{
    cJSON *json = cJSON_ParseWithLength(answer, n);
    bool object = cJSON_IsObject(json), words = strchr(detail, ' ') != NULL;
    bool torn = !json && n && strchr("{[\"", *answer);
    if (torn || (has_secret_word(detail) && !(object && words)))
        *detail = '\0';
    cJSON_Delete(json);
}

/* What is no error for sure may be the token itself. */
static void tell_text(const char *answer, size_t n, char *detail, size_t room)
{
    error_body_detail(answer, n, detail, room);
    token_conceal(answer, n, detail);
    if (n && *answer != '<' && !strchr(detail, ' '))
        *detail = '\0';
}

bool token_instead(const char *answer, size_t n, char *detail, size_t room)
{
    struct buf names = {0};
    cJSON *o = parse(answer, n);
    const char *said = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "error_description"));
    const cJSON *member = NULL;
    *detail = '\0';
    if (said)
        snprintf(detail, room, "%s", said);
    else if (!o || cJSON_IsString(o))
        tell_text(answer, n, detail, room);
    else if (has_error(o))
        error_body_detail(answer, n, detail, room);
    token_conceal(answer, n, detail);
    bool error = *detail;
    if (!error && n && !strchr("<{[", *answer) && (!o || cJSON_IsString(o)))
        buf_adds(&names, "it is a text: if that is the token, its path is $");
    cJSON_ArrayForEach(member, o)
    {
        if (!error && member->string)
            buf_addf(&names, "%s%s", names.len ? ", " : "it has ", member->string);
    }
    if (names.len)
        snprintf(detail, room, "%s", buf_text(&names));
    buf_free(&names);
    cJSON_Delete(o);
    return error;
}

static bool add_header(struct buf *lines, const char *name, const char *value)
{
    bool good = *name && *value && !strpbrk(name, "\r\n: \t") && !strpbrk(value, "\r\n");
    return good && buf_addf(lines, "%s: %s\n", name, value) == 0;
}

static int read_lines(const char *text, size_t n, struct buf *lines)
{
    char *copy = mem_text(text, n), *rest = copy;
    bool good = true;
    for (char *line; good && (line = strsep(&rest, "\n"));) {
        line[strcspn(line, "\r")] = '\0';
        char *colon = strchr(line, ':');
        if (!*line)
            continue;
        if ((good = colon != NULL)) {
            *colon = '\0';
            good = add_header(lines, line, colon + 1 + strspn(colon + 1, " \t"));
        }
    }
    free(copy);
    return good && lines->len ? 0 : -1;
}

int token_read_command(const char *text, size_t n, double now, struct token *token)
{
    cJSON *o = cJSON_ParseWithLength(text, n);
    const cJSON *headers = cJSON_GetObjectItemCaseSensitive(o, "headers"), *one = NULL;
    bool good = cJSON_IsObject(headers) && headers->child;
    int result = -1;
    buf_clear(&token->headers);
    buf_clear(&token->access_token);
    token->expires = 0;
    cJSON_ArrayForEach(one, headers)
    {
        good = good && cJSON_IsString(one) && add_header(&token->headers, one->string, one->valuestring);
    }
    if (good) {
        token->expires = due(now, seconds_of(o, "expires_in"));
        result = 0;
    } else if (o) {
        result = token_read(text, n, NULL, now, token);
    } else {
        result = read_lines(text, n, &token->headers);
    }
    cJSON_Delete(o);
    return result;
}

/* ---- what is asked ---- */

static void add_base64url(const char *text, size_t n, struct buf *out)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned long bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < n; i++) {
        const char *sign = text[i] ? strchr(signs, text[i]) : NULL;
        if (!sign)
            return;
        bits = (bits << 6 | (unsigned long)(sign - signs)) & 0xffffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_addc(out, (char)(bits >> count & 0xff));
        }
    }
}

void token_claims(const char *jwt, struct buf *out)
{
    static const char *const passing[] = {"exp", "iat", "nbf", "jti"};
    struct buf text = {0};
    size_t head = strcspn(jwt, ".");
    if (jwt[head])
        add_base64url(jwt + head + 1, strcspn(jwt + head + 1, "."), &text);
    cJSON *claims = text.len ? cJSON_ParseWithLength(text.data, text.len) : NULL;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        cJSON_DeleteItemFromObjectCaseSensitive(claims, passing[i]);
    char *rest = claims ? mem_there(cJSON_PrintUnformatted(claims)) : NULL;
    buf_adds(out, rest ? rest : "");
    free(rest);
    cJSON_Delete(claims);
    buf_free(&text);
}

static void visit(const cJSON *value, void (*found)(void *ctx, const char *name, const char *value), void *ctx)
{
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, value)
    {
        if (cJSON_IsString(one))
            found(ctx, one->string ? one->string : "", one->valuestring);
        else
            visit(one, found, ctx);
    }
}

void token_texts(const char *json, size_t n, void (*found)(void *ctx, const char *name, const char *value), void *ctx)
{
    cJSON *o = cJSON_ParseWithLength(json, n);
    visit(o, found, ctx);
    cJSON_Delete(o);
}

/* ---- what is kept ---- */

static bool take_lines(const cJSON *object, const char *name, struct buf *to)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    buf_clear(to);
    return text && read_lines(text, strlen(text), to) == 0;
}

/* The exit codes that a failure may have. */
static enum exit_code code_of(const cJSON *failure)
{
    double given = seconds_of(failure, "code");
    int code = given > 0 && given < UINT8_MAX ? (int)given : 0;
    return code == EXIT_REFUSED || code == EXIT_UNAVAILABLE || code == EXIT_ANSWER || code == EXIT_DENIED
               ? (enum exit_code)code
               : EXIT_COMPLETE;
}

void token_load(const char *json, size_t n, struct token *token, struct token_failure *failure)
{
    cJSON *kept = cJSON_ParseWithLength(json, n);
    const cJSON *failed = cJSON_GetObjectItemCaseSensitive(kept, "failure");
    const char *message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(failed, "message"));
    enum exit_code code = code_of(failed);
    take_text(kept, "access_token", &token->access_token);
    take_text(kept, "refresh_token", &token->refresh_token);
    if (!take_lines(kept, "headers", &token->headers))
        buf_clear(&token->headers);
    token->expires = seconds_of(kept, "expires");
    *failure = (struct token_failure){0};
    if (message && code) {
        failure->at = seconds_of(failed, "at");
        failure->pause = seconds_of(failed, "pause");
        failure->may_pass = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(failed, "may_pass"));
        error_set(&failure->error, code, "%s", message);
    }
    cJSON_Delete(kept);
}

static void add_text(cJSON *o, const char *name, const struct buf *value)
{
    struct buf text = *value;
    if (text.len)
        cJSON_AddStringToObject(o, name, buf_text(&text));
}

void token_save(const struct token *token, const struct token_failure *failure, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    add_text(o, "access_token", &token->access_token);
    add_text(o, "refresh_token", &token->refresh_token);
    add_text(o, "headers", &token->headers);
    if (token->access_token.len || token->headers.len)
        cJSON_AddNumberToObject(o, "expires", token->expires);
    if (failure) {
        cJSON *f = cJSON_AddObjectToObject(o, "failure");
        cJSON_AddNumberToObject(f, "at", failure->at);
        cJSON_AddNumberToObject(f, "pause", failure->pause);
        cJSON_AddBoolToObject(f, "may_pass", failure->may_pass);
        cJSON_AddNumberToObject(f, "code", failure->error.code);
        cJSON_AddStringToObject(f, "message", failure->error.message);
    }
    char *text = cJSON_PrintUnformatted(o);
    buf_addf(out, "%s\n", text ? text : "");
    free(text);
    cJSON_Delete(o);
}

void token_free(struct token *token)
{
    buf_free(&token->access_token);
    buf_free(&token->refresh_token);
    buf_free(&token->headers);
}
