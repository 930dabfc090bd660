/* libFuzzer target: whatever the bytes, the splitter says the same whole and in pieces, and of what it accepts nothing
 * is lost: records put back into the envelope are the input without its white space, and the output splits into itself
 * again. NDJSON too.
 *
 * The first byte chooses the size of the pieces and where the records are, the second whether it may be NDJSON; the
 * rest is the text. */
#include "../unit/splitting.h"
#include "fuzz.h"
#include "json/usual.h"

static const char *const places[] = {"", "results", "/0", "a.b", "/hits/hits"};
enum { PLACES = sizeof places / sizeof *places };

static bool equal(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static struct path place_of(unsigned choice)
{
    struct path path;
    if (choice % (PLACES + 1) == PLACES)
        usual_paths(&path, USUAL_RECORDS);
    else
        path_parse(&path, places[choice % (PLACES + 1)]);
    return path;
}

/* Each record is a JSON text by itself, and comes out of the splitter as it went in. */
static void check_records(const struct splitting *s)
{
    int64_t count = 0;
    for (size_t at = 0; at < s->records.len; count++) {
        const char *line = s->records.data + at;
        const char *end = memchr(line, '\n', s->records.len - at);
        require(end != NULL);
        struct splitting one = split_in_chunks(PAGE, NULL, line, (size_t)(end - line), WHOLE);
        require(one.result == 0 && one.envelope.len == (size_t)(end - line) &&
                memcmp(one.envelope.data, line, one.envelope.len) == 0);
        splitting_free(&one);
        at += (size_t)(end - line) + 1;
    }
    require(count == s->count);
}

/* Of NDJSON the lines one after the other are the input, but for the separators of a sequence (RFC 7464). */
static void check_lines(const struct splitting *s, const char *text, size_t len)
{
    struct buf kept = {0}, squeezed = {0}, joined = {0};
    for (size_t i = 0; i < len; i++)
        if (text[i] != '\x1e')
            buf_addc(&kept, text[i]);
    squeeze(kept.data, kept.len, &squeezed);
    for (size_t i = 0; i < s->records.len; i++)
        if (s->records.data[i] != '\n')
            buf_addc(&joined, s->records.data[i]);
    require(s->envelope.len == 0 && equal(&joined, &squeezed));
    buf_free(&kept);
    buf_free(&joined);
    buf_free(&squeezed);
}

/* Without records the envelope is the text without its white space; with them it is shorter by the records and their
 * commas. */
static void check_output(const struct splitting *s, const char *text, size_t len, bool usual)
{
    struct buf squeezed = {0};
    squeeze(text, len, &squeezed);
    struct splitting whole = split_in_chunks(PAGE, NULL, text, len, WHOLE);
    require(whole.result == 0 && equal(&whole.envelope, &squeezed));
    size_t commas = s->count > 0 ? 1 : 0; /* one line feed more than there were commas */
    require(usual || s->envelope.len + s->records.len - commas == squeezed.len);
    splitting_free(&whole);
    struct splitting envelope = split_in_chunks(PAGE, NULL, s->envelope.data, s->envelope.len, WHOLE);
    require(envelope.result == 0 && equal(&envelope.envelope, &s->envelope));
    splitting_free(&envelope);
    buf_free(&squeezed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *text = (const char *)data + 2;
    size_t len = size - 2, chunk = 1 + data[0] / (PLACES + 1);
    bool usual = data[0] % (PLACES + 1) == PLACES; /* a better place found later may empty an earlier one */
    enum kind kind = data[1] % (LINES + 1);
    struct path path = place_of(data[0]);
    struct splitting whole = split_in_chunks(kind, &path, text, len, WHOLE);
    struct splitting pieces = split_in_chunks(kind, &path, text, len, chunk);
    require(splitting_agree(&whole, &pieces));
    if (whole.result == 0) {
        check_records(&whole);
        if (whole.many)
            check_lines(&whole, text, len);
        else
            check_output(&whole, text, len, usual);
    }
    splitting_free(&whole);
    splitting_free(&pieces);
    path_free(&path);
    return 0;
}
