/* options: values and names of options. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/nearest.h"
#include "http/url.h"
#include "json/split.h"
#include "json/value.h"

/* ---- values ---- */

static void *member(struct options *o, const struct option_row *row)
{
    return (char *)o + row->member;
}

void options_init(struct options *o)
{
    struct error never;
    memset(o, 0, sizeof *o);
    o->given = mem_zeroed(option_count, sizeof *o->given);
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (row->fallback)
            options_set(o, row, row->fallback, &never);
        else if (row->type == OPTION_CHOICE)
            *(int *)member(o, row) = NOT_GIVEN;
        else if (row->type == OPTION_INTEGER)
            *(int64_t *)member(o, row) = NOT_GIVEN;
        else if (row->type == OPTION_NUMBER)
            *(double *)member(o, row) = NOT_GIVEN;
    }
}

void options_free(struct options *o)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (row->type == OPTION_TEXT)
            free(*(char **)member(o, row));
        else if (row->type >= OPTION_LIST)
            list_free(member(o, row));
    }
    list_free(&o->line);
    list_free(&o->auth.query_secret_file);
    buf_free(&o->list);
    buf_free(&o->since.from);
    buf_free(&o->since.to);
    free(o->request.base_data);
    free(o->list_name);
    free(o->given);
    buf_free(&o->warning);
}

static int bad_value(const struct option_row *row, const char *what, struct error *e)
{
    return error_set(e, EXIT_USAGE, "--%s takes %s", row->name, what);
}

static int set_integer(int64_t *to, const struct option_row *row, const char *text, struct error *e)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno)
        return bad_value(row, "a whole number", e);
    if (n < row->least)
        return bad_value(row, "a number of 1 or more", e);
    *to = n;
    return 0;
}

enum { MOST_TEXTS = 100000, MOST_SECRETS = 1000 }; /* of an option that may repeat */
static const double LONGEST = 1e9;                 /* seconds: 31 years */

static int set_number(double *to, const struct option_row *row, const char *text, struct error *e)
{
    char *end;
    double n = strtod(text, &end);
    if (!isdigit((unsigned char)*text) || *end || !(n < LONGEST))
        return bad_value(row, "a number of seconds, such as 2 or 0.5", e);
    *to = n;
    return 0;
}

static int set_flag(bool *to, const struct option_row *row, const char *text, struct error *e)
{
    if (strcmp(text, "true") && strcmp(text, "false"))
        return bad_value(row, "true or false", e);
    *to = *text == 't';
    return 0;
}

/* A choice is kept as its place among the choices: the members are enums in that order. */
static int set_choice(int *to, const struct option_row *row, const char *text, struct error *e)
{
    size_t len = strlen(text);
    int n = 0;
    for (const char *p = row->argument; *p; p += strspn(p, "|"), n++) {
        size_t word = strcspn(p, "|");
        if (word == len && strncmp(p, text, len) == 0) {
            *to = n;
            return 0;
        }
        p += word;
    }
    return error_set(e, EXIT_USAGE, "--%s takes one of %s", row->name, row->argument);
}

static int set_text(char **to, const char *text)
{
    free(*to);
    *to = mem_text(text, strlen(text));
    return 0;
}

static int add_text(struct list *to, const struct option_row *row, const char *text, struct error *e)
{
    size_t most = row->place == OPTION_AT_FILE ? MOST_SECRETS : MOST_TEXTS;
    if (to->count == most)
        return error_set(e, EXIT_USAGE, "--%s is given more than %zu times", row->name, most);
    list_add(to, text);
    return 0;
}

int options_set(struct options *o, const struct option_row *row, const char *text, struct error *e)
{
    void *to = member(o, row);
    switch (row->type) {
    case OPTION_FLAG:
        return set_flag(to, row, text, e);
    case OPTION_INTEGER:
        return set_integer(to, row, text, e);
    case OPTION_NUMBER:
        return set_number(to, row, text, e);
    case OPTION_LIST:
    case OPTION_PARTS:
        return add_text(to, row, text, e);
    case OPTION_CHOICE:
        return set_choice(to, row, text, e);
    case OPTION_TEXT:
        return set_text(to, text);
    }
    return error_set(e, EXIT_BUG, "--%s is of no known type", row->name);
}

/* ---- names ---- */

bool options_may_hold_secret(const struct option_row *row)
{
    static const char *const arguments[] = {"URL", "NAME=VALUE", "'NAME: VALUE'|@FILE", "TEXT|@FILE|-"};
    bool may = row->place == OPTION_FILE_ONLY || row->place == OPTION_AT_FILE;
    for (size_t i = 0; row->argument && i < sizeof arguments / sizeof *arguments; i++)
        may |= strcmp(row->argument, arguments[i]) == 0;
    return may;
}

const char *const command_names[] = {"read", "count", "write", "call", "check", "lookup", NULL};

const struct option_row *options_find(const char *name, size_t len)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        if (strlen(row->name) == len && strncmp(row->name, name, len) == 0)
            return row;
    return NULL;
}

const struct option_row *options_of_file(const struct option_row *row)
{
    size_t len = strlen(row->name);
    return len > 5 && strcmp(row->name + len - 5, "-file") == 0 ? options_find(row->name, len - 5) : NULL;
}

const char *options_nearest(const char *name)
{
    struct nearest near = nearest_to(name);
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        nearest_look(&near, row->name);
    return near.best;
}

/* ---- the whole ---- */

/* --data @FILE and --data - become what they stand for. */
static int load_data(struct options *o, struct error *e)
{
    struct buf text = {0};
    o->request.data_len = o->request.data ? strlen(o->request.data) : 0;
    if (!o->request.data || (*o->request.data != '@' && strcmp(o->request.data, "-")))
        return 0;
    int result = *o->request.data == '@' ? io_read_file(o->request.data + 1, &text, e)
                                         : io_read_all(STDIN_FILENO, "standard input", EXIT_IO, &text, e);
    if (result == 0) {
        free(o->request.data);
        o->request.data = mem_text(buf_text(&text), text.len);
        o->request.data_len = text.len;
    }
    buf_free(&text);
    return result;
}

/* A person may leave out https://. */
static void complete_url(char **url)
{
    const char *scheme = url_missing_scheme(*url);
    struct buf whole = {0};
    if (!scheme)
        return;
    buf_addf(&whole, "%s%s", scheme, *url);
    free(*url);
    *url = mem_text(whole.data, whole.len);
    buf_free(&whole);
}

static int join_base(struct request_options *r, struct error *e)
{
    struct buf whole = {0};
    if (*r->url != '/')
        return 0;
    if (!r->base_url)
        return error_set(e, EXIT_USAGE,
                         "a URL that begins with / needs --base-url, or --api with a preset that has it");
    if (strchr(r->base_url, '*'))
        return error_set(e, EXIT_USAGE, "give the whole URL, or --base-url: your own name goes where %.300s has *",
                         r->base_url);
    size_t len = strlen(r->base_url);
    buf_addf(&whole, "%.*s%s", (int)(len - (len && r->base_url[len - 1] == '/')), r->base_url, r->url);
    free(r->url);
    r->url = mem_text(whole.data, whole.len);
    buf_free(&whole);
    return 0;
}

/* The preset's body with the user's members in it; a body that is not an object takes its place. */
static void merge_data(struct options *o)
{
    struct request_options *r = &o->request;
    struct buf base = {0}, own = {0}, merged = {0};
    if (r->base_data && r->data && split_compact(r->base_data, strlen(r->base_data), &base) == 0 &&
        split_compact(r->data, r->data_len, &own) == 0 && *buf_text(&base) == '{' && *buf_text(&own) == '{') {
        value_merge((struct slice){base.data, base.len}, (struct slice){own.data, own.len}, &merged);
        free(r->data);
        r->data = mem_text(merged.data, merged.len);
        r->data_len = merged.len;
    }
    buf_free(&base);
    buf_free(&own);
    buf_free(&merged);
}

int options_complete(struct options *o, struct error *e)
{
    if (!o->request.url)
        return error_set(e, EXIT_USAGE, "a URL is missing");
    if (join_base(&o->request, e))
        return -1;
    complete_url(&o->request.url);
    int result = load_data(o, e);
    if (result == 0)
        merge_data(o);
    return result;
}

int options_take(struct options *o, const struct settings *found, struct error *e)
{
    for (const struct setting *s = found->at; s < found->at + found->count; s++) {
        const struct option_row *row = options_find(s->option, strlen(s->option));
        if (!row)
            return error_set(e, EX_SOFTWARE, "discovery set an option that is not there: %s", s->option);
        if (options_set(o, row, s->value, e))
            return -1;
    }
    return 0;
}

/* --dry-run: nothing else is done, and nothing is left behind. */
static void show_and_end(const char *commands)
{
    fputs(commands, stdout);
    exit(fflush(stdout) ? EXIT_IO : EXIT_COMPLETE);
}

struct http_options options_http(const struct options *o)
{
    return (struct http_options){
        .request = &o->request, .auth = &o->auth, .network = &o->network, .dry = o->run.dry_run ? show_and_end : NULL};
}

unsigned options_parallel(const struct options *o, unsigned fallback)
{
    int64_t n = o->run.parallel;
    return n < 1 ? fallback : n < 64 ? (unsigned)n : 64;
}

bool options_is_given(const struct options *o, const char *name)
{
    return o->given && o->given[options_find(name, strlen(name)) - option_table];
}
