#include "splitting.h"

#include <stdlib.h>
#include <string.h>

static int feed_copy(struct split *s, const char *text, size_t len)
{
    char *copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    int result = split_feed(s, copy, len);
    free(copy);
    return result;
}

struct splitting split_in_chunks(enum kind kind, const struct path *path, const char *text, size_t len, size_t chunk)
{
    return split_with(scan_best(), kind, path, text, len, chunk);
}

struct splitting split_with(const struct scan_kind *scan, enum kind kind, const struct path *path, const char *text,
                            size_t len, size_t chunk)
{
    struct splitting r = {.result = 0};
    struct split s;
    split_start(&s, path, &r.records, &r.envelope);
    s.scan = scan;
    s.lines = kind == PERHAPS_LINES;
    if (kind == LINES)
        split_many(&s);
    for (size_t done = 0; r.result == 0 && done < len;) {
        size_t n = chunk && len - done > chunk ? chunk : len - done;
        r.result = feed_copy(&s, text + done, n);
        done += n;
    }
    if (r.result == 0)
        r.result = split_end(&s);
    r.count = s.count;
    r.way = s.way;
    r.null_records = s.null_records;
    r.scalar = s.scalar;
    r.many = s.many;
    r.position = s.position;
    r.reason = s.reason;
    buf_text(&r.records);
    buf_text(&r.envelope);
    return r;
}

void splitting_free(struct splitting *s)
{
    buf_free(&s->records);
    buf_free(&s->envelope);
}

static bool same_bytes(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

bool splitting_agree(const struct splitting *a, const struct splitting *b)
{
    if (a->result != b->result || a->position != b->position)
        return false;
    if (a->result)
        return strcmp(a->reason, b->reason) == 0;
    return a->count == b->count && a->way == b->way && a->null_records == b->null_records && a->scalar == b->scalar &&
           a->many == b->many && same_bytes(&a->records, &b->records) && same_bytes(&a->envelope, &b->envelope);
}

struct splitting split_every_way(enum kind kind, const struct path *path, const char *text, size_t len,
                                 size_t *odd_chunk)
{
    struct splitting whole = split_in_chunks(kind, path, text, len, WHOLE);
    *odd_chunk = 0;
    for (size_t chunk = 1; chunk <= LARGEST_LANE_CHUNK && chunk <= len && !*odd_chunk; chunk++) {
        if (chunk == LARGEST_CHUNK + 1)
            chunk = LANE_CHUNK;
        struct splitting pieces = split_in_chunks(kind, path, text, len, chunk);
        if (!splitting_agree(&whole, &pieces))
            *odd_chunk = chunk;
        splitting_free(&pieces);
    }
    return whole;
}

void squeeze(const char *text, size_t len, struct buf *out)
{
    bool in_string = false;
    size_t i = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (; i < len; i++) {
        if (in_string || !memchr(" \t\r\n", text[i], 4))
            buf_addc(out, text[i]);
        if (in_string && text[i] == '\\' && i + 1 < len)
            buf_addc(out, text[++i]);
        else if (text[i] == '"')
            in_string = !in_string;
    }
    buf_text(out);
}
