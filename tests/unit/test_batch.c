/* Records to bodies: shapes, prefixes, and that a body is never larger than its parts were said to cost. */
#include "tap.h"
#include "write/body.h"
#include "write/idempotency.h"
#include "write/receipt.h"
#include "json/template.h"

static void add(struct batch *b, const char *record, int64_t line)
{
    batch_add(b, record, strlen(record), line);
}

/* The options of a body. */
static struct body_options options(const char *shape, const char *prefix)
{
    return (struct body_options){.body = (char *)shape, .ndjson_prefix = (char *)prefix};
}

static void body_is(const char *shape, const char *prefix, size_t from, size_t to, const char *want)
{
    struct error e = {0};
    struct body_shape s;
    struct body_options o = options(shape, prefix);
    struct batch b = {0};
    struct buf out = {0};
    size_t cost = 0;
    ok(body_parse(&s, &o, NULL, &e) == 0, "--body %s is a shape", shape);
    add(&b, "{\"a\": 1}", 1);
    add(&b, "2", 4);
    add(&b, "\"x\"", 5);
    size_t which[8];
    for (size_t i = from; i < to; i++)
        which[i - from] = i;
    body_build(&s, &b, which, to - from, &out, &e);
    is_text(buf_text(&out), want, shape);
    for (size_t i = from; i < to; i++)
        cost += body_cost(&s, batch_record(&b, i));
    ok(out.len <= cost + body_frame(&s), "%s: %zu bytes, said to cost %zu at the most", shape, out.len,
       cost + body_frame(&s));
    body_free(&s);
    batch_free(&b);
    buf_free(&out);
}

static void no_shape(const char *shape, const char *prefix)
{
    struct error e = {0};
    struct body_shape s;
    struct body_options o = options(shape, prefix);
    ok(body_parse(&s, &o, NULL, &e) == -1 && e.code == EXIT_USAGE, "--body %s%s%s is refused", shape,
       prefix ? " with prefix " : "", prefix ? prefix : "");
    body_free(&s);
}

static void shapes(void)
{
    body_is("array", NULL, 0, 3, "[{\"a\": 1},2,\"x\"]");
    body_is("array", NULL, 1, 2, "[2]");
    body_is("object:rows", NULL, 0, 2, "{\"rows\":[{\"a\": 1},2]}");
    body_is("object:a\"b\\:c", NULL, 2, 3, "{\"a\\\"b\\\\:c\":[\"x\"]}");
    body_is("ndjson", NULL, 0, 3, "{\"a\": 1}\n2\n\"x\"\n");
    body_is("ndjson", "{\"index\":{}}", 1, 3, "{\"index\":{}}\n2\n{\"index\":{}}\n\"x\"\n");
    body_is("single", NULL, 0, 1, "{\"a\": 1}");
    body_is("single:item", NULL, 2, 3, "{\"item\":\"x\"}");
    no_shape("", NULL);
    no_shape("arra", NULL);
    no_shape("array:x", NULL);
    no_shape("object", NULL);
    no_shape("object:", NULL);
    no_shape("ndjson:x", NULL);
    no_shape("single:", NULL);
    no_shape("array", "{}");
    no_shape("ndjson", "{");
    no_shape("ndjson", "{}{}");
    no_shape("ndjson", "{\n}");
    no_shape("ndjson", "");
}

static void batches(void)
{
    struct batch b = {0};
    struct body_shape s = {0};
    add(&b, "1", 3);
    add(&b, "22", 7);
    is_int((int64_t)b.count, 2, "two records");
    is_int(batch_line(&b, 1), 7, "the line of a record");
    is_int((int64_t)batch_record(&b, 1).len, 2, "the length of a record");
    batch_clear(&b);
    add(&b, "4", 9);
    ok(b.count == 1 && *batch_record(&b, 0).text == '4' && batch_line(&b, 0) == 9, "a batch is used again");
    struct error e;
    struct body_options ndjson = options("ndjson", NULL), array = options("array", NULL);
    body_parse(&s, &ndjson, NULL, &e);
    is_text(body_content_type(&s), "application/x-ndjson", "NDJSON has a type of its own");
    body_free(&s);
    body_parse(&s, &array, NULL, &e);
    is_text(body_content_type(&s), "application/json", "JSON");
    body_free(&s);
    batch_free(&b);
}

/* ---- keys ---- */

static void key_of(struct idempotency *k, const char *prefix, const char *body, struct buf *line)
{
    struct buf text = {0};
    buf_adds(&text, body);
    buf_clear(line);
    idempotency_add(k, "Key", prefix, &text, line);
    buf_free(&text);
}

static void keys(void)
{
    struct idempotency one = {0}, other = {0};
    struct buf a = {0}, b = {0};
    key_of(&one, "p", "[1]", &a);
    key_of(&other, "p", "[1]", &b);
    is_text(buf_text(&a), buf_text(&b), "the same body has the same key in another process");
    ok(strncmp(buf_text(&a), "Key: p-", 7) == 0 && strcmp(buf_text(&a) + 23, "-0\n") == 0, "PREFIX-digest-n");
    key_of(&one, "p", "[1]", &b);
    ok(strncmp(buf_text(&a), buf_text(&b), 23) == 0 && strcmp(buf_text(&b) + 23, "-1\n") == 0,
       "an equal body counts on");
    key_of(&one, "p", "[2]", &b);
    ok(strncmp(buf_text(&a), buf_text(&b), 23) != 0, "another body has another digest");
    char body[32];
    bool fine = true;
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 5000; i++) {
            snprintf(body, sizeof body, "[%d,0]", i);
            key_of(&one, "p", body, &b);
            fine &= buf_text(&b)[24] == '0' + round;
        }
    ok(fine, "5000 bodies are told apart and counted");
    idempotency_free(&one);
    idempotency_free(&other);
    buf_free(&a);
    buf_free(&b);
    struct error e;
    ok(idempotency_check("Idempotency-Key", "a b-c", &e) == 0, "a prefix may have spaces");
    ok(idempotency_check("X", "a\nb", &e) == -1 && idempotency_check("X", "", &e) == -1 &&
           idempotency_check("X: y", "a", &e) == -1 && idempotency_check("", "a", &e) == -1,
       "no smuggled headers");
}

/* ---- receipts ---- */

static void receipts(void)
{
    struct receipt r = {0};
    struct buf name = {0};
    receipt_done(&r, 1, 50);
    receipt_done(&r, 52, 100);
    is_int(r.lines_done, 100, "without a gap lines are done up to the last");
    receipt_unknown(&r, 101, 150);
    receipt_done(&r, 151, 200);
    receipt_done(&r, 201, 210);
    receipt_gap(&r);
    receipt_done(&r, 251, 260);
    receipt_unknown(&r, 261, 261);
    is_int(r.lines_done, 100, "behind a gap they are not");
    ok(r.done_later.count == 2 && r.done_later.range[0].first == 151 && r.done_later.range[0].last == 210 &&
           r.done_later.range[1].last == 260,
       "but done later; ranges that touch are one");
    ok(r.unknown.count == 2 && r.unknown.range[1].first == 261, "unknown lines");
    receipt_name(7, 7, &name);
    receipt_name(8, 9, &name);
    is_text(buf_text(&name), "line 7lines 8-9", "names of lines");
    buf_free(&name);
    receipt_free(&r);
}

/* ---- templates ---- */

static void fills_kind(enum template_kind kind, const char *text, const char *record, const char *want)
{
    struct error e = {0};
    struct buf out = {0};
    struct template t = {"url-template", kind, text};
    ok(template_check(&t, &e) == 0, "%s is a template", text);
    int result = template_fill(&t, (struct slice){record, strlen(record)}, 7, &out, &e);
    is_text(result ? NULL : buf_text(&out), want, record);
    if (result)
        ok(e.code == EXIT_INPUT && strncmp(e.message, "input line 7: ", 14) == 0, "%s", e.message);
    buf_free(&out);
}

static void fills(const char *text, const char *record, const char *want)
{
    fills_kind(TEMPLATE_URL, text, record, want);
}

static void templates(void)
{
    static const char *const wrong[] = {"{",   "}",      "{}",   "/{a",
                                        "/a}", "{a{b}}", "{a}}", "{a.b.c.d.e.f.g.h.i.j.k.l.m.n}"};
    struct error e;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct template t = {"url-template", TEMPLATE_URL, wrong[i]};
        ok(template_check(&t, &e) == -1 && e.code == EXIT_USAGE, "'%s' is none", wrong[i]);
    }
    fills("/a/{k}", "{\"k\":\"b c/d\"}", "/a/b%20c%2Fd");
    fills("{a.b}-{/c/1}?{k}", "{\"a\":{\"b\":1.10},\"c\":[0,9007199254740993],\"k\":true}",
          "1.10-9007199254740993?true");
    fills("{k}", "{\"k\":\"\\u00e9\\ud83d\\ude00\\u0000\"}", "%C3%A9%F0%9F%98%80%00");
    fills("{k}", "{\"k\":0}", "0");
    fills("{{{k}}}", "{\"k\":0}", "{0}");
    fills("{k}", "{\"k\":null}", NULL);
    fills("{k}", "{\"k\":\"\"}", NULL);
    fills("{k}", "{\"k\":[1]}", NULL);
    fills("{k}", "{\"k\":{}}", NULL);
    fills("{k}", "{\"j\":1}", NULL);
    fills("{k}", "7", NULL);
    fills("{k}", "{\"k\":\"..\"}", NULL);
    fills("{k}", "{\"k\":\"\\u002e\"}", NULL);
    fills("{k}", "{\"k\":\"...\"}", "...");
}

static void json_templates(void)
{
    static const char record[] = "{\"k\":9007199254740993,\"s\":\"a\\\"b\",\"o\":{\"x\":1.10},\"n\":null}";
    fills_kind(TEMPLATE_JSON, "{\"index\":{\"_id\":\"{k}\"}}", record, "{\"index\":{\"_id\":9007199254740993}}");
    fills_kind(TEMPLATE_JSON, "[\"{o}\",\"{n}\",\"{s}\"]", record, "[{\"x\":1.10},null,\"a\\\"b\"]");
    fills_kind(TEMPLATE_JSON, "{\"url\":\"P/{s}/{k}\"}", record, "{\"url\":\"P/a\\\"b/9007199254740993\"}");
    fills_kind(TEMPLATE_JSON, "{\"{k}\":\"{{k}}\"}", record, "{\"9007199254740993\":\"{k}\"}");
    fills_kind(TEMPLATE_JSON, "{\"r\":\"{}\"}", "{\"a\":1}", "{\"r\":{\"a\":1}}");
    fills_kind(TEMPLATE_JSON, "{\"r\":\"{none}\"}", record, NULL);
    fills_kind(TEMPLATE_JSON, "{\"r\":\"x{o}\"}", record, NULL);
    fills_kind(TEMPLATE_JSON, "{\"r\":\"x{n}\"}", record, NULL);
    fills_kind(TEMPLATE_TEXT, "X: {s} {k}", record, "X: a\"b 9007199254740993");
    fills_kind(TEMPLATE_TEXT, "X: {s}", "{\"s\":\"a\\r\\nY: b\"}", NULL);
}

static void shaped(struct body_options o, const char *around, const char *record, const char *want)
{
    struct error e = {0};
    struct body_shape s;
    struct batch b = {0};
    struct buf out = {0};
    size_t which[] = {0, 1};
    ok(body_parse(&s, &o, around, &e) == 0, "%s is a shape: %s", want, e.message);
    add(&b, record, 1);
    add(&b, record, 2);
    size_t count = body_is_single(&s) ? 1 : 2, cost = count * body_cost(&s, batch_record(&b, 0)) + body_frame(&s);
    ok(body_build(&s, &b, which, count, &out, &e) == 0, "it is built");
    is_text(buf_text(&out), want, record);
    ok(out.len <= cost, "%zu bytes, said to cost %zu at the most", out.len, cost);
    body_free(&s);
    batch_free(&b);
    buf_free(&out);
}

static void more_shapes(void)
{
    char *omitted[] = {"k"};
    shaped((struct body_options){.body = "object:rows"}, "{\"all\":false}", "1", "{\"all\":false,\"rows\":[1,1]}");
    shaped((struct body_options){.body = "object:in.rows"}, "{\"in\":{\"rows\":0},\"z\":1}", "1",
           "{\"in\":{\"rows\":[1,1]},\"z\":1}");
    shaped((struct body_options){.body = "array", .body_template = "{\"a\": 1, \"b\": \"{records}\"}"}, NULL, "2",
           "{\"a\":1,\"b\":[2,2]}");
    shaped((struct body_options){.body = "array",
                                 .body_template = "{\"entry\":\"{records}\"}",
                                 .record_template = "{\"resource\":\"{}\",\"url\":\"P/{k}\"}"},
           NULL, "{\"k\":7}",
           "{\"entry\":[{\"resource\":{\"k\":7},\"url\":\"P/7\"},{\"resource\":{\"k\":7},\"url\":\"P/7\"}]}");
    shaped((struct body_options){.body = "single", .omit = {1, omitted}}, NULL, "{ \"a\": 1.10, \"k\": 2 }",
           "{\"a\":1.10}");
    shaped((struct body_options){.body = "ndjson", .ndjson_prefix = "{\"i\":\"{k}\"}", .omit = {1, omitted}}, NULL,
           "{\"k\":2,\"a\":1}", "{\"i\":2}\n{\"a\":1}\n{\"i\":2}\n{\"a\":1}\n");
    shaped((struct body_options){.body = "form"}, NULL,
           "{\"e\":\"a+b c\",\"n\":1.10,\"m\":{\"x\":[true,null]},\"o\":[]}",
           "e=a%2Bb%20c&n=1.10&m%5Bx%5D%5B0%5D=true&m%5Bx%5D%5B1%5D=");
}

int main(void)
{
    shapes();
    batches();
    keys();
    receipts();
    templates();
    json_templates();
    more_shapes();
    return tap_end();
}
