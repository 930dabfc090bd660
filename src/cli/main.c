/* restsrc: reads one range of a paginated REST API as NDJSON. This file: the table of commands and what each run has in
 * common. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/cmd.h"
#include "cli/control.h"
#include "cli/presets.h"

struct command_row {
    const char *name;
    enum command command;
    int (*run)(const struct options *o, struct error *e);
    const char *synopsis, *help;
};

static const struct command_row commands[] = {
    {"read", COMMAND_READ, cmd_read, "restsrc read [options] URL",
     "records of a range, one JSON text a line, on stdout"},
    {"count", COMMAND_COUNT, cmd_count, "restsrc count [options] URL", "the number of records, on stdout"},
    {"write", COMMAND_WRITE, cmd_write, "restsrc write [options] URL",
     "JSON texts on stdin, one a line, sent in batches; a receipt on stdout"},
    {"check", COMMAND_CHECK, cmd_check, "restsrc check [options] URL",
     "looks at an API: how it pages, its count, which options to use"},
    {"call", COMMAND_CALL, cmd_call, "restsrc call [options] URL",
     "one request (--data), the body of the answer on stdout"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static const struct command_row *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
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
    buf_adds(&out, "restsrc reads one range of a paginated REST API as newline-delimited JSON.\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        buf_addf(&out, "  %-34s%s\n", commands[i].synopsis, commands[i].help);
    buf_adds(&out,
             "  restsrc help COMMAND              the options of a command\n"
             "  restsrc help options              the table of all options, as NDJSON\n"
             "  restsrc help apis                 the presets for --api\n"
             "  restsrc help apis NAME            a preset, with what it leaves to you\n"
             "  restsrc --version\n\n"
             "Example:\n"
             "  restsrc read --limit 1000 --header @token.txt https://api.example.com/v1/orders > orders.ndjson\n");
    return print(&out, e);
}

static int print_help(const struct command_row *row, struct error *e)
{
    struct buf out = {0};
    buf_addf(&out, "usage: %s\n\n%s\n", row->synopsis, row->help);
    options_help(row->command, &out);
    return print(&out, e);
}

static int print_version(struct error *e)
{
    struct buf out = {0};
    buf_addf(&out, "%s %s (%s)\n", PACKAGE_NAME, PACKAGE_VERSION, transfer_library());
    buf_adds(&out, "Copyright (c) the restsrc authors. License: MIT.\n");
    return print(&out, e);
}

static int unknown_command(const char *name, struct error *e)
{
    return error_set(e, EXIT_USAGE, "unknown command '%s': try restsrc --help", name);
}

static int print_presets(const char *name, struct error *e)
{
    struct buf out = {0}, where = {0};
    int result = 0;
    if (name)
        result = preset_find(name, &out, &where, e);
    else
        preset_list(&out);
    buf_free(&where);
    if (result)
        buf_free(&out);
    return result ? result : print(&out, e);
}

static int help(const char *topic, const char *name, struct error *e)
{
    struct buf out = {0};
    if (!topic)
        return print_usage(e);
    if (strcmp(topic, "options") == 0) {
        options_list(&out);
        return print(&out, e);
    }
    if (strcmp(topic, "apis") == 0)
        return print_presets(name, e);
    const struct command_row *row = find(topic);
    return row ? print_help(row, e) : unknown_command(topic, e);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run(const struct command_row *row, struct options *o, int parent, int argc, char **argv, struct error *e)
{
    if (asks_for_help(argc, argv))
        return print_help(row, e);
    if (options_parse(o, row->command, argc, argv, e))
        return -1;
    if (o->warning.len)
        cmd_note(o, false, buf_text(&o->warning));
    if (o->die_with_parent)
        io_die_with_parent(parent);
    io_catch_signals();
    if (o->paginate && strcmp(o->paginate, "auto") == 0 && row->command & (COMMAND_READ | COMMAND_COUNT) &&
        cmd_settle_auto(o, e))
        return -1;
    return row->run(o, e);
}

static int dispatch(struct options *o, int parent, int argc, char **argv, struct error *e)
{
    if (argc < 2) {
        return error_set(e, EXIT_USAGE, "a command is missing: try restsrc --help");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return help(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL, e);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return print_version(e);
    const struct command_row *row = find(argv[1]);
    return row ? run(row, o, parent, argc - 1, argv + 1, e) : unknown_command(argv[1], e);
}

static void report(const struct error *e, bool json)
{
    struct buf line = {0};
    if (e->quiet)
        return;
    if (json)
        control_error(e, &line);
    else
        buf_addf(&line, "restsrc: %s%s%s\n", e->url, *e->url ? ": " : "", e->message);
    fputs(buf_text(&line), stderr);
    buf_free(&line);
}

/* Also when an option before --error-format is the wrong one. */
static bool wants_json(const struct options *o, int argc, char **argv)
{
    bool json = strcmp(o->error_format, "json") == 0;
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        json |= strcmp(argv[i], "--error-format=json") == 0 ||
                (strcmp(argv[i], "--error-format") == 0 && i + 1 < argc && strcmp(argv[i + 1], "json") == 0);
    return json;
}

int main(int argc, char **argv)
{
    int parent = getppid();
    struct options o;
    struct error e = {0};
    setlocale(LC_CTYPE, "C.UTF-8"); /* for host names: what is not ASCII is UTF-8, whatever the user's locale */
    io_hold_standard();
    signal(SIGPIPE, SIG_IGN);
    options_init(&o);
    int result = dispatch(&o, parent, argc, argv, &e);
    io_die_of_signal();
    if (result)
        report(&e, wants_json(&o, argc, argv));
    options_free(&o);
    return result ? (int)e.code : EXIT_COMPLETE;
}
