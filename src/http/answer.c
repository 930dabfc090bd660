/* answer: what an answer says about itself. */
#include "http/answer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "json/error_body.h"

/* Of a file in a store: /exports/2024.ndjson.gz. */
static bool is_named_ndjson(const struct exchange *x)
{
    const char *const names[] = {".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz"};
    const char *url = x->request.url.data;
    size_t len = strcspn(url, "?#"), n;
    bool is = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        is |= len > (n = strlen(names[i])) && strncasecmp(url + len - n, names[i], n) == 0;
    return is;
}

bool answer_is_ndjson(const struct exchange *x)
{
    const char *type = transfer_header(x, "Content-Type", NULL);
    if (!type || strcasestr(type, "gzip") || strcasestr(type, "octet-stream") || strcasestr(type, "text/plain"))
        return is_named_ndjson(x);
    return strcasestr(type, "ndjson") || strcasestr(type, "jsonl") || strcasestr(type, "json-lines");
}

const char *answer_header(const void *exchange, const char *name, const char *previous)
{
    return transfer_header(exchange, name, previous);
}

int answer_denied(const struct exchange *x, struct slice envelope, struct error *e)
{
    char detail[200];
    error_body_detail(envelope.text, envelope.len, detail, sizeof detail);
    transfer_mask(x, detail);
    return error_set(e, EXIT_ANSWER, "the answer has no records, but an error%s%s (--on 2xx=ok)", *detail ? ": " : "",
                     detail);
}

void answer_partial(const struct rule *rule, struct buf *note)
{
    const char *test = rule->text + strcspn(rule->text, "$");
    size_t len = strlen(*test ? test : rule->text) - strlen("=partial");
    buf_addf(note, "warning: the answer says that it is not all (%.*s); records may be missing", (int)len,
             *test ? test : rule->text);
}

void answer_split_error(const struct split *s, struct error *e)
{
    const char *hint = s->position == 0 && s->reason != SPLIT_CUT ? " (is this the URL of a JSON API?)" : "";
    char place[64] = "";
    if (s->records_depth)
        snprintf(place, sizeof place, ", in record %lld of the page", (long long)s->count + 1);
    if (s->reason == SPLIT_TOO_LARGE)
        error_set(e, EXIT_ANSWER, "the page is larger than --max-page-bytes");
    else if (s->reason == SPLIT_CUT && s->position == 0)
        error_set(e, EXIT_ANSWER, "the answer is empty");
    else if (s->reason == SPLIT_CUT)
        error_set(e, EXIT_UNAVAILABLE, "the answer is cut short after %llu bytes", (unsigned long long)s->position);
    else
        error_set(e, EXIT_ANSWER, "the answer is not JSON: %s at byte %llu%s%s", s->reason,
                  (unsigned long long)s->position, place, hint);
}
