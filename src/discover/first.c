/* first: the first answer of a list. */
#include "discover/first.h"

#include <string.h>
#include <time.h>

#include "base/io.h"
#include "discover/places.h"
#include "http/answer.h"
#include "json/error_body.h"
#include "json/lines.h"
#include "json/refusal.h"
#include "json/split.h"

static struct slice envelope_of(const struct compare *c)
{
    return (struct slice){buf_text(&c->ask->envelope), c->ask->envelope.len};
}

static int no_list(struct compare *c, struct error *e)
{
    char detail[200];
    const struct buf *body = &c->ask->envelope;
    const char *type = answer_header(c->ask->exchange, "Content-Type", NULL);
    error_body_detail(body->data, body->len, detail, sizeof detail);
    transfer_mask(c->ask->exchange, detail);
    if (c->ask->failed && type && strcasestr(type, "html") && c->ask->error.code == EXIT_ANSWER &&
        c->ask->error.http_status / 100 != 3)
        error_set(e, EXIT_ANSWER,
                  "the answer is a web page, not JSON: is this the API's URL, and does it ask for a login?");
    else if (c->ask->error.code)
        *e = c->ask->error;
    else
        error_set(e, EXIT_ANSWER,
                  "the answer is JSON, but has no list of records at a usual place%s%s%s: say where with --records",
                  *detail ? " (it says: " : "", detail, *detail ? ")" : "");
    if (!*e->url)
        transfer_locate(c->ask->exchange, e);
    return -1;
}

/* The answer once more, with its records at that place. */
static void split_again(struct compare *c, const char *at)
{
    struct buf text = {0};
    struct split *s = &c->ask->split;
    buf_swap(&text, &c->ask->envelope);
    path_free(&c->places);
    path_parse(&c->places, at);
    buf_clear(&c->ask->records);
    split_start(s, &c->places, &c->ask->records, &c->ask->envelope);
    split_feed(s, text.data, text.len);
    split_end(s);
    buf_free(&text);
}

/* The answer was taken for two records: it is a pair, with its list at $[1]. */
static void split_pair(struct compare *c)
{
    struct slice lines = {c->ask->records.data, c->ask->records.len}, line = lines_first(lines);
    struct slice object = lines_record(line), list = lines_record(lines_after(lines, line));
    buf_clear(&c->ask->envelope);
    buf_addf(&c->ask->envelope, "[%.*s,%.*s]", (int)object.len, object.text, (int)list.len, list.text);
    split_again(c, "$[1]");
}

/* One record without brackets where a list should be, at a usual place, in an answer that counts one. */
static bool is_lone(struct compare *c, struct buf *at)
{
    struct slice envelope = envelope_of(c);
    struct answer a = ask_answer(c->ask);
    struct buf ignored = {0};
    int64_t count;
    bool one = evidence_total("auto", &a, 1, &count, &ignored) && count == 1;
    buf_free(&ignored);
    for (const struct usual *u = usual_first(USUAL_RECORDS); one && u; u = usual_next(u)) {
        struct slice value = *u->name ? path_get(u->name, envelope) : (struct slice){0};
        if (!value_is_object(value) || value_is_empty(value))
            continue;
        buf_adds(at, u->name);
        return true;
    }
    return false;
}

/* What may be the records of an answer that has no list, for people to decide: at no usual place. false: nothing. */
static bool suggest(struct compare *c, unsigned lists, struct buf *at, struct error *e)
{
    const char *said = "the answer has several lists: say which are the records,", *quote = "", *more = "";
    if (lists <= 1 && is_lone(c, at)) {
        said = "the answer has one record without brackets where a list should be:";
        more = " --object-is-record";
    } else if (lists <= 1 && places_find_keyed(envelope_of(c), at)) {
        said = "the answer has records that are kept by key:";
        quote = "'";
    } else if (lists <= 1) {
        return false;
    }
    error_set(e, EXIT_ANSWER, "%s --records %s%s%s%s", said, quote, buf_text(at), quote, more);
    transfer_locate(c->ask->exchange, e);
    return true;
}

/* At no usual place. */
static int find_elsewhere(struct compare *c, struct error *e)
{
    struct buf at = {0};
    unsigned lists = 0;
    bool unknown = !c->ask->failed && !c->options->paging->records && !compare_has_list(c);
    if (unknown)
        lists = places_find(envelope_of(c), &at);
    if (lists == 1)
        split_again(c, buf_text(&at));
    else if (!c->ask->failed && !c->options->paging->records && !c->ask->split.many &&
             places_are_pair((struct slice){c->ask->records.data, c->ask->records.len}))
        split_pair(c);
    int result = compare_has_list(c) && !c->ask->failed ? 0 : -1;
    if (result && !(unknown && suggest(c, lists, &at, e)))
        no_list(c, e);
    buf_free(&at);
    return result;
}

static void find_place(struct compare *c)
{
    struct finding *f = c->f;
    f->length = c->ask->split.count;
    f->lines = c->ask->split.many;
    if (f->lines)
        return;
    if (c->places.spread)
        buf_adds(&f->records, c->options->paging->records);
    else
        path_show(&c->places, (unsigned)c->ask->split.way, &f->records);
    places_others(envelope_of(c), &f->others);
}

/* --data, to which parameters are added. */
static int take_body(struct compare *c, struct error *e)
{
    const struct request_options *request = c->options->http.request;
    struct buf query = {0};
    if (!request->data)
        return 0;
    if (request_sends_form(request) || split_compact(request->data, request->data_len, &c->body) ||
        *buf_text(&c->body) != '{')
        return error_set(
            e, EXIT_USAGE,
            "a list that is asked for by POST is looked at with a JSON object as --data only: set --paginate");
    struct slice text = path_get("query", (struct slice){c->body.data, c->body.len});
    if (value_is_text(text))
        value_scalar(text, &query);
    if (strchr(buf_text(&query), '{')) /* GraphQL */
        buf_swap(&c->query, &query);
    buf_free(&query);
    return 0;
}

static void look(struct compare *c, struct evidence *v)
{
    struct answer a = ask_answer(c->ask);
    struct evidence_names names = {
        .has_more = c->options->paging->has_more,
        .limit = c->options->paging->param_limit,
        .offset = compare_is_given(c, "param-offset") ? c->options->paging->param_offset : NULL,
        .page = compare_is_given(c, "param-page") ? c->options->paging->param_page : NULL,
        .page_base = c->options->paging->page_base,
        .query = c->query.len ? c->query.data : NULL,
    };
    evidence_find(v, &names, &a, c->ask->split.count);
}

bool first_look_again(struct compare *c)
{
    struct evidence v;
    look(c, &v);
    bool leads = evidence_leads(&v);
    if (leads) {
        evidence_free(&c->v);
        c->v = v;
    } else {
        evidence_free(&v);
    }
    return leads;
}

int first_look(struct compare *c, struct error *e)
{
    struct timespec began;
    if (take_body(c, e))
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &began);
    c->ask->once = !c->brief;
    c->ask->lines = true;
    compare_ask(c, buf_text(&c->base));
    c->f->seconds = io_seconds_since(&began);
    if (find_elsewhere(c, e))
        return -1;
    struct slice envelope = envelope_of(c);
    if (c->ask->exchange->action == RULE_PARTIAL)
        buf_adds(&c->f->rule, c->ask->exchange->rule->text);
    if (c->ask->split.count == 0 && c->ask->exchange->action != RULE_OK && refusal_is(envelope, (struct slice){0}))
        return no_list(c, e);
    c->ask->once = true; /* of the tries none is repeated */
    c->ask->lines = c->ask->split.many;
    find_place(c);
    struct answer a = ask_answer(c->ask);
    look(c, &c->v);
    evidence_total(c->options->paging->count_from, &a, c->f->length, &c->f->count, &c->f->count_from);
    c->count_query = evidence_count_query(a.envelope);
    buf_swap(&c->first, &c->ask->records);
    buf_clear(&c->base); /* where redirects have led */
    buf_adds(&c->base, a.url);
    buf_text(&c->base);
    return 0;
}
