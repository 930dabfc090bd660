/* main: a run: which command, its options from all their sources, how it ends. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/terminal.h"
#include "cli/auto.h"
#include "cli/cmd.h"
#include "cli/command_line.h"
#include "cli/config.h"
#include "cli/help.h"
#include "cli/report.h"
#include "cli/since.h"
#include "http/client.h"

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static void warn(const struct options *o)
{
    struct terminal terminal;
    terminal_init(&terminal, o->run.quiet, PROGRESS_NONE, -1);
    if (o->warning.len)
        terminal_note(&terminal, false, o->warning.data);
}

/* With --paginate auto the API itself is the last source of options. */
static int ask_api(struct options *o, struct error *e)
{
    struct settings found;
    if (o->each.for_each)
        return error_set(e, EXIT_USAGE, "--paginate auto looks at one list: give --for-each what restsrc check finds");
    int result = auto_settings(o, &found, e) || options_take(o, &found, e) ? -1 : 0;
    settings_free(&found);
    return result;
}

static int run(const struct command *c, struct options *o, int parent, int argc, char **argv, struct error *e)
{
    if (asks_for_help(argc, argv))
        return help_command(c, e);
    if (command_line_parse(o, c->bit, argc, argv, e) || config_load(o, e) || options_complete(o, e) ||
        since_apply(o, c->bit, e))
        return -1;
    warn(o);
    if (o->run.die_with_parent)
        io_die_with_parent(parent);
    io_catch_signals();
    if (o->run.deadline >= 0)
        io_set_deadline(o->run.deadline);
    bool pages = c->bit & (COMMAND_READ | COMMAND_COUNT);
    if (pages && o->paging.paginate == PAGING_AUTO && ask_api(o, e))
        return -1;
    int result = c->run(o, e);
    /* A reader that has seen enough (`| head`) is not a failure, so that scripts with `set -o pipefail` go on. What
     * breaks a reader is for its own exit code to say. A receipt or a count that nobody took is one. */
    bool enough = e->quiet && e->code == EXIT_IO && c->bit & (COMMAND_READ | COMMAND_CALL);
    return enough ? 0 : result;
}

static int dispatch(struct options *o, int parent, int argc, char **argv, struct error *e)
{
    if (argc < 2)
        return error_set(e, EXIT_USAGE, "a command is missing: try restsrc --help");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return help_topic(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL, e);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return help_version(e);
    const struct command *c = cmd_find(argv[1], e);
    return c ? run(c, o, parent, argc - 1, argv + 1, e) : -1;
}

static void report(const struct error *e, bool json)
{
    struct buf line = {0};
    if (e->quiet)
        return;
    if (json)
        report_error(e, &line);
    else
        buf_addf(&line, "restsrc: %s%s%s\n", e->url, *e->url ? ": " : "", e->message);
    fputs(buf_text(&line), stderr);
    buf_free(&line);
}

/* Also when an option before --error-format is the wrong one. */
static bool wants_json(const struct options *o, int argc, char **argv)
{
    bool json = o->run.error_format == ERROR_JSON;
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
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is told, as a full disk is */
    report_start();
    client_start();
    options_init(&o);
    int result = dispatch(&o, parent, argc, argv, &e);
    io_die_of_signal();
    if (result)
        report(&e, wants_json(&o, argc, argv));
    options_free(&o);
    return result ? (int)e.code : EXIT_COMPLETE;
}
