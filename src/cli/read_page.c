/* read_page: the bytes of one answer. */
#include "cli/read_page.h"

#include <inttypes.h>
#include <string.h>

#include "base/io.h"
#include "cli/read_output.h"
#include "cli/read_state.h"
#include "discover/places.h"
#include "http/answer.h"
#include "http/secret.h"
#include "json/error_body.h"
#include "json/lines.h"
#include "json/passing.h"
#include "json/refusal.h"

void read_page_begin(void *ctx, struct exchange *x)
{
    struct read_run *r = ctx;
    struct held_page *h = &r->shared->held[x->slot];
    buf_clear(&h->records);
    buf_expect(&h->records, r->page_bytes);
    buf_clear(&h->envelope);
    h->bytes = 0;
    h->streamed = 0;
    h->denied = h->looked = false;
    split_start(&h->split, r->records, &h->records, &h->envelope);
    h->split.lines = paginate_takes_lines(&r->paginate);
    h->split.guarded = true;
    if (r->lines)
        split_many(&h->split);
}

void read_page_free(struct held_page *h)
{
    buf_free(&h->records);
    buf_free(&h->envelope);
    buf_free(&h->url);
    buf_free(&h->date);
}

/* A first line of NDJSON may have an array at a usual place. Before records of one text go out, there should be more of
 * it than a line. */
enum { STREAM_DOUBT = 65536 };

int read_page_data(void *ctx, struct exchange *x, const char *bytes, size_t n, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = &r->shared->held[x->slot];
    if (h->bytes == 0 && answer_is_ndjson(x))
        split_many(&h->split);
    h->bytes = r->paging.stream ? h->records.len + h->envelope.len : h->bytes;
    h->bytes += n;
    if (h->bytes > (size_t)r->options->network.max_page_bytes)
        return error_set(e, EXIT_ANSWER,
                         "the page is larger than --max-page-bytes %" PRId64 ": ask for fewer records with --page-size",
                         r->options->network.max_page_bytes);
    if (split_feed(&h->split, bytes, n) == 0)
        return r->paging.stream && (h->split.many || h->streamed || h->bytes > STREAM_DOUBT)
                   ? read_output_stream(r, x, e)
                   : 0;
    answer_split_error(&h->split, x, (struct slice){bytes, r->options->paging.stream ? 0 : n}, h->bytes, e);
    return -1;
}

/* What is there, at that PATH, instead of a list. */
static void describe_kind(struct slice value, const char *path, struct buf *text)
{
    struct slice member;
    size_t members = 0, objects = 0;
    if (!value_is_object(value)) {
        buf_addf(text, ", but %s",
                 value_is_text(value)                       ? "a text"
                 : value_is_null(value)                     ? "null"
                 : *value.text == 't' || *value.text == 'f' ? "a truth value"
                                                            : "a number");
        return;
    }
    for (size_t at = 0; value_next(value, &at, NULL, &member); members++)
        objects += value_is_object(member);
    buf_addf(text, ", but an object with %zu member%s", members, members == 1 ? "" : "s");
    if (objects == members && members > 1 && *path && *path != '/')
        buf_addf(text, " (records kept by key? --records '%s.*')", path);
}

static int no_records(struct read_run *r, const struct held_page *h, const struct exchange *x, struct error *e)
{
    struct buf place = {0}, kind = {0};
    char detail[200];
    path_show(r->records, 0, &place);
    const char *given = r->paging.records, *shown = given ? given : buf_text(&place);
    const char *name = !r->records_known ? "a usual place" : *shown ? shown : "the top level";
    struct slice there = r->records_known && r->records->count == 1 && !r->records->many
                             ? path_find_way(r->records, 0, (struct slice){h->envelope.data, h->envelope.len})
                             : (struct slice){0};
    if (there.len)
        describe_kind(there, shown, &kind);
    else if (given && (*given == '.' || strstr(given, "[]")))
        buf_adds(&kind, " (a PATH is data.items or $.data.items, and not .data.items or items[] as in jq)");
    error_body_detail(h->envelope.data, h->envelope.len, detail, sizeof detail);
    transfer_mask(x, detail);
    if (h->split.scalar)
        error_set(e, EXIT_ANSWER, "the answer has no list of records: it is neither an array nor an object");
    else
        error_set(e, EXIT_ANSWER,
                  "no list of records at %s of the answer%s%s%s%s: say where with --records; `restsrc check URL` looks "
                  "for it",
                  name, buf_text(&kind), *detail ? " (it says: " : "", detail, *detail ? ")" : "");
    buf_free(&place);
    buf_free(&kind);
    return -1;
}

/* A short answer without records that says why, for a reason that passes: told with a good status, as some APIs tell
 * of their rate limits. 1: it is asked for again; else -1. */
static int pass_or_fail(struct held_page *h, const struct exchange *x, struct error *e)
{
    enum { SHORT = 1000 };
    char detail[200];
    struct slice envelope = {buf_text(&h->envelope), h->envelope.len};
    struct refusal said;
    refusal_read(envelope, (struct slice){0}, &said);
    if (!value_is_object(envelope) || envelope.len > SHORT || !passing_is(envelope, said.status == 429 ? 429 : 0))
        return -1;
    error_body_detail(envelope.text, envelope.len, detail, sizeof detail);
    transfer_mask(x, detail);
    error_set(e, EXIT_UNAVAILABLE, "%s%s", *detail ? "the answer has no records, but says: " : e->message, detail);
    return 1;
}

/* An error beside the records: of the whole answer where it has none, else perhaps of some that are missing. */
static int check_denial(struct held_page *h, const struct exchange *x, struct error *e)
{
    struct slice envelope = {buf_text(&h->envelope), h->envelope.len};
    h->denied = h->split.way >= 0 && x->action != RULE_OK && refusal_is(envelope, (struct slice){0});
    if (!h->denied || h->split.count)
        return 0;
    answer_denied(x, envelope, e);
    return pass_or_fail(h, x, e);
}

/* Where a server fails after it has sent its status and lines, the last one may say so. */
static int check_last_line(const struct read_run *r, const struct held_page *h, const struct exchange *x,
                           struct error *e)
{
    struct slice lines = {h->records.data, h->records.len},
                 streamed = {r->ready.data, r->paging.stream ? r->ready.len : 0};
    struct slice last = lines_record(lines_last(lines.len ? lines : streamed)),
                 first = lines_record(lines_first(streamed.len ? streamed : lines));
    bool all = first.text != last.text && refusal_is_all(first); /* then that is what records are */
    if (!h->split.many || !last.len || x->action == RULE_OK || all || !refusal_is_all(last))
        return 0;
    char detail[200];
    struct refusal said;
    refusal_read(last, (struct slice){0}, &said);
    error_body_detail(last.text, last.len, detail, sizeof detail);
    transfer_mask(x, detail);
    error_set(e, EXIT_ANSWER, "the last line is an error, and no record%s%s (--on 2xx=ok if it is one)",
              *detail ? ": " : "", detail);
    return passing_is(last, said.status) && !r->paging.stream ? 1 : -1;
}

/* Nothing is there, and nothing needs to be: no content, or no lines. */
static bool has_no_text(const struct read_run *r, const struct held_page *h, const struct exchange *x)
{
    return x->status == 204 || x->status == 205 || (h->bytes == 0 && (r->lines || answer_is_ndjson(x)));
}

int read_page_said(void *ctx, struct exchange *x, struct slice *said, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = &r->shared->held[x->slot];
    if (has_no_text(r, h, x))
        return 0;
    if (split_end(&h->split)) {
        answer_split_error(&h->split, x, (struct slice){0}, 0, e);
        return h->split.reason == SPLIT_CUT ? 1 : -1;
    }
    if (!h->split.many)
        *said = (struct slice){buf_text(&h->envelope), h->envelope.len};
    return 0;
}

/* The empty PATH, the whole answer, says as much where there is one answer only. */
static bool wants_object(const struct read_run *r)
{
    const struct paging_options *o = &r->paging;
    return o->object_is_record || (paginate_single(&r->paginate) && o->records && !*o->records);
}

/* Does an empty list stand where the records should be, in another writing? null, as Go has it; {}, in languages that
 * have one type for lists and objects (Lua, PHP); "", where XML became JSON. */
static bool is_empty_list(const struct read_run *r, const struct held_page *h)
{
    struct slice envelope = {h->envelope.data, h->envelope.len};
    bool empty = h->split.null_records;
    for (unsigned w = 0; w < r->records->count && !r->records->many && !empty; w++) {
        struct slice there = r->records->way[w].depth ? path_find_way(r->records, w, envelope) : (struct slice){0};
        empty = there.len == 2 && (value_is_object(there) || (value_is_text(there) && r->paging.object_is_record));
    }
    return r->records_known && empty;
}

/* --object-is-record: one record stands where a list should be. An error is none. */
static void take_object(const struct read_run *r, struct held_page *h, const struct exchange *x)
{
    struct slice envelope = {buf_text(&h->envelope), h->envelope.len};
    for (unsigned w = 0; w < r->records->count && !r->records->many; w++) {
        struct slice object = path_find_way(r->records, w, envelope);
        bool whole = !r->records->way[w].depth; /* where that is meant, and not only a usual place */
        if (!value_is_object(object) || (whole && !r->records_known))
            continue;
        if (x->action != RULE_OK && refusal_is(object, (struct slice){0}))
            return;
        buf_add(&h->records, object.text, object.len);
        buf_addc(&h->records, '\n');
        if (whole)
            buf_clear(&h->envelope);
        h->split.way = (int)w;
        h->split.count = 1;
        return;
    }
}

/* Before anything is learned from the page, because the request may be changed then. */
static void note_source(struct held_page *h, const struct exchange *x)
{
    h->came_at = io_time();
    buf_clear(&h->url);
    secret_redact(x->request.url.data, &h->url);
    buf_text(&h->url); /* ends it */
    transfer_mask(x, h->url.data);
    const char *date = transfer_header(x, "Date", NULL);
    buf_clear(&h->date);
    buf_adds(&h->date, date ? date : "");
}

/* --absent-is-empty: a list of objects by another name may well be the records. */
static int check_absent(const struct read_run *r, const struct held_page *h, struct error *e)
{
    struct buf names = {0};
    places_others((struct slice){h->envelope.data, h->envelope.len}, &names);
    int result = names.len
                     ? error_set(e, EXIT_ANSWER,
                                 "the answer has no %s, but another list: say which are the records, --records %s",
                                 r->paging.records ? r->paging.records : "records", names.data)
                     : 0;
    buf_free(&names);
    return result;
}

/* Two things, and no records. */
static int check_pair(const struct read_run *r, const struct held_page *h, struct error *e)
{
    if (r->paging.records || h->split.many || h->split.count != 2 ||
        !places_are_pair((struct slice){h->records.data, h->records.len}))
        return 0;
    return error_set(e, EXIT_ANSWER,
                     "the answer is an object and a list: say which are the records, --records '$[1]' for the list, or "
                     "'$[*]' for both");
}

int read_page_whole(void *ctx, struct exchange *x, struct error *e)
{
    struct read_run *r = ctx;
    struct held_page *h = &r->shared->held[x->slot];
    if (r->options->run.envelope_fd >= 0)
        note_source(h, x);
    if (!transfer_header(x, "Age", NULL)) /* of a cache: its Date is an old one */
        read_state_heed_clock(r, transfer_header(x, "Date", NULL));
    if (has_no_text(r, h, x) || x->action == RULE_EMPTY)
        return 0;
    int denied = check_denial(h, x, e);
    if (denied)
        return denied;
    bool empty = h->split.way < 0 && !h->split.many && is_empty_list(r, h);
    if (wants_object(r) && h->split.way < 0 && !h->split.many && !empty)
        take_object(r, h, x);
    int torn = check_last_line(r, h, x, e);
    if (torn || check_pair(r, h, e))
        return torn ? torn : -1;
    if (h->split.way >= 0 || h->split.many)
        return r->paging.stream ? read_output_stream(r, x, e) : 0;
    char detail[8]; /* next to an error an empty list means an error */
    error_body_detail(h->envelope.data, h->envelope.len, detail, sizeof detail);
    bool absent = r->paging.absent_is_empty && r->records_known && h->envelope.len && *h->envelope.data == '{';
    if (absent && !empty && check_absent(r, h, e))
        return -1;
    if ((empty || absent) && !(*detail && x->action != RULE_OK))
        return 0;
    no_records(r, h, x, e);
    return r->paging.stream ? -1 : pass_or_fail(h, x, e);
}
