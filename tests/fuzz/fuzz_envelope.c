/* libFuzzer target: whatever an answer has beside its records, what is read of it is bounded: where the list goes on,
 * how many records it has, how it seems to be paged.
 *
 * Lines: the URL, --next, --count-from, then headers up to an empty line; then JSON. */
#include "discover/evidence.h"
#include "discover/places.h"
#include "fuzz.h"
#include "http/head.h"
#include "pages/more.h"
#include "pages/next.h"
#include "json/refusal.h"
#include "json/split.h"

static const char *header(const void *head, const char *name, const char *previous)
{
    return head_find(head, name, previous);
}

static void find_next(const char *given, enum next_kind kind, const struct answer *a)
{
    struct next next;
    struct list list = {0};
    struct cursor cursor = {0};
    struct error e = {0};
    if (*given)
        list_add(&list, given);
    if (next_parse(&next, &list, kind, "cursor", &e) == 0 && next_find(&next, a, &cursor, &e) == 0 && cursor.text.len)
        require(kind != NEXT_LINK || !memchr(cursor.text.data, '\0', cursor.text.len));
    next_is_there(&next, a);
    next_free(&next);
    next_cursor_free(&cursor);
    list_free(&list);
}

static void count(const char *count_from, const struct answer *a)
{
    struct total_source source = {0};
    struct total total = {0};
    struct error e = {0};
    if (total_parse(&source, count_from, &e) == 0) {
        if (total_find(&source, header, a->headers, a->envelope.text, a->envelope.len, &total, &e) == 1)
            require(total.records >= 0);
        if (total_claimed(&source, header, a->headers, a->envelope, 3, &total) == 1)
            require(total.records >= 0);
        if (total_of_count(&source, a->envelope.text, a->envelope.len, &total, &e) == 1)
            require(total.records >= 0);
    }
    total_free(&source);
}

static void discover(const struct answer *a)
{
    struct evidence v;
    struct buf at = {0};
    evidence_find(&v, &(struct evidence_names){.page_base = 1}, a, 3);
    evidence_leads(&v);
    evidence_free(&v);
    if (places_find(a->envelope, &at) == 1)
        require(path_get(buf_text(&at), a->envelope).text);
    evidence_count_query(a->envelope);
    buf_free(&at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = fuzz_line(&data, &size), *next = fuzz_line(&data, &size), *count_from = fuzz_line(&data, &size), *line;
    struct head head = {0};
    struct split split;
    struct buf json = {0};
    for (bool more = true; more && size; free(line)) {
        line = fuzz_line(&data, &size);
        more = *line && !head_add(&head, line, strlen(line));
    }
    if (split_whole(&split, (const char *)data, size, &json) == 0 && json.len) {
        struct answer a = {.url = url, .header = header, .headers = &head, .envelope = {json.data, json.len}};
        for (enum next_kind kind = NEXT_CURSOR; kind <= NEXT_LINK; kind++)
            find_next(next, kind, &a);
        count(count_from, &a);
        more_find(*next ? next : NULL, a.envelope, NULL);
        discover(&a);
        refusal_is(a.envelope, (struct slice){0});
    }
    head_free(&head);
    buf_free(&json);
    free(url);
    free(next);
    free(count_from);
    return 0;
}
