/* report: the JSON documents that the tool prints. */
#include "cli/report.h"

#include <math.h>

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages/styles.h"

void report_start(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = mem_new, .free_fn = free});
}

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

static void add_seconds(cJSON *object, const char *name, double n)
{
    char text[32];
    snprintf(text, sizeof text, "%.3f", n);
    cJSON_AddRawToObject(object, name, text);
}

static void print(cJSON *object, struct buf *out)
{
    char *text = cJSON_PrintUnformatted(object);
    if (text)
        buf_addf(out, "%s\n", text);
    free(text);
    cJSON_Delete(object);
}

void report_page(const struct report_page *p, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    char time[32];
    snprintf(time, sizeof time, "%.6f", p->fetched_at);
    add_integer(o, "records", p->records);
    add_text(o, "url", p->url);
    cJSON_AddRawToObject(o, "fetched_at", time);
    add_text(o, "date", *p->date ? p->date : NULL);
    cJSON_AddRawToObject(o, "envelope", *p->envelope ? p->envelope : "null");
    print(o, out);
}

void report_count(const struct report_count *c, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    add_known(o, "records", c->records);
    add_integer(o, "requests", c->requests);
    add_text(o, "date", c->date);
    if (c->style) {
        add_known(o, "page_size", c->page_size);
        add_text(o, "style", c->style);
    }
    print(o, out);
}

static void add_tenths(cJSON *o, const char *name, double n)
{
    if (n < 0)
        cJSON_AddNullToObject(o, name);
    else
        cJSON_AddNumberToObject(o, name, floor(n * 10 + 0.5) / 10);
}

void report_plan(const struct report_plan *p, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    add_known(o, "records", p->records);
    add_known(o, "total", p->total);
    add_known(o, "page_size", p->page_size);
    add_known(o, "pages", p->pages);
    add_known(o, "requests", p->requests);
    add_tenths(o, "minutes", p->minutes);
    add_tenths(o, "requests_left", p->left);
    add_tenths(o, "reset_seconds", p->reset);
    add_text(o, "style", p->style);
    add_text(o, "first", p->first);
    add_text(o, "doubt", p->doubt);
    print(o, out);
}

void report_summary(const struct report_summary *s, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    char status[16];
    add_integer(o, "records", s->records);
    add_integer(o, "pages", s->pages);
    add_integer(o, "bytes", s->bytes);
    add_integer(o, "requests", s->requests);
    add_integer(o, "retries", s->retries);
    if (s->parents >= 0) {
        add_integer(o, "parents", s->parents);
        add_integer(o, "parents_rejected", s->parents_rejected);
    }
    add_known(o, "total", s->total);
    add_known(o, "first_offset", s->first_offset);
    add_known(o, "next_offset", s->next_offset);
    add_text(o, "next_cursor", s->next_cursor);
    cJSON_AddBoolToObject(o, "cursor_is_secret", s->cursor_is_secret);
    add_known(o, "next_skip", s->next_skip);
    add_text(o, "last_cursor", s->last_cursor);
    add_known(o, "last_skip", s->last_skip);
    add_known(o, "page_size", s->page_size);
    add_text(o, "style", s->style);
    add_seconds(o, "seconds", s->seconds);
    add_seconds(o, "waited", s->waited);
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

void report_receipt(const struct receipt *r, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    add_integer(o, "records", r->records);
    add_integer(o, "accepted", r->accepted);
    add_integer(o, "batches", r->batches);
    add_integer(o, "requests", r->requests);
    add_integer(o, "rejected", r->rejected);
    add_integer(o, "skipped", r->skipped);
    add_integer(o, "retries", r->retries);
    add_integer(o, "bytes", r->bytes);
    add_integer(o, "lines_done", r->lines_done);
    add_ranges(o, "lines_done_later", &r->done_later);
    add_ranges(o, "lines_unknown", &r->unknown);
    add_seconds(o, "seconds", r->seconds);
    add_seconds(o, "waited", r->waited);
    print(o, out);
}

void report_error(const struct error *e, struct buf *out)
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

void report_option(const struct option_row *row, struct buf *out)
{
    static const char *const types[] = {"flag", "integer", "number", "text", "choice", "text", "text"};
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", row->name);
    add_text(o, "argument", row->argument);
    cJSON_AddStringToObject(o, "type", types[row->type]);
    add_text(o, "default", row->fallback);
    cJSON *known = cJSON_AddArrayToObject(o, "commands");
    for (int i = 0; command_names[i]; i++)
        if (row->commands >> i & 1)
            cJSON_AddItemToArray(known, cJSON_CreateString(command_names[i]));
    if (row->type == OPTION_CHOICE)
        add_each(o, "choices", row->argument);
    cJSON_AddStringToObject(o, "group", row->group);
    cJSON_AddBoolToObject(o, "repeat", row->type >= OPTION_LIST);
    cJSON_AddBoolToObject(o, "file", row->place != OPTION_LINE_ONLY);
    cJSON_AddBoolToObject(o, "secret", row->place == OPTION_FILE_ONLY || row->place == OPTION_AT_FILE);
    cJSON_AddBoolToObject(o, "may_hold_secret", options_may_hold_secret(row));
    cJSON_AddStringToObject(o, "help", row->help);
    print(o, out);
}

static void add_requests(cJSON *object, const char *lines)
{
    cJSON *list = cJSON_AddArrayToObject(object, "requests");
    for (size_t n; (n = strcspn(lines, "\n")); lines += n + (lines[n] == '\n')) {
        char *line = mem_text(lines, n);
        cJSON_AddItemToArray(list, cJSON_CreateString(line));
        free(line);
    }
}

static void add_sample(cJSON *object, const struct finding *f, const struct sample *s)
{
    add_requests(object, f->requests.len ? f->requests.data : "");
    cJSON_AddRawToObject(object, "sample", s->records.data);
    cJSON_AddRawToObject(object, "schema", s->schema.data);
    cJSON_AddRawToObject(object, "times", s->times.data);
}

void report_finding(const struct finding *f, const struct report_lines *lines, struct buf *out)
{
    cJSON *o = cJSON_CreateObject();
    add_text(o, "style", f->found ? styles_find(f->style)->name : NULL);
    cJSON_AddStringToObject(o, "records", f->records.len ? f->records.data : "");
    add_known(o, "count", f->count);
    add_text(o, "count_from", f->count_from.data);
    add_known(o, "page_size", f->page_size);
    cJSON_AddBoolToObject(o, "seekable", f->seekable);
    if (f->asked_twice)
        cJSON_AddBoolToObject(o, "stable", f->stable);
    else
        cJSON_AddNullToObject(o, "stable");
    add_text(o, "doubt", f->doubt.data);
    if (f->rule.len)
        add_text(o, "partial", f->rule.data);
    if (*lines->preset)
        add_text(o, "preset", lines->preset);
    cJSON *options = cJSON_AddObjectToObject(o, "options");
    for (const struct setting *s = f->settings.at; s < f->settings.at + f->settings.count; s++)
        cJSON_AddStringToObject(options, s->option, s->value);
    add_text(o, "shell", lines->shell);
    add_text(o, "spark", lines->spark);
    if (lines->sample)
        add_sample(o, f, lines->sample);
    print(o, out);
}
