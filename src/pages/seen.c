/* seen: records that come again on a later page. */
#include "pages/seen.h"

#include <stdio.h>
#include <string.h>

#include "json/lines.h"

enum { MOST_KNOWN = 1 << 16 };

static uint64_t word(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

static uint64_t mix(uint64_t h, uint64_t w)
{
    h = (h ^ w) * 0x9e3779b97f4a7c15;
    return h ^ (h >> 29);
}

static uint64_t hash_of(struct slice record)
{
    enum { LANES = 4, STEP = LANES * 8 };
    uint64_t lane[LANES] = {1, 2, 3, 4}; /* which do not wait for each other */
    char rest[STEP] = {0};
    size_t whole = record.len - record.len % STEP;
    for (size_t at = 0; at < whole; at += STEP)
        for (size_t i = 0; i < LANES; i++)
            lane[i] = mix(lane[i], word(record.text + at + 8 * i));
    memcpy(rest, record.text + whole, record.len - whole);
    for (size_t i = 0; i < LANES; i++)
        lane[i] = mix(lane[i], word(rest + 8 * i));
    return mix(mix(mix(mix(record.len, lane[0]), lane[1]), lane[2]), lane[3]);
}

static void note_new(struct seen *s, uint64_t hash)
{
    s->last_new = s->records;
    s->in_a_row = 0;
    if (s->known.count < MOST_KNOWN)
        *digests_add(&s->known, hash) = s->records;
}

static void note_twice(struct seen *s, bool has_id, int64_t before)
{
    if (s->twice == 0) {
        s->again = s->records;
        s->before = before;
    }
    s->unlike = has_id && (s->unlike || s->twice == 0);
    s->twice++;
    s->in_a_row++;
}

/* Two that are equal within one page are so by nature, or one after the other, without an id. */
static void take(struct seen *s, const struct paginate *p, struct slice record, int64_t page)
{
    uint64_t hash = hash_of(record);
    const int64_t *at = digests_find(&s->known, hash);
    if (!at) {
        note_new(s, hash);
        return;
    }
    bool has_id = !value_is_void(path_find(&p->id_path, record.text, record.len));
    s->off = *at >= page || (*at == s->records - 1 && !has_id);
    if (!s->off)
        note_twice(s, has_id, *at);
}

/* When the table is full, only pages that begin with a record in it are gone through: each record is far away in
 * memory. */
static void take_page(struct seen *s, const struct paginate *p, struct slice lines)
{
    int64_t page = s->records;
    for (struct slice line; lines.len && !s->off; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        s->off = !value_is_object(line);
        if (!s->off)
            take(s, p, lines_record(line), page);
        if (s->known.count == MOST_KNOWN && s->last_new == page)
            return;
        s->records++;
    }
}

int seen_take(struct seen *s, const struct paginate *p, struct slice lines, int64_t count, struct error *e)
{
    enum { CIRCLE = 20 }; /* so many records in a row are not there by chance */
    int64_t page = s->records;
    s->off |= p->range->allow_repeats || p->style->style == PAGING_NONE;
    take_page(s, p, lines);
    s->records = page + count;
    if (s->off || !count || s->last_new >= page || s->in_a_row < CIRCLE)
        return 0;
    return error_set(
        e, EXIT_ANSWER,
        "the server sends us in a circle: after %lld records the next %s leads to those from offset %lld on "
        "again (--allow-repeats lets that pass)",
        (long long)s->last_new + 1,
        p->style->seeks      ? "page"
        : p->style->by_links ? "URL"
                             : "cursor",
        (long long)paging_sum(p->start, s->before));
}

int seen_check(const struct seen *s, struct paginate *p, struct error *e)
{
    enum { BY_CHANCE = 2 }; /* a few records without an id may be equal */
    const struct range_options *range = p->range;
    char what[320];
    bool few = s->twice <= BY_CHANCE || s->twice < s->records / 100;
    if (s->off || !s->twice || (few && !s->unlike) || range->on_drift == DRIFT_IGNORE)
        return 0;
    snprintf(
        what, sizeof what,
        "%s%lld of the %lld records came twice (that at offset %lld is that at %lld): the list has no fixed order, "
        "so others may be missing, or it changes while it is read; ask the API for an order by a unique field",
        s->known.count == MOST_KNOWN ? "at least " : "", (long long)s->twice, (long long)s->records,
        (long long)paging_sum(p->start, s->again), (long long)paging_sum(p->start, s->before));
    bool counted = (p->total >= 0 || range->expect >= 0) && !p->drifted && s->unlike;
    if (range->on_drift == DRIFT_FAIL || counted)
        return error_set(e, EXIT_ANSWER, "%s (--allow-repeats lets that pass)", what);
    if (!p->drifted)
        buf_addf(&p->note, "warning: %s\n", what);
    return 0;
}

void seen_free(struct seen *s)
{
    digests_free(&s->known);
}
