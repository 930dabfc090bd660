/* help: what people and programs can read about commands and options. */
#include "cli/help.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/presets.h"
#include "cli/report.h"
#include "http/transfer.h"
#include "json/rules.h"

static void help_row(const struct option_row *row, struct buf *out)
{
    size_t start = out->len;
    if (row->letter)
        buf_addf(out, "  -%c, ", row->letter);
    else
        buf_adds(out, "      ");
    bool is_on = row->type == OPTION_FLAG && row->fallback && *row->fallback == 't';
    buf_addf(out, "--%s%s", is_on ? "no-" : "", row->name);
    if (row->argument)
        buf_addf(out, " %s", row->argument);
    int gap = 38 - (int)(out->len - start);
    buf_addf(out, "%*s%s%s", gap > 2 ? gap : 2, "", is_on ? "do not " : "", row->help);
    if (row->fallback && *row->fallback && row->type != OPTION_FLAG)
        buf_addf(out, " (%s)", row->fallback);
    buf_addc(out, '\n');
}

static void add_options(unsigned commands, struct buf *out)
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
    buf_adds(&out, "restsrc reads one range of a paginated REST API as newline-delimited JSON.\n\n");
    for (const struct command *c = cmd_table; c->name; c++)
        buf_addf(&out, "  %-34s%s\n", c->synopsis, c->help);
    buf_adds(&out,
             "  restsrc help COMMAND              the options of a command\n"
             "  restsrc help options              the table of all options, as NDJSON\n"
             "  restsrc help rules                what answers mean, unless --on says otherwise\n"
             "  restsrc help apis                 the presets for --api\n"
             "  restsrc help apis NAME            a preset, with what it leaves to you\n"
             "  restsrc --version\n\n"
             "Example:\n"
             "  restsrc read --limit 1000 --header @token.txt https://api.example.com/v1/orders > orders.ndjson\n");
    return print(&out, e);
}

int help_command(const struct command *c, struct error *e)
{
    struct buf out = {0};
    buf_addf(&out, "usage: %s\n\n%s\n", c->synopsis, c->help);
    add_options(c->bit, &out);
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
    if (strcmp(topic, "apis") == 0)
        return print_presets(name, e);
    const struct command *c = cmd_find(topic, e);
    return c ? help_command(c, e) : -1;
}
