/* repeat: records that come a second time. */
#include "pages/repeat.h"

#include <string.h>

#include "pages/coverage.h"
#include "pages/styles.h"
#include "json/lines.h"

/* Two pages with the same bytes, one after the other: the server ignores the paging parameters. Records without an id
 * may be equal, though: then short pages say nothing yet, nor do pages of one where pages of one were asked for, nor
 * those after fresh cursors. */
static bool repeats(const struct paginate *p, const struct page *page, struct slice records, struct slice before,
                    bool identified)
{
    bool seeks = p->style->seeks;
    bool telling = identified || (seeks && page->got >= page->asked);
    int64_t least = identified || (seeks && p->range->page_size > 1) ? 1 : 2;
    bool as_long =
        records.len == before.len || (identified && seeks && records.len < before.len); /* or the beginning of it */
    return telling && page->got >= least && as_long && memcmp(records.text, before.text, records.len) == 0;
}

/* The hash of a text that grows at one of its ends (Rabin and Karp), so that pages which begin nearly alike are not
 * compared again for each record. */
struct rolling {
    size_t len;
    uint64_t hash, power;
};
static const uint64_t BASE = 0x9e3779b97f4a7c15;

static void append(struct rolling *r, unsigned char c)
{
    r->hash = r->hash * BASE + c;
    r->len++;
}

static void prepend(struct rolling *r, unsigned char c)
{
    r->hash += c * r->power;
    r->power *= BASE;
    r->len++;
}

/* With how many records that the last page ended with does this one begin? Hardly ever with any: then its first record
 * is not in the last page at all, which is soon seen. */
static int64_t overlap(struct slice records, struct slice before)
{
    const char *end = before.text + before.len, *next = records.text;
    struct rolling tail = {.power = 1}, head = {.power = 1};
    if (!lines_hold(before, lines_first(records)))
        return 0;
    for (int64_t n = 1; tail.len < before.len; n++) {
        do
            prepend(&tail, (unsigned char)end[-1 - (ptrdiff_t)tail.len]);
        while (tail.len < before.len && end[-1 - (ptrdiff_t)tail.len] != '\n');
        if (tail.len > records.len)
            return 0;
        while (head.len < tail.len)
            append(&head, (unsigned char)*next++);
        if (head.hash == tail.hash && memcmp(end - tail.len, records.text, tail.len) == 0)
            return n;
    }
    return 0;
}

static int same_page(struct error *e)
{
    return error_set(
        e, EXIT_ANSWER,
        "the same page again: the server ignores the paging parameter (`restsrc check URL` finds out how it "
        "pages; or see --paginate, --param-offset, --param-page, --param-cursor, --allow-repeats)");
}

static int wrong_place(int64_t seen, bool rounds, struct error *e)
{
    if (rounds)
        return error_set(e, EXIT_ANSWER,
                         "the page begins with %lld record%s that the last one ended with: the server begins pages at "
                         "multiples of their length (let --limit be a multiple of --page-size)",
                         (long long)seen, seen == 1 ? "" : "s");
    return error_set(e, EXIT_ANSWER, "the page begins with %lld record%s that the last one ended with: %s",
                     (long long)seen, seen == 1 ? "" : "s",
                     seen == 1 ? "do offsets count from 1 (--offset-base 1)?"
                               : "the server places pages otherwise (see --paginate, --param-offset, --param-page)");
}

/* In a list that is asked for by offsets a page should not begin with what we have seen. When the page before it was
 * short, records are hidden from us after the server has cut its page, and the offset behind those that came is not
 * behind what was cut. When it was full, records have been added in front of it. */
static int check_overlap(struct paginate *p, const struct page *page, struct slice records, const struct repeat *before,
                         bool identified, struct error *e)
{
    int64_t seen = overlap(records, before->records);
    if (seen && p->style->seeks && value_same(records, before->records))
        return same_page(e);
    if (seen && p->style->seeks && seen <= before->missing)
        return error_set(
            e, EXIT_ANSWER,
            "the page begins with records that the last one ended with: the server hides records, so its offsets "
            "are not those of the records that come (--advance asked, --allow-repeats; see also --page-size)");
    if (!seen)
        return 0;
    p->overlap = identified && !p->style->seeks ? seen : 0;
    bool same_total = p->total >= 0 && (page->total.records < 0 || page->total.records == p->total);
    bool rounds = p->style->seeks && page->asked < p->size && page->offset % page->asked == seen;
    return (seen == 1 && !same_total && !rounds) || !p->style->seeks ? coverage_shifted(p, seen, e)
                                                                     : wrong_place(seen, rounds, e);
}

/* Does the first of these records have an id, at --id? */
static bool has_id(const struct paginate *p, struct slice records)
{
    struct slice first = lines_record(lines_first(records));
    return first.len && !value_is_void(path_find(&p->id_path, first.text, first.len));
}

/* How far may equal records of two pages be trusted to be the same one? */
enum trust { EQUAL_BY_NATURE, DOUBTFUL, THE_SAME };

/* Are the first two of these lines equal? -1: there is only one. */
static int begins_twice(struct slice records)
{
    struct slice first = lines_first(records), rest = lines_after(records, first);
    return rest.len ? value_same(first, lines_first(rest)) : -1;
}

static int ends_twice(struct slice records)
{
    struct slice last = lines_last(records), rest = {records.text, records.len - last.len};
    return rest.len ? value_same(last, lines_last(rest)) : -1;
}

/* A first page as long as its total, which may be just that, its length: one request looks after it. What brings the
 * very same page, and the same total, has that page for whatever is asked: it is the whole list. */
static bool is_whole_list(const struct paginate *p, const struct page *page)
{
    enum { ROUND = 5 };
    const struct total *total = &page->total;
    /* as often the length of the page alone, which is a round number where there are more */
    bool length = total->guessed && strcmp(total->where, "count") == 0 && total->records % ROUND == 0;
    return p->distrust && p->pages == 1 && p->style->seeks && total->records == page->got && !length &&
           paging_sum(p->start, page->got) == p->position;
}

/* Records without an id may be equal by nature; then some are, within a page. */
static enum trust trust(struct slice records, struct slice before)
{
    int here = begins_twice(records), there = ends_twice(before);
    if (here > 0 || there > 0 || !value_is_container(records))
        return EQUAL_BY_NATURE;
    return here == 0 || there == 0 ? THE_SAME : DOUBTFUL;
}

static void warn(struct paginate *p, const struct page *page)
{
    if (!p->drifted)
        buf_addf(&p->note,
                 "warning: the page at offset %lld begins with a record like the last one, and there is no id to tell "
                 "whether it is the same (--id)\n",
                 (long long)page->offset);
    p->drifted = true;
}

/* Do records come again within the page before, or all of them with this one? Then they may be other, equal ones. */
static bool may_be_others(struct slice records, struct slice before)
{
    struct slice first = lines_first(records), rest = before;
    bool found = value_same(records, before);
    for (unsigned times = 0; rest.len && !found; rest = lines_after(rest, lines_first(rest))) {
        times += value_same(lines_first(rest), first);
        found = times > 1;
    }
    return found;
}

enum { EQUAL_PAGES = 100 }; /* in a row */

int repeat_check(struct paginate *p, const struct page *page, struct slice records, const struct repeat *before,
                 struct error *e)
{
    p->overlap = 0;
    bool cursor_itself = p->inclusive && page->got == 1; /* which the page begins with, as it should */
    if (p->range->allow_repeats || p->went_round || p->probing >= PROBE_LIMIT || !before->records.len || !records.len ||
        cursor_itself)
        return 0;
    bool equal = value_same(records, before->records);
    if (equal && page->look && begins_twice(records) <= 0) { /* servers give the last page for any place after it */
        p->over = true;
        return 1;
    }
    if (equal && is_whole_list(p, page)) {
        buf_adds(&p->note, "warning: the server gives the same page for any offset; by its total that is the list\n");
        p->over = true;
        return 1;
    }
    bool identified = has_id(p, records);
    if (!identified && p->heeds == HEEDS_PROVEN && may_be_others(records, before->records))
        return 0;
    p->equal_pages = equal ? p->equal_pages + 1 : 0;
    if (p->equal_pages >= EQUAL_PAGES || repeats(p, page, records, before->records, identified))
        return same_page(e);
    enum trust same = identified ? THE_SAME : trust(records, before->records);
    if (same == EQUAL_BY_NATURE || (!p->style->seeks && p->inclusive))
        return 0;
    if (same == THE_SAME)
        return check_overlap(p, page, records, before, identified, e);
    if (equal)
        warn(p, page);
    return 0;
}

/* The first of these records that is another one than the first; -1: there is none. */
static int64_t first_other(struct slice records, struct slice *other)
{
    struct slice first = lines_first(records);
    int64_t n = 1;
    for (struct slice rest = lines_after(records, first); rest.len; rest = lines_after(rest, *other), n++) {
        *other = lines_first(rest);
        if (!value_same(first, *other))
            return n;
    }
    return -1;
}

static int64_t count_lines(struct slice records)
{
    int64_t n = 0;
    for (; records.len; records = lines_after(records, lines_first(records)))
        n++;
    return n;
}

/* Only where pages are where they should be, and one can begin at any record. */
static bool may_prove(const struct paginate *p, const struct page *page)
{
    return p->heeds == HEEDS_UNKNOWN && p->style->seeks && p->pages && !p->probing && !p->range->allow_repeats &&
           page->offset == p->position && (!p->style->numbered || styles_sends_limit(p));
}

/* All records of two pages are equal. Where there are none, or fewer, a server that ignores the place has that page,
 * too: where the total ends, or far away. */
static bool prove_far(struct paginate *p, const struct page *page, struct slice before, struct page *at)
{
    enum { FAR = 1000000000 };
    if (begins_twice(before) <= 0)
        return false;
    int64_t place = p->total > 0 ? p->total - !p->style->numbered : FAR;
    at->offset = p->style->numbered ? place - place % page->asked : place;
    p->heeds = HEEDS_ASKED;
    return true;
}

bool repeat_prove(struct paginate *p, const struct page *page, struct slice records, struct slice before,
                  struct page *at)
{
    struct slice other;
    *at = *page;
    if (p->heeds == HEEDS_ASKED) {
        struct slice shown = {p->proof.data, p->proof.len};
        bool heeds = shown.len ? value_same(lines_first(records), shown) : records.len < before.len;
        p->heeds = heeds && !p->proof_refused ? HEEDS_PROVEN : HEEDS_NOT;
        return true;
    }
    if (!may_prove(p, page) || !records.len || !before.len || has_id(p, records) || !overlap(records, before) ||
        !may_be_others(records, before))
        return false;
    int64_t n = first_other(before, &other);
    buf_clear(&p->proof);
    if (n < 0)
        return prove_far(p, page, before, at);
    buf_add(&p->proof, other.text, other.len);
    p->heeds = HEEDS_ASKED;
    at->offset = page->offset - count_lines(before) + n;
    at->asked = p->style->numbered ? 1 : page->asked;
    return true;
}
