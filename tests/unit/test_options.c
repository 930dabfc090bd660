/* options: the table, the command line, names that are nearly right, and values. (Files are tested through the tool:
 * config.bats.) */
#include <stdlib.h>

#include "cli/command_line.h"
#include "pages/styles.h"
#include "tap.h"

enum { MOST = 16 };

/* Parses a command line of `read`, divided at blanks. */
static int parse(struct options *o, enum command_bit command, const char *line, struct error *e)
{
    static char copy[512];
    char *argv[MOST + 1] = {(char *)"read"};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && argc < MOST; word = strtok(NULL, " "))
        argv[argc++] = word;
    *e = (struct error){0};
    options_init(o);
    return command_line_parse(o, command, argc, argv, e) || options_complete(o, e) ? -1 : 0;
}

static void refuses(enum command_bit command, const char *line, const char *what)
{
    struct options o;
    struct error e;
    int result = parse(&o, command, line, &e);
    ok(result == -1 && e.code == EXIT_USAGE && strstr(e.message, what), "<%s> is refused: %s", line, what);
    if (result == 0 || !strstr(e.message, what))
        tap_note("%s", result ? e.message : "it was accepted");
    options_free(&o);
}

static void check_defaults(void)
{
    struct options o;
    struct error e;
    is_int(parse(&o, COMMAND_READ, "http://h/", &e), 0, "a URL is enough");
    is_text(o.request.url, "http://h/", "and is the operand");
    ok(o.range.offset == 0 && o.range.limit == NOT_GIVEN && o.range.page_size == 100 && o.network.retry == 5,
       "from the first record to the end, a hundred records a page, five retries");
    ok(o.network.retry_delay == NOT_GIVEN && o.network.connect_timeout == 10 && o.network.max_time == 0 &&
           o.network.speed_time == 60,
       "the defaults of times");
    ok(o.request.compressed && o.run.progress_meter && !o.run.quiet && !o.network.verbose, "the defaults of flags");
    ok(strcmp(o.paging.param_offset, "offset") == 0 && o.range.on_drift == DRIFT_WARN &&
           strcmp(o.paging.count_from, "auto") == 0,
       "the defaults of texts");
    options_free(&o);
}

static void check_values(void)
{
    struct options o;
    struct error e;
    is_int(parse(&o, COMMAND_READ,
                 "--limit=7 --offset 9223372036854775807 http://h/ --retry-delay 0.05 --no-compressed --query a=1 "
                 "--query b= -q --param-limit= --on-drift fail",
                 &e),
           0, "options and operand in any order");
    ok(o.range.limit == 7 && o.range.offset == INT64_MAX, "integers");
    ok(o.network.retry_delay > 0.049 && o.network.retry_delay < 0.051, "fractions of a second");
    ok(!o.request.compressed && o.run.quiet, "flags");
    ok(o.request.query.count == 2 && strcmp(o.request.query.item[0], "a=1") == 0 &&
           strcmp(o.request.query.item[1], "b=") == 0,
       "lists keep their order");
    ok(o.paging.param_limit && *o.paging.param_limit == '\0', "an empty text is a value");
    is_int(o.range.on_drift, DRIFT_FAIL, "choices");
    options_free(&o);
}

static void check_refusals(void)
{
    refuses(COMMAND_READ, "", "URL");
    refuses(COMMAND_READ, "http://a/ http://b/", "one URL");
    refuses(COMMAND_READ, "--limit", "--limit");
    refuses(COMMAND_READ, "--limit -1 http://h/", "--limit");
    refuses(COMMAND_READ, "--limit 1e3 http://h/", "--limit");
    refuses(COMMAND_READ, "--limit 0x10 http://h/", "--limit");
    refuses(COMMAND_READ, "--limit +1 http://h/", "--limit");
    refuses(COMMAND_READ, "--limit 9223372036854775808 http://h/", "--limit");
    refuses(COMMAND_READ, "--page-size 0 http://h/", "--page-size");
    refuses(COMMAND_READ, "--max-time inf http://h/", "--max-time");
    refuses(COMMAND_READ, "--max-time nan http://h/", "--max-time");
    refuses(COMMAND_READ, "--max-time -1 http://h/", "--max-time");
    refuses(COMMAND_READ, "--on-drift never http://h/", "fail|warn|ignore");
    refuses(COMMAND_READ, "--quiet=yes http://h/", "--quiet");
    refuses(COMMAND_READ, "--lim 5 http://h/", "--limit");
    refuses(COMMAND_READ, "--no-quie http://h/", "--quiet");
    refuses(COMMAND_READ, "--paeg-size 5 http://h/", "--page-size");
    refuses(COMMAND_COUNT, "--offset 5 http://h/", "--offset is not an option of count, but of read");
}

static void check_names(void)
{
    is_text(options_nearest("ofset"), "offset", "a letter too few");
    is_text(options_nearest("page_size"), "page-size", "underscores for dashes");
    is_text(options_nearest("retrydelay"), "retry-delay", "a dash too few");
    is_text(options_nearest("summary"), "summary-fd", "the beginning of a name");
    is_text(options_nearest("completely-different"), NULL, "nothing is near");
    is_text(options_nearest("a-name-of-more-than-a-hundred-characters-that-goes-on-and-on-and-on-until-nobody-can-read-"
                            "it-any-more-at-all"),
            NULL, "a name of any length");
    ok(options_find("limit", 5) && !options_find("limit", 4) && !options_find("limits", 6), "names are found whole");
}

static void check_table(void)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        bool sound = options_find(row->name, strlen(row->name)) == row && row->help && *row->help && row->commands;
        sound &= (row->type == OPTION_FLAG) == !row->argument;
        for (size_t j = 0; j < i; j++)
            sound &= !row->letter || option_table[j].letter != row->letter;
        if (!sound)
            tap_note("--%s", row->name);
        wrong += !sound;
    }
    is_int(wrong, 0, "each row has a name and a letter of its own, a help text and a command");
}

/* A choice is kept as its place among the choices. */
static void check_choice(const char *option, int place, const char *name)
{
    const struct option_row *row = options_find(option, strlen(option));
    const char *word = row->argument;
    for (int i = 0; i < place; i++)
        word += strcspn(word, "|") + 1;
    ok(strlen(name) == strcspn(word, "|") && strncmp(word, name, strlen(name)) == 0, "--%s %s", option, name);
}

static void check_choices(void)
{
    for (int i = 0; i < PAGING_AUTO; i++)
        check_choice("paginate", i, styles_find((enum paging_style)i)->name);
    check_choice("paginate", PAGING_AUTO, "auto");
    for (int i = METHOD_GET; i <= METHOD_OPTIONS; i++)
        check_choice("method", i, request_method((enum method)i));
    check_choice("page-in", PAGE_IN_QUERY, "query");
    check_choice("page-in", PAGE_IN_QUERY_JSON, "query-json");
    check_choice("page-in", PAGE_IN_BODY, "body");
    check_choice("page-in", PAGE_IN_HEADER, "header");
    check_choice("page-base", 1, "1");
    check_choice("on-drift", DRIFT_FAIL, "fail");
    check_choice("on-drift", DRIFT_WARN, "warn");
    check_choice("on-drift", DRIFT_IGNORE, "ignore");
    check_choice("rate-scope", RATE_MACHINE, "machine");
    check_choice("error-format", ERROR_JSON, "json");
    check_choice("oauth-auth", OAUTH_BODY, "body");
}

int main(void)
{
    check_defaults();
    check_values();
    check_refusals();
    check_names();
    check_table();
    check_choices();
    return tap_end();
}
