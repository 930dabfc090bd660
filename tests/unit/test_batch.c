/* Records to bodies: shapes, prefixes, and that a body is never larger than its parts were said to cost. */
#include "tap.h"
#include "write/body.h"
#include "write/idempotency.h"
#include "write/receipt.h"
#include "write/url_template.h"

static void add(struct batch *b, const char *record, int64_t line)
{
    batch_add(b, record, strlen(record), line);
}

static void body_is(const char *shape, const char *prefix, size_t from, size_t to, const char *want)
{
    struct error e = {0};
    struct body_shape s;
    struct batch b = {0};
    struct buf out = {0};
    size_t cost = 0;
    ok(body_parse(&s, shape, prefix, &e) == 0, "--body %s is a shape", shape);
    add(&b, "{\"a\": 1}", 1);
    add(&b, "2", 4);
    add(&b, "\"x\"", 5);
    size_t which[8];
    for (size_t i = from; i < to; i++)
        which[i - from] = i;
    body_build(&s, &b, which, to - from, &out);
    is_text(buf_text(&out), want, shape);
    for (size_t i = from; i < to; i++)
        cost += body_cost(&s, batch_record(&b, i).len);
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
    ok(body_parse(&s, shape, prefix, &e) == -1 && e.code == EXIT_USAGE, "--body %s%s%s is refused", shape,
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
    body_parse(&s, "ndjson", NULL, &e);
    is_text(body_content_type(&s), "application/x-ndjson", "NDJSON has a type of its own");
    body_parse(&s, "array", NULL, &e);
    is_text(body_content_type(&s), "application/json", "JSON");
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

static void fills(const char *template, const char *record, const char *want)
{
    struct error e = {0};
    struct buf out = {0};
    ok(url_template_check(template, &e) == 0, "%s is a template", template);
    int result = url_template_fill(template, (struct slice){record, strlen(record)}, 7, &out, &e);
    is_text(result ? NULL : buf_text(&out), want, record);
    if (result)
        ok(e.code == EXIT_INPUT && strncmp(e.message, "input line 7: ", 14) == 0, "%s", e.message);
    buf_free(&out);
}

static void templates(void)
{
    static const char *const wrong[] = {"",    "/x",  "{",      "}",    "{}",
                                        "/{a", "/a}", "{a{b}}", "{a}}", "{a.b.c.d.e.f.g.h.i.j.k.l.m.n}"};
    struct error e;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ok(url_template_check(wrong[i], &e) == -1 && e.code == EXIT_USAGE, "'%s' is none", wrong[i]);
    fills("/a/{k}", "{\"k\":\"b c/d\"}", "/a/b%20c%2Fd");
    fills("{a.b}-{/c/1}?{k}", " { \"a\" : {\"b\": 1.10}, \"c\": [0, 9007199254740993],\"k\":true}",
          "1.10-9007199254740993?true");
    fills("{k}", "{\"k\":\"\\u00e9\\ud83d\\ude00\\u0000\"}", "%C3%A9%F0%9F%98%80%00");
    fills("{k}", "{\"k\":0}", "0");
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

int main(void)
{
    shapes();
    batches();
    keys();
    receipts();
    templates();
    return tap_end();
}
