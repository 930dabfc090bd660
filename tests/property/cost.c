/* cost: each parser on its worst cases, of a size that is given; tests/cost.py counts the instructions of cost_run(),
 * and asks whether they grow no faster than the text.
 *
 *     cost [-t] CASE KB [CASE KB]...     "CASE KB" for each; -t: with the seconds that it took
 *     cost                               the names of all cases
 *
 * A case is a text: what it begins with, what is repeated until it is long enough, and what it ends with. Where the
 * part that is repeated has a '#', a number stands there, another one each time. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "arrow/columns.h"
#include "arrow/infer.h"
#include "arrow/ipc.h"
#include "base/text.h"
#include "cli/config.h"
#include "cli/lookup_asked.h"
#include "discover/evidence.h"
#include "discover/places.h"
#include "http/charset.h"
#include "http/gzip.h"
#include "http/head.h"
#include "http/mask.h"
#include "http/ratelimit.h"
#include "http/secret.h"
#include "http/token.h"
#include "http/url.h"
#include "pages/link_header.h"
#include "pages/more.h"
#include "pages/newer.h"
#include "pages/next.h"
#include "pages/paging.h"
#include "pages/repeat.h"
#include "pages/states.h"
#include "write/input.h"
#include "write/results.h"
#include "json/error_body.h"
#include "json/fields.h"
#include "json/lines.h"
#include "json/order.h"
#include "json/passing.h"
#include "json/refusal.h"
#include "json/rules.h"
#include "json/sentence.h"
#include "json/split.h"
#include "json/template.h"

enum { CHUNK = 16384 };

static struct slice slice_of(const struct buf *b)
{
    return (struct slice){b->data ? b->data : "", b->len};
}

/* ---- the parsers ---- */

static const struct scan_kind *lane; /* NULL: the fastest */

static void split_into(struct slice text, const struct path *path, bool lines, struct buf *records,
                       struct buf *envelope)
{
    struct split s;
    split_start(&s, path, records, envelope);
    s.lines = lines;
    s.scan = lane ? lane : s.scan;
    int result = 0;
    for (size_t at = 0; at < text.len && result == 0; at += CHUNK)
        result = split_feed(&s, text.text + at, text.len - at < CHUNK ? text.len - at : CHUNK);
    split_end(&s);
}

static void split_at(struct slice text, const char *records_at, bool lines)
{
    struct path path;
    struct error e;
    struct buf records = {0}, envelope = {0};
    if (paging_records(records_at, &path, &e) == 0)
        split_into(text, &path, lines, &records, &envelope);
    path_free(&path);
    buf_free(&records);
    buf_free(&envelope);
}

static void run_split(struct slice text, const char *at)
{
    split_at(text, at, false);
}

static void run_lines(struct slice text, const char *at)
{
    split_at(text, at, true);
}

/* Without the fast lane's instructions for vectors. */
static void run_portable(struct slice text, const char *at)
{
    lane = &scan_kinds[scan_kind_count - 1];
    split_at(text, at, false);
    lane = NULL;
}

static void columns_of(const struct schema_field *schema, struct slice lines)
{
    struct columns c;
    struct zone utc;
    struct buf out = {0};
    zone_fixed(&utc, "UTC");
    columns_init(&c, schema, &utc, COLUMNS_FIRST);
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line)))
        columns_add(&c, lines_record(line));
    ipc_batch(&c, &out);
    buf_free(&out);
    columns_free(&c);
}

/* Records to columns of a schema, or of what is inferred from them. */
static void run_columns(struct slice lines, const char *schema)
{
    struct schema_field root = {0};
    struct error e;
    int result =
        schema ? schema_parse(&root, (struct slice){schema, strlen(schema)}, &e) : infer_schema(lines, &root, &e);
    if (result == 0)
        columns_of(&root, lines);
    schema_free(&root);
}

static void run_schema(struct slice json, const char *unused)
{
    struct schema_field root = {0};
    struct error e;
    (void)unused;
    schema_parse(&root, json, &e);
    schema_free(&root);
}

static void run_path(struct slice json, const char *text)
{
    struct path path;
    struct buf list = {0};
    if (path_parse(&path, text) == 0) {
        path_find(&path, json.text, json.len);
        path_list(&path, json, &list);
    }
    path_free(&path);
    buf_free(&list);
}

static void run_test(struct slice json, const char *test)
{
    struct jsonpath_fault fault;
    struct jsonpath *q = jsonpath_parse_test(test, strlen(test), &fault);
    if (q)
        jsonpath_holds(q, json);
    jsonpath_free(q);
}

static void run_query(struct slice query, const char *json)
{
    struct jsonpath_fault fault;
    struct jsonpath *q = jsonpath_parse(query.text, query.len, &fault);
    if (q)
        jsonpath_first(q, (struct slice){json, strlen(json)});
    jsonpath_free(q);
}

static void run_quote(struct slice text, const char *unused)
{
    struct buf out = {0}, plain = {0};
    (void)unused;
    value_quote(text.text, text.len, &out);
    value_unescape(text.text, text.len, NULL, &plain);
    text_clean(buf_writable(&plain));
    buf_free(&out);
    buf_free(&plain);
}

static void run_fields(struct slice lines, const char *names)
{
    struct list fields = {0};
    struct error e;
    struct buf out = {0};
    fields_parse(&fields, names, &e);
    fields_keep(&fields, lines, &out);
    list_free(&fields);
    buf_free(&out);
}

static const char *header(const void *head, const char *name, const char *previous)
{
    return head_find(head, name, previous);
}

static const char *first_header(const void *head, const char *name)
{
    return head_find(head, name, NULL);
}

/* Header lines, of which all is read that a read reads. */
static void run_head(struct slice lines, const char *unused)
{
    static const char *const relations[] = {"next", "last", "prev"};
    struct head h = {0};
    struct buf target = {0};
    struct total_source source = {0};
    struct total total;
    struct error e;
    double left, reset;
    (void)unused;
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line)))
        head_add(&h, line.text, line.len);
    for (size_t i = 0; i < 3; i++)
        link_header_find(header, &h, relations[i], &target);
    ratelimit_wait(first_header, &h, 1.7e9);
    ratelimit_left(first_header, &h, 1.7e9, &left, &reset);
    const char *after = head_find(&h, "Retry-After", NULL);
    if (after)
        ratelimit_retry_after(after, 1.7e9);
    total_parse(&source, "content-range", &e);
    total_find(&source, header, &h, "", 0, &total, &e);
    total_free(&source);
    buf_free(&target);
    head_free(&h);
}

static int memory_file(struct slice text)
{
    int fd = memfd_create("cost", MFD_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < text.len;) {
        ssize_t n = write(fd, text.text + done, text.len - done);
        done = n > 0 ? done + (size_t)n : text.len;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void run_config(struct slice text, const char *unused)
{
    struct options o;
    struct error e;
    struct rules rules = {0};
    (void)unused;
    options_init(&o);
    o.run.config_fd = memory_file(text);
    if (config_load(&o, &e) == 0)
        rules_init(&rules, &o.request.on, &e);
    rules_free(&rules);
    close((int)o.run.config_fd);
    options_free(&o);
}

static void run_url(struct slice text, const char *unused)
{
    struct buf url = {0}, other = {0}, found = {0};
    struct error e;
    (void)unused;
    if (url_accept(text.text, &url, &e) == 0) {
        url_query(buf_text(&url), "nothing", &found);
        url_drop_query(&url, "a");
        url_resolve(buf_text(&url), text.text, &other);
        url_origin(buf_text(&url), &found);
    }
    secret_redact(text.text, &other);
    buf_free(&url);
    buf_free(&other);
    buf_free(&found);
}

/* A reference to be resolved, the worst of which climb. */
static void run_resolve(struct slice reference, const char *base)
{
    struct buf url = {0};
    url_resolve(base, reference.text, &url);
    buf_free(&url);
}

/* Twenty secrets that begin alike, in a long text. */
static void run_mask(struct slice text, const char *secret)
{
    struct secrets secrets = {0};
    char *copy = mem_text(text.text, text.len), one[80];
    for (int i = 0; i < 20; i++) {
        snprintf(one, sizeof one, "%s%d", secret, i);
        secret_hide(&secrets, one);
    }
    secret_mask(&secrets, copy);
    secret_free(&secrets);
    free(copy);
}

/* A record for a template. */
static void run_template(struct slice record, const char *text)
{
    struct template t = {.option = "--url-template", .kind = TEMPLATE_URL, .text = text};
    struct buf out = {0};
    struct error e;
    template_fill(&t, record, 1, &out, &e);
    buf_free(&out);
}

/* A template for a record. */
static void run_filled(struct slice text, const char *record)
{
    struct template t = {.option = "--url-template", .kind = TEMPLATE_URL, .text = text.text};
    struct buf out = {0};
    struct error e;
    if (template_check(&t, &e) == 0)
        template_fill(&t, (struct slice){record, strlen(record)}, 1, &out, &e);
    buf_free(&out);
}

/* A batch after the other, made into bodies. */
static void run_input(struct slice text, const char *kind)
{
    struct error e;
    struct list omitted = {0};
    struct body_options options = {.body = mem_copy(kind)};
    struct body_shape shape = {0};
    struct batch batch = {0};
    struct buf body = {0};
    struct input in = {.shape = &shape, .batch_size = 50, .batch_bytes = 1 << 20};
    list_add(&omitted, "x");
    options.omit = omitted;
    body_parse(&shape, &options, NULL, &e);
    in.fd = memory_file(text);
    input_init(&in);
    while (input_fill(&in, &batch, &e) == INPUT_BATCH) {
        size_t which[50];
        for (size_t i = 0; i < batch.count; i++)
            which[i] = i;
        body_build(&shape, &batch, which, batch.count, &body, &e);
        batch_clear(&batch);
    }
    close(in.fd);
    input_free(&in);
    batch_free(&batch);
    body_free(&shape);
    list_free(&omitted);
    buf_free(&body);
    free(options.body);
}

/* The answer to a batch of records that are its elements, too: {"results":[...]}. */
static void run_results(struct slice body, const char *list)
{
    struct results_paths paths = {0};
    struct results_said said;
    struct slice value, all = path_get(list, body), *records = NULL;
    size_t count = 0, room = 0;
    for (size_t at = 0; value_next(all, &at, NULL, &value); count++) {
        if (count == room)
            records = mem_grown(records, (room = 2 * room + 8) * sizeof *records);
        records[count] = value;
    }
    struct sent sent = {.record = records, .count = count};
    struct result *results = mem_zeroed(count + 1, sizeof *results);
    results_read(&paths, &sent, body, results, &said);
    free(results);
    free(records);
}

static void run_answer_text(struct slice text, const char *unused)
{
    struct buf out = {0};
    (void)unused;
    results_of_text(text, text.len / 2, &out);
    buf_free(&out);
}

static void run_error_body(struct slice text, const char *unused)
{
    char detail[500];
    (void)unused;
    error_body_detail(text.text, text.len, detail, sizeof detail);
}

static void run_refusal(struct slice json, const char *unused)
{
    struct refusal r;
    (void)unused;
    refusal_is(json, (struct slice){0});
    refusal_read(json, json, &r);
    passing_is(json, 400);
    passing_pause(json);
    sentence_counts_loss(json, 3);
}

static void run_rules(struct slice json, const char *unused)
{
    struct rules rules = {0};
    struct list none = {0};
    struct error e;
    (void)unused;
    rules_init(&rules, &none, &e);
    for (long status = 200; status < 600; status += 200)
        rules_find(&rules, &(struct rule_answer){.status = status, .json = json, .first = true, .request = RULE_READ});
    rules_free(&rules);
}

static int count_bytes(void *user, const char *bytes, size_t n)
{
    (void)bytes;
    *(size_t *)user += n;
    return 0;
}

static void unpack(struct slice packed)
{
    struct gunzip g = {0};
    size_t got = 0;
    gzip_begin(&g, "gzip");
    for (size_t at = 0; at < packed.len; at += CHUNK)
        if (gzip_feed(&g, packed.text + at, packed.len - at < CHUNK ? packed.len - at : CHUNK, count_bytes, &got))
            break;
    gzip_is_cut(&g);
    gzip_end(&g);
}

static void run_gzip(struct slice text, const char *unused)
{
    struct buf packed = {0};
    (void)unused;
    gzip_compress(text.text, text.len, &packed);
    unpack(slice_of(&packed));
    buf_free(&packed);
}

/* Members of a gzip file, one for each line. */
static void run_gzip_members(struct slice lines, const char *unused)
{
    struct buf packed = {0};
    (void)unused;
    gzip_compress("", 0, &packed);
    struct buf all = {0};
    for (size_t i = 0; i < lines.len / packed.len; i++)
        buf_add(&all, packed.data, packed.len);
    unpack(slice_of(&all));
    buf_free(&packed);
    buf_free(&all);
}

static void run_charset(struct slice text, const char *type)
{
    struct charset c = {0};
    size_t got = 0;
    charset_begin(&c, type);
    for (size_t at = 0; at < text.len; at += CHUNK)
        if (charset_feed(&c, text.text + at, text.len - at < CHUNK ? text.len - at : CHUNK, count_bytes, &got))
            break;
    charset_end(&c);
}

static const char *no_header(const void *answer, const char *name, const char *previous)
{
    (void)answer, (void)name, (void)previous;
    return NULL;
}

/* All that is read of what an answer has beside its records. */
static void run_envelope(struct slice envelope, const char *unused)
{
    struct answer a = {.url = "http://h/list", .header = no_header, .envelope = envelope};
    struct evidence_names names = {.page_base = 1};
    struct evidence v;
    struct total_source source = {0};
    struct total total;
    struct next next;
    struct list none = {0};
    struct cursor cursor = {0};
    struct error e;
    struct buf at = {0};
    const char *name;
    (void)unused;
    evidence_find(&v, &names, &a, 100);
    evidence_free(&v);
    places_find(envelope, &at);
    total_parse(&source, "auto", &e);
    total_find(&source, no_header, NULL, envelope.text, envelope.len, &total, &e);
    total_claimed(&source, no_header, NULL, envelope, 10, &total);
    total_free(&source);
    next_parse(&next, &none, NEXT_LINK, "cursor", &e);
    next_find(&next, &a, &cursor, &e);
    next_free(&next);
    next_cursor_free(&cursor);
    more_find(NULL, envelope, &name);
    buf_free(&at);
}

/* A page after another one, which it may repeat. */
static void run_repeat(struct slice lines, const char *before)
{
    struct paging_options paging = {.paginate = PAGING_OFFSET};
    struct range_options range = {.limit = -1, .page_size = 100, .on_drift = DRIFT_WARN};
    struct paginate p = {.paging = &paging, .range = &range, .total = -1, .style = &(struct style){.seeks = true}};
    struct page page = {.offset = 100, .asked = 100, .got = 100, .total = {.records = -1}};
    struct slice records = {lines.text + strlen(before), lines.len - strlen(before)};
    struct repeat known = {.records = lines};
    struct error e;
    path_parse(&p.id_path, "id");
    repeat_check(&p, &page, records, &known, &e);
    path_free(&p.id_path);
    buf_free(&p.note);
}

static void run_newer(struct slice lines, const char *path)
{
    struct newer n = {0};
    struct buf kept = {0}, seen = {0}, noted = {0};
    path_parse(&n.path, path);
    newer_keep(&n, lines, &kept);
    newer_note(&n, slice_of(&kept));
    newer_save(&n, true, &seen, &noted);
    newer_load(&n, slice_of(&seen), slice_of(&noted));
    newer_keep(&n, lines, &kept);
    newer_free(&n);
    buf_free(&kept);
    buf_free(&seen);
    buf_free(&noted);
}

static void run_states(struct slice text, const char *list)
{
    char name[40];
    int fd = memory_file(text);
    struct states all;
    struct buf url = {0};
    struct error e;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    buf_adds(&url, list);
    if (states_load(&all, name, &url, &e) == 0)
        for (size_t i = 0; i < all.count; i++) {
            struct state s = {.run = -1};
            buf_add(&s.parent, all.line[i].parent.data, all.line[i].parent.len);
            states_take(&all, &s, &e);
            states_put(&all, &s);
            state_free(&s);
        }
    states_free(&all);
    close(fd);
    buf_free(&url);
}

static void run_token(struct slice text, const char *unused)
{
    struct token token = {0};
    struct token_failure failure = {0};
    struct buf claims = {0};
    char detail[200];
    (void)unused;
    token_read(text.text, text.len, NULL, 1e9, &token);
    token_free(&token);
    token = (struct token){0};
    token_read_command(text.text, text.len, 1e9, &token);
    token_free(&token);
    token = (struct token){0};
    token_load(text.text, text.len, &token, &failure);
    token_free(&token);
    token_instead(text.text, text.len, detail, sizeof detail);
    token_claims(text.text, &claims);
    buf_free(&claims);
}

static void run_asked(struct slice lines, const char *unused)
{
    struct asked_table t = {0};
    (void)unused;
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line))) {
        bool ask;
        struct asked *a = asked_want(&t, line, line, 1, &ask);
        if (ask)
            asked_answer(&t, a, line);
        asked_find(&t, line);
        a->waiting--;
    }
    asked_free(&t);
}

/* ---- the cases ---- */

struct cost_case {
    const char *name;
    void (*run)(struct slice text, const char *with);
    const char *with, *before, *repeated, *after;
};

#define FIELDS            "{\"type\":\"struct\",\"fields\":["
#define FIELD(name, type) "{\"name\":\"" name "\",\"type\":" type ",\"nullable\":true,\"metadata\":{}}"
#define MAP               "{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"long\",\"valueContainsNull\":true}"
#define MAP_SCHEMA        FIELDS FIELD("a", MAP) "]}"
#define LONG_SCHEMA       FIELDS FIELD("a", "\"long\"") "]}"
#define TEXT_SCHEMA       FIELDS FIELD("a", "\"string\"") "]}"
#define TIME_SCHEMA       FIELDS FIELD("a", "\"timestamp\"") "]}"
#define LIST_SCHEMA       FIELDS FIELD("a", "{\"type\":\"array\",\"elementType\":\"long\",\"containsNull\":true}") "]}"
#define MISFIT            "{\"name\":\"m\",\"type\":\"string\",\"nullable\":true,\"metadata\":{\"restsrc\":\"misfit\"}}"
#define MISFIT_SCHEMA     FIELDS FIELD("a", "\"long\"") "," MISFIT "]}"
#define DEEP32            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
#define DEEP8             "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"

static const struct cost_case cases[] = {
    {"split: tiny records", run_split, NULL, "{\"results\":[1", ",1", "]}"},
    {"split: tiny objects", run_split, NULL, "[{}", ",{}", "]"},
    {"split: one giant string", run_split, NULL, "[\"", "x", "\"]"},
    {"split: backslashes", run_split, NULL, "[\"", "\\\\", "\"]"},
    {"split: lone surrogates", run_split, NULL, "[\"", "\\ud800", "\"]"},
    {"split: letters of four bytes", run_split, NULL, "[\"", "\xf0\x9f\x98\x80", "\"]"},
    {"split: blanks", run_split, NULL, "[1", " ", "]"},
    {"split: one giant number", run_split, NULL, "[1", "7", "]"},
    {"split: one giant name", run_split, NULL, "[{\"", "x", "\":1}]"},
    {"split: nested", run_split, NULL, "[1", ",[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "]"},
    {"split: members", run_split, NULL, "[{\"a\":1", ",\"k#\":1", "}]"},
    {"split: members of one name", run_split, NULL, "[{\"a\":1", ",\"a\":1", "}]"},
    {"split: envelope", run_split, NULL, "{\"a\":1", ",\"k#\":1", ",\"results\":[1]}"},
    {"split: lists at usual places", run_split, NULL, "{\"x\":1", ",\"results\":[1,2],\"data\":[3],\"items\":[4]", "}"},
    {"split: lists in objects", run_split, NULL, "{\"x\":1", ",\"data\":{\"items\":[1],\"results\":[2]}", "}"},
    {"split: half a string", run_split, NULL, "{\"results\":[\"", "x", ""},
    {"split: lines", run_lines, NULL, "", "{\"a\":1}\n", ""},
    {"split: portable, tiny objects", run_portable, NULL, "[{}", ",{\"a\":[1,\"\"]}", "]"},
    {"split: portable, backslashes", run_portable, NULL, "[\"", "\\\\\\\"", "\"]"},
    {"split: JSONPath with a test", run_split, "$.results[?@.a<3]", "{\"results\":[{\"a\":1}", ",{\"b\":1,\"a\":2}",
     "]}"},
    {"split: JSONPath, one giant record", run_split, "$.results[?@.a<3]", "{\"results\":[{\"a\":1", ",\"k#\":2", "}]}"},
    {"split: JSONPath into records", run_split, "$.results[*].a[*]", "{\"results\":[{\"a\":[1", ",2", "]}]}"},
    {"split: JSONPath, any depth", run_split, "$..a", "{\"x\":[1", ",{\"a\":1}", "]}"},

    {"columns: numbers", run_columns, LONG_SCHEMA, "", "{\"a\":1}\n", ""},
    {"columns: one giant string", run_columns, TEXT_SCHEMA, "{\"a\":\"", "\\u0041", "\"}\n"},
    {"columns: one giant number", run_columns, LONG_SCHEMA, "{\"a\":1", "7", "}\n"},
    {"columns: one giant fraction", run_columns, NULL, "{\"a\":1.", "7", "}\n"},
    {"columns: one giant time", run_columns, TIME_SCHEMA, "{\"a\":\"2020-01-01T00:00:00.", "0", "Z\"}\n"},
    {"columns: members without a column", run_columns, LONG_SCHEMA, "{\"a\":1", ",\"k#\":1", "}\n"},
    {"columns: such members, by records", run_columns, LONG_SCHEMA, "", "{\"a\":1,\"b\":1}\n{\"a\":1,\"c\":1}\n", ""},
    {"columns: misfits", run_columns, MISFIT_SCHEMA, "", "{\"a\":\"x\",\"k#\":1}\n", ""},
    {"columns: members of one name", run_columns, LONG_SCHEMA, "{\"a\":1", ",\"a\":1", "}\n"},
    {"columns: lists of one name", run_columns, LIST_SCHEMA, "{\"a\":[1]", ",\"a\":[1,2,3]", "}\n"},
    {"columns: a map", run_columns, MAP_SCHEMA, "{\"a\":{\"a\":1", ",\"k#\":1", "}}\n"},
    {"columns: a map of one name", run_columns, MAP_SCHEMA, "{\"a\":{\"a\":1", ",\"a\":1", "}}\n"},
    {"columns: a list", run_columns, LIST_SCHEMA, "{\"a\":[1", ",1", "]}\n"},
    {"columns: inferred", run_columns, NULL, "", "{\"a\":1,\"b\":\"x\",\"c\":{\"d\":[1.5]}}\n", ""},
    {"columns: inferred, other members in each", run_columns, NULL, "", "{\"a\":1}\n{\"b\":1}\n{\"c\":1}\n", ""},
    {"columns: inferred, a giant list", run_columns, NULL, "{\"a\":[1", ",{\"b\":1}", "]}\n"},
    {"columns: inferred, of one name", run_columns, NULL, "{\"a\":1", ",\"a\":{\"b\":1}", "}\n"},
    {"schema: fields", run_schema, NULL, FIELDS FIELD("a", "\"long\""), "," FIELD("k#", "\"long\""), "]}"},
    {"schema: fields of one name", run_schema, NULL, FIELDS FIELD("a", "\"long\""), "," FIELD("a", "\"long\""), "]}"},
    {"schema: metadata", run_schema, NULL, FIELDS "{\"name\":\"a\",\"metadata\":{\"a\":1", ",\"k#\":1",
     "},\"type\":\"long\"}]}"},

    {"path: members", run_path, "a.b", "{\"a\":{\"x\":1", ",\"k#\":1", "}}"},
    {"path: members of one name", run_path, "a.b", "{\"a\":{\"b\":1}", ",\"a\":{\"b\":1}", "}"},
    {"path: names with escapes", run_path, "a", "{\"a\":1", ",\"\\u0061\":1", "}"},
    {"path: elements", run_path, "a.9999999999", "{\"a\":[1", ",1", "]}"},
    {"path: stars", run_path, "a.*.b", "{\"a\":[1", ",{\"b\":1}", "]}"},
    {"path: any depth", run_path, "$..b", "{\"a\":[1", ",{\"b\":1}", "]}"},
    {"path: any depth, nested", run_path, "$..b", "{\"a\":[" DEEP8 "\"", "x", "\"}}}}}}}}]}"},
    {"path: any depth, members of one name", run_path, "$..b", "{\"a\":1", ",\"b\":1", "}"},
    {"path: wildcard, members of one name", run_path, "$.*", "{\"a\":1", ",\"a\":1", "}"},
    {"path: wildcard, members", run_path, "$.*", "{\"a\":1", ",\"k#\":1", "}"},
    {"path: test, members of one name", run_path, "$[?@>0]", "{\"a\":1", ",\"a\":1", "}"},
    {"path: the last ones", run_path, "$[-2:]", "[1", ",1", "]"},
    {"path: backwards", run_path, "$[::-1]", "[1", ",1", "]"},
    {"path: unions", run_path, "$[1,0,1,-1]", "[1", ",1", "]"},
    {"path: tests", run_path, "$[?@.a>0 && @.b!='x']", "[1", ",{\"b\":\"y\",\"a\":1}", "]"},
    {"path: tests against the whole", run_path, "$.l[?@.a==$.b]", "{\"b\":1,\"l\":[1", ",{\"a\":1}", "]}"},
    {"path: objects compared", run_test, "$[0]==$[0]", "[{\"a\":1", ",\"k#\":1", "}]"},
    {"path: objects of one name compared", run_test, "$[0]==$[0]", "[{\"a\":1", ",\"a\":1", "}]"},
    {"path: nested objects compared", run_test, "$[0]==$[0]", "[[" DEEP8 DEEP8 DEEP8 DEEP8 "1",
     "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}," DEEP8 DEEP8 DEEP8 DEEP8 "1", "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}]]"},
    {"path: lists compared", run_test, "$[0]==$[0]", "[[1", ",1", "]]"},
    {"path: strings compared", run_test, "$[0]<=$[0]", "[\"", "\\u0041", "\"]"},
    {"path: numbers compared", run_test, "$[0]<=$[0]", "[1", "0", "]"},
    {"query: names", run_query, "{\"a\":1}", "$", ".a", ""},
    {"query: parentheses", run_query, "[1]", "$[?", "(", "]"},
    {"query: not", run_query, "[1]", "$[?", "!", "@.a]"},
    {"query: tests joined", run_query, "[1]", "$[?@.a", "||@.a==1", "]"},
    {"query: one giant name", run_query, "[1]", "$['", "\\\\", "']"},
    {"query: a union", run_query, "[1]", "$[1", ",1", "]"},
    {"value: quoted", run_quote, NULL, "", "\x01\xc3\xa4\xff\"\\\\\\u00e4", ""},
    {"value: half an escape", run_quote, NULL, "", "\\", ""},
    {"fields: records", run_fields, "a,b.c", "", "{\"x\":1,\"b\":{\"c\":2},\"a\":1}\n", ""},
    {"fields: members", run_fields, "a,b.c", "{\"a\":1", ",\"k#\":1", "}\n"},
    {"fields: a list", run_fields, "a,b.c", "{\"b\":[1", ",{\"c\":1}", "]}\n"},
    {"fields: members of one name", run_fields, "a,b.c", "{\"b\":1", ",\"b\":{\"c\":1}", "}\n"},

    {"head: lines", run_head, NULL, "HTTP/1.1 200 OK\r\n", "X-#: a\r\n", "\r\n"},
    {"head: one long line", run_head, NULL, "HTTP/1.1 200 OK\r\nX: a", "x", "\r\n\r\n"},
    {"head: folded lines", run_head, NULL, "HTTP/1.1 200 OK\r\nX: a\r\n", " x\r\n", "\r\n"},
    {"head: many answers", run_head, NULL, "", "HTTP/1.1 100 Continue\r\n\r\n", ""},
    {"head: Link headers", run_head, NULL, "", "Link: <http://h/?page=#>; rel=x\r\n", "\r\n"},
    {"link: links", run_head, NULL, "Link: <x>", ", <http://h/?page=#>; rel=\"x\"", "\r\n\r\n"},
    {"link: brackets that do not close", run_head, NULL, "Link: <", "<;,", "\r\n\r\n"},
    {"link: commas", run_head, NULL, "Link: a", ",a", "\r\n\r\n"},
    {"link: targets without brackets", run_head, NULL, "Link: /a", ",/a;rel=x", "\r\n\r\n"},
    {"link: quotes", run_head, NULL, "Link: <a>", ";a=\"\"", "\r\n\r\n"},
    {"link: a quote that does not close", run_head, NULL, "Link: <a>;rel=next;a=\"", "\\\\", "\r\n\r\n"},
    {"link: torn parameters", run_head, NULL, "Link: <a>", ",<a>;a='", "\r\n\r\n"},
    {"link: relations", run_head, NULL, "Link: <a>; rel=\"", "x ", "\"\r\n\r\n"},
    {"Content-Range: digits", run_head, NULL, "Content-Range: items 0-9/", "7", "\r\n\r\n"},
    {"Content-Range: dashes", run_head, NULL, "Content-Range: items ", "0-", "/\r\n\r\n"},
    {"Retry-After: digits", run_head, NULL, "Retry-After: 1", "7", "\r\n\r\n"},
    {"Retry-After: letters", run_head, NULL, "Retry-After: ", "Mon, 01 ", "\r\n\r\n"},
    {"RateLimit: policies", run_head, NULL, "RateLimit: \"a\";r=0;t=1", ",\"a#\";r=0;t=1", "\r\n\r\n"},
    {"RateLimit: parameters", run_head, NULL, "RateLimit: \"a\"", ";r=0", "\r\n\r\n"},
    {"RateLimit: a quote that does not close", run_head, NULL, "RateLimit: \"", "a\\\",", "\r\n\r\n"},

    {"config: options that repeat", run_config, NULL, "", "header = X-#: a\n", ""},
    {"config: comments", run_config, NULL, "", "# \\\n", ""},
    {"config: sections", run_config, NULL, "", "[a#]\nquery = a=#\n", ""},
    {"config: one giant value", run_config, NULL, "header = \"X: ", "\\\\", "\"\n"},
    {"config: blanks", run_config, NULL, "header = X: a", " ", "\n"},
    {"config: rules", run_config, NULL, "", "on = \"4## $.a==#=retry\"\n", ""},
    {"url: parameters", run_url, NULL, "http://h/?a=b", "&k#=v", ""},
    {"url: parameters of one name", run_url, NULL, "http://h/?a=b", "&a=b", ""},
    {"url: secret parameters", run_url, NULL, "http://h/?a=b", "&token=secret-#", ""},
    {"url: escapes", run_url, NULL, "http://h/?a=", "%25", ""},
    {"url: ampersands", run_url, NULL, "http://h/?a", "&", ""},
    {"url: a path", run_url, NULL, "http://h", "/..", ""},
    {"url: signs of user info", run_url, NULL, "http://", "a:b@", "h/"},
    {"url: bytes that are encoded", run_url, NULL, "http://h/", " \"", ""},
    {"url: a reference that climbs", run_resolve, "http://h/a/b/c", "", "../", "x"},
    {"url: a reference of dots", run_resolve, "http://h/a/b/c", "/", "a/./b/../", "x"},
    {"secrets: nearly", run_mask, "a-long-secret", "", "a-long-secre", "t"},
    {"secrets: of one letter", run_mask, "aaaaaaaaaaaaaaab", "", "a", ""},
    {"secrets: escapes", run_mask, "a-long-secret", "", "%5Cu005cu0061%25%32", ""},
    {"secrets: backslashes", run_mask, "a-long-secret", "", "\\", ""},

    {"template: members", run_template, "/x/{a}/{b}", "{\"a\":1,\"b\":2", ",\"k#\":1", "}"},
    {"template: one giant value", run_template, "/x/{a}", "{\"a\":\"", "\\u0041", "\"}"},
    {"template: places", run_filled, "{\"a\":1}", "/x", "/{a}", ""},
    {"template: braces", run_filled, "{\"a\":1}", "/x", "{{}}", ""},
    {"template: a brace that does not close", run_filled, "{\"a\":1}", "/x", "/{", ""},

    {"input: tiny records", run_input, "array", "", "{\"a\":1}\n", ""},
    {"input: blank lines", run_input, "array", "", "\n", ""},
    {"input: one giant line", run_input, "array", "{\"a\":\"", "x", "\"}\n"},
    {"input: members", run_input, "ndjson", "{\"a\":1", ",\"k#\":1", "}\n"},
    {"input: a list", run_input, "array", "[{\"a\":1}", ",{\"a\":1}", "]\n"},
    {"input: a list over lines", run_input, "array", "[\n{\"a\":1}", ",\n{\"a\":1}", "]\n"},
    {"input: a form", run_input, "form", "", "{\"a\":\"\\u0041\",\"x\":1}\n", ""},

    {"results: as long as the batch", run_results, "results", "{\"results\":[{\"ok\":true}", ",{\"ok\":true}", "]}"},
    {"results: refused", run_results, "results", "{\"results\":[{\"id\":0,\"error\":\"x\"}",
     ",{\"id\":#,\"error\":\"x\"}", "]}"},
    {"results: all alike", run_results, "results", "{\"results\":[{\"error\":\"x\"}", ",{\"error\":\"x\"}", "]}"},
    {"results: by index", run_results, "results", "{\"results\":[1", ",{\"index\":#,\"error\":\"x\"}",
     ",{\"index\":0,\"error\":\"x\"}],\"a\":1}"},
    {"results: a list of errors", run_results, "sent",
     "{\"sent\":[{\"id\":1},{\"id\":2}],\"errors\":[{\"id\":0,\"error\":\"x\"}", ",{\"id\":#,\"error\":\"x\"}", "]}"},
    {"results: errors by path", run_results, "sent",
     "{\"sent\":[{\"id\":1},{\"id\":2}],\"errors\":[{\"path\":\"/0/a\",\"error\":\"x\"}",
     ",{\"path\":\"/items/#/a\",\"error\":\"x\"}", "]}"},
    {"results: failed ids", run_results, "failed", "{\"failed\":[\"a\"", ",\"id-#\"", "]}"},
    {"results: a map", run_results, "results",
     "{\"results\":[{\"id\":\"k1\"},{\"id\":\"k2\"}],\"errors\":{\"k0\":\"x\"", ",\"k#\":\"x\"", "}}"},
    {"results: members", run_results, "results", "{\"results\":[{\"ok\":true}]", ",\"k#\":{\"error\":\"x\"}", "}"},
    {"results: lists in lists", run_results, "results", "{\"results\":[{\"ok\":true}],\"x\":[[]", ",[[[[]]]]", "]}"},
    {"results: objects in objects", run_results, "results", "{\"results\":[{\"ok\":true}],\"x\":" DEEP8 "[{\"a\":1}",
     ",{\"error\":1}", "]}}}}}}}}}"},
    {"results: one giant record", run_results, "results", "{\"results\":[{\"ok\":true", ",\"k#\":\"error\"", "}]}"},
    {"results: statuses", run_results, "results", "{\"results\":[200", ",400", "]}"},
    {"results: lines", run_answer_text, NULL, "", "{}\n", ""},
    {"results: words", run_answer_text, NULL, "", "error failed ", ""},

    {"error: members", run_error_body, NULL, "{\"a\":1", ",\"k#\":1", "}"},
    {"error: nested", run_error_body, NULL, "", "{\"error\":", "1"},
    {"error: messages", run_error_body, NULL, "{\"errors\":[1", ",{\"message\":\"x\"}", "]}"},
    {"error: tags that do not close", run_error_body, NULL, "<html>", "<a", ""},
    {"error: titles", run_error_body, NULL, "<html>", "<title>", ""},
    {"error: comments", run_error_body, NULL, "<html>", "<!--", ""},
    {"error: entities", run_error_body, NULL, "<html><title>", "&amp;", ""},
    {"error: XML", run_error_body, NULL, "<?xml version=\"1.0\"?><Error>", "<Message>x", "</Message></Error>"},
    {"error: text", run_error_body, NULL, "", "no ", ""},
    {"error: blanks", run_error_body, NULL, "", " ", "x"},
    {"refusal: members", run_refusal, NULL, "{\"a\":1", ",\"error#\":{\"code\":0}", "}"},
    {"refusal: a list", run_refusal, NULL, "{\"errors\":[1", ",{\"severity\":\"warning\"}", "]}"},
    {"refusal: words", run_refusal, NULL, "{\"message\":\"", "1 of 2 ", "\"}"},
    {"refusal: words without blanks", run_refusal, NULL, "{\"message\":\"", "retryafter", "\"}"},
    {"refusal: nested", run_refusal, NULL, "{\"error\":" DEEP8 "\"", "0", "\"}}}}}}}}}"},
    {"rules: members", run_rules, NULL, "{\"a\":1", ",\"code\":#", "}"},
    {"rules: a list", run_rules, NULL, "{\"errors\":[{}", ",{\"code\":\"x\",\"reason\":\"y\"}", "]}"},

    {"gzip: a bomb", run_gzip, NULL, "", " ", ""},
    {"gzip: members", run_gzip_members, NULL, "", "x", ""},
    {"charset: UTF-16", run_charset, "text/plain; charset=utf-16le", "", "\x41\x30", ""},
    {"charset: Latin-1", run_charset, "text/plain; charset=iso-8859-1", "", "\xe4x", ""},
    {"charset: unknown", run_charset, "text/plain; charset=x", "", "\xe4\xc3\xa4", ""},
    {"charset: parameters", run_charset, "text/plain; a=b", "\xff\xfe", "a", ""},

    {"envelope: members", run_envelope, NULL, "{\"a\":1", ",\"k#\":1", "}"},
    {"envelope: links", run_envelope, NULL, "{\"next\":1", ",\"next#\":\"http://h/list?page=#&cursor=abcdef\"", "}"},
    {"envelope: cursors", run_envelope, NULL, "{\"a\":1", ",\"next_cursor\":\"abc#\"", "}"},
    {"envelope: links in a list", run_envelope, NULL, "{\"links\":[{\"rel\":\"self\",\"href\":\"/a\"}",
     ",{\"rel\":\"x\",\"href\":\"/list?page=#\"}", "]}"},
    {"envelope: lists of objects", run_envelope, NULL, "{\"a\":1", ",\"k#\":[{\"a\":1}]", "}"},
    {"envelope: objects", run_envelope, NULL, "{\"a\":1", ",\"k#\":{\"total\":{\"count\":#}}", "}"},
    {"envelope: one giant cursor", run_envelope, NULL, "{\"next_cursor\":\"", "\\u0041", "\"}"},
    {"envelope: one giant link", run_envelope, NULL, "{\"next\":\"http://h/list?page=2", "&a=b", "\"}"},
    {"envelope: nested", run_envelope, NULL, "{\"a\":" DEEP8 "[1", ",{\"next\":1}", "]}}}}}}}}}"},
    {"envelope: a giant total", run_envelope, NULL, "{\"total\":1", "7", "}"},

    {"repeat: the same page", run_repeat, "", "{\"id\":0}\n", "{\"id\":#}\n", ""},
    {"repeat: moved by one", run_repeat, "{\"id\":\"x\"}\n", "{\"id\":\"x\"}\n", "{\"id\":1}\n", "{\"id\":\"y\"}\n"},
    {"repeat: records that are equal", run_repeat, "{\"id\":1}\n", "{\"id\":1}\n", "{\"id\":1}\n", ""},
    {"newer: equal times", run_newer, "at", "", "{\"at\":\"2026-01-31T00:00:00Z\",\"id\":#}\n", ""},
    {"newer: equal records", run_newer, "at", "", "{\"at\":\"2026-01-31T00:00:00Z\"}\n", ""},
    {"newer: numbers", run_newer, "at", "", "{\"at\":#}\n", ""},
    {"newer: texts", run_newer, "at", "", "{\"at\":\"x#\"}\n", ""},
    {"state: lines of one list", run_states, "http://h/", "",
     "{\"version\":1,\"list\":\"http://h/\",\"parent\":{\"n\":#},\"style\":\"offset\",\"offset\":5,\"skip\":0,"
     "\"page_size\":1,\"cursor\":null,\"records\":5,\"bytes\":-1,\"done\":false}\n",
     ""},
    {"state: lines of others", run_states, "http://other/", "",
     "{\"version\":1,\"list\":\"http://h/#\",\"style\":\"offset\",\"offset\":5}\n", ""},
    {"state: records that are known", run_states, "http://h/",
     "{\"version\":1,\"list\":\"http://h/\",\"style\":\"offset\",\"offset\":5,\"seen\":[\"00\"",
     ",\"0123456789abcdef 1769817600\"", "]}\n"},
    {"token: members", run_token, NULL, "{\"access_token\":\"x\"", ",\"k#\":1", "}"},
    {"token: a form", run_token, NULL, "access_token=x", "&k#=1", ""},
    {"token: header lines", run_token, NULL, "", "X-#: a\n", ""},
    {"token: a giant one", run_token, NULL, "e30.", "eyJhIjox", ".x"},
    {"lookup: requests", run_asked, NULL, "", "http://h/?n=#\n", ""},
};
enum { CASES = sizeof cases / sizeof *cases };

/* ---- runs ---- */

static void add_numbered(struct buf *text, const char *repeated, unsigned n)
{
    for (const char *sign; (sign = strchr(repeated, '#')); repeated = sign + 1) {
        buf_add(text, repeated, (size_t)(sign - repeated));
        buf_addf(text, "%u", n);
    }
    buf_adds(text, repeated);
}

static void make_text(const struct cost_case *c, size_t size, struct buf *text)
{
    buf_adds(text, c->before);
    for (unsigned n = 1; text->len < size; n++)
        add_numbered(text, c->repeated, n);
    buf_adds(text, c->after);
}

void cost_run(const struct cost_case *c, struct slice text);

/* What is counted. */
__attribute__((noinline)) void cost_run(const struct cost_case *c, struct slice text)
{
    c->run(text, c->with);
}

static double seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static int run(const char *name, size_t kilobytes, int timed)
{
    for (size_t i = 0; i < CASES; i++) {
        struct buf text = {0};
        if (strcmp(cases[i].name, name))
            continue;
        make_text(&cases[i], kilobytes * 1024, &text);
        double began = seconds();
        cost_run(&cases[i], (struct slice){buf_text(&text), text.len});
        printf("%s\t%zu", name, kilobytes);
        printf(timed ? "\t%.3f\n" : "\n", seconds() - began);
        fflush(stdout);
        buf_free(&text);
        return 0;
    }
    fprintf(stderr, "cost: there is no case %s\n", name);
    return 64;
}

int main(int argc, char **argv)
{
    int timed = argc > 1 && strcmp(argv[1], "-t") == 0, status = 0;
    for (size_t i = 0; argc == 1 && i < CASES; i++)
        puts(cases[i].name);
    for (int i = 1 + timed; i + 1 < argc && status == 0; i += 2)
        status = run(argv[i], (size_t)atol(argv[i + 1]), timed);
    return status;
}
