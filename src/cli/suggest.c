/* suggest: command lines and Spark code for what was given and what was found. */
#include "cli/suggest.h"

#include <string.h>

#include "base/pair.h"
#include "base/text.h"
#include "http/secret.h"

/* For a shell: as it is, or in single quotes. */
static void add_word(const char *text, struct buf *out)
{
    if (*text &&
        text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,=-")] == '\0') {
        buf_adds(out, text);
        return;
    }
    text_quote_shell(text, out);
}

/* Inside double quotes of Python. */
static void add_python(const char *text, struct buf *out)
{
    for (; *text; text++)
        if (*text == '\n')
            buf_adds(out, "\\n");
        else if (strchr("\"\\", *text))
            buf_addf(out, "\\%c", *text);
        else
            buf_addc(out, *text);
}

/* The value of an option of the command line as it may be shown. */
static void shown(const struct option_row *row, const char *value, struct buf *out)
{
    size_t len = strcspn(value, strcmp(row->name, "header") == 0 ? ":;" : "=");
    bool pair = row->type >= OPTION_LIST && *value != '@' && value[len];
    buf_clear(out);
    if (pair && secret_is_name(value, len))
        buf_addf(out, "%.*s%s***", (int)len, value, value[len] == ':' ? ": " : "=");
    else if (!pair && strstr(value, "://"))
        secret_redact(value, out);
    else
        buf_adds(out, value);
}

/* Is this option of check's command line one for read's as well? */
static bool is_kept(const struct option_row *row)
{
    return row->commands & COMMAND_READ && strcmp(row->name, "url") && strcmp(row->name, "config-fd") &&
           strcmp(row->name, "error-format") && strcmp(row->name, "verbose") && strcmp(row->name, "quiet");
}

static void add_shell_option(const struct option_row *row, const char *value, struct buf *out)
{
    bool flag = row->type == OPTION_FLAG;
    buf_addf(out, " --%s%s", flag && *value == 'f' ? "no-" : "", row->name);
    if (flag)
        return;
    buf_addc(out, *value == '-' ? '=' : ' '); /* so that no value is taken for an option */
    add_word(value, out);
}

/* Secrets are in files for the shell, and values for Spark. */
static void add_spark_option(const struct option_row *row, const char *value, struct buf *out)
{
    const struct option_row *held = options_of_file(row);
    const char *name = held ? held->name : row->name;
    const char *at = row->place == OPTION_AT_FILE ? strstr(value, "=@") : NULL;
    buf_adds(out, ".option(\"");
    for (; *name; name++)
        buf_addc(out, *name == '-' ? '_' : *name);
    buf_adds(out, "\", ");
    if (at)
        buf_addf(out, "\"%.*s=\" + ", (int)(at - value), value);
    buf_adds(out, held || at ? "open(\"" : "\"");
    add_python(at ? at + 2 : value, out);
    buf_adds(out, held || at ? "\").read().strip())" : "\")");
}

/* Spark has one value for an option that repeats: one a line. */
static bool gather(const struct options *o, const struct option_row *row, size_t from, struct buf *all)
{
    struct buf text = {0};
    size_t before = 0;
    buf_clear(all);
    for (size_t i = 0; i < o->line.count; i++) {
        struct pair given;
        pair_split(o->line.item[i], &given);
        if (options_find(given.name, given.len) != row)
            continue;
        before += i < from;
        shown(row, given.value, &text);
        buf_addf(all, "%s%s", all->len ? "\n" : "", buf_text(&text));
    }
    buf_free(&text);
    return before == 0;
}

static void add_given(const struct options *o, bool shell, struct buf *out)
{
    struct buf text = {0};
    for (size_t i = 0; i < o->line.count; i++) {
        struct pair given;
        pair_split(o->line.item[i], &given);
        const struct option_row *row = options_find(given.name, given.len);
        shown(row, given.value, &text);
        if (!is_kept(row) || (!shell && row->place == OPTION_LINE_ONLY))
            continue;
        if (shell)
            add_shell_option(row, buf_text(&text), out);
        else if (row->type < OPTION_LIST || gather(o, row, i, &text))
            add_spark_option(row, buf_text(&text), out);
    }
    buf_free(&text);
}

/* What is found joins what is given; the last .option() of a name is the one that counts. */
static void add_found_spark(const struct options *o, const struct option_row *row, const char *value, struct buf *out)
{
    struct buf all = {0};
    if (row->type >= OPTION_LIST)
        gather(o, row, 0, &all);
    buf_addf(&all, "%s%s", all.len ? "\n" : "", value);
    add_spark_option(row, buf_text(&all), out);
    buf_free(&all);
}

static void add_found(const struct options *o, const struct settings *found, bool shell, struct buf *out)
{
    for (const struct setting *s = found->at; s < found->at + found->count; s++) {
        const struct option_row *row = options_find(s->option, strlen(s->option));
        if (shell)
            add_shell_option(row, s->value, out);
        else
            add_found_spark(o, row, s->value, out);
    }
}

void suggest_shell(const struct options *o, const struct settings *found, struct buf *out)
{
    struct buf url = {0};
    secret_redact(o->request.url, &url);
    buf_adds(out, "restsrc read");
    add_given(o, true, out);
    add_found(o, found, true, out);
    buf_addc(out, ' ');
    add_word(buf_text(&url), out);
    buf_free(&url);
}

void suggest_spark(const struct options *o, const struct settings *found, struct buf *out)
{
    struct buf url = {0};
    secret_redact(o->request.url, &url);
    buf_adds(out, "spark.read.format(\"rest-api\")");
    add_spark_option(options_find("url", 3), buf_text(&url), out);
    add_given(o, false, out);
    add_found(o, found, false, out);
    buf_adds(out, ".load()");
    buf_free(&url);
}
