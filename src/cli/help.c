/* help: what people and programs can read about commands and options. */
#include "cli/help.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/config.h"
#include "cli/presets.h"
#include "cli/report.h"
#include "http/transfer.h"
#include "json/rules.h"

enum { WIDTH = 80, HELP_COLUMN = 31 };

/* The words of text from column on, in lines that end before WIDTH. */
static void add_wrapped(const char *text, int column, struct buf *out)
{
    for (int at = column; *text;) {
        int len = (int)strcspn(text, " ");
        if (at > column && at + 1 + len > WIDTH) {
            buf_addf(out, "\n%*s", column, "");
            at = column;
        } else if (at > column) {
            buf_addc(out, ' ');
            at++;
        }
        buf_add(out, text, (size_t)len);
        at += len;
        text += len;
        text += strspn(text, " ");
    }
    buf_addc(out, '\n');
}

/* "a|b|c", in lines that end before WIDTH. */
static void add_choices(const char *argument, size_t start, struct buf *out)
{
    while (*argument) {
        size_t len = strcspn(argument, "|");
        len += argument[len] == '|';
        if (out->len - start + len > WIDTH) {
            start = out->len + 1;
            buf_addf(out, "\n%*s", 10, "");
        }
        buf_add(out, argument, len);
        argument += len;
    }
}

static bool is_on(const struct option_row *row)
{
    return row->type == OPTION_FLAG && row->fallback && *row->fallback == 't';
}

static void help_row(const struct option_row *row, struct buf *out)
{
    size_t start = out->len;
    struct buf help = {0};
    if (row->letter)
        buf_addf(out, "  -%c, ", row->letter);
    else
        buf_adds(out, "      ");
    buf_addf(out, "--%s%s", is_on(row) ? "no-" : "", row->name);
    if (row->argument) {
        buf_addc(out, ' ');
        add_choices(row->argument, start, out);
    }
    int gap = HELP_COLUMN - (int)(out->len - start);
    if (gap < 2)
        buf_addf(out, "\n%*s", HELP_COLUMN, "");
    else
        buf_addf(out, "%*s", gap, "");
    buf_addf(&help, "%s%s", is_on(row) ? "do not " : "", row->help);
    if (row->fallback && *row->fallback && row->type != OPTION_FLAG)
        buf_addf(&help, " (%s)", row->fallback);
    add_wrapped(buf_text(&help), HELP_COLUMN, out);
    buf_free(&help);
}

static bool is_among(const char *names, const char *name)
{
    size_t len = strlen(name);
    for (; *names; names += strcspn(names, " "), names += strspn(names, " "))
        if (strcspn(names, " ") == len && strncmp(names, name, len) == 0)
            return true;
    return false;
}

static void add_common(const struct command *c, struct buf *out)
{
    buf_adds(out, "\nUsed most:\n");
    for (const char *name = c->common; *name; name += strspn(name, " ")) {
        size_t len = strcspn(name, " ");
        help_row(options_find(name, len), out);
        name += len;
    }
}

static void add_options(const struct command *c, struct buf *out)
{
    const char *group = "";
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        if (!(row->commands & c->bit) || row->place == OPTION_FILE_ONLY || is_among(c->common, row->name))
            continue;
        if (strcmp(row->group, group))
            buf_addf(out, "\n%c%s:\n", toupper((unsigned char)*row->group), row->group + 1);
        group = row->group;
        help_row(row, out);
    }
}

static void add_examples(const struct command *c, struct buf *out)
{
    buf_adds(out, "\nExamples:\n");
    for (const char *line = c->examples; *line;) {
        int len = (int)strcspn(line, "\n");
        buf_addf(out, "  %.*s\n", len, line);
        line += len + (line[len] == '\n');
    }
}

static void add_table(struct buf *out)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++)
        report_option(row, out);
}

static int print(struct buf *text, struct error *e)
{
    int result = io_write_lines(STDOUT_FILENO, text->data, text->len, e);
    buf_free(text);
    return result;
}

static int print_usage(struct error *e)
{
    struct buf out = {0};
    buf_adds(&out, "restsrc reads and writes paginated REST APIs as newline-delimited JSON.\n\n");
    for (const struct command *c = cmd_table; c->name; c++)
        buf_addf(&out, "  %-34s%s\n", c->synopsis, c->help);
    buf_adds(&out,
             "  restsrc help COMMAND              the options of a command\n"
             "  restsrc help options              the table of all options, as NDJSON\n"
             "  restsrc help rules                what answers mean, unless --on says otherwise\n"
             "  restsrc help state                what the file of --state has\n"
             "  restsrc help --config FILE        the lists of a configuration file\n"
             "  restsrc help apis                 the presets for --api\n"
             "  restsrc help apis NAME            a preset, with what it leaves to you\n"
             "  restsrc help exit-codes           what each exit code means\n"
             "  restsrc --version\n\n"
             "Example:\n"
             "  restsrc read --limit 1000 --header @token.txt https://api.example.com/v1/orders > orders.ndjson\n");
    return print(&out, e);
}

int help_command(const struct command *c, struct error *e)
{
    struct buf out = {0};
    buf_addf(&out, "usage: %s\n\n%s\n", c->synopsis, c->help);
    add_common(c, &out);
    add_options(c, &out);
    add_examples(c, &out);
    return print(&out, e);
}

int help_version(struct error *e)
{
    struct buf out = {0};
    buf_addf(&out, "%s %s (%s)\n", PACKAGE_NAME, PACKAGE_VERSION, transfer_library());
    buf_adds(&out, "Copyright (c) the restsrc authors. License: MIT.\n");
    return print(&out, e);
}

static int print_presets(const char *name, struct error *e)
{
    struct buf out = {0}, where = {0};
    int result = 0;
    if (name)
        result = presets_find(name, &out, &where, e);
    else
        presets_list(&out);
    buf_free(&where);
    if (result)
        buf_free(&out);
    return result ? result : print(&out, e);
}

static int print_rules(struct error *e)
{
    static const struct list none;
    struct rules rules;
    struct buf out = {0};
    int result = rules_init(&rules, &none, e);
    if (result == 0)
        rules_show(&rules, &out);
    rules_free(&rules);
    return result ? result : print(&out, e);
}

static int print_exit_codes(struct error *e)
{
    struct buf out = {0};
    buf_adds(&out, " 0  complete: every record is out, or stored; for read also: its reader has seen enough (| head)\n"
                   "64  the command line is wrong\n"
                   "65  standard input is not NDJSON, or is cut short\n"
                   "66  a named file cannot be read\n"
                   "69  another 4xx; too many rejects\n"
                   "70  a bug, or out of memory\n"
                   "74  reading stdin or writing stdout failed; may pass\n"
                   "75  network, time-out, 429 or 5xx, after the retries; may pass: try again later\n"
                   "76  the answer is not as described: something would be lost, or cannot be known\n"
                   "77  401 or 403, or TLS is refused\n"
                   "78  a configuration file is wrong\n"
                   "128+N  ended by signal N (130: Ctrl-C)\n");
    return print(&out, e);
}

/* For completions: --name, its argument and its help, with tabs between, for each option of a command. */
static int print_words(const char *command, struct error *e)
{
    struct buf out = {0};
    const struct command *c = command ? cmd_find(command, e) : cmd_table;
    if (!c)
        return -1;
    for (const struct command *one = cmd_table; !command && one->name; one++)
        buf_addf(&out, "%s\t\t%s\n", one->name, one->help);
    for (const struct option_row *row = option_table; command && row < option_table + option_count; row++)
        if (row->commands & c->bit && row->place != OPTION_FILE_ONLY)
            buf_addf(&out, "--%s%s\t%s\t%s%s\n", is_on(row) ? "no-" : "", row->name, row->argument ? row->argument : "",
                     is_on(row) ? "do not " : "", row->help);
    return print(&out, e);
}

static int print_state(struct error *e)
{
    struct buf out = {0};
    buf_adds(
        &out,
        "The file of --state has a line of JSON for each list. The same command line goes on where it says:\n\n"
        "  {\"version\":1,\"list\":\"https://api.example.com/orders\",\"style\":\"offset\",\"offset\":500,\n"
        "   \"page_size\":100,\"cursor\":null,\"skip\":0,\"records\":500,\"bytes\":61240,\"done\":false}\n\n"
        "  list          the URL with its query, without secrets; --data and --records belong to it\n"
        "  style         --paginate; only with it the rest means something\n"
        "  offset        the next record, in styles that can ask for any\n"
        "  page_size     the size that the server gives, in these styles\n"
        "  cursor, skip  in the others: the page to go on with, and how many of its records have come\n"
        "  records       how many have been written, by all runs together\n"
        "  since, until  what {since} and {until} stood for; newest: the largest value at --since-path\n"
        "  bytes         the length of the file of --output; what it has after that is cut off\n"
        "  done          the last run was complete\n\n"
        "With --for-each the list has a line for the run, whose records and bytes are those of all, and one for each\n"
        "line of the input:\n\n"
        "  parent        what --keep keeps of it, an object\n"
        "  run           the number of the run that has come to it\n\n"
        "Lines may be changed. A list whose line is deleted is read from the beginning. See restsrc(1), STATE.\n");
    return print(&out, e);
}

static int print_lists(const char *file, struct error *e)
{
    struct buf out = {0};
    int result = config_lists(file, &out, e);
    if (result == 0)
        return print(&out, e);
    buf_free(&out);
    return result;
}

int help_topic(const char *topic, const char *name, struct error *e)
{
    struct buf out = {0};
    if (!topic)
        return print_usage(e);
    if (strcmp(topic, "options") == 0) {
        add_table(&out);
        return print(&out, e);
    }
    if (strcmp(topic, "rules") == 0)
        return print_rules(e);
    if (strcmp(topic, "exit-codes") == 0)
        return print_exit_codes(e);
    if (strcmp(topic, "words") == 0)
        return print_words(name, e);
    if (strcmp(topic, "state") == 0)
        return print_state(e);
    if (strcmp(topic, "--config") == 0 || strcmp(topic, "-K") == 0)
        return name ? print_lists(name, e) : error_set(e, EXIT_USAGE, "help --config needs a file");
    if (strcmp(topic, "apis") == 0)
        return print_presets(name, e);
    const struct command *c = cmd_find(topic, e);
    return c ? help_command(c, e) : -1;
}
