/* check: looks at an API with a few requests: how it pages, how many records there are, which options to use. */
#include "cli/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "cli/control.h"
#include "discover/discover.h"
#include "http/url.h"

static void on_note(void *ctx, bool verbose, const char *line)
{
    cmd_note(ctx, verbose, line);
}

static int look(const struct options *o, bool brief, struct finding *f, struct error *e)
{
    struct ask probe = {.options = o, .note = on_note, .ctx = (void *)o};
    *f = (struct finding){0};
    int result = ask_init(&probe, e) || discover(o, &probe, brief, f, e) ? -1 : 0;
    ask_free(&probe);
    return result;
}

static void say_found(const struct options *o, const struct finding *f)
{
    struct buf line = {0};
    buf_adds(&line, "--paginate auto found:");
    for (size_t i = 0; i < f->options.len; i++) {
        if (i == 0 || f->options.data[i - 1] == '\n')
            buf_adds(&line, " --");
        if (f->options.data[i] != '\n')
            buf_addc(&line, f->options.data[i]);
    }
    cmd_note(o, true, buf_text(&line));
    buf_free(&line);
}

int cmd_settle_auto(struct options *o, struct error *e)
{
    struct finding f;
    if (o->data || (o->method && strcmp(o->method, "GET")) || strcmp(o->page_in, "query"))
        return error_set(e, EXIT_USAGE,
                         "--paginate auto looks at lists that are asked for by GET and a query: set --paginate");
    int result = look(o, true, &f, e);
    if (result == 0 && !f.style)
        result = error_set(e, EXIT_ANSWER, "--paginate auto: %s: set --paginate", buf_text(&f.doubt));
    if (result == 0)
        result = finding_apply(&f, o, e);
    if (result == 0 && o->verbose)
        say_found(o, &f);
    finding_free(&f);
    return result;
}

/* ---- options as people write them ---- */

/* For a shell: as it is, or in single quotes. */
static void add_word(const char *text, struct buf *out)
{
    if (*text &&
        text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,=-")] == '\0') {
        buf_adds(out, text);
        return;
    }
    buf_addc(out, '\'');
    for (; *text; text++)
        if (*text == '\'')
            buf_adds(out, "'\\''");
        else
            buf_addc(out, *text);
    buf_addc(out, '\'');
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

static bool is_secret_name(const char *name, size_t len)
{
    static const char *const words[] = {"authorization", "cookie", "key", "token", "secret", "password", "signature"};
    char *text = mem_text(name, len);
    bool secret = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        secret |= strcasestr(text, words[i]) != NULL;
    free(text);
    return secret;
}

/* The value of an option of the command line as it may be shown. */
static void shown(const char *name, const char *value, struct buf *out)
{
    size_t len = strcspn(value, ":=");
    bool pair = strcmp(name, "header") == 0 || strcmp(name, "query") == 0;
    buf_clear(out);
    if (pair && *value != '@' && value[len] && is_secret_name(value, len))
        buf_addf(out, "%.*s%s***", (int)len, value, value[len] == ':' ? ": " : "=");
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
    buf_addc(out, ' ');
    add_word(value, out);
}

/* Secrets are in files for the shell, and values for Spark. */
static void add_spark_option(const struct option_row *row, const char *value, struct buf *out)
{
    static const char suffix[] = "-file";
    size_t len = strlen(row->name);
    bool file = len > 5 && strcmp(row->name + len - 5, suffix) == 0 && option_find(row->name, len - 5);
    const char *at = row->place == OPTION_AT_FILE ? strstr(value, "=@") : NULL;
    buf_adds(out, ".option(\"");
    for (size_t i = 0; i < len - (file ? 5 : 0); i++)
        buf_addc(out, row->name[i] == '-' ? '_' : row->name[i]);
    buf_adds(out, "\", ");
    if (at)
        buf_addf(out, "\"%.*s=\" + ", (int)(at - value), value);
    buf_adds(out, file || at ? "open(\"" : "\"");
    add_python(at ? at + 2 : value, out);
    buf_adds(out, file || at ? "\").read().strip())" : "\")");
}

/* Spark has one value for an option that repeats: one a line. */
static bool gather(const struct options *o, const struct option_row *row, size_t from, struct buf *all)
{
    struct buf text = {0};
    size_t len = strlen(row->name), before = 0;
    buf_clear(all);
    for (size_t i = 0; i < o->line.count; i++) {
        if (strncmp(o->line.item[i], row->name, len) || o->line.item[i][len] != '=')
            continue;
        before += i < from;
        shown(row->name, o->line.item[i] + len + 1, &text);
        buf_addf(all, "%s%s", all->len ? "\n" : "", buf_text(&text));
    }
    buf_free(&text);
    return before == 0;
}

static void add_given(const struct options *o, bool shell, struct buf *out)
{
    struct buf text = {0};
    for (size_t i = 0; i < o->line.count; i++) {
        const char *equals = strchr(o->line.item[i], '=');
        const struct option_row *row = option_find(o->line.item[i], (size_t)(equals - o->line.item[i]));
        shown(row->name, equals + 1, &text);
        if (!is_kept(row) || (!shell && row->place == OPTION_LINE_ONLY))
            continue;
        if (shell)
            add_shell_option(row, buf_text(&text), out);
        else if (row->type != OPTION_LIST || gather(o, row, i, &text))
            add_spark_option(row, buf_text(&text), out);
    }
    buf_free(&text);
}

/* What is found joins what is given; the last .option() of a name is the one that counts. */
static void add_found_spark(const struct options *o, const struct option_row *row, const char *value, struct buf *out)
{
    struct buf all = {0};
    if (row->type == OPTION_LIST)
        gather(o, row, 0, &all);
    buf_addf(&all, "%s%s", all.len ? "\n" : "", value);
    add_spark_option(row, buf_text(&all), out);
    buf_free(&all);
}

static void add_found(const struct options *o, const struct finding *f, bool shell, struct buf *out)
{
    for (size_t at = 0; at < f->options.len;) {
        const char *line = f->options.data + at, *equals = strchr(line, '=');
        size_t len = strcspn(line, "\n");
        char *value = mem_text(equals + 1, len - (size_t)(equals + 1 - line));
        const struct option_row *row = option_find(line, (size_t)(equals - line));
        if (shell)
            add_shell_option(row, value, out);
        else
            add_found_spark(o, row, value, out);
        free(value);
        at += len + 1;
    }
}

static void add_shell(const struct options *o, const struct finding *f, struct buf *out)
{
    struct buf url = {0};
    url_redact(o->url, &url);
    buf_adds(out, "restsrc read");
    add_given(o, true, out);
    add_found(o, f, true, out);
    buf_addc(out, ' ');
    add_word(buf_text(&url), out);
    buf_free(&url);
}

static void add_spark(const struct options *o, const struct finding *f, struct buf *out)
{
    struct buf url = {0};
    url_redact(o->url, &url);
    buf_adds(out, "spark.read.format(\"rest-api\")");
    add_spark_option(option_find("url", 3), buf_text(&url), out);
    add_given(o, false, out);
    add_found(o, f, false, out);
    buf_adds(out, ".load()");
    buf_free(&url);
}

/* ---- for a person ---- */

static bool has_credentials(const struct options *o)
{
    bool header = false;
    for (size_t i = 0; i < o->header.count; i++)
        header |= is_secret_name(o->header.item[i], strcspn(o->header.item[i], ":"));
    return header || o->bearer || o->bearer_file || o->user || o->user_file || o->netrc || o->netrc_file ||
           o->query_secret.count || o->oauth_token_url || o->cert || o->aws_sigv4;
}

static void describe_style(struct finding *f, struct buf *out)
{
    if (!f->style)
        buf_addf(out, "pages:    not found out: %s\n", buf_text(&f->doubt));
    else if (f->length == 0)
        buf_adds(out, "pages:    the list is empty, so how it pages cannot be seen: check again when it has records\n");
    else if (f->length == 1 && strcmp(f->style, "none") == 0)
        buf_adds(out, "pages:    one record, so how it pages cannot be seen: check again when there are more\n");
    else
        buf_addf(out, "pages:    --paginate %s%s\n", f->style,
                 f->seekable                     ? ", any offset can be asked for: ranges can be read in parallel"
                 : strcmp(f->style, "none") == 0 ? ", all in one answer"
                                                 : ", each page leads to the next: one reader at a time");
}

static void describe_size(const struct finding *f, struct buf *out)
{
    if (f->page_size_asked < 0)
        buf_addf(out, "size:     %" PRId64 " in the first answer\n", f->length);
    else if (f->page_size < 0)
        buf_addf(out, "size:     %" PRId64 " asked for, refused\n", f->page_size_asked);
    else
        buf_addf(out, "size:     %" PRId64 " asked for, %" PRId64 " given%s\n", f->page_size_asked, f->page_size,
                 f->page_size == f->count ? ": all there are" : "");
}

/* The command lines; where it may be one of two, the one that would do for it. */
static void suggest(const struct options *o, struct finding *f, struct buf *out)
{
    if (!f->style && !f->may_be_whole) {
        buf_adds(out, "\nSay how it pages, with --paginate and what goes with it, or with --api: `restsrc help read`, "
                      "`restsrc help apis`.\n");
        return;
    }
    if (!f->style) {
        buf_adds(out, "\nIf that is the whole list:");
        buf_adds(&f->options, "paginate=none\n");
    }
    buf_adds(out, "\nshell:    ");
    add_shell(o, f, out);
    buf_adds(out, "\nSpark:    ");
    add_spark(o, f, out);
    buf_addc(out, '\n');
    if (strstr(buf_text(out), "***"))
        buf_adds(out, "          (*** is a secret that is not shown)\n");
}

static void describe(const struct options *o, struct finding *f, struct buf *out)
{
    buf_adds(out, "reached:  ");
    url_redact(o->url, out);
    buf_addf(out, " in %.0f ms%s\n", f->seconds * 1000, has_credentials(o) ? ", credentials accepted" : "");
    buf_addf(out, "records:  %s%s\n",
             f->lines         ? "one a line (NDJSON)"
             : f->records.len ? "in "
                              : "the answer itself is the list",
             buf_text(&f->records));
    if (f->others.len)
        buf_addf(out, "          (--records if they are in %s)\n", buf_text(&f->others));
    describe_style(f, out);
    if (f->count >= 0)
        buf_addf(out, "count:    %" PRId64 " (%s)\n", f->count, buf_text(&f->count_from));
    else
        buf_adds(out, "count:    not said: Spark reads it in one task, unless --count-from names a source\n");
    describe_size(f, out);
    buf_addf(out, "order:    %s\n",
             !f->asked_twice ? "not looked at"
             : f->stable     ? "the same twice"
                             : "not the same twice: pages may overlap; ask the API to sort");
    suggest(o, f, out);
    text_clean_lines((char *)buf_text(out)); /* names are the server's */
    out->len = strlen(out->data);
}

/* What a person may do about it. */
static const char *advice(const struct options *o, const struct error *e)
{
    if (e->http_status == 401 || e->http_status == 403)
        return has_credentials(o) ? "the API does not accept these credentials for this"
                                  : "the API wants credentials: --bearer-file, --user-file or --header @FILE";
    if (e->http_status == 404)
        return "is the path right? The URL is that of the list itself";
    if (e->http_status == 405)
        return "is this a list that can be read? `restsrc read --method POST` asks in another way";
    if (e->code == EXIT_UNAVAILABLE && !e->http_status)
        return "are host and port right, and is the server up?";
    if (e->http_status / 100 == 3 &&
        (strcasestr(e->message, "login") || strcasestr(e->message, "signin") || strcasestr(e->message, "sso")))
        return "that looks like a login page: the API wants credentials, --bearer-file, --user-file or --header @FILE";
    if (e->http_status / 100 == 3)
        return "if that is the API, use its URL";
    return NULL;
}

static void advise(const struct options *o, struct error *e)
{
    const char *what = advice(o, e);
    if (what)
        error_set(e, e->code, "%s (%s)", e->message, what);
}

int cmd_check(const struct options *o, struct error *e)
{
    struct finding f;
    struct buf out = {0};
    if (o->method && strcmp(o->method, "GET"))
        return error_set(e, EXIT_USAGE, "check looks at lists that are asked for by GET");
    int result = look(o, false, &f, e);
    if (result)
        advise(o, e);
    else if (strcmp(o->error_format, "json") == 0)
        control_finding(&(struct control_finding){f.style, buf_text(&f.records), buf_text(&f.count_from),
                                                  buf_text(&f.doubt), f.count, f.page_size, f.seekable, f.asked_twice,
                                                  f.stable, &f.options},
                        &out);
    else
        describe(o, &f, &out);
    if (result == 0)
        result = io_write_lines(STDOUT_FILENO, out.data, out.len, e);
    finding_free(&f);
    buf_free(&out);
    return result;
}
