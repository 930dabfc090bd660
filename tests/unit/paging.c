/* paging: paginate with options of its own and answers that a test makes up. */
#include "paging.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void paging_init(struct paging *t, enum paging_style style)
{
    *t = (struct paging){
        .options = {.paginate = style,
                    .param_offset = (char *)"offset",
                    .param_page = (char *)"page",
                    .param_cursor = (char *)"cursor",
                    .page_base = 1,
                    .id = (char *)"id",
                    .count_from = (char *)"auto"},
        .range = {.limit = -1, .page_size = 100, .max_pages = -1, .expect = -1, .planned_total = -1},
        .request = {.url = (char *)"http://h/list", .method = METHOD_NOT_GIVEN},
    };
    t->range.on_drift = DRIFT_WARN;
    t->http = (struct http_options){.request = &t->request, .auth = &t->auth, .network = &t->network};
}

int paging_start(struct paging *t)
{
    return paginate_init(&t->p, &t->options, &t->range, &t->http, &t->e);
}

void paging_end(struct paging *t)
{
    paginate_free(&t->p);
    request_free(&t->made);
}

const char *paging_ask(struct paging *t)
{
    return paginate_next(&t->p, &t->page, &t->made) ? buf_text(&t->made.url) : NULL;
}

const char *paging_header(const void *lines, const char *name, const char *previous)
{
    static char values[8][256]; /* by line */
    size_t len = strlen(name), n = 0, after = previous ? (size_t)(previous - *values) / sizeof *values + 1 : 0;
    for (const char *line = lines; line && *line && n < 8; n++) {
        size_t size = strcspn(line, "\n");
        if (n >= after && strncasecmp(line, name, len) == 0 && line[len] == ':') {
            size_t start = len + 1 + strspn(line + len + 1, " ");
            snprintf(values[n], sizeof *values, "%.*s", (int)(size - start), line + start);
            return values[n];
        }
        line += size + (line[size] == '\n');
    }
    return NULL;
}

int paging_answer(struct paging *t, const char *envelope, const char *records, const char *headers)
{
    struct total_source source = {.kind = TOTAL_AUTO};
    struct error ignored;
    struct answer a = {.url = buf_text(&t->made.url),
                       .header = paging_header,
                       .headers = headers,
                       .envelope = {envelope, strlen(envelope)},
                       .records = {records, strlen(records)},
                       .before = t->before};
    t->before = a.records;
    t->page.got = 0;
    for (const char *c = records; *c; c++)
        t->page.got += *c == '\n';
    if (total_find(&source, paging_header, headers, envelope, strlen(envelope), &t->page.total, &ignored) < 1)
        t->page.total.records = -1;
    return paginate_learn(&t->p, &t->page, &a, &t->made, &t->e);
}
