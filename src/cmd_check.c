/* check: looks at an API with a few requests: how it pages, how many records there are, which options to use. */
#include "cmd.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "discover.h"
#include "io.h"
#include "url.h"

static void on_note(void *ctx, bool verbose, const char *line)
{
    cmd_note(ctx, verbose, line);
}

static int look(const struct options *o, struct finding *f, struct error *e)
{
    struct probe probe = {.options = o, .note = on_note, .ctx = (void *)o};
    *f = (struct finding){0};
    int result = probe_init(&probe, e) || discover(o, &probe, f, e) ? -1 : 0;
    probe_free(&probe);
    return result;
}

int cmd_settle_auto(struct options *o, struct error *e)
{
    struct finding f;
    struct buf said = {0};
    int result = look(o, &f, e);
    if (result == 0 && !f.style)
        result = error_set(e, EXIT_ANSWER, "--paginate auto: %s: set --paginate", buf_text(&f.candidates));
    if (result == 0)
        result = finding_apply(&f, o, e);
    for (size_t i = 0; i < f.options.len; i++)
        buf_addc(&said, f.options.data[i] == '\n' ? ' ' : f.options.data[i]);
    if (result == 0 && o->verbose) {
        struct buf line = {0};
        buf_addf(&line, "--paginate auto found: %s", buf_text(&said));
        cmd_note(o, true, buf_text(&line));
        buf_free(&line);
    }
    buf_free(&said);
    finding_free(&f);
    return result;
}

/* ---- for a person ---- */

static void add_options(const struct finding *f, const char *before, const char *between, const char *after, bool underscores, struct buf *out)
{
    for (size_t at = 0; at < f->options.len;) {
        const char *line = f->options.data + at, *equals = strchr(line, '=');
        size_t len = strcspn(line, "\n");
        buf_adds(out, before);
        for (const char *c = line; c < equals; c++)
            buf_addc(out, underscores && *c == '-' ? '_' : *c);
        buf_adds(out, between);
        buf_add(out, equals + 1, len - (size_t)(equals + 1 - line));
        buf_adds(out, after);
        at += len + 1;
    }
}

static void describe_style(const struct finding *f, struct buf *out)
{
    if (!f->style)
        buf_addf(out, "pages:    not found out: %s\n", buf_text((struct buf *)&f->candidates));
    else
        buf_addf(out, "pages:    --paginate %s%s\n", f->style,
                 f->seekable                     ? ", any offset can be asked for: ranges can be read in parallel"
                 : strcmp(f->style, "none") == 0 ? ", all in one answer"
                                                 : ", each page leads to the next: one reader at a time");
}

static void describe(const struct options *o, struct finding *f, struct buf *out)
{
    buf_adds(out, "reached:  ");
    url_redact(o->url, out);
    buf_addf(out, " in %.0f ms\n", f->seconds * 1000);
    buf_addf(out, "records:  %s%s\n", f->records.len ? "in " : "the answer itself is the list", buf_text(&f->records));
    describe_style(f, out);
    if (f->count >= 0)
        buf_addf(out, "count:    %" PRId64 " (%s)\n", f->count, buf_text(&f->count_from));
    else
        buf_adds(out, "count:    not said: Spark reads it in one task, unless --count-from names a source\n");
    if (f->page_size_asked >= 0)
        buf_addf(out, "size:     %" PRId64 " asked for, %" PRId64 " given\n", f->page_size_asked, f->page_size);
    buf_addf(out, "order:    %s\n", !f->asked_twice ? "not looked at" : f->stable ? "the same twice" : "not the same twice: pages may overlap; ask the API to sort");
    buf_adds(out, "\nshell:    restsrc read");
    add_options(f, " --", " '", "'", false, out);
    buf_adds(out, " '");
    url_redact(o->url, out);
    buf_adds(out, "'\nSpark:    spark.read.format(\"rest-api\").option(\"url\", \"");
    url_redact(o->url, out);
    buf_adds(out, "\")");
    add_options(f, ".option(\"", "\", \"", "\")", true, out);
    buf_adds(out, ".load()\n");
}

int cmd_check(const struct options *o, struct error *e)
{
    struct finding f;
    struct buf out = {0};
    int result = look(o, &f, e);
    if (result == 0 && strcmp(o->error_format, "json") == 0)
        control_finding(&(struct control_finding){f.style, buf_text(&f.records), buf_text(&f.count_from), f.count, f.page_size, f.seekable,
                                                  f.stable, &f.options},
                        &out);
    else if (result == 0)
        describe(o, &f, &out);
    if (result == 0)
        result = io_write_lines(STDOUT_FILENO, out.data, out.len, e);
    finding_free(&f);
    buf_free(&out);
    return result;
}
