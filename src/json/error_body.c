/* error_body: what the body of an error says, in a few words. */
#include "json/error_body.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* A tree of JSON is many times as large as its text, and who has something to say says it shorter. */
enum { MOST = 1 << 20 };

/* The text in the usual places: message, detail, error, title, error.message, errors[0], ... */
static const char *detail_of(const cJSON *value, int depth)
{
    static const char *const names[] = {"root_cause",    "message", "detail", "error_description", "error", "errors",
                                        "errorMessages", "title",   "reason", "description",       "msg",   "value"};
    if (cJSON_IsString(value))
        return value->valuestring;
    if (cJSON_IsArray(value) && depth)
        return detail_of(value->child, depth - 1);
    if (!cJSON_IsObject(value) || !depth)
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const cJSON *member = cJSON_GetObjectItem(value, names[i]);
        const char *text = member ? detail_of(member, depth - 1) : NULL;
        if (text && *text)
            return text;
    }
    return NULL;
}

/* {"detail": [{"loc": ["query", "limit"], "msg": "Field required"}]}, as FastAPI has it: the field is half of it. */
static bool take_field(const cJSON *json, char *detail, size_t room)
{
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "detail"), 0);
    const cJSON *where = cJSON_GetObjectItem(first, "loc"), *what = cJSON_GetObjectItem(first, "msg"), *step;
    struct buf text = {0};
    if (!cJSON_IsArray(where) || !cJSON_IsString(what))
        return false;
    cJSON_ArrayForEach(step, where)
    {
        if (cJSON_IsString(step))
            buf_addf(&text, "%s%s", text.len ? "." : "", step->valuestring);
        else
            buf_addf(&text, "%s%d", text.len ? "." : "", step->valueint);
    }
    snprintf(detail, room, "%s (%s)", what->valuestring, buf_text(&text));
    buf_free(&text);
    return true;
}

/* What an HTML page is called, or the message of an XML error. */
static void take_title(const char *body, size_t n, char *detail, size_t room)
{
    char *page = mem_text(body, n);
    const char *title = strcasestr(page, "<title>"), *message = strcasestr(page, "<message>");
    const char *start = title ? title + 7 : message ? message + 9 : "";
    size_t len = strcspn(start, "<");
    snprintf(detail, room, "%.*s", (int)(len < room ? len : room - 1), start);
    free(page);
}

void error_body_detail(const char *body, size_t n, char *detail, size_t room)
{
    *detail = '\0';
    if (!n || n > MOST)
        return;
    cJSON *json = cJSON_ParseWithLength(body, n);
    bool field = take_field(json, detail, room);
    const char *text = field ? NULL : detail_of(json, 5);
    if (text)
        snprintf(detail, room, "%s", text);
    else if (field)
        ;
    else if (*body == '<')
        take_title(body, n, detail, room);
    else if (!json && n < room)
        snprintf(detail, room, "%.*s", (int)n, body);
    for (char *c = detail + strcspn(detail, "\r\n\t"); *c; c += strcspn(c, "\r\n\t"))
        *c = ' ';
    cJSON_Delete(json);
}
