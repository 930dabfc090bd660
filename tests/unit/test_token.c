/* token: what token URLs and programs answer, what a JWT claims, and what is kept of them. */
#include "http/token.h"

#include "tap.h"

enum { NOW = 1000000 };

/* ---- answers ---- */

/* access, refresh: NULL: there is none. */
static const struct {
    const char *name, *answer, *path, *access, *refresh;
    double expires;
} answers[] = {
    {"a token for an hour", "{\"access_token\":\"a\",\"expires_in\":3600,\"refresh_token\":\"r\"}", NULL, "a", "r",
     NOW + 3540},
    {"one for a minute", "{\"access_token\":\"a\",\"expires_in\":60}", NULL, "a", NULL, NOW + 30},
    {"its seconds as a text", "{\"access_token\":\"a\",\"expires_in\":\"3600\"}", NULL, "a", NULL, NOW + 3540},
    {"none that make sense", "{\"access_token\":\"a\",\"expires_in\":1e300}", NULL, "a", NULL, 0},
    {"in the past", "{\"access_token\":\"a\",\"expires_in\":-5}", NULL, "a", NULL, 0},
    {"no time", "{\"access_token\":\"a\",\"expires_in\":[]}", NULL, "a", NULL, 0},
    {"a form", "access_token=a+b%3D&expires_in=3600\r\n", NULL, "a b=", NULL, NOW + 3540},
    {"at a path", "{\"data\":{\"token\":\"a\",\"refresh_token\":\"r\",\"expires_in\":3600}}", "data.token", "a", "r",
     NOW + 3540},
    {"at a JSON Pointer", "{\"data\":{\"token\":\"a\"},\"expires_in\":3600}", "/data/token", "a", NULL, NOW + 3540},
    {"at a JSONPath", "{\"data\":[{\"token\":\"a\"}]}", "$.data[0].token", "a", NULL, 0},
    {"at a JSONPath that ends in brackets", "{\"data\":{\"the token\":\"a\"}}", "$.data['the token']", "a", NULL, 0},
    {"under a name with a dot", "{\"data.token\":\"a\"}", "data.token", "a", NULL, 0},
    {"at the top", "{\"token\":\"a\"}", "token", "a", NULL, 0},
    {"elsewhere than at the path", "{\"token\":\"a\"}", "data.token", NULL, NULL, 0},
    {"a number", "{\"access_token\":7}", NULL, NULL, NULL, 0},
    {"nothing", "{\"access_token\":\"\"}", NULL, NULL, NULL, 0},
    {"a line break in it", "{\"access_token\":\"a\\nb\"}", NULL, NULL, NULL, 0},
    {"the whole header", "{\"access_token\":\"bearer abc\"}", NULL, "abc", NULL, 0},
    {"a JSON string", "\"abc.def==\"", "$", "abc.def==", NULL, 0},
    {"a word", "abc.def==\n", "$", "abc.def==", NULL, 0},
    {"two words", "abc def", "$", NULL, NULL, 0},
    {"an object and no word", "{\"access_token\":\"a\"}", "$", NULL, NULL, 0},
    {"a page", "<html a=b>", NULL, NULL, NULL, 0},
    {"a page and no word", "<html>", "$", NULL, NULL, 0},
    {"no word", "", "$", NULL, NULL, 0},
    {"no bytes", "", NULL, NULL, NULL, 0},
};

static void test_answers(void)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct token t = {0};
        const char *answer = answers[i].answer;
        int result = token_read(answer, strlen(answer), answers[i].path, NOW, &t);
        is_int(result, answers[i].access ? 0 : -1, answers[i].name);
        is_text(t.access_token.len ? buf_text(&t.access_token) : NULL, answers[i].access, "the token");
        is_text(t.refresh_token.len ? buf_text(&t.refresh_token) : NULL, answers[i].refresh, "the refresh token");
        ok(!answers[i].access || t.expires == answers[i].expires, "when it expires: %.0f", t.expires);
        token_free(&t);
    }
    struct token t = {0};
    token_read("{\"access_token\":\"a\",\"refresh_token\":\"r\"}", 40, NULL, NOW, &t);
    token_read("{\"access_token\":\"b\"}", 20, NULL, NOW, &t);
    is_text(buf_text(&t.refresh_token), "r", "a refresh token stays when the next answer has none");
    token_free(&t);
}

static void instead(const char *answer, bool error, const char *says)
{
    char detail[60];
    ok(token_instead(answer, strlen(answer), detail, sizeof detail) == error, "%s: %s", answer,
       error ? "an error" : "no error");
    is_text(detail, says, "what is told of it");
}

static void test_instead(void)
{
    instead("{\"error\":\"invalid_client\",\"error_description\":\"who is that?\"}", true, "who is that?");
    instead("{\"error\":\"invalid_client\"}", true, "invalid_client");
    instead("{\"message\":\"unknown user\"}", true, "unknown user");
    instead("error=invalid_grant&error_description=used+before", true, "used before");
    instead("{\"token\":\"secret\",\"type\":\"x\"}", false, "it has token, type");
    instead("[\"secret\"]", false, "");
    instead("secret", false, "it is a text: if that is the token, its path is $");
    instead("\"secret\"", false, "it is a text: if that is the token, its path is $");
    instead("token: 0123456789abcdef", false, "it is a text: if that is the token, its path is $");
    instead("{\"access_token\": \"secret", false, "");
    instead("{\"message\":\"0123456789abcdef\"}", false, "it has message");
    instead("no such user", true, "no such user");
    instead("<html><title>Log in</title>", true, "Log in");
    instead("", false, "");
}

/* ---- programs ---- */

static void command(const char *text, int result, const char *headers, const char *access)
{
    struct token t = {0};
    is_int(token_read_command(text, strlen(text), NOW, &t), result, text);
    is_text(result || !t.headers.len ? NULL : buf_text(&t.headers), headers, "the headers");
    is_text(result || !t.access_token.len ? NULL : buf_text(&t.access_token), access, "the token");
    token_free(&t);
}

static void test_commands(void)
{
    command("X-Api-Key: k\r\n\r\nX-Other:v\n", 0, "X-Api-Key: k\nX-Other: v\n", NULL);
    command("{\"headers\":{\"X-Api-Key\":\"k\"},\"expires_in\":3600}", 0, "X-Api-Key: k\n", NULL);
    command("{\"access_token\":\"a\"}", 0, NULL, "a");
    command("{\"headers\":{},\"access_token\":\"a\"}", 0, NULL, "a");
    command("{\"headers\":{\"X-Api-Key\":7}}", -1, NULL, NULL);
    command("{\"headers\":{\"X Api\":\"k\"}}", -1, NULL, NULL);
    command("{\"headers\":{\"X-Api\":\"k\\nX-Evil: e\"}}", -1, NULL, NULL);
    command("no header\n", -1, NULL, NULL);
    command("X-Api-Key:\n", -1, NULL, NULL);
    command(": k\n", -1, NULL, NULL);
    command("\n\n", -1, NULL, NULL);
    command("", -1, NULL, NULL);
}

/* ---- claims, texts ---- */

static void claims(const char *jwt, const char *expected, const char *name)
{
    struct buf out = {0};
    token_claims(jwt, &out);
    is_text(buf_text(&out), expected, name);
    buf_free(&out);
}

static void test_claims(void)
{
    claims("e30.eyJzdWIiOiJtZSIsImV4cCI6MSwianRpIjoiYSJ9.s", "{\"sub\":\"me\"}", "what stays the same in a JWT");
    claims("e30", "", "no claims");
    claims("e30.", "", "empty ones");
    claims("e30.e*.s", "", "no base64");
    claims("e30.eyJ.s", "", "no JSON");
}

static void on_text(void *ctx, const char *name, const char *value)
{
    buf_addf(ctx, "%s=%s ", name, value);
}

static void test_texts(void)
{
    struct buf found = {0};
    const char *json = "{\"a\":\"1\",\"b\":{\"c\":[\"2\",3,{\"d\":\"4\"}]},\"e\":null}";
    token_texts(json, strlen(json), on_text, &found);
    is_text(buf_text(&found), "a=1 =2 d=4 ", "all texts with the names that they stand under");
    buf_clear(&found);
    token_texts("{", 1, on_text, &found);
    is_int((int64_t)found.len, 0, "of no JSON none");
    buf_free(&found);
}

/* ---- what is kept ---- */

static void test_kept(void)
{
    struct token t = {0}, again = {0};
    struct token_failure f = {.at = NOW, .pause = 5, .may_pass = true}, failure;
    struct buf text = {0};
    error_set(&f.error, EXIT_UNAVAILABLE, "HTTP %d", 503);
    buf_adds(&t.access_token, "a\"b");
    buf_adds(&t.refresh_token, "r");
    buf_adds(&t.headers, "X-Api-Key: k\n");
    t.expires = NOW + 3540;
    token_save(&t, &f, &text);
    token_load(text.data, text.len, &again, &failure);
    is_text(buf_text(&again.access_token), "a\"b", "a token that was kept");
    is_text(buf_text(&again.refresh_token), "r", "its refresh token");
    is_text(buf_text(&again.headers), "X-Api-Key: k\n", "its headers");
    ok(again.expires == t.expires, "when it expires");
    ok(failure.error.code == EXIT_UNAVAILABLE && failure.may_pass && failure.pause == 5 && failure.at == NOW &&
           strcmp(failure.error.message, "HTTP 503") == 0,
       "why the last try brought none");
    token_free(&again);
    again = (struct token){0};
    static const char *const others[] = {"",
                                         "{",
                                         "7",
                                         "{\"failure\":7}",
                                         "{\"failure\":{\"message\":\"x\",\"code\":1e11}}",
                                         "{\"failure\":{\"message\":\"x\",\"code\":0}}",
                                         "{\"failure\":{\"code\":75}}",
                                         "{\"headers\":\"no header\"}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        token_load(others[i], strlen(others[i]), &again, &failure);
        ok(!again.access_token.len && !again.headers.len && !failure.error.code, "no token: %s", others[i]);
    }
    buf_clear(&text);
    token_save(&again, NULL, &text);
    is_text(buf_text(&text), "{}\n", "nothing to keep");
    buf_free(&text);
    token_free(&t);
    token_free(&again);
}

int main(void)
{
    test_answers();
    test_instead();
    test_commands();
    test_claims();
    test_texts();
    test_kept();
    return tap_end();
}
