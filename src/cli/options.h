/* options: ONE table of what can be set, and everything that follows from it: the command line, configuration files,
 * --help, `restsrc help options` (which shell completions and the Spark package read). A new option is one row in
 * option_table.c and one member here. */
#ifndef RESTSRC_OPTIONS_H
#define RESTSRC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "cli/read_arrow.h"
#include "discover/settings.h"
#include "http/client.h"
#include "pages/paging.h"
#include "write/outcome.h"

/* The commands, one bit each, so that a row of the table can name several. */
enum command_bit {
    COMMAND_READ = 1,
    COMMAND_COUNT = 2,
    COMMAND_WRITE = 4,
    COMMAND_CALL = 8,
    COMMAND_CHECK = 16,
    COMMAND_LOOKUP = 32
};

/* Their names by bit, lowest first; NULL ends them. */
extern const char *const command_names[];

enum { NOT_GIVEN = -1 };

enum error_format { ERROR_TEXT, ERROR_JSON };

struct run_options {
    int64_t parallel;
    char *config, *api;
    char *state;
    double deadline;
    int64_t config_fd, summary_fd, envelope_fd;
    enum error_format error_format;
    int64_t sample;
    bool die_with_parent, quiet, progress_meter, include, dry_run, plan;
};

struct each_options {
    char *for_each;
    struct list keep; /* NAME=PATH */
    bool new_only;
};

struct since_options {
    char *since, *until, *since_path, *time_format, *overlap, *window;
    bool newest_first;
    bool filled;         /* something has a {since} or {until} in it */
    struct buf from, to; /* what they stand for in this run: cli/since */
};

/* What each module reads, together. main() hears the sources one after the other: command_line_parse(), config_load(),
 * options_complete(), and with --paginate auto the API itself, options_take(). Then they are complete, and const. */
struct options {
    struct request_options request;
    struct range_options range;
    struct paging_options paging;
    struct output_options output;
    struct write_options write;
    struct network_options network;
    struct auth_options auth;
    struct run_options run;
    struct since_options since;
    struct each_options each;

    struct buf list;    /* its name for --state: cli/since */
    char *list_name;    /* of a configuration file that has several; NULL: none */
    bool has_lists;     /* one of them has */
    struct buf warning; /* about a file, for the command to tell */
    bool *given;        /* by row of the table: it has a value other than the default */
    struct list line;   /* NAME=VALUE of each option of the command line, as it stands there */
};

/* A list from the command line and those of files add up; of parts, which make one value together, the first source
 * counts. */
enum option_type { OPTION_FLAG, OPTION_INTEGER, OPTION_NUMBER, OPTION_TEXT, OPTION_CHOICE, OPTION_LIST, OPTION_PARTS };

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

/* Is its value a secret, or may one be in it: in a URL, a header, a parameter, a body? */
bool options_may_hold_secret(const struct option_row *row);

/* The row of an option by its long name, without the dashes; NULL: there is none. */
const struct option_row *options_find(const char *name, size_t len);
/* What the file of an option NAME-file holds: the row of NAME, or NULL: row is no such option. */
const struct option_row *options_of_file(const struct option_row *row);
/* The known name nearest to this one, or NULL when none is near. */
const char *options_nearest(const char *name);

/* Sets one option from text. -1: EXIT_USAGE, with a message that names the option. Flags take "true" and "false". */
int options_set(struct options *o, const struct option_row *row, const char *text, struct error *e);

/* All sources have been heard: --data @FILE becomes what it stands for. -1: no URL is given, or the file cannot be
 * read.
 */
int options_complete(struct options *o, struct error *e);

/* Takes what discover() found for --paginate auto, the last source there is. */
int options_take(struct options *o, const struct settings *found, struct error *e);

/* What requests need to know, as http/ takes it. */
struct http_options options_http(const struct options *o);
/* --parallel, or what the command takes instead; at most 64. */
unsigned options_parallel(const struct options *o, unsigned fallback);

/* Was it set, on the command line or in a file? */
bool options_is_given(const struct options *o, const char *name);

#endif
