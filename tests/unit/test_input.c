/* NDJSON from a descriptor, cut into batches: the same whatever pieces it comes in; nothing of a torn batch. */
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"
#include "write/input.h"

struct source {
    const char *marker;
    bool replay;
    size_t size, bytes;
    const char *body;
};
static const struct source plain = {.size = 3, .bytes = 1000, .body = "array"};

/* Appends what input_fill() gave: "1,2,3;" a batch (lines and records), then "end", or the error. */
static int take(struct input *in, struct batch *b, struct buf *log)
{
    struct error e = {0};
    int state = input_fill(in, b, &e);
    if (state == INPUT_BATCH) {
        for (size_t i = 0; i < b->count; i++)
            buf_addf(log, "%s%lld:%.*s", i ? "," : "", (long long)batch_line(b, i), (int)batch_record(b, i).len,
                     batch_record(b, i).text);
        buf_addc(log, ';');
        batch_clear(b);
    } else if (state == INPUT_END) {
        buf_adds(log, "end");
    } else if (state < 0) {
        buf_addf(log, "%d %s", (int)e.code, e.message);
    }
    return state;
}

/* The input in pieces of `step` bytes, whenever it waits for more. */
static void feed(const struct source *s, const char *text, size_t len, size_t step, struct buf *log)
{
    int ends[2];
    struct body_shape shape;
    struct batch b = {0};
    struct error e;
    if (pipe(ends))
        abort();
    struct body_options o = {.body = (char *)s->body};
    body_parse(&shape, &o, NULL, &e);
    struct input in = {.fd = ends[0],
                       .end_marker = s->marker,
                       .replay = s->replay,
                       .shape = &shape,
                       .batch_size = s->size,
                       .batch_bytes = s->bytes};
    input_init(&in);
    for (int state = INPUT_BATCH; state == INPUT_BATCH || state == INPUT_WAIT;) {
        state = take(&in, &b, log);
        if (state != INPUT_WAIT)
            continue;
        size_t n = step < len ? step : len;
        if (n && write(ends[1], text, n) != (ssize_t)n)
            abort();
        text += n;
        len -= n;
        if (!len && ends[1] >= 0) {
            close(ends[1]);
            ends[1] = -1;
        }
    }
    close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
    batch_free(&b);
    body_free(&shape);
    input_free(&in);
}

static void gives_bytes(const struct source *s, const char *text, size_t len, const char *want)
{
    static const size_t steps[] = {1, 2, 3, 5, 7, 11, 64, 60000};
    struct buf log = {0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        buf_clear(&log);
        feed(s, text, len, steps[i], &log);
        if (strcmp(buf_text(&log), want))
            break;
    }
    is_text(buf_text(&log), want, want); /* whatever the size of the pieces */
    buf_free(&log);
}

static void gives(const struct source *s, const char *text, const char *want)
{
    gives_bytes(s, text, strlen(text), want);
}

static void batches(void)
{
    gives(&plain, "", "end");
    gives(&plain, "1\n", "1:1;end");
    gives(&plain, "1\n2\n3\n", "1:1,2:2,3:3;end");
    gives(&plain, "1\n2\n3\n4\n", "1:1,2:2,3:3;4:4;end");
    gives(&plain, "{\"a\" : 1}\n\n \t\r\n[]\r\n  2 \n", "1:{\"a\" : 1},4:[],5:2;end");
    gives(&plain, "\xef\xbb\xbf[1]\n[2]\n", "1:[1],2:[2];end");
    gives(&plain, "\xef\xbb\xbf\n[2]\n", "2:[2];end");
    struct source bytes = plain;
    bytes.bytes = 10;
    gives(&bytes, "1234\n567\n890\n1\n",
          "1:1234;2:567,3:890;4:1;end"); /* [1234,567] has 10 bytes, but a comma is counted for each */
    gives(&bytes, "1\n1234567\n12345678\n", "1:1;2:1234567;65 input line 3: the record is larger than --batch-bytes");
    gives(&bytes, "12345678901234567890123", "65 input line 1: the record is larger than --batch-bytes");
}

static void torn(void)
{
    gives(&plain, "1\n2", "65 input line 2: the input is cut short: the line has no newline at its end");
    gives(&plain, "1\n2\n3\n4\n5",
          "1:1,2:2,3:3;65 input line 5: the input is cut short: the line has no newline at its end");
    gives(&plain, "1\n2\n3\n4\nx\n6\n", "1:1,2:2,3:3;65 input line 5 is not JSON: expected a value at byte 0");
    gives(&plain, "[{\"a\":1},{\"a\":2}]\n",
          "65 the input is a list, not lines: jq -c '.[]' makes a line of each record (jq 1.7 or newer: older ones "
          "round numbers)");
    gives(&plain, "[{\"a\":1},{\"a\":2}]",
          "65 the input is a list, not lines: jq -c '.[]' makes a line of each record (jq 1.7 or newer: older ones "
          "round numbers)");
    gives(&plain, "[{}]\n[{}]\n", "1:[{}],2:[{}];end");
    gives(&plain, "[1]\n", "1:[1];end");
    gives(
        &plain, "{\n\"a\":1}\n",
        "65 input line 1 is not JSON: the JSON is cut short at byte 1: each record must be one line, as jq -c . writes "
        "it, or jq -c '.[]' for those of a list (jq 1.7 or newer: older ones round numbers)");
    gives(&plain, "1\n\n1 2\n", "65 input line 3 is not JSON: more after the end of the JSON at byte 2");
    gives(&plain, "1\n\xef\xbb\xbf[2]\n", "65 input line 2: a byte order mark");
    gives(&plain, "\xef\xbb\xbf\xef\xbb\xbf[2]\n", "65 input line 1: a byte order mark");
    gives_bytes(&plain, "1\n2\0\n3\n", 7, "65 input line 2 is not JSON: more after the end of the JSON at byte 1");
    gives_bytes(&plain, "1\n\0\n3\n", 6, "65 input line 2 is not JSON: expected a value at byte 0");
}

static void marked(void)
{
    struct source s = plain;
    s.marker = "END";
    gives(&s, "END\n", "end");
    gives(&s, "1\nEND\n", "1:1;end");
    gives(&s, "1\n2\n3\nEND\n", "1:1,2:2,3:3;end");
    gives(&s, "1\n2\n3\n4\nEND\r\n\n", "1:1,2:2,3:3;4:4;end");
    gives(&s, "", "65 the input is cut short after line 0: the end marker is missing");
    gives(&s, "1\n2\n3\n", "65 the input is cut short after line 3: the end marker is missing");
    gives(&s, "1\n2\n3\n4\n", "1:1,2:2,3:3;65 the input is cut short after line 4: the end marker is missing");
    gives(&s, "1\nEND", "65 input line 2: the input is cut short: the line has no newline at its end");
    gives(&s, "1\nEND\n2\n", "65 input line 3: there is more after the end marker");
    gives(&s, "1\nEND\nEND\n", "65 input line 3: there is more after the end marker");
    gives(&s, "1\nENDE\n", "65 input line 2 is not JSON: expected a value at byte 0");
}

static void replayed(void)
{
    struct source s = plain;
    s.replay = true;
    gives(&s, "{\"record\":{\"a\": 1.10},\"line\":7}\n{\"line\":8,\"record\":9007199254740993}\n",
          "1:{\"a\":1.10},2:9007199254740993;end");
    gives(&s, "{\"line\":7}\n", "65 input line 1: a reject file has a member \"record\" in each line");
    gives(&s, "[1]\n", "65 input line 1: a reject file has a member \"record\" in each line");
}

int main(void)
{
    batches();
    torn();
    marked();
    replayed();
    return tap_end();
}
