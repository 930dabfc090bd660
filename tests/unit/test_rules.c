/* rules: which answer means what, whose rule comes first, and what is no rule. */
#include "tap.h"
#include "json/rules.h"

static const char *const names[] = {"nothing", "ok", "empty", "retry", "wait", "renew", "partial", "reject", "fail"};

static struct rules rules_of(const char *const *texts, size_t count)
{
    struct list given = {0};
    struct rules rules;
    struct error e;
    for (size_t i = 0; i < count; i++)
        list_add(&given, texts[i]);
    ok(rules_init(&rules, &given, &e) == 0, "%zu rules are taken", count);
    list_free(&given);
    return rules;
}

static void means(const struct rules *rules, enum rule_request request, long status, const char *body,
                  enum rule_action action)
{
    struct slice json = {body, body ? strlen(body) : 0};
    struct rule_answer answer = {status, status / 100 == 2 ? NULL : body ? body : "", json, true, request};
    const struct rule *rule = rules_find(rules, &answer);
    enum rule_action found = rule ? rule->action : RULE_NONE;
    if (!ok(found == action, "%ld %s: %s", status, body ? body : "", names[action]))
        tap_note("it means %s: %s", names[found], rule ? rule->text : "");
}

static void check_stop(void)
{
    static const char *const texts[] = {"422=partial:at.row"};
    struct rules rules = rules_of(texts, 1);
    static const struct rule_answer answer = {
        .status = 400, .json = {"{\"invalid-event-number\":3}", 26}, .request = RULE_WRITE};
    const struct rule *built_in = rules_find(&rules, &answer);
    ok(rules.rule[0].action == RULE_PARTIAL && rules.rule[0].stop.count, "partial:PATH has a PATH");
    ok(built_in && built_in->stop.count, "so has the rule for events that are invalid");
    rules_free(&rules);
}

static void check_statuses(void)
{
    static const long below[] = {408, 425, 429}, lasting[] = {501, 505, 506, 508, 510, 511};
    size_t found = 0;
    for (long status = 100; status < 600; status++) {
        bool passes = status >= 500;
        for (size_t i = 0; i < sizeof below / sizeof *below; i++)
            passes |= below[i] == status;
        for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
            passes &= lasting[i] != status;
        found += rules_may_pass(status) == passes;
    }
    is_int((int64_t)found, 500, "408, 425, 429 and 5xx may pass, but not 501, 505, 506, 508, 510 and 511");
}

static void check_built_in(void)
{
    struct rules rules = rules_of(NULL, 0);
    means(&rules, RULE_READ, 200, "{\"items\":[]}", RULE_NONE);
    means(&rules, RULE_READ, 200, NULL, RULE_NONE);
    means(&rules, RULE_READ, 404, "{}", RULE_NONE);
    means(&rules, RULE_READ, 401, "{}", RULE_RENEW);
    means(&rules, RULE_READ, 429, NULL, RULE_WAIT);
    means(&rules, RULE_READ, 202, "{}", RULE_RETRY);
    means(&rules, RULE_WRITE, 202, "{}", RULE_NONE);
    means(&rules, RULE_CALL, 202, "{}", RULE_NONE);
    means(&rules, RULE_WRITE, 400, "{}", RULE_REJECT);
    means(&rules, RULE_WRITE, 413, NULL, RULE_REJECT);
    means(&rules, RULE_WRITE, 422, "{}", RULE_REJECT);
    means(&rules, RULE_WRITE, 409, "{}", RULE_NONE);
    means(&rules, RULE_READ, 422, "{}", RULE_NONE);
    means(&rules, RULE_READ, 503, NULL, RULE_RETRY);
    means(&rules, RULE_READ, 599, NULL, RULE_RETRY);
    means(&rules, RULE_READ, 501, NULL, RULE_FAIL);
    static const char *const partial[] = {"{\"incomplete_results\":true}",
                                          "{\"incompleteSearch\":true}",
                                          "{\"timed_out\":true}",
                                          "{\"terminated_early\":true}",
                                          "{\"_shards\":{\"total\":5,\"failed\":1}}",
                                          "{\"_clusters\":{\"skipped\":2}}",
                                          "{\"unreachable\":[\"zone-a\"]}",
                                          "{\"truncated\":true}",
                                          "{\"isLast\":false}"};
    for (size_t i = 0; i < sizeof partial / sizeof *partial; i++) {
        means(&rules, RULE_READ, 200, partial[i], RULE_PARTIAL);
        means(&rules, RULE_WRITE, 200, partial[i], RULE_NONE);
    }
    static const char *const whole[] = {
        "{\"incomplete_results\":false}", "{\"timed_out\":false}", "{\"_shards\":{\"total\":5,\"failed\":0}}",
        "{\"unreachable\":[]}",           "{\"isLast\":true}",     "{\"a\":{\"b\":{\"timed_out\":true}}}"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        means(&rules, RULE_READ, 200, whole[i], RULE_NONE);
    rules_free(&rules);
}

static void check_limit_words(void)
{
    static const char *const limits[] = {"{\"reason\": \"rateLimitExceeded\"}",
                                         "API rate limit exceeded for user",
                                         "Too Many Requests",
                                         "{\"code\": \"Throttling.User\"}",
                                         "RATE_LIMIT",
                                         "Quota exceeded for quota metric 'Reads'"};
    struct rules rules = rules_of(NULL, 0);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (long status = 400; status <= 420; status += status == 400 ? 3 : 17)
            means(&rules, RULE_READ, status, limits[i], RULE_WAIT);
    static const char *const others[] = {"", "limit must be at most 100", "no right to read this", "quota is required"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        means(&rules, RULE_READ, 400, others[i], RULE_NONE);
    means(&rules, RULE_READ, 404, limits[0], RULE_NONE);
    rules_free(&rules);
}

static void check_given(void)
{
    static const char *const texts[] = {"404=empty",
                                        "200 $.status==\"failure\"=retry",
                                        "$.error.code=='no_data'=empty",
                                        " 5XX  =  fail ",
                                        "403 $.reason==\"quota\" = wait:header:X-Retry-At",
                                        "409=reject",
                                        "$.a=ok",
                                        "429=fail"};
    struct rules rules = rules_of(texts, sizeof texts / sizeof *texts);
    means(&rules, RULE_READ, 404, NULL, RULE_EMPTY);
    means(&rules, RULE_READ, 200, "{\"status\":\"failure\"}", RULE_RETRY);
    means(&rules, RULE_READ, 201, "{\"status\":\"failure\"}", RULE_NONE);
    means(&rules, RULE_READ, 400, "{\"error\":{\"code\":\"no_data\"}}", RULE_EMPTY);
    means(&rules, RULE_READ, 503, NULL, RULE_FAIL);
    means(&rules, RULE_WRITE, 409, "{}", RULE_REJECT);
    means(&rules, RULE_READ, 200, "{\"a\":1,\"timed_out\":true}", RULE_OK);
    means(&rules, RULE_READ, 200, NULL, RULE_NONE);
    means(&rules, RULE_READ, 429, NULL, RULE_FAIL);
    struct rule_answer answer = {.status = 403, .json = {"{\"reason\":\"quota\"}", 18}, .request = RULE_READ};
    const struct rule *rule = rules_find(&rules, &answer);
    is_text(rule ? rule->header : NULL, "X-Retry-At", "a header says when the wait is over");
    answer = (struct rule_answer){.status = 404, .request = RULE_READ};
    ok(!rules_find(&rules, &answer), "in the middle of a list 404 is not the empty list");
    rules_free(&rules);
}

static void refused(const char *text, const char *why)
{
    struct list given = {0};
    struct rules rules;
    struct error e = {0};
    list_add(&given, text);
    ok(rules_init(&rules, &given, &e) == -1 && e.code == EXIT_USAGE && strstr(e.message, why), "<%s> is no rule: %s",
       text, why);
    rules_free(&rules);
    list_free(&given);
}

static void check_refusals(void)
{
    refused("404", "WHEN=ACTION");
    refused("=empty", "WHEN=ACTION");
    refused("404=nothing", "stands ok, empty");
    refused("$.a==\"x\"", "stands ok, empty");
    refused("404=wait:header:", "stands ok, empty");
    refused("40=empty", "at byte 2");
    refused("404x=empty", "at byte");
    refused("4xx5=empty", "at byte");
    refused("404 $.a[=empty", "at byte 8");
    refused("$.a[?length(@)>1]=ok", "functions are left out: length()");
    refused("a==1=ok", "at byte 0");
}

int main(void)
{
    check_statuses();
    check_stop();
    check_built_in();
    check_limit_words();
    check_given();
    check_refusals();
    return tap_end();
}
