/* options: ONE table of what can be set, and everything that follows from it: the command line, configuration files,
 * --help, `restsrc help options` (which shell completions and the Spark package read). A new option is one row in
 * option_table.c and one member here. */
#ifndef RESTSRC_OPTIONS_H
#define RESTSRC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum command { COMMAND_READ = 1, COMMAND_COUNT = 2, COMMAND_WRITE = 4, COMMAND_CALL = 8, COMMAND_CHECK = 16 };

struct list {
    size_t count;
    char **item;
};

enum { NOT_GIVEN = -1 };

struct options {
    char *url;

    int64_t offset, limit; /* records; limit NOT_GIVEN: to the end */
    int64_t page_size, max_pages, expect, planned_total;
    char *on_drift;
    bool allow_repeats;

    char *paginate, *records;
    char *param_offset, *param_limit, *param_page, *param_cursor; /* param_limit NULL: as the style has it */
    char *page_base;
    char *next, *has_more, *id, *cursor;
    bool cursor_inclusive, stream, absent_is_empty, error_is_empty;
    char *page_in;
    int64_t parallel;
    char *count_from;

    struct list header, query, trust_host;
    char *method, *data;
    size_t data_len; /* data may hold NUL bytes */
    bool compressed;
    char *user_agent;

    int64_t batch_size, batch_bytes, max_rejects;
    char *body, *ndjson_prefix, *url_template;
    bool compress_body, idempotent;
    char *idempotency_key, *idempotency_header;
    char *reject_file, *replay, *end_marker;
    char *results, *result_status, *result_error, *ids, *ids_file;

    double connect_timeout, max_time, speed_time; /* seconds */
    int64_t speed_limit;                          /* bytes per second */
    int64_t retry;
    double retry_delay, retry_max_time; /* seconds; NOT_GIVEN */
    int64_t max_redirs, max_page_bytes;
    char *cacert, *proxy, *rate, *rate_scope;

    char *bearer, *bearer_file, *user, *user_file; /* NAME and NAME_file: the secret itself, or where it is */
    bool netrc;
    char *netrc_file;
    struct list query_secret; /* NAME=VALUE */
    char *oauth_token_url, *oauth_client_id, *oauth_client_secret, *oauth_client_secret_file;
    char *oauth_refresh_token, *oauth_refresh_token_file, *oauth_scope, *oauth_audience, *oauth_auth;
    struct list oauth_param;
    char *cert, *key, *aws_sigv4;

    char *config, *api;
    int64_t config_fd, summary_fd;
    char *error_format;
    bool die_with_parent, verbose, quiet, progress_meter, trace_ids;

    struct buf warning; /* about a file, for the command to tell */
    bool *given;        /* by row of the table: it has a value that is no default */
    struct list line;   /* NAME=VALUE of each option of the command line, as it stands there */
};

enum option_type { OPTION_FLAG, OPTION_INTEGER, OPTION_NUMBER, OPTION_TEXT, OPTION_CHOICE, OPTION_LIST };

/* Where an option may stand. */
enum option_place {
    OPTION_ANYWHERE,
    OPTION_LINE_ONLY, /* it concerns one run: not in a file */
    OPTION_FILE_ONLY, /* a secret: not on a command line */
    OPTION_AT_FILE,   /* a secret: on a command line NAME=@FILE stands for it */
};

struct option_row {
    const char *name;  /* without the dashes */
    char letter;       /* short form, or 0 */
    const char *group; /* heading in --help and restsrc(1) */
    enum option_type type;
    const char *argument; /* its name in --help; for OPTION_CHOICE the choices, divided by '|'; NULL for a flag */
    size_t member;        /* offset in struct options */
    const char *fallback; /* the value when it is not given, as text; NULL: none */
    int64_t least;        /* smallest OPTION_INTEGER */
    unsigned commands;    /* which commands know it */
    enum option_place place;
    const char *help;
};

extern const struct option_row option_table[];
extern const size_t option_count;

void options_init(struct options *o);
void options_free(struct options *o);

const struct option_row *option_find(const char *name, size_t len);
/* The known name nearest to this one, or NULL when none is near. */
const char *option_nearest(const char *name);

/* Sets one option from text. -1: EXIT_USAGE, with a message that names the option. Flags take "true" and "false". */
int option_set(struct options *o, const struct option_row *row, const char *text, struct error *e);

/* The command line of `command`, then the configuration files that it names, which it overrides. */
int options_parse(struct options *o, enum command command, int argc, char **argv, struct error *e);

/* Was it set, on the command line or in a file? */
bool option_is_given(const struct options *o, const char *name);

void options_help(unsigned commands, struct buf *out); /* the options of a command, for people */
void options_list(struct buf *out);                    /* the whole table, as NDJSON */

#endif
