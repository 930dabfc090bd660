/* error_in_ok: a good status whose body says that something went wrong. */
#include "tap.h"
#include "json/error_in_ok.h"

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
        ok(error_in_ok_is(text(wrong[i]), (struct slice){0}), "an error: %s", wrong[i]);
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
        ok(!error_in_ok_is(text(good[i]), (struct slice){0}), "none: %s", good[i]);
}

static void check_status(void)
{
    is_int(error_in_ok_status(text("{\"status\":409}"), (struct slice){0}), 409, "a status is a number");
    is_int(error_in_ok_status(text("{\"status\":\"409 Conflict\"}"), (struct slice){0}), 409, "or begins with one");
    is_int(error_in_ok_status(text("{\"status\":\"open\"}"), (struct slice){0}), 0, "a word is none");
}

/* An answer that gives a record back gives back what it calls error, too. */
static void check_echo(void)
{
    struct slice sent = text("{ \"error\": \"disk full\", \"status\": 500 }");
    ok(!error_in_ok_is(text("{\"id\":1,\"error\":\"disk full\",\"status\":500}"), sent),
       "what the record itself has says nothing");
    ok(error_in_ok_is(text("{\"error\":\"no room\",\"status\":500}"), sent), "another text in its place does");
    ok(error_in_ok_is(text("{\"error\":\"disk full\",\"status\":422}"), sent), "and another status");
    ok(!error_in_ok_is(text("{\"ok\":false}"), text("{\"ok\":false}")), "a flag that was sent says nothing either");
}

static void check_found(void)
{
    struct slice found = error_in_ok_find(text("{\"error\":null,\"errors\":[\"a\"]}"), (struct slice){0});
    ok(found.len == 5 && memcmp(found.text, "[\"a\"]", 5) == 0,
       "what is found is the member that says so, as it stands");
    ok(error_in_ok_find(text("{}"), (struct slice){0}).text == NULL, "or nothing");
}

int main(void)
{
    check_errors();
    check_good();
    check_status();
    check_echo();
    check_found();
    return tap_end();
}
