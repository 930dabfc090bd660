/* lookup_match, lookup_asked: the answer to a call for many ids, taken apart; what is asked for, each thing once. */
#include "cli/lookup_match.h"
#include "tap.h"

static struct slice slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

/* ---- answers ---- */

enum { CALL = 1, MOST = 4 };

/* The call for these ids; wants: what is found of each, '|' between them; NULL: an error that says `says`. */
static const struct {
    const char *name, *records, *ids, *body, *wants, *says;
} answers[] = {
    {"a list in another order", "", "[1,2]", "[{\"id\":2},{\"id\":1}]", "{\"id\":1}|{\"id\":2}", NULL},
    {"one of them is not there", "", "[1,2]", "[{\"id\":2}]", "|{\"id\":2}", NULL},
    {"an empty list", "", "[1,2]", "[]", "|", NULL},
    {"an empty object", "", "[1,2]", "{}", "|", NULL},
    {"null in the list", "", "[1,2]", "[null,{\"id\":2}]", "|{\"id\":2}", NULL},
    {"numbers as texts, and other writings", "", "[\"7\",8]", "[{\"id\":7.0},{\"id\":\"8\"}]",
     "{\"id\":7.0}|{\"id\":\"8\"}", NULL},
    {"an empty id", "", "[\"\",1]", "[{\"id\":1},{\"id\":\"\"}]", "{\"id\":\"\"}|{\"id\":1}", NULL},
    {"other letters", "", "[\"ab\",\"C\"]", "[{\"id\":\"AB\"},{\"id\":\"c\"}]", "{\"id\":\"AB\"}|{\"id\":\"c\"}", NULL},
    {"other letters that may mean two", "", "[\"ab\",\"aB\"]", "[{\"id\":\"AB\"}]", NULL, "was not asked for"},
    {"the same answer twice", "", "[1]", "[{\"id\":1},{\"id\":1}]", "{\"id\":1}", NULL},
    {"two answers for one id", "", "[1]", "[{\"id\":1,\"a\":1},{\"id\":1,\"a\":2}]", NULL, "twice"},
    {"an id that was not asked for", "", "[1]", "[{\"id\":1},{\"id\":3}]", NULL, "the id 3 that was not asked for"},
    {"an answer without an id", "", "[1]", "[{\"id\":1},{\"a\":1}]", NULL, "has no id"},
    {"an id that is none", "", "[1]", "[{\"id\":{}}]", NULL, "has no id"},
    {"an element that is no object", "", "[1]", "[7]", NULL, "has no id"},
    {"a map by ids", "", "[\"a\",\"b\"]", "{\"a\":{\"v\":1},\"b\":2}", "{\"v\":1}|2", NULL},
    {"a map with null, and other things", "", "[\"a\",\"b\"]", "{\"a\":{\"v\":1},\"b\":null,\"n\":2}", "{\"v\":1}|",
     NULL},
    {"a map with another object", "", "[\"a\"]", "{\"a\":{\"v\":1},\"c\":{\"v\":2}}", NULL, "the id c that was not"},
    {"a list at a usual place", "", "[1]", "{\"data\":[{\"id\":1}],\"n\":1}", "{\"id\":1}", NULL},
    {"a map at a usual place", "", "[\"a\"]", "{\"data\":{\"a\":{\"v\":1}}}", "{\"v\":1}", NULL},
    {"a list at another place", "", "[1]", "{\"found\":{\"those\":[{\"id\":1}]},\"others\":[{\"x\":1}]}", "{\"id\":1}",
     NULL},
    {"a map at another place", "", "[\"a\"]", "{\"found\":{\"a\":{\"v\":1}},\"n\":1}", "{\"v\":1}", NULL},
    {"an empty list at another place", "", "[1]", "{\"found\":[],\"n\":1}", "", NULL},
    {"lists of the same depth with ids", "", "[1]", "{\"b\":[{\"id\":1}],\"c\":[{\"id\":1}]}", NULL, "several lists"},
    {"lists without ids", "", "[1]", "{\"b\":[{\"id\":2}],\"c\":[{\"id\":3}]}", NULL, "several lists"},
    {"no list", "", "[1]", "{\"n\":1}", NULL, "the answer has no list: say"},
    {"a number", "", "[1]", "7", NULL, "the answer has no list: say"},
    {"a list at --records", "got", "[1]", "{\"got\":[{\"id\":1}],\"data\":[{\"id\":2}]}", "{\"id\":1}", NULL},
    {"null at --records", "got", "[1]", "{\"got\":null}", "", NULL},
    {"nothing at --records", "got", "[1]", "{\"data\":[]}", NULL, "no list at --records"},
    {"a number at --records", "got", "[1]", "{\"got\":7}", NULL, "no list at --records"},
    {"a JSONPath", "$.hits[*].doc", "[1,2]", "{\"hits\":[{\"doc\":{\"id\":2}},{\"doc\":{\"id\":1}}]}",
     "{\"id\":1}|{\"id\":2}", NULL},
};

static size_t ask(struct asked_table *t, struct call_ids *ids, const char *list)
{
    struct slice id;
    for (size_t at = 0; value_next(slice(list), &at, NULL, &id);) {
        struct buf key = {0};
        bool first;
        match_key(id, &key);
        ids->item[ids->count++] = asked_want(t, (struct slice){key.data, key.len}, id, 1, &first);
        buf_free(&key);
    }
    return ids->count;
}

static void test_answers(void)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct match m = {.id_name = "id"};
        struct asked_table t = {0};
        struct asked *item[MOST];
        struct call_ids ids = {.item = item};
        struct buf listed = {0}, found = {0};
        struct error e = {0};
        path_parse(&m.id, "id");
        if (*answers[i].records)
            path_parse(&m.records, answers[i].records);
        ask(&t, &ids, answers[i].ids);
        int result = match_answers(&m, &t, &ids, CALL, slice(answers[i].body), &listed, &e);
        for (size_t n = 0; n < ids.count; n++)
            buf_addf(&found, "%s%.*s", n ? "|" : "", (int)item[n]->found.len,
                     item[n]->found.text ? item[n]->found.text : "");
        if (answers[i].wants) {
            ok(result == 0, "%s: %s", answers[i].name, e.message);
            is_text(buf_text(&found), answers[i].wants, "what is found of each");
        } else {
            ok(result == -1 && e.code == EXIT_ANSWER && strstr(e.message, answers[i].says), "%s: %s", answers[i].name,
               e.message);
        }
        asked_free(&t);
        path_free(&m.id);
        path_free(&m.records);
        buf_free(&listed);
        buf_free(&found);
    }
}

static void test_refusals(void)
{
    static const char *const bodies[] = {"{\"errors\":[{\"message\":\"no\"}]}", "{\"error\":\"unknown key\"}",
                                         "{\"found\":[],\"error\":{\"message\":\"unknown key\"}}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct match m = {.id_name = "id"};
        struct asked_table t = {0};
        struct asked *item[MOST];
        struct call_ids ids = {.item = item};
        struct buf listed = {0};
        struct error e = {0};
        path_parse(&m.id, "id");
        ask(&t, &ids, "[1]");
        is_int(match_answers(&m, &t, &ids, CALL, slice(bodies[i]), &listed, &e), MATCH_REFUSED, bodies[i]);
        asked_free(&t);
        path_free(&m.id);
        buf_free(&listed);
    }
}

/* An id that another call asks for was not asked for in this one. */
static void test_other_calls(void)
{
    struct match m = {.id_name = "id"};
    struct asked_table t = {0};
    struct asked *first[1], *second[1];
    struct call_ids one = {.item = first}, two = {.item = second};
    struct buf listed = {0};
    struct error e = {0};
    path_parse(&m.id, "id");
    ask(&t, &one, "[1]");
    ask(&t, &two, "[2]");
    ok(match_answers(&m, &t, &two, 2, slice("[{\"id\":2}]"), &listed, &e) == 0, "the answer to one call");
    ok(match_answers(&m, &t, &one, 1, slice("[{\"id\":2}]"), &listed, &e) == -1, "is none to another");
    asked_answer(&t, second[0], slice("{}"));
    ok(match_answers(&m, &t, &two, 2, slice("[{\"id\":2}]"), &listed, &e) == 0, "an answer that comes twice");
    asked_free(&t);
    path_free(&m.id);
    buf_free(&listed);
}

/* ---- what is asked for ---- */

static struct asked *want(struct asked_table *t, int n, bool *ask)
{
    char key[20];
    snprintf(key, sizeof key, "%d", n);
    return asked_want(t, slice(key), slice("{}"), n, ask);
}

static void test_asked(void)
{
    struct asked_table t = {0};
    struct error why = {.code = EXIT_REFUSED, .message = "no"};
    bool again;
    ok(!asked_find(&t, slice("1")), "an empty table");
    struct asked *one = want(&t, 1, &again);
    ok(again, "what nobody has asked for");
    ok(want(&t, 1, &again) == one && !again && one->waiting == 2, "asked for again");
    asked_fail(one, &why);
    ok(want(&t, 1, &again) == one && !again, "what has failed, while lines wait for it");
    one->waiting = 0;
    ok(want(&t, 1, &again) == one && again && one->state == ASKED_OPEN, "is asked for anew when none does");
    asked_answer(&t, one, slice("{\"a\":1}"));
    asked_free(&t);
}

/* So many that the table grows, and forgets those that no line waits for. */
static void test_many(void)
{
    enum { MANY = 100000, WAITING = 100 };
    struct asked_table t = {0};
    bool again;
    int fresh = 0, kept = 0;
    for (int i = 0; i < MANY; i++) {
        struct asked *a = want(&t, i, &again);
        fresh += again;
        asked_answer(&t, a, slice("{\"some\":\"text\"}"));
        a->waiting = i < WAITING;
    }
    is_int(fresh, MANY, "each is new");
    ok(t.count < MANY && t.count >= WAITING, "%zu of %d are kept", t.count, MANY);
    for (int i = 0; i < WAITING; i++) {
        char key[20];
        snprintf(key, sizeof key, "%d", i);
        struct asked *a = asked_find(&t, slice(key));
        kept += a && a->answer.len == strlen("{\"some\":\"text\"}");
    }
    is_int(kept, WAITING, "those that lines wait for are, with their answers");
    asked_free(&t);
}

/* Answers that are large: more than 64 MB of them are forgotten, too. */
static void test_large(void)
{
    struct asked_table t = {0};
    struct buf large = {0};
    bool again;
    for (int i = 0; i < 1 << 16; i++)
        buf_adds(&large, "0123456789abcdef");
    for (int i = 0; i < 200; i++) {
        struct asked *a = want(&t, i, &again);
        asked_answer(&t, a, (struct slice){large.data, large.len});
        a->waiting = 0;
    }
    ok(t.bytes <= (size_t)66 << 20, "of 200 MB of answers %zu bytes are kept", t.bytes);
    asked_free(&t);
    buf_free(&large);
}

static void test_waiting(void)
{
    struct waiting_lines w = {0};
    struct asked a = {0};
    int64_t next = 1, right = 0;
    for (int64_t line = 1; line <= 1000; line++) {
        waiting_add(&w, slice("{\"n\":1}"), line, &a);
        for (int i = 0; i < (line % 3 == 0 ? 2 : 0); i++) {
            right += waiting_first(&w)->line == next++;
            waiting_drop(&w);
        }
    }
    is_int(right, 666, "lines go out in the order in which they came");
    is_int((int64_t)waiting_count(&w), 1000 - 666, "the others wait");
    waiting_free(&w);
}

int main(void)
{
    test_answers();
    test_refusals();
    test_other_calls();
    test_asked();
    test_many();
    test_large();
    test_waiting();
    return tap_end();
}
