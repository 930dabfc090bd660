/* refusal: a good status whose body says that something was refused. */
#include "tap.h"
#include "json/passing.h"
#include "json/refusal.h"
#include "json/words.h"

static struct slice text(const char *json)
{
    return (struct slice){json, strlen(json)};
}

static void check_errors(void)
{
    static const char *const wrong[] = {
        "{\"error\":\"no such list\"}", "{\"errors\":[{\"message\":\"no\"}]}",
        "{\"hasErrors\":true}",         "{\"ok\":false,\"data\":[]}",
        "{\"success\":false}",          "{\"status\":\"error\"}",
        "{\"status\":\"fail\"}",        "{\"status\":404}",
        "{\"statusCode\":\"500\"}",     "{\"error\":{\"code\":17}}",
        "{\"FailedRecordCount\":1}",    "{\"timed_out\":true}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ok(refusal_is(text(wrong[i]), (struct slice){0}), "an error: %s", wrong[i]);
}

static void check_good(void)
{
    static const char *const good[] = {
        "{\"error\":null,\"data\":[]}",
        "{\"error\":\"\"}",
        "{\"error\":false}",
        "{\"errors\":[]}",
        "{\"errors\":{}}",
        "{\"errorCode\":0}",
        "{\"error\":{\"code\":0}}",
        "{\"ok\":true}",
        "{\"status\":\"active\"}",
        "{\"status\":200}",
        "{\"data\":{\"error\":\"of a record\"}}",
        "{\"mirror\":\"x\"}",
        "[]",
        "",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ok(!refusal_is(text(good[i]), (struct slice){0}), "none: %s", good[i]);
}

static long status_of(const char *json)
{
    struct refusal r;
    refusal_read(text(json), (struct slice){0}, &r);
    return r.status;
}

static void check_status(void)
{
    is_int(status_of("{\"status\":409}"), 409, "a status is a number");
    is_int(status_of("{\"status\":\"409 Conflict\"}"), 409, "or begins with one");
    is_int(status_of("{\"status\":\"open\"}"), 0, "a word is none");
    is_int(status_of("{\"response\":{\"status\":\"412\"}}"), 412, "it may be that of a response in it");
}

/* An answer that gives a record back gives back what it calls error, too. */
static void check_echo(void)
{
    struct slice sent = text("{ \"error\": \"disk full\", \"status\": 500 }");
    ok(!refusal_is(text("{\"id\":1,\"error\":\"disk full\",\"status\":500}"), sent),
       "what the record itself has says nothing");
    ok(refusal_is(text("{\"error\":\"no room\",\"status\":500}"), sent), "another text in its place does");
    ok(refusal_is(text("{\"error\":\"disk full\",\"status\":422}"), sent), "and another status");
    ok(!refusal_is(text("{\"ok\":false}"), text("{\"ok\":false}")), "a flag that was sent says nothing either");
}

static void check_reason(const char *json, const char *want)
{
    struct refusal r;
    refusal_read(text(json), (struct slice){0}, &r);
    struct slice why = refusal_reason(text(json), &r);
    ok(r.refused && why.len == strlen(want) && memcmp(why.text, want, why.len) == 0, "the reason of %s is %s", json,
       want);
}

static void check_reasons(void)
{
    struct refusal r;
    check_reason("{\"error\":null,\"errors\":[\"a\"]}", "[\"a\"]");
    check_reason("{\"error_code\":3,\"error\":\"no leader\"}", "\"no leader\"");
    check_reason("{\"success\":false,\"message\":\"no\"}", "{\"success\":false,\"message\":\"no\"}");
    refusal_read(text("{}"), (struct slice){0}, &r);
    ok(!r.refused && !r.why.text, "an empty object refuses nothing");
}

static void check_failed(void)
{
    static const struct {
        const char *json;
        int64_t failed;
    } cases[] = {{"{\"failed\":3}", 3},      {"{\"failed\":3,\"invalid\":2}", 3}, {"{\"failed\":2,\"invalid\":3}", 3},
                 {"{\"failed\":0}", 0},      {"{\"errorCode\":17}", 0},           {"{\"errno\":17}", 0},
                 {"{\"error_code\":200}", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refusal r;
        refusal_read(text(cases[i].json), (struct slice){0}, &r);
        is_int(r.failed, cases[i].failed, cases[i].json);
    }
}

static void check_words(void)
{
    static const char *const names[] = {"failedCount", "failed_count", "FAILED-COUNT", "failed count", "failedcount"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct words w = words_of(names[i], strlen(names[i]));
        ok(w.count == 2 && w.first & WORD_BAD && w.last & WORD_NUMBER, "%s is two words", names[i]);
    }
    ok(words_of("HTTPStatus", 10).last & WORD_STATUS, "HTTPStatus is about a status");
    ok(words_of("mirror", 6).any & WORD_UNKNOWN, "mirror is one word, and not known");
}

static void check_pauses(void)
{
    static const char *const two[] = {"{\"retry_after\":2}", "{\"retryAfterMs\":2000}",
                                      "{\"RetryAfterMilliseconds\":\"2000\"}", "{\"headers\":{\"Retry-After\":\"2\"}}",
                                      "{\"error\":{\"details\":[{\"retryDelay\":\"2s\"}]}}"};
    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        ok(passing_pause(text(two[i])) > 1.9 && passing_pause(text(two[i])) < 2.1, "two seconds: %s", two[i]);
    ok(passing_pause(text("{\"retryAfter\":\"soon\"}")) <= 0, "soon is no number");
    ok(passing_pause(text("{\"retryAfter\":\"2026-11-24T09:20:01Z\"}")) <= 0, "a date is none");
    ok(passing_is(text("{\"type\":\"es_rejected_execution_exception\"}"), 0), "a full queue passes");
    ok(passing_is(text("{}"), 429) && !passing_is(text("{}"), 422), "429 passes, 422 does not");
}

int main(void)
{
    check_errors();
    check_good();
    check_status();
    check_echo();
    check_reasons();
    check_failed();
    check_words();
    check_pauses();
    return tap_end();
}
