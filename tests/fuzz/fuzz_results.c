/* libFuzzer target: whatever a server answers to a batch, each record has a fate, and what is told of it stands in the
 * answer.
 *
 * A byte: how many records; then the answer. */
#include "fuzz.h"
#include "write/results.h"
#include "json/error_body.h"
#include "json/refusal.h"
#include "json/split.h"

enum { MOST = 8 };

static bool is_in(struct slice part, const struct buf *body)
{
    return !part.text || (part.text >= body->data && part.text + part.len <= body->data + body->len);
}

static void check(const struct buf *body, size_t count)
{
    struct slice records[MOST];
    struct result results[MOST];
    struct results_paths paths = {0};
    struct results_said said;
    struct sent sent = {.record = records, .count = count};
    for (size_t i = 0; i < count; i++)
        records[i] = (struct slice){"{\"id\":1}", 8};
    results_read(&paths, &sent, (struct slice){body->data, body->len}, results, &said);
    for (size_t i = 0; i < count; i++) {
        require(results[i].fate != FATE_OPEN);
        require(results[i].fate != FATE_UNKNOWN || said.wrong);
        require(results[i].gap || is_in(results[i].error, body)); /* of null we say it ourselves */
        require(is_in(results[i].part, body));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf body = {0}, text = {0};
    struct split split;
    char detail[200];
    if (!size)
        return 0;
    size_t count = 1 + data[0] % MOST;
    const char *answer = (const char *)data + 1;
    error_body_detail(answer, size - 1, detail, sizeof detail);
    require(strlen(detail) < sizeof detail);
    if (split_whole(&split, answer, size - 1, &body) == 0 && body.len) {
        check(&body, count);
        refusal_is((struct slice){body.data, body.len}, (struct slice){0});
    }
    results_of_text((struct slice){answer, size - 1}, count, &text);
    buf_clear(&body);
    require(!text.len || split_whole(&split, text.data, text.len, &body) == 0);
    buf_free(&body);
    buf_free(&text);
    return 0;
}
