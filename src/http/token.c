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

void token_load(const char *json, size_t n, struct token *token)
{
    cJSON *kept = cJSON_ParseWithLength(json, n);
    take_text(kept, "access_token", &token->access_token);
    take_text(kept, "refresh_token", &token->refresh_token);
    token->expires = seconds_of(kept, "expires");
    cJSON_Delete(kept);
}

void token_save(const struct token *token, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    struct buf access = token->access_token, refresh = token->refresh_token;
    cJSON_AddStringToObject(o, "access_token", buf_text(&access));
    if (refresh.len)
        cJSON_AddStringToObject(o, "refresh_token", buf_text(&refresh));
    cJSON_AddNumberToObject(o, "expires", token->expires);
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
