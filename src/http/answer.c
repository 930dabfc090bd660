/* answer: what an answer says about itself. */
#include "http/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
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
    return strcasestr(type, "ndjson") || strcasestr(type, "jsonl") || strcasestr(type, "json-lines") ||
           strcasestr(type, "json-seq");
}

/* Behind a byte order mark, blanks, comments and processing instructions. */
static const char *first_tag(const char *text)
{
    const char *end;
    text += strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (text += strspn(text, " \t\r\n"); strncmp(text, "<!--", 4) == 0 || strncmp(text, "<?", 2) == 0;
         text = end + strspn(end, " \t\r\n")) {
        const char *close = text[1] == '!' ? "-->" : "?>";
        if (!(end = strstr(text, close)))
            break;
        end += strlen(close);
    }
    return text;
}

bool answer_is_page(const struct exchange *x, const char *body)
{
    static const char *const always[] = {"<!doctype html", "<html"};
    static const char *const html[] = {"<head", "<body", "<title", "<meta", "<script", "<style", "<form", "<center"};
    const char *type = transfer_header(x, "Content-Type", NULL), *tag = first_tag(body);
    bool page = false;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        page |= strncasecmp(tag, always[i], strlen(always[i])) == 0;
    for (size_t i = 0; i < sizeof html / sizeof *html && type && strcasestr(type, "html"); i++)
        page |= strncasecmp(tag, html[i], strlen(html[i])) == 0;
    return page;
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

/* The text around the place, of the bytes that came with it, up to `end`. Secrets may be cut in two by what came
 * before, so it begins after a quote there; and where it has one, it is not shown. */
static void show_around(const struct exchange *x, const struct split *s, struct slice came, uint64_t end, char *shown)
{
    enum { AROUND = 24 };
    uint64_t begin = end - came.len;
    *shown = '\0';
    if (!came.text || !came.len || s->position < begin || s->position >= end)
        return;
    size_t at = (size_t)(s->position - begin), from = at > AROUND ? at - AROUND : 0, to = at + AROUND;
    const char *quote = begin ? memchr(came.text, '"', at) : came.text;
    from = !quote ? at : from > (size_t)(quote - came.text) ? from : (size_t)(quote - came.text);
    to = to < came.len ? to : came.len;
    char *text = mem_text(came.text, came.len);
    transfer_mask(x, text);
    if (strlen(text) == came.len && memcmp(text, came.text, came.len) == 0) {
        memcpy(shown, text + from, to - from);
        shown[to - from] = '\0';
        text_clean(shown);
    }
    free(text);
}

void answer_split_error(const struct split *s, const struct exchange *x, struct slice came, uint64_t end,
                        struct error *e)
{
    const char *hint = s->position == 0 && s->reason != SPLIT_CUT ? " (is this the URL of a JSON API?)" : "";
    char place[64] = "", around[64];
    if (s->records_depth)
        snprintf(place, sizeof place, ", in record %lld of the page", (long long)s->count + 1);
    if (s->reason == SPLIT_TOO_LARGE)
        error_set(e, EXIT_ANSWER, "the page is larger than --max-page-bytes");
    else if (s->reason == SPLIT_CUT && s->position == 0)
        error_set(e, EXIT_ANSWER, "the answer is empty");
    else if (s->reason == SPLIT_CUT)
        error_set(e, EXIT_UNAVAILABLE, "the answer is cut short after %llu bytes", (unsigned long long)s->position);
    else {
        const char *type = strstr(s->reason, "UTF-8") ? transfer_header(x, "Content-Type", NULL) : NULL;
        bool json = s->reason == SPLIT_SECOND_LIST || s->reason == SPLIT_NO_LIST;
        show_around(x, s, came, end, around);
        error_set(e, EXIT_ANSWER, "the answer is not %s: %s at byte %llu%s%s%s%s%s%.60s%s",
                  json ? "as expected" : "JSON", s->reason, (unsigned long long)s->position, place,
                  *around ? ", around: " : "", around, type ? " (Content-Type: " : "", type ? type : "",
                  type ? ")" : "", hint);
    }
}
