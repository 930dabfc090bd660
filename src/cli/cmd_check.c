/* check: looks at an API with a few requests: how it pages, how many records there are, which options to use. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "cli/advice.h"
#include "cli/auto.h"
#include "cli/cmd.h"
#include "cli/presets.h"
#include "cli/report.h"
#include "cli/suggest.h"
#include "http/secret.h"
#include "pages/styles.h"

static void describe_style(struct finding *f, struct buf *out)
{
    if (!f->found)
        buf_addf(out, "pages:    not found out: %s\n", buf_text(&f->doubt));
    else if (f->length == 0)
        buf_adds(out, "pages:    the list is empty, so how it pages cannot be seen: check again when it has records\n");
    else if (f->length == 1 && f->style == PAGING_NONE)
        buf_adds(out, "pages:    one record, so how it pages cannot be seen: check again when there are more\n");
    else
        buf_addf(out, "pages:    --paginate %s%s\n", styles_find(f->style)->name,
                 f->seekable               ? ", any offset can be asked for: ranges can be read in parallel"
                 : f->style == PAGING_NONE ? ", all in one answer"
                                           : ", each page leads to the next: one reader at a time");
}

static void describe_size(const struct finding *f, struct buf *out)
{
    if (f->page_size_asked < 0)
        buf_addf(out, "size:     %" PRId64 " in the first answer\n", f->length);
    else if (f->page_size < 0)
        buf_addf(out, "size:     %" PRId64 " asked for, %s\n", f->page_size_asked,
                 f->unanswered.code ? "not answered" : "refused");
    else
        buf_addf(out, "size:     %" PRId64 " asked for, %" PRId64 " given%s\n", f->page_size_asked, f->page_size,
                 f->page_size == f->count ? ": all there are" : "");
}

/* The command lines; where it may be one of two, the one that would do for it. */
static void suggest(const struct options *o, struct finding *f, struct buf *out)
{
    if (!f->found && !f->may_be_whole) {
        buf_adds(out, "\nSay how it pages, with --paginate and what goes with it, or with --api: `restsrc help read`, "
                      "`restsrc help apis`.\n");
        return;
    }
    if (!f->found) {
        buf_adds(out, "\nIf that is the whole list:");
        settings_add(&f->settings, "paginate", "none");
    }
    buf_adds(out, "\nshell:    ");
    suggest_shell(o, &f->settings, out);
    buf_adds(out, "\nSpark:    ");
    suggest_spark(o, &f->settings, out);
    buf_addc(out, '\n');
    if (strstr(buf_text(out), "***"))
        buf_adds(out, "          (*** is a secret that is not shown)\n");
}

/* The rules that are in force beside the usual ones, and the one that the answer has met. */
static void describe_rules(const struct options *o, struct finding *f, struct buf *out)
{
    for (size_t i = 0; i < o->request.on.count; i++)
        buf_addf(out, "rule:     --on '%s'\n", o->request.on.item[i]);
    if (f->rule.len)
        buf_addf(out, "rule:     %s: the answer says that it is not all\n", buf_text(&f->rule));
}

/* preset: somebody has written down already how this API pages, and what it leaves out; empty: nobody has. */
static void describe(const struct options *o, struct finding *f, const char *preset, struct buf *out)
{
    buf_adds(out, "reached:  ");
    secret_redact(o->request.url, out);
    buf_addf(out, " in %.0f ms%s\n", f->seconds * 1000, advice_has_credentials(o) ? ", credentials accepted" : "");
    if (*preset)
        buf_addf(out, "preset:   --api %s (`restsrc help apis NAME` shows what it says of this API)\n", preset);
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
    describe_rules(o, f, out);
    suggest(o, f, out);
    text_clean_lines(buf_writable(out)); /* names are the server's */
    out->len = strlen(out->data);
}

static void report(const struct options *o, const struct finding *f, const char *preset, struct buf *out)
{
    struct buf shell = {0}, spark = {0};
    struct sample sample = {0};
    if (f->found) {
        suggest_shell(o, &f->settings, &shell);
        suggest_spark(o, &f->settings, &spark);
    }
    if (o->run.sample > 0)
        sample_take(&sample, (struct slice){f->sample.data, f->sample.len}, o->run.sample);
    report_finding(
        f, &(struct report_lines){preset, buf_text(&shell), buf_text(&spark), o->run.sample > 0 ? &sample : NULL}, out);
    sample_free(&sample);
    buf_free(&shell);
    buf_free(&spark);
}

int cmd_check(const struct options *o, struct error *e)
{
    struct finding f;
    struct buf out = {0}, preset = {0};
    if (!auto_can_look(o, e))
        return -1;
    int result = auto_discover(o, false, &f, e);
    if (!o->run.api)
        presets_of_url(o->request.url, &preset);
    if (result) {
        advice_add(o, e);
        if (preset.len)
            error_set(e, e->code, "%s; --api %s is for this API", e->message, preset.data);
    } else if (o->run.error_format == ERROR_JSON || o->run.sample > 0)
        report(o, &f, buf_text(&preset), &out);
    else
        describe(o, &f, buf_text(&preset), &out);
    if (result == 0)
        result = io_write_lines(STDOUT_FILENO, out.data, out.len, e);
    if (result == 0 && !f.found)
        result = error_set(e, finding_exit(&f), "how this API pages was not found out: %.500s", buf_text(&f.doubt));
    finding_free(&f);
    buf_free(&out);
    buf_free(&preset);
    return result;
}
