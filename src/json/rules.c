/* rules: what an answer means, by its status and what its body says. */
#include "json/rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "json/jsonpath.h"

static const struct {
    const char *name;
    enum rule_action action;
} actions[] = {
    {"ok", RULE_OK},       {"empty", RULE_EMPTY},     {"retry", RULE_RETRY},   {"wait", RULE_WAIT},
    {"renew", RULE_RENEW}, {"partial", RULE_PARTIAL}, {"reject", RULE_REJECT}, {"fail", RULE_FAIL},
};

enum { ACTIONS = sizeof actions / sizeof *actions, ANY = RULE_READ | RULE_WRITE | RULE_CALL };

/* Where a rule holds, beside its status and test. */
enum {
    LIMIT = 1 << 0,  /* where the body speaks of a rate limit or a quota */
    AT_END = 1 << 1, /* where the list ends */
    INSIDE = 1 << 2, /* also in an object at the top */
    REMARK = 1 << 3, /* where the member speaks of what is missing */
};

static const struct {
    const char *text;
    unsigned requests, where;
} built_in[] = {
    {"202=retry", RULE_READ, 0}, /* not ready */
    {"401=renew", ANY, 0},
    {"400=wait", ANY, LIMIT},
    {"403=wait", ANY, LIMIT},
    {"418=wait", ANY, LIMIT}, /* Binance */
    {"420=wait", ANY, LIMIT},
    {"430=wait", ANY, LIMIT}, /* Shopify */
    {"408=retry", ANY, 0},
    {"425=retry", ANY, 0},
    {"429=wait", ANY, 0},
    /* These last; what else a server, or what stands before it, has trouble with now it may do later. */
    {"501=fail", ANY, 0},
    {"505=fail", ANY, 0},
    {"506=fail", ANY, 0},
    {"508=fail", ANY, 0},
    {"510=fail", ANY, 0},
    {"511=fail", ANY, 0},
    {"5xx=retry", ANY, 0},
    {"400 $['invalid-event-number']=partial:invalid-event-number", RULE_WRITE, 0}, /* Splunk */
    {"400=reject", RULE_WRITE, 0},
    {"413=reject", RULE_WRITE, 0},
    {"414=reject", RULE_WRITE, 0},
    {"422=reject", RULE_WRITE, 0},
    /* Answers that say that they are not all. */
    {"2xx $.incomplete_results==true=partial", RULE_READ, INSIDE}, /* GitHub */
    {"2xx $.incompleteResults==true=partial", RULE_READ, INSIDE},
    {"2xx $.incompleteSearch==true=partial", RULE_READ, 0}, /* Google Drive */
    {"2xx $.incomplete==true=partial", RULE_READ, INSIDE},
    {"2xx $.isIncomplete==true=partial", RULE_READ, INSIDE},
    {"2xx $.is_incomplete==true=partial", RULE_READ, INSIDE},
    {"2xx $.status=='timeout'=partial", RULE_READ, 0},
    {"2xx $.status=='TIMEOUT'=partial", RULE_READ, 0},
    {"2xx $.status=='incomplete'=partial", RULE_READ, 0},
    {"2xx $.status=='INCOMPLETE'=partial", RULE_READ, 0},
    {"2xx $.timed_out==true=partial", RULE_READ, INSIDE}, /* Elasticsearch and what came of it */
    {"2xx $.timedOut==true=partial", RULE_READ, INSIDE},
    {"2xx $.timeout==true=partial", RULE_READ, 0},
    {"2xx $.terminated_early==true=partial", RULE_READ, INSIDE},
    {"2xx $._shards.failed>0=partial", RULE_READ, INSIDE},
    {"2xx $._clusters.skipped>0=partial", RULE_READ, 0},
    {"2xx $.is_partial==true=partial", RULE_READ, INSIDE},
    {"2xx $.isPartial==true=partial", RULE_READ, INSIDE},
    {"2xx $.partialResults==true=partial", RULE_READ, INSIDE}, /* Solr */
    {"2xx $.partial_results==true=partial", RULE_READ, INSIDE},
    {"2xx $.partial==true=partial", RULE_READ, 0},
    {"2xx $.meta.partial==true=partial", RULE_READ, 0},
    {"2xx $.metadata.partial==true=partial", RULE_READ, 0},
    {"2xx $.response.partial==true=partial", RULE_READ, 0},
    {"2xx $.unreachable[0]=partial", RULE_READ, 0}, /* Google Cloud */
    {"2xx $.unreachables[0]=partial", RULE_READ, 0},
    {"2xx $.warning.code=='UNREACHABLE'=partial", RULE_READ, 0},
    {"2xx $.metadata.dataLossFromOtherRow==true=partial", RULE_READ, 0}, /* Google Analytics */
    {"2xx $.request_status.type=='incomplete'=partial", RULE_READ, 0},   /* Notion */
    {"2xx $.remark=partial", RULE_READ, REMARK},                         /* Overpass */
    {"2xx $.warning=partial", RULE_READ, REMARK},
    {"2xx $.warnings=partial", RULE_READ, REMARK}, /* Prometheus */
    {"2xx $.truncated==true=partial", RULE_READ, AT_END | INSIDE},
    {"2xx $.isTruncated==true=partial", RULE_READ, AT_END | INSIDE},
    {"2xx $.is_truncated==true=partial", RULE_READ, AT_END | INSIDE},
    {"2xx $.IsTruncated==true=partial", RULE_READ, AT_END},
    {"2xx $.exceededTransferLimit==true=partial", RULE_READ, AT_END}, /* ArcGIS */
    {"2xx $.isLast==false=partial", RULE_READ, AT_END},               /* Atlassian */
    {"2xx $.isLastPage==false=partial", RULE_READ, AT_END},           /* Bitbucket */
};

enum { BUILT_IN = sizeof built_in / sizeof *built_in };

/* ---- how they are written ---- */

/* 404, 4xx; what follows it, or NULL. */
static const char *take_status(const char *p, struct rule *r)
{
    if (!isdigit((unsigned char)*p))
        return NULL;
    bool class = strncasecmp(p + 1, "xx", 2) == 0;
    if (!class && !(isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2])))
        return NULL;
    r->least = class ? 100 * (*p - '0') : atoi(p);
    r->most = class ? r->least + 99 : r->least;
    return p[3] == ' ' || !p[3] ? p + 3 + strspn(p + 3, " ") : NULL;
}

static int take_action(struct rule *r, const char *name, struct error *e)
{
    if (strncmp(name, "wait:header:", 12) == 0 && name[12]) {
        r->action = RULE_WAIT;
        r->header = name + 12;
        return 0;
    }
    if (strncmp(name, "partial:", 8) == 0) {
        r->action = RULE_PARTIAL;
        return path_option(&r->stop, "on", name + 8, e);
    }
    for (size_t i = 0; i < ACTIONS; i++)
        if (strcmp(actions[i].name, name) == 0) {
            r->action = actions[i].action;
            return 0;
        }
    return error_set(e, EXIT_USAGE,
                     "--on %s: after the last = stands ok, empty, retry, wait, wait:header:NAME, renew, partial, "
                     "partial:PATH, reject or fail",
                     r->text);
}

static int take_test(struct rule *r, const char *test, size_t len, struct error *e)
{
    struct jsonpath_fault fault;
    while (len && test[len - 1] == ' ')
        len--;
    if (!len)
        return 0;
    r->test = jsonpath_parse_test(test, len, &fault);
    return r->test ? 0
                   : error_set(e, EXIT_USAGE, "--on %s: %s (at byte %zu)", r->text, fault.text,
                               (size_t)(test - r->text) + fault.at);
}

static int parse(struct rule *r, const char *text, struct error *e)
{
    text += strspn(text, " ");
    size_t len = strlen(text);
    while (len && text[len - 1] == ' ')
        len--;
    *r = (struct rule){.text = mem_text(text, len), .most = 999, .requests = ANY};
    const char *begin = r->text, *equals = strrchr(r->text, '=');
    if (!equals || equals == begin)
        return error_set(e, EXIT_USAGE,
                         "--on takes WHEN=ACTION, such as 404=empty or '200 $.status==\"failure\"=retry'");
    char *when = mem_text(begin, (size_t)(equals - begin));
    const char *rest = take_status(when, r);
    size_t taken = rest ? (size_t)(rest - when) : 0;
    free(when);
    return take_action(r, equals + 1 + strspn(equals + 1, " "), e) ||
                   take_test(r, begin + taken, (size_t)(equals - begin) - taken, e)
               ? -1
               : 0;
}

/* Most answers do not even have the name that a built-in test asks for. */
static void set_word(struct rule *r)
{
    const char *name = r->text + strcspn(r->text, "."); /* $.name, $[?@.name */
    if (!*name)
        return;
    r->word = name + 1;
    while (isalnum((unsigned char)r->word[r->word_len]) || r->word[r->word_len] == '_')
        r->word_len++;
}

static int add_built_in(struct rules *r, const char *text, unsigned requests, unsigned where, struct error *e)
{
    struct rule *rule = &r->rule[r->count++];
    if (parse(rule, text, e))
        return -1;
    rule->built_in = true;
    rule->limit = where & LIMIT;
    rule->at_end = where & AT_END;
    rule->remark = where & REMARK;
    rule->requests = requests;
    set_word(rule);
    return 0;
}

/* 2xx $.NAME==true=partial as 2xx $[?@.NAME==true]=partial */
static int add_inside(struct rules *r, const char *text, unsigned requests, unsigned where, struct error *e)
{
    const char *dot = strchr(text, '.'), *equals = strrchr(text, '=');
    struct buf inside = {0};
    buf_addf(&inside, "%.*s[?@%.*s]%s", (int)(dot - text), text, (int)(equals - dot), dot, equals);
    int result = add_built_in(r, buf_text(&inside), requests, where, e);
    buf_free(&inside);
    return result;
}

int rules_init(struct rules *r, const struct list *given, struct error *e)
{
    *r = (struct rules){.rule = mem_zeroed(given->count + BUILT_IN + BUILT_IN, sizeof *r->rule)};
    for (size_t i = 0; i < given->count; i++)
        if (parse(&r->rule[r->count++], given->item[i], e))
            return -1;
    for (size_t i = 0; i < BUILT_IN; i++) {
        const char *text = built_in[i].text;
        unsigned requests = built_in[i].requests, where = built_in[i].where;
        if (add_built_in(r, text, requests, where, e) || (where & INSIDE && add_inside(r, text, requests, where, e)))
            return -1;
    }
    return 0;
}

void rules_free(struct rules *r)
{
    for (size_t i = 0; r->rule && i < r->count; i++) {
        free(r->rule[i].text);
        jsonpath_free(r->rule[i].test);
        path_free(&r->rule[i].stop);
    }
    free(r->rule);
    *r = (struct rules){0};
}

/* ---- which one counts ---- */

static bool has_word(const char *text, const char *const *words)
{
    while (*words && !strcasestr(text, *words))
        words++;
    return *words;
}

/* By what the body says in words: too much was asked for. */
static bool says_limit(const struct rule_answer *a)
{
    static const char *const limits[] = {"rate limit",     "rate-limit",    "rate_limit",
                                         "ratelimit",      "request limit", "too many requests",
                                         "too many calls", "throttl",       NULL};
    static const char *const spent[] = {"exceed", "exhaust", "reach", "used up", "over", NULL};
    static const char *const quota[] = {"quota", NULL};
    return a->text &&
           (has_word(a->text, limits) || (has_word(a->text, quota) && (a->status != 400 || has_word(a->text, spent))));
}

/* Does it speak of records that are missing, and not of how to ask for them? */
static bool is_loss(const char *text, const char *around)
{
    static const char *const lost[] = {"truncat", "incomplete", "timed out", NULL};
    static const char *const perhaps[] = {"partial", "timeout", NULL};
    static const char *const old[] = {"deprecat", NULL};
    static const char *const asking[] = {"param", "option", "setting", "argument", "default", "match", NULL};
    return !has_word(around, old) && (has_word(text, lost) || (has_word(text, perhaps) && !has_word(around, asking)));
}

/* Does a text in the value? What an object says it says with all its texts, and with names of what is true. */
static bool says_missing(struct slice value, struct slice around)
{
    struct slice key, inner;
    bool says = false;
    if (value_is_object(value) || !around.text)
        around = value;
    for (size_t at = 0; !says && value_next(value, &at, &key, &inner);)
        says = says_missing(key.text && value_is(inner, "true") ? key : inner, value_is_object(value) ? around : inner);
    if (says || value_is_container(value) || !value.len)
        return says;
    char *text = mem_text(value.text, value.len), *whole = mem_text(around.text, around.len);
    says = is_loss(text, whole);
    free(text);
    free(whole);
    return says;
}

static bool matches(const struct rule *r, const struct rule_answer *a)
{
    return a->status >= r->least && a->status <= r->most && (r->requests & a->request) &&
           (r->action != RULE_EMPTY || a->first) && (!r->limit || says_limit(a)) &&
           (!r->test || (a->json.len && (!r->word || memmem(a->json.text, a->json.len, r->word, r->word_len)) &&
                         jsonpath_holds(r->test, a->json))) &&
           (!r->remark || says_missing(value_member(a->json, r->word, r->word_len), (struct slice){0}));
}

const struct rule *rules_find(const struct rules *r, const struct rule_answer *answer)
{
    for (size_t i = 0; i < r->count; i++)
        if (matches(&r->rule[i], answer))
            return &r->rule[i];
    return NULL;
}

bool rules_may_pass(long status)
{
    static const struct list none;
    struct rules rules;
    struct error ignored;
    rules_init(&rules, &none, &ignored);
    struct rule_answer answer = {.status = status, .request = RULE_CALL};
    const struct rule *rule = rules_find(&rules, &answer);
    bool may = rule && (rule->action == RULE_RETRY || rule->action == RULE_WAIT);
    rules_free(&rules);
    return may;
}

/* ---- for people ---- */

void rules_show(const struct rules *r, struct buf *out)
{
    for (const struct rule *rule = r->rule; rule < r->rule + r->count; rule++) {
        const char *only = rule->limit                    ? "where the body speaks of a rate limit or a quota"
                           : rule->at_end                 ? "read and count, where the list ends"
                           : rule->remark                 ? "read and count, where it speaks of what is missing"
                           : rule->requests == RULE_READ  ? "read and count"
                           : rule->requests == RULE_WRITE ? "write"
                                                          : NULL;
        buf_addf(out, only ? "%-52s  %s\n" : "%s\n", rule->text, only);
    }
}
