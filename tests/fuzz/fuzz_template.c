/* libFuzzer target: whatever the template and the record, what comes out is fit for its place: JSON is JSON, a URL has
 * no blank or control character of a value's.
 *
 * A line with the template, then the record. */
#include "fuzz.h"
#include "json/split.h"
#include "json/template.h"

static bool compact(const char *text, size_t len, struct buf *out)
{
    struct split split;
    return split_whole(&split, text, len, out) == 0;
}

static void fill(enum template_kind kind, const char *text, struct slice record)
{
    struct template t = {.option = "--x", .kind = kind, .text = text};
    struct buf out = {0}, again = {0};
    struct error e = {0};
    if (template_check(&t, &e) == 0 && template_fill(&t, record, 1, &out, &e) == 0) {
        require(kind != TEMPLATE_JSON || compact(buf_text(&out), out.len, &again));
        require(template_varies(&t) || kind == TEMPLATE_JSON || out.len <= strlen(text));
    } else {
        require(e.code != 0 && *e.message);
    }
    buf_free(&out);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_line(&data, &size);
    struct buf record = {0}, json = {0};
    if (compact((const char *)data, size, &record) && record.len) {
        struct slice of = {record.data, record.len};
        fill(TEMPLATE_URL, text, of);
        fill(TEMPLATE_TEXT, text, of);
        if (compact(text, strlen(text), &json) && json.len)
            fill(TEMPLATE_JSON, buf_text(&json), of);
    }
    buf_free(&record);
    buf_free(&json);
    free(text);
    return 0;
}
