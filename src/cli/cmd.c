#include "cli/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/control.h"
#include "http/url.h"

void cmd_note(const struct options *o, bool verbose, const char *lines)
{
    char *text = mem_text(lines, strlen(lines)), *rest = text;
    text_clean_lines(text);
    for (char *line; (!o->quiet || verbose) && (line = strsep(&rest, "\n"));)
        if (*line)
            fprintf(stderr, "restsrc: %s\n", line);
    free(text);
}

int cmd_records_path(const struct options *o, struct path *records, struct error *e)
{
    if (!o->records) {
        path_usual_records(records);
        return 0;
    }
    return path_parse(records, o->records) ? error_set(e, EXIT_USAGE, "--records is nested too deep") : 0;
}

int cmd_target(const struct options *o, struct buf *url, struct error *e)
{
    return url_accept(o->url, url, e) || url_add_queries(url, o->query.item, o->query.count, e) ? -1 : 0;
}

unsigned cmd_parallel(const struct options *o, unsigned fallback)
{
    return o->parallel < 1 ? fallback : o->parallel < 64 ? (unsigned)o->parallel : 64;
}

bool cmd_is_ndjson(const struct exchange *x)
{
    const char *type = transfer_header(x, "Content-Type", 0);
    return type && (strcasestr(type, "ndjson") || strcasestr(type, "jsonl") || strcasestr(type, "json-lines"));
}

const char *cmd_header(const void *exchange, const char *name, size_t n)
{
    return transfer_header(exchange, name, n);
}

int cmd_denied(const struct exchange *x, struct slice envelope, struct error *e)
{
    char detail[200];
    control_error_detail(envelope.text, envelope.len, detail, sizeof detail);
    transfer_mask(x, detail);
    return error_set(e, EXIT_ANSWER, "the answer has no records, but an error%s%s (--error-is-empty)",
                     *detail ? ": " : "", detail);
}

void cmd_split_error(const struct split *s, struct error *e)
{
    const char *hint = s->position == 0 && s->reason != SPLIT_CUT ? " (is this the URL of a JSON API?)" : "";
    if (s->reason == SPLIT_TOO_LARGE)
        error_set(e, EXIT_ANSWER, "the page is larger than --max-page-bytes");
    else if (s->reason == SPLIT_CUT && s->position == 0)
        error_set(e, EXIT_ANSWER, "the answer is empty");
    else if (s->reason == SPLIT_CUT)
        error_set(e, EXIT_UNAVAILABLE, "the answer is cut short after %llu bytes", (unsigned long long)s->position);
    else
        error_set(e, EXIT_ANSWER, "the answer is not JSON: %s at byte %llu%s", s->reason,
                  (unsigned long long)s->position, hint);
}
