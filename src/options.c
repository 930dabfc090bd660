#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "control.h"
#include "io.h"
#include "secret.h"

#define READ COMMAND_READ
#define COUNT COMMAND_COUNT
#define WRITE COMMAND_WRITE
#define CALL COMMAND_CALL
#define CHECK COMMAND_CHECK
#define PAGES (READ | COUNT)
#define ALL (PAGES | WRITE | CALL | CHECK)
#define AT(member) offsetof(struct options, member)

const struct option_row option_table[] = {
    {"url", 0, "range", OPTION_TEXT, "URL", AT(url), NULL, 0, ALL, OPTION_ANYWHERE, "the API's list; the same as the operand"},
    {"offset", 0, "range", OPTION_INTEGER, "N", AT(offset), "0", 0, READ, OPTION_ANYWHERE, "the first record to read, counted from 0"},
    {"limit", 0, "range", OPTION_INTEGER, "N", AT(limit), NULL, 0, READ, OPTION_ANYWHERE, "how many records to read (to the end)"},
    {"page-size", 0, "range", OPTION_INTEGER, "N", AT(page_size), "100", 1, READ, OPTION_ANYWHERE, "how many records to ask for in one page"},
    {"max-pages", 0, "range", OPTION_INTEGER, "N", AT(max_pages), NULL, 1, READ, OPTION_ANYWHERE, "stop after N pages; the summary says where to go on"},
    {"expect", 0, "range", OPTION_INTEGER, "N", AT(expect), NULL, 0, READ, OPTION_ANYWHERE, "fewer records than N are an error (76)"},
    {"planned-total", 0, "range", OPTION_INTEGER, "N", AT(planned_total), NULL, 0, READ, OPTION_ANYWHERE, "the count that the range was planned by: another one is drift"},
    {"on-drift", 0, "range", OPTION_CHOICE, "fail|warn|ignore", AT(on_drift), "warn", 0, READ, OPTION_ANYWHERE, "what to do when the total changes while reading"},
    {"allow-repeats", 0, "range", OPTION_FLAG, NULL, AT(allow_repeats), "false", 0, READ, OPTION_ANYWHERE, "two pages with the same bytes are no error"},

    {"paginate", 0, "pages", OPTION_CHOICE, "offset|page|cursor|last-id|next-url|link|range|none|auto", AT(paginate), "offset", 0, PAGES, OPTION_ANYWHERE, "how the API pages its lists"},
    {"records", 0, "pages", OPTION_TEXT, "PATH", AT(records), NULL, 0, PAGES | CHECK, OPTION_ANYWHERE, "where the list of records is in a page (found by itself)"},
    {"param-offset", 0, "pages", OPTION_TEXT, "NAME", AT(param_offset), "offset", 0, PAGES, OPTION_ANYWHERE, "the parameter for the offset"},
    {"param-limit", 0, "pages", OPTION_TEXT, "NAME", AT(param_limit), NULL, 0, PAGES, OPTION_ANYWHERE, "the parameter for the page size (limit; next-url, link, range, none: not sent); '' sends none"},
    {"param-page", 0, "pages", OPTION_TEXT, "NAME", AT(param_page), "page", 0, PAGES, OPTION_ANYWHERE, "the parameter for the page number"},
    {"page-base", 0, "pages", OPTION_CHOICE, "0|1", AT(page_base), "1", 0, PAGES, OPTION_ANYWHERE, "the number of the first page"},
    {"param-cursor", 0, "pages", OPTION_TEXT, "NAME", AT(param_cursor), "cursor", 0, PAGES, OPTION_ANYWHERE, "the parameter for the cursor or the last id"},
    {"page-in", 0, "pages", OPTION_CHOICE, "query|body|header", AT(page_in), "query", 0, PAGES, OPTION_ANYWHERE, "where these parameters go; body: into the JSON object of --data"},
    {"next", 0, "pages", OPTION_TEXT, "PATH|header:NAME", AT(next), NULL, 0, PAGES, OPTION_ANYWHERE, "where the next cursor or link is (found by itself)"},
    {"has-more", 0, "pages", OPTION_TEXT, "PATH", AT(has_more), NULL, 0, PAGES, OPTION_ANYWHERE, "false there says that a page is the last (has_more)"},
    {"id", 0, "pages", OPTION_TEXT, "PATH", AT(id), "id", 0, PAGES, OPTION_ANYWHERE, "where a record has its id, for last-id"},
    {"cursor", 0, "pages", OPTION_TEXT, "VALUE", AT(cursor), NULL, 0, READ, OPTION_ANYWHERE, "the cursor, id or link to start from"},
    {"cursor-inclusive", 0, "pages", OPTION_FLAG, NULL, AT(cursor_inclusive), "false", 0, READ, OPTION_ANYWHERE, "a page begins with the record that the last one ended with: drop it"},
    {"stream", 0, "pages", OPTION_FLAG, NULL, AT(stream), "false", 0, READ, OPTION_ANYWHERE, "with --paginate none: write records while the body arrives; it may be larger than memory"},
    {"parallel", 0, "pages", OPTION_INTEGER, "N", AT(parallel), NULL, 1, READ | WRITE, OPTION_ANYWHERE, "requests under way at the same time (read: 4, write: 1, which keeps the order)"},

    {"count-from", 0, "count", OPTION_TEXT, "SOURCE", AT(count_from), "auto", 0, PAGES | CHECK, OPTION_ANYWHERE, "auto, url:URL[#PATH], body:PATH, header:NAME, content-range or last-page"},

    {"header", 'H', "request", OPTION_LIST, "'NAME: VALUE'|@FILE", AT(header), NULL, 0, ALL, OPTION_ANYWHERE, "a header to send; @FILE: one a line"},
    {"method", 'X', "request", OPTION_CHOICE, "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS", AT(method), NULL, 0, ALL, OPTION_ANYWHERE, "the request method (GET; POST with --data and for write)"},
    {"data", 'd', "request", OPTION_TEXT, "TEXT|@FILE|-", AT(data), NULL, 0, PAGES | CALL, OPTION_ANYWHERE, "the body to send"},
    {"query", 0, "request", OPTION_LIST, "NAME=VALUE", AT(query), NULL, 0, ALL, OPTION_ANYWHERE, "a query parameter to send"},
    {"compressed", 0, "request", OPTION_FLAG, NULL, AT(compressed), "true", 0, ALL, OPTION_ANYWHERE, "ask for compressed answers"},
    {"user-agent", 'A', "request", OPTION_TEXT, "NAME", AT(user_agent), NULL, 0, ALL, OPTION_ANYWHERE, "the User-Agent to send"},

    {"batch-size", 0, "write", OPTION_INTEGER, "N", AT(batch_size), "50", 1, WRITE, OPTION_ANYWHERE, "records in one request, at the most"},
    {"batch-bytes", 0, "write", OPTION_INTEGER, "BYTES", AT(batch_bytes), "16777216", 1, WRITE, OPTION_ANYWHERE, "bytes in one request, before compression, at the most"},
    {"body", 0, "write", OPTION_TEXT, "SHAPE", AT(body), "array", 0, WRITE, OPTION_ANYWHERE, "array, object:KEY, ndjson, single or single:KEY"},
    {"ndjson-prefix", 0, "write", OPTION_TEXT, "JSON", AT(ndjson_prefix), NULL, 0, WRITE, OPTION_ANYWHERE, "with ndjson, a line before each record"},
    {"url-template", 0, "write", OPTION_TEXT, "URL", AT(url_template), NULL, 0, WRITE, OPTION_ANYWHERE, "a URL for each record: {PATH} stands for what the record has there"},
    {"compress-body", 0, "write", OPTION_FLAG, NULL, AT(compress_body), "false", 0, WRITE, OPTION_ANYWHERE, "send bodies compressed (gzip)"},
    {"idempotency-key", 0, "write", OPTION_TEXT, "PREFIX", AT(idempotency_key), NULL, 0, WRITE | CALL, OPTION_ANYWHERE, "send a key with each request, made of PREFIX and the body"},
    {"idempotency-header", 0, "write", OPTION_TEXT, "NAME", AT(idempotency_header), "Idempotency-Key", 0, WRITE | CALL, OPTION_ANYWHERE, "the header for that key"},
    {"idempotent", 0, "write", OPTION_FLAG, NULL, AT(idempotent), "true", 0, WRITE | CALL, OPTION_ANYWHERE, "trust the server to heed the key, and try again where it may have stored a batch"},
    {"reject-file", 0, "write", OPTION_TEXT, "FILE", AT(reject_file), NULL, 0, WRITE, OPTION_ANYWHERE, "find out the bad records of a refused batch and write them there"},
    {"max-rejects", 0, "write", OPTION_INTEGER, "N", AT(max_rejects), NULL, 0, WRITE, OPTION_ANYWHERE, "more bad records than N end the run (0; no limit with --reject-file)"},
    {"replay", 0, "write", OPTION_TEXT, "FILE", AT(replay), NULL, 0, WRITE, OPTION_LINE_ONLY, "send the records of a reject file instead of standard input"},
    {"end-marker", 0, "write", OPTION_TEXT, "TEXT", AT(end_marker), NULL, 0, WRITE, OPTION_LINE_ONLY, "the line that must end the input; without it the input is torn"},
    {"results", 0, "write", OPTION_TEXT, "PATH", AT(results), NULL, 0, WRITE, OPTION_ANYWHERE, "where an answer has a list of results, one a record (found by itself)"},
    {"result-status", 0, "write", OPTION_TEXT, "PATH", AT(result_status), NULL, 0, WRITE, OPTION_ANYWHERE, "where a result has its status: 400 or more is a reject"},
    {"result-error", 0, "write", OPTION_TEXT, "PATH", AT(result_error), NULL, 0, WRITE, OPTION_ANYWHERE, "where a result has its error: anything there is a reject"},
    {"ids", 0, "write", OPTION_TEXT, "PATH", AT(ids), NULL, 0, WRITE, OPTION_ANYWHERE, "where a result has the id that the server gave"},
    {"ids-file", 0, "write", OPTION_TEXT, "FILE", AT(ids_file), NULL, 0, WRITE, OPTION_LINE_ONLY, "write these ids there, one a line, in the order of the input"},

    {"bearer-file", 0, "auth", OPTION_TEXT, "FILE", AT(bearer_file), NULL, 0, ALL, OPTION_ANYWHERE, "send the token in FILE: Authorization: Bearer"},
    {"bearer", 0, "auth", OPTION_TEXT, "TOKEN", AT(bearer), NULL, 0, ALL, OPTION_FILE_ONLY, "the token itself"},
    {"user-file", 0, "auth", OPTION_TEXT, "FILE", AT(user_file), NULL, 0, ALL, OPTION_ANYWHERE, "HTTP Basic with the name:password in FILE"},
    {"user", 0, "auth", OPTION_TEXT, "NAME:PASSWORD", AT(user), NULL, 0, ALL, OPTION_FILE_ONLY, "the name:password itself"},
    {"netrc", 'n', "auth", OPTION_FLAG, NULL, AT(netrc), "false", 0, ALL, OPTION_ANYWHERE, "take the user from ~/.netrc"},
    {"netrc-file", 0, "auth", OPTION_TEXT, "FILE", AT(netrc_file), NULL, 0, ALL, OPTION_ANYWHERE, "take the user from FILE, as from ~/.netrc"},
    {"query-secret", 0, "auth", OPTION_LIST, "NAME=@FILE", AT(query_secret), NULL, 0, ALL, OPTION_AT_FILE, "a query parameter whose value is the content of FILE"},
    {"oauth-token-url", 0, "auth", OPTION_TEXT, "URL", AT(oauth_token_url), NULL, 0, ALL, OPTION_ANYWHERE, "get a token there (OAuth 2)"},
    {"oauth-client-id", 0, "auth", OPTION_TEXT, "ID", AT(oauth_client_id), NULL, 0, ALL, OPTION_ANYWHERE, "the client's id"},
    {"oauth-client-secret-file", 0, "auth", OPTION_TEXT, "FILE", AT(oauth_client_secret_file), NULL, 0, ALL, OPTION_ANYWHERE, "where the client's secret is"},
    {"oauth-client-secret", 0, "auth", OPTION_TEXT, "SECRET", AT(oauth_client_secret), NULL, 0, ALL, OPTION_FILE_ONLY, "the client's secret itself"},
    {"oauth-refresh-token-file", 0, "auth", OPTION_TEXT, "FILE", AT(oauth_refresh_token_file), NULL, 0, ALL, OPTION_ANYWHERE, "use the refresh token in FILE instead of client credentials"},
    {"oauth-refresh-token", 0, "auth", OPTION_TEXT, "TOKEN", AT(oauth_refresh_token), NULL, 0, ALL, OPTION_FILE_ONLY, "the refresh token itself"},
    {"oauth-scope", 0, "auth", OPTION_TEXT, "SCOPE", AT(oauth_scope), NULL, 0, ALL, OPTION_ANYWHERE, "the scope to ask for"},
    {"oauth-audience", 0, "auth", OPTION_TEXT, "AUDIENCE", AT(oauth_audience), NULL, 0, ALL, OPTION_ANYWHERE, "the audience to ask for"},
    {"oauth-param", 0, "auth", OPTION_LIST, "NAME=VALUE", AT(oauth_param), NULL, 0, ALL, OPTION_ANYWHERE, "another parameter for the token URL"},
    {"oauth-auth", 0, "auth", OPTION_CHOICE, "basic|body", AT(oauth_auth), "basic", 0, ALL, OPTION_ANYWHERE, "how the client shows its secret to the token URL"},
    {"cert", 'E', "auth", OPTION_TEXT, "FILE", AT(cert), NULL, 0, ALL, OPTION_ANYWHERE, "the client's certificate (PEM), for mutual TLS"},
    {"key", 0, "auth", OPTION_TEXT, "FILE", AT(key), NULL, 0, ALL, OPTION_ANYWHERE, "the key of that certificate (PEM)"},
    {"aws-sigv4", 0, "auth", OPTION_TEXT, "PROVIDER", AT(aws_sigv4), NULL, 0, ALL, OPTION_ANYWHERE, "sign requests (experimental), e.g. aws:amz:eu-west-1:execute-api; keys in --user-file"},

    {"connect-timeout", 0, "network", OPTION_NUMBER, "SECONDS", AT(connect_timeout), "10", 0, ALL, OPTION_ANYWHERE, "how long a connection may take to come about"},
    {"max-time", 'm', "network", OPTION_NUMBER, "SECONDS", AT(max_time), "0", 0, ALL, OPTION_ANYWHERE, "how long one request may take; 0: no limit"},
    {"speed-limit", 'Y', "network", OPTION_INTEGER, "BYTES", AT(speed_limit), "1", 0, ALL, OPTION_ANYWHERE, "slower than this, in bytes a second ..."},
    {"speed-time", 'y', "network", OPTION_NUMBER, "SECONDS", AT(speed_time), "60", 0, ALL, OPTION_ANYWHERE, "... for this long counts as a time-out"},
    {"retry", 0, "network", OPTION_INTEGER, "N", AT(retry), "5", 0, ALL, OPTION_ANYWHERE, "how often to try a request again"},
    {"retry-delay", 0, "network", OPTION_NUMBER, "SECONDS", AT(retry_delay), NULL, 0, ALL, OPTION_ANYWHERE, "wait this long instead of backing off from 1 s"},
    {"retry-max-time", 0, "network", OPTION_NUMBER, "SECONDS", AT(retry_max_time), NULL, 0, ALL, OPTION_ANYWHERE, "start no retry later than this after the first try"},
    {"max-redirs", 0, "network", OPTION_INTEGER, "N", AT(max_redirs), "5", 0, ALL, OPTION_ANYWHERE, "redirects to follow, within the same origin"},
    {"max-page-bytes", 0, "network", OPTION_INTEGER, "BYTES", AT(max_page_bytes), "268435456", 1, ALL, OPTION_ANYWHERE, "the largest page to accept, decompressed"},
    {"trust-host", 0, "network", OPTION_LIST, "HOST", AT(trust_host), NULL, 0, ALL, OPTION_ANYWHERE, "follow links and redirects to this host, too, with all headers"},
    {"rate", 0, "network", OPTION_TEXT, "N/s|N/m|N/h|N/d", AT(rate), NULL, 0, ALL, OPTION_ANYWHERE, "send at most so many requests"},
    {"rate-scope", 0, "network", OPTION_CHOICE, "process|machine", AT(rate_scope), "process", 0, ALL, OPTION_ANYWHERE, "whether all processes of the user on this machine share rate and pauses"},
    {"proxy", 'x', "network", OPTION_TEXT, "URL", AT(proxy), NULL, 0, ALL, OPTION_ANYWHERE, "go through this proxy (as the environment says)"},
    {"cacert", 0, "network", OPTION_TEXT, "FILE", AT(cacert), NULL, 0, ALL, OPTION_ANYWHERE, "trust the certificates in FILE (PEM)"},

    {"config", 'K', "process", OPTION_TEXT, "FILE", AT(config), NULL, 0, ALL, OPTION_LINE_ONLY, "read options from FILE, one 'name = value' a line"},
    {"api", 0, "process", OPTION_TEXT, "NAME", AT(api), NULL, 0, ALL, OPTION_ANYWHERE, "take options from the preset of an API; `restsrc help apis` lists them"},
    {"config-fd", 0, "process", OPTION_INTEGER, "N", AT(config_fd), NULL, 0, ALL, OPTION_LINE_ONLY, "the same from an open file descriptor"},
    {"summary-fd", 0, "process", OPTION_INTEGER, "N", AT(summary_fd), NULL, 0, READ, OPTION_LINE_ONLY, "write a JSON summary to this file descriptor"},
    {"error-format", 0, "process", OPTION_CHOICE, "text|json", AT(error_format), "text", 0, ALL, OPTION_ANYWHERE, "how an error is told on stderr"},
    {"die-with-parent", 0, "process", OPTION_FLAG, NULL, AT(die_with_parent), "false", 0, ALL, OPTION_LINE_ONLY, "end when the parent process ends"},
    {"trace-ids", 0, "process", OPTION_FLAG, NULL, AT(trace_ids), "false", 0, ALL, OPTION_ANYWHERE, "send a traceparent header (W3C) with each request"},
    {"verbose", 'v', "process", OPTION_FLAG, NULL, AT(verbose), "false", 0, ALL, OPTION_ANYWHERE, "show requests and answers on stderr"},
    {"quiet", 'q', "process", OPTION_FLAG, NULL, AT(quiet), "false", 0, ALL, OPTION_ANYWHERE, "no warnings and notes"},
    {"progress-meter", 0, "process", OPTION_FLAG, NULL, AT(progress_meter), "true", 0, READ | WRITE, OPTION_ANYWHERE, "show progress when stderr is a terminal"},
};
const size_t option_count = sizeof option_table / sizeof *option_table;

/* ---- values ---- */

static void *member(struct options *o, const struct option_row *row)
{
    return (char *)o + row->member;
}

void options_init(struct options *o)
{
    struct error never;
    memset(o, 0, sizeof *o);
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (row->fallback)
            option_set(o, row, row->fallback, &never);
        else if (row->type == OPTION_INTEGER)
            *(int64_t *)member(o, row) = NOT_GIVEN;
        else if (row->type == OPTION_NUMBER)
            *(double *)member(o, row) = NOT_GIVEN;
    }
}

void options_free(struct options *o)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (row->type == OPTION_TEXT || row->type == OPTION_CHOICE) {
            free(*(char **)member(o, row));
        } else if (row->type == OPTION_LIST) {
            struct list *list = member(o, row);
            for (size_t i = 0; i < list->count; i++)
                free(list->item[i]);
            free(list->item);
        }
    }
    buf_free(&o->warning);
}

static void list_add(struct list *list, const char *text)
{
    char **grown = mem_zeroed(list->count + 1, sizeof *grown);
    for (size_t i = 0; i < list->count; i++)
        grown[i] = list->item[i];
    free(list->item);
    list->item = grown;
    list->item[list->count++] = mem_text(text, strlen(text));
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

static int set_number(double *to, const struct option_row *row, const char *text, struct error *e)
{
    char *end;
    double n = strtod(text, &end);
    if (!isdigit((unsigned char)*text) || *end || !isfinite(n))
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

static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);
    for (const char *p = choices; *p; p += strspn(p, "|")) {
        size_t n = strcspn(p, "|");
        if (n == len && strncmp(p, text, n) == 0)
            return true;
        p += n;
    }
    return false;
}

int option_set(struct options *o, const struct option_row *row, const char *text, struct error *e)
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
        list_add(to, text);
        return 0;
    case OPTION_CHOICE:
        if (!is_choice(row->argument, text))
            return error_set(e, EXIT_USAGE, "--%s takes one of %s", row->name, row->argument);
        break;
    case OPTION_TEXT:
        break;
    }
    free(*(char **)to);
    *(char **)to = mem_text(text, strlen(text));
    return 0;
}

/* ---- names ---- */

const struct option_row *option_find(const char *name, size_t len)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        if (strlen(row->name) == len && strncmp(row->name, name, len) == 0)
            return row;
    return NULL;
}

/* Levenshtein's distance, for names of up to 31 characters. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[32];
    size_t width = strlen(b);
    if (strlen(a) > 31 || width > 31)
        return 99;
    for (unsigned i = 0; i <= width; i++)
        row[i] = i;
    for (; *a; a++) {
        unsigned diagonal = row[0]++;
        for (size_t i = 1; i <= width; i++) {
            unsigned swap = diagonal + (*a != b[i - 1]);
            unsigned gap = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;
            diagonal = row[i];
            row[i] = swap < gap ? swap : gap;
        }
    }
    return row[width];
}

const char *option_nearest(const char *name)
{
    const char *nearest = NULL;
    unsigned best = 4;
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        bool begins = strlen(name) > 2 && strncmp(row->name, name, strlen(name)) == 0;
        unsigned d = begins ? 1 : distance(name, row->name);
        if (d < best) {
            best = d;
            nearest = row->name;
        }
    }
    return nearest;
}

/* ---- the command line ---- */

struct line {
    struct option *longs; /* for getopt_long(); val is the row's number, flags also with no- */
    char *shorts;
    bool *given; /* by row: the command line wins over files */
};

enum { NEGATED = 1000, FIRST_LONG = 256 };

static void line_init(struct line *l)
{
    struct option *to = l->longs = mem_zeroed(2 * option_count + 1, sizeof *l->longs);
    char *letter = l->shorts = mem_zeroed(2 * option_count + 3, 1);
    l->given = mem_zeroed(option_count, sizeof *l->given);
    *letter++ = '-'; /* operands in their place, so that argv stays as it is */
    *letter++ = ':';
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (row->place == OPTION_FILE_ONLY)
            continue;
        bool flag = row->type == OPTION_FLAG;
        *to++ = (struct option){row->name, flag ? no_argument : required_argument, NULL, FIRST_LONG + (int)i};
        if (flag) {
            struct buf no = {0};
            buf_addf(&no, "no-%s", row->name);
            *to++ = (struct option){mem_text(no.data, no.len), no_argument, NULL, FIRST_LONG + NEGATED + (int)i};
            buf_free(&no);
        }
        if (row->letter) {
            *letter++ = row->letter;
            if (!flag)
                *letter++ = ':';
        }
    }
}

static void line_free(struct line *l)
{
    for (struct option *o = l->longs; o->name; o++)
        if (o->val >= FIRST_LONG + NEGATED)
            free((char *)o->name);
    free(l->longs);
    free(l->shorts);
    free(l->given);
}

static int unknown(const char *word, struct error *e)
{
    char name[64];
    size_t len = strcspn(word, "=");
    len = len < sizeof name ? len : sizeof name - 1;
    memcpy(name, word, len);
    name[len] = '\0';
    const char *plain = name + strspn(name, "-");
    const char *nearest = option_nearest(plain);
    if (!nearest && strncmp(plain, "no-", 3) == 0)
        nearest = option_nearest(plain + 3);
    return error_set(e, EXIT_USAGE, "unknown option %s%s%s", name, nearest ? ": did you mean --" : "",
                     nearest ? nearest : "");
}

/* getopt_long() takes any beginning of a long name; we do not, so that a script means the same with the next version. */
static bool is_whole_name(char **argv, const struct option *chosen)
{
    const char *word = argv[optind - 1];
    if (chosen->has_arg && optarg == word)
        word = argv[optind - 2];
    return strncmp(word, "--", 2) == 0 && strcspn(word + 2, "=") == strlen(chosen->name);
}

static int operand(struct options *o, const char *text, struct error *e)
{
    if (o->url)
        return error_set(e, EXIT_USAGE, "only one URL can be given");
    o->url = mem_text(text, strlen(text));
    return 0;
}

static const struct option_row *row_of(int code)
{
    if (code >= FIRST_LONG)
        return &option_table[(code - FIRST_LONG) % NEGATED];
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        if (row->letter == code)
            return row;
    return NULL;
}

/* On the command line the value is in a file; the list holds the values themselves. */
static int add_secret(struct list *list, const struct option_row *row, const char *text, struct buf *warning, struct error *e)
{
    struct buf item = {0};
    char *value = NULL;
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || equals[1] != '@')
        return error_set(e, EXIT_USAGE, "--%s takes NAME=@FILE: a secret on the command line could be seen by others", row->name);
    if (secret_read(equals + 2, &value, warning, e))
        return -1;
    buf_add(&item, text, (size_t)(equals + 1 - text));
    buf_adds(&item, value);
    list_add(list, buf_text(&item));
    free(value);
    buf_free(&item);
    return 0;
}

static int line_option(struct options *o, struct line *l, enum command command, char **argv, int code, int which, struct error *e)
{
    if (code >= FIRST_LONG && !is_whole_name(argv, &l->longs[which]))
        return unknown(argv[optind - 1 - (optarg == argv[optind - 1])], e);
    const struct option_row *row = row_of(code);
    if (!(row->commands & command))
        return error_set(e, EXIT_USAGE, "--%s is not an option of this command", row->name);
    l->given[row - option_table] = true;
    if (row->place == OPTION_AT_FILE)
        return add_secret(member(o, row), row, optarg, &o->warning, e);
    bool negated = code >= FIRST_LONG + NEGATED;
    return option_set(o, row, row->type == OPTION_FLAG ? (negated ? "false" : "true") : optarg, e);
}

static int line_parse(struct options *o, struct line *l, enum command command, int argc, char **argv, struct error *e)
{
    int code, which = 0;
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, l->shorts, l->longs, &which)) != -1) {
        const char *word = argv[optind - 1];
        if (code == '?')
            return unknown(word, e);
        if (code == ':')
            return error_set(e, EXIT_USAGE, "%s needs a value", word);
        if (code == 1 ? operand(o, optarg, e) : line_option(o, l, command, argv, code, which, e))
            return -1;
    }
    for (; optind < argc; optind++) /* after -- */
        if (operand(o, argv[optind], e))
            return -1;
    return 0;
}

/* --data @FILE and --data - become what they stand for. */
static int load_data(struct options *o, struct error *e)
{
    struct buf text = {0};
    o->data_len = o->data ? strlen(o->data) : 0;
    if (!o->data || (*o->data != '@' && strcmp(o->data, "-")))
        return 0;
    int result = *o->data == '@' ? io_read_file(o->data + 1, &text, e)
                                 : io_read_all(STDIN_FILENO, "standard input", EXIT_IO, &text, e);
    if (result == 0) {
        free(o->data);
        o->data = mem_text(buf_text(&text), text.len);
        o->data_len = text.len;
    }
    buf_free(&text);
    return result;
}

int options_parse(struct options *o, enum command command, int argc, char **argv, struct error *e)
{
    struct line line = {0};
    line_init(&line);
    int result = line_parse(o, &line, command, argc, argv, e);
    const struct option_row *url = option_find("url", 3);
    line.given[url - option_table] |= o->url != NULL;
    if (result == 0)
        result = config_load(o, line.given, e);
    if (result == 0 && !o->url)
        result = error_set(e, EXIT_USAGE, "a URL is missing");
    if (result == 0)
        result = load_data(o, e);
    line_free(&line);
    return result;
}

/* ---- what people and programs can read of the table ---- */

static void help_row(const struct option_row *row, struct buf *out)
{
    size_t start = out->len;
    if (row->letter)
        buf_addf(out, "  -%c, ", row->letter);
    else
        buf_adds(out, "      ");
    buf_addf(out, "--%s%s", row->type == OPTION_FLAG && row->fallback && *row->fallback == 't' ? "no-" : "", row->name);
    if (row->argument)
        buf_addf(out, " %s", row->argument);
    int gap = 38 - (int)(out->len - start);
    buf_addf(out, "%*s%s%s", gap > 2 ? gap : 2, "", row->type == OPTION_FLAG && *row->fallback == 't' ? "do not " : "", row->help);
    if (row->fallback && *row->fallback && row->type != OPTION_FLAG)
        buf_addf(out, " (%s)", row->fallback);
    buf_addc(out, '\n');
}

void options_help(unsigned commands, struct buf *out)
{
    const char *group = "";
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (!(row->commands & commands) || row->place == OPTION_FILE_ONLY)
            continue;
        if (strcmp(row->group, group))
            buf_addf(out, "\n%c%s:\n", toupper((unsigned char)*row->group), row->group + 1);
        group = row->group;
        help_row(row, out);
    }
}

void options_list(struct buf *out)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        control_option_line(row, out);
}
