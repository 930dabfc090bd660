/* token: OAuth 2 tokens as JSON. */
#include "http/token.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static bool take_text(const cJSON *object, const char *name, struct buf *to)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    if (!text || !*text || strpbrk(text, "\r\n"))
        return false;
    buf_clear(to);
    buf_adds(to, text);
    return true;
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

int token_read(const char *json, size_t n, double now, struct token *token)
{
    cJSON *answer = cJSON_ParseWithLength(json, n);
    bool there = take_text(answer, "access_token", &token->access_token);
    double lasts = seconds_of(answer, "expires_in");
    take_text(answer, "refresh_token", &token->refresh_token);
    token->expires = lasts > 120 ? now + lasts - 60 : lasts > 0 ? now + lasts / 2 : 0;
    cJSON_Delete(answer);
    return there ? 0 : -1;
}

/* The exit codes that a failure may have. */
static enum exit_code code_of(const cJSON *failure)
{
    int code = (int)seconds_of(failure, "code");
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
    if (token->access_token.len)
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
}
