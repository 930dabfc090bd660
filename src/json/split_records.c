/* split_records: where the records are in the text that is split. */
#include "json/split_records.h"

#include <string.h>

/* ---- ways of the path that lead through the value at hand ---- */

bool records_searching(const struct split *s)
{
    return !s->records_depth && s->nest.depth && s->nest.depth <= PATH_DEPTH && s->open[s->nest.depth - 1];
}

/* Through the member called key, or where key.text is NULL through the element under way. */
static void want(struct split *s, struct slice key)
{
    unsigned level = s->nest.depth - 1;
    s->wanted = 0;
    for (unsigned w = 0; w < s->records->count; w++)
        if (s->open[level] >> w & 1 && path_leads(s->records, w, level, key, s->index[level]))
            s->wanted |= 1u << w;
}

void records_want_member(struct split *s)
{
    s->wanted = 0;
    if (s->key_len < SPLIT_KEY)
        want(s, (struct slice){s->key, s->key_len});
}

void records_want_element(struct split *s)
{
    want(s, (struct slice){0});
}

int records_way_here(const struct split *s)
{
    for (unsigned w = 0; s->wanted >> w; w++)
        if (s->wanted >> w & 1 && s->records->way[w].depth == s->nest.depth)
            return (int)w;
    return -1;
}

void records_descend(struct split *s)
{
    if (s->nest.depth >= PATH_DEPTH)
        return;
    s->open[s->nest.depth] = 0;
    s->index[s->nest.depth] = 0;
    for (unsigned w = 0; s->wanted >> w; w++)
        if (s->wanted >> w & 1 && s->records->way[w].depth > s->nest.depth)
            s->open[s->nest.depth] |= 1u << w;
    s->wanted = 0;
}

int records_put_back(struct split *s)
{
    struct buf *records = s->out, whole = {.cap = s->envelope->cap};
    for (size_t i = 0; i + 1 < records->len; i++)
        if (records->data[i] == '\n')
            records->data[i] = ',';
    int result = buf_add(&whole, s->envelope->data, s->records_at) ||
                 buf_add(&whole, records->data, records->len ? records->len - 1 : 0) ||
                 buf_add(&whole, s->envelope->data + s->records_at, s->envelope->len - s->records_at);
    buf_swap(s->envelope, &whole);
    buf_free(&whole);
    buf_clear(records);
    return result;
}

/* ---- records that are picked one by one ---- */

enum { PICKING = SPLIT_DEPTH + 1 }; /* the records_depth while one is under way: no comma there ends it */

static int begin_pick(struct split *s, bytes p)
{
    int result = !split_emit(s, p, p) || buf_adds(s->envelope, "null");
    s->to = s->out;
    s->picked_depth = s->nest.depth;
    s->records_depth = PICKING;
    s->wanted = 0;
    return result;
}

static bool add_record(void *ctx, struct slice value)
{
    struct buf *lines = ctx;
    return buf_add(lines, value.text, value.len) == 0 && buf_addc(lines, '\n') == 0;
}

/* What a filter takes of the last line of `out`, and names in it, stands there instead. */
static int keep_named(struct split *s)
{
    struct buf lines = {.cap = s->out->cap}, *out = s->out;
    const char *before = memrchr(out->data, '\n', out->len), *line = before ? before + 1 : out->data;
    jsonpath_each_rest(s->records->way[0].query, (struct slice){line, out->len - (size_t)(line - out->data)},
                       add_record, &lines);
    out->len = (size_t)(line - out->data);
    for (size_t i = 0; i < lines.len; i++)
        s->count += lines.data[i] == '\n';
    int result = buf_add(out, buf_text(&lines), lines.len);
    buf_free(&lines);
    return result;
}

int records_end_pick(struct split *s, bytes p)
{
    if (!split_emit(s, p, p))
        return -1;
    s->to = s->envelope;
    s->picked_depth = s->records_depth = 0;
    if (jsonpath_has_rest(s->records->way[0].query))
        return keep_named(s);
    s->count++;
    return buf_addc(s->out, '\n');
}

/* Is this what a PATH with a star names: a list of records, or perhaps one record? */
static bool is_spread(const struct split *s, bytes p)
{
    return s->records->spread && s->wanted && s->records->way[0].depth == s->nest.depth + 1 && *p != '[' && *p != 'n';
}

const char *records_approach(struct split *s, bytes p)
{
    bool spread = is_spread(s, p);
    if (spread && (*p != '{' || !s->records->keyed))
        return SPLIT_NO_LIST;
    if (spread || records_way_here(s) >= 0)
        return begin_pick(s, p) ? SPLIT_TOO_LARGE : NULL;
    if (s->nest.depth != s->records->base)
        return NULL;
    if (s->way >= 0)
        return SPLIT_SECOND_LIST;
    s->null_records = *p == 'n';
    s->way = *p == '{' || *p == '[' ? 0 : -1;
    return NULL;
}
