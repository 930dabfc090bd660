#include "cli/control.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

/* Integers as raw text: cJSON's own numbers are doubles. */
static void add_integer(cJSON *object, const char *name, int64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)n);
    cJSON_AddRawToObject(object, name, text);
}

static void add_known(cJSON *object, const char *name, int64_t n)
{
    if (n < 0)
        cJSON_AddNullToObject(object, name);
    else
        add_integer(object, name, n);
}

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text && *text)
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}

static void add_seconds(cJSON *object, double n)
{
    char text[32];
    snprintf(text, sizeof text, "%.3f", n);
    cJSON_AddRawToObject(object, "seconds", text);
}

static void print(cJSON *object, struct buf *out)
{
    char *text = cJSON_PrintUnformatted(object);
    if (text)
        buf_addf(out, "%s\n", text);
    free(text);
    cJSON_Delete(object);
}

void control_summary(const struct summary *s, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    char status[16];
    add_integer(o, "records", s->records);
    add_integer(o, "pages", s->pages);
    add_integer(o, "bytes", s->bytes);
    add_integer(o, "retries", s->retries);
    add_known(o, "total", s->total);
    add_known(o, "first_offset", s->first_offset);
    add_known(o, "next_offset", s->next_offset);
    add_text(o, "next_cursor", s->next_cursor);
    add_known(o, "next_skip", s->next_skip);
    add_known(o, "page_size", s->page_size);
    add_text(o, "style", s->style);
    add_seconds(o, s->seconds);
    cJSON *http = cJSON_AddObjectToObject(o, "http");
    for (int i = 0; i < 600; i++) {
        snprintf(status, sizeof status, "%d", i);
        if (s->status[i])
            add_integer(http, status, s->status[i]);
    }
    print(o, out);
}

static void add_ranges(cJSON *object, const char *name, const struct receipt_ranges *r)
{
    char text[48];
    cJSON *list = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < r->count; i++) {
        snprintf(text, sizeof text, "[%lld,%lld]", (long long)r->range[i].first, (long long)r->range[i].last);
        cJSON_AddItemToArray(list, cJSON_CreateRaw(text));
    }
}

void control_receipt(const struct receipt *r, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    add_integer(o, "records", r->records);
    add_integer(o, "batches", r->batches);
    add_integer(o, "requests", r->requests);
    add_integer(o, "rejected", r->rejected);
    add_integer(o, "retries", r->retries);
    add_integer(o, "bytes", r->bytes);
    add_integer(o, "lines_done", r->lines_done);
    add_ranges(o, "lines_done_later", &r->done_later);
    add_ranges(o, "lines_unknown", &r->unknown);
    add_seconds(o, r->seconds);
    print(o, out);
}

void control_reject(struct slice record, int64_t line, long status, struct slice why, struct buf *out)
{
    buf_adds(out, "{\"record\":");
    buf_add(out, record.text, record.len);
    buf_addf(out, ",\"line\":%lld,\"http_status\":", (long long)line);
    if (status)
        buf_addf(out, "%ld", status);
    else
        buf_adds(out, "null");
    buf_adds(out, ",\"error\":");
    if (why.len)
        buf_add(out, why.text, why.len);
    else
        buf_adds(out, "null");
    buf_adds(out, "}\n");
}

void control_error(const struct error *e, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "exit", e->code);
    cJSON_AddStringToObject(o, "message", e->message);
    add_text(o, "url", e->url);
    add_known(o, "http_status", e->http_status ? e->http_status : -1);
    add_known(o, "offset", e->has_offset ? e->offset : -1);
    cJSON_AddBoolToObject(o, "retryable", e->code == EXIT_IO || e->code == EXIT_UNAVAILABLE);
    print(o, out);
}

static void add_each(cJSON *object, const char *name, const char *words)
{
    cJSON *list = cJSON_AddArrayToObject(object, name);
    for (size_t n; (n = strcspn(words, "|")); words += n + (words[n] == '|')) {
        char *word = mem_text(words, n);
        cJSON_AddItemToArray(list, cJSON_CreateString(word));
        free(word);
    }
}

void control_option_line(const struct option_row *row, struct buf *out)
{
    static const char *const commands[] = {"read", "count", "write", "call", "check"}; /* by the bits of enum command */
    static const char *const types[] = {"flag", "integer", "number", "text", "choice", "text"};
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", row->name);
    add_text(o, "argument", row->argument);
    cJSON_AddStringToObject(o, "type", types[row->type]);
    add_text(o, "default", row->fallback);
    cJSON *known = cJSON_AddArrayToObject(o, "commands");
    for (int i = 0; i < 5; i++)
        if (row->commands >> i & 1)
            cJSON_AddItemToArray(known, cJSON_CreateString(commands[i]));
    if (row->type == OPTION_CHOICE)
        add_each(o, "choices", row->argument);
    cJSON_AddStringToObject(o, "group", row->group);
    cJSON_AddBoolToObject(o, "repeat", row->type == OPTION_LIST);
    cJSON_AddBoolToObject(o, "file", row->place != OPTION_LINE_ONLY);
    cJSON_AddBoolToObject(o, "secret", row->place == OPTION_FILE_ONLY || row->place == OPTION_AT_FILE);
    cJSON_AddStringToObject(o, "help", row->help);
    print(o, out);
}

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

void control_error_detail(const char *body, size_t n, char *detail, size_t room)
{
    *detail = '\0';
    if (!n)
        return;
    cJSON *json = cJSON_ParseWithLength(body, n);
    const char *text = detail_of(json, 5);
    if (text)
        snprintf(detail, room, "%s", text);
    else if (*body == '<')
        take_title(body, n, detail, room);
    else if (!json && n < room)
        snprintf(detail, room, "%.*s", (int)n, body);
    for (char *c = detail + strcspn(detail, "\r\n\t"); *c; c += strcspn(c, "\r\n\t"))
        *c = ' ';
    cJSON_Delete(json);
}

void control_finding(const struct control_finding *f, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    add_text(o, "style", f->style);
    cJSON_AddStringToObject(o, "records", f->records);
    add_known(o, "count", f->count);
    add_text(o, "count_from", *f->count_from ? f->count_from : NULL);
    add_known(o, "page_size", f->page_size);
    cJSON_AddBoolToObject(o, "seekable", f->seekable);
    if (f->asked_twice)
        cJSON_AddBoolToObject(o, "stable", f->stable);
    else
        cJSON_AddNullToObject(o, "stable");
    add_text(o, "doubt", *f->doubt ? f->doubt : NULL);
    cJSON *options = cJSON_AddObjectToObject(o, "options");
    for (size_t at = 0; at < f->options->len;) {
        const char *line = f->options->data + at, *equals = strchr(line, '=');
        size_t len = strcspn(line, "\n");
        char *name = mem_text(line, (size_t)(equals - line));
        char *value = mem_text(equals + 1, len - (size_t)(equals + 1 - line));
        cJSON_AddStringToObject(options, name, value);
        free(name);
        free(value);
        at += len + 1;
    }
    print(o, out);
}

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

int control_read_token(const char *json, size_t n, double now, struct control_token *token)
{
    cJSON *answer = cJSON_ParseWithLength(json, n);
    bool there = take_text(answer, "access_token", &token->access_token);
    double lasts = seconds_of(answer, "expires_in");
    take_text(answer, "refresh_token", &token->refresh_token);
    token->expires = lasts > 120 ? now + lasts - 60 : lasts > 0 ? now + lasts / 2 : 0;
    cJSON_Delete(answer);
    return there ? 0 : -1;
}

void control_load_token(const char *json, size_t n, struct control_token *token)
{
    cJSON *kept = cJSON_ParseWithLength(json, n);
    take_text(kept, "access_token", &token->access_token);
    take_text(kept, "refresh_token", &token->refresh_token);
    token->expires = seconds_of(kept, "expires");
    cJSON_Delete(kept);
}

void control_save_token(const struct control_token *token, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    struct buf access = token->access_token, refresh = token->refresh_token;
    cJSON_AddStringToObject(o, "access_token", buf_text(&access));
    if (refresh.len)
        cJSON_AddStringToObject(o, "refresh_token", buf_text(&refresh));
    cJSON_AddNumberToObject(o, "expires", token->expires);
    print(o, out);
}

void control_free_token(struct control_token *token)
{
    buf_free(&token->access_token);
    buf_free(&token->refresh_token);
}
