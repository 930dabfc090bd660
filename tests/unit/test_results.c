/* What an answer says of each record: the shapes of well-known APIs, and what must not be taken for a reject. */
#include "tap.h"
#include "write/results.h"

/* Four paths, or NULL. */
static const char *where[4];

static struct slice slice(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

enum { MOST = 64 };

/* The same record as often as it takes. */
static struct slice records[MOST];

static void read_results(const char *body, const char *sent, size_t count, struct results_paths *paths,
                         struct result *results, char *got)
{
    static const char letters[] = {
        [FATE_OPEN] = '!', [FATE_STORED] = '.', [FATE_REJECTED] = 'x', [FATE_AGAIN] = '~', [FATE_UNKNOWN] = '?'};
    struct path *const to[] = {&paths->results, &paths->status, &paths->error, &paths->ids};
    struct sent all = {.record = records, .count = count};
    struct results_said said;
    for (size_t i = 0; i < 4; i++)
        if (where[i])
            path_parse(to[i], where[i]);
    for (size_t i = 0; i < count; i++)
        records[i] = slice(sent);
    results_read(paths, &all, slice(body), results, &said);
    memset(got, 0, MOST + 1);
    for (size_t i = 0; i < count; i++)
        got[i] = letters[results[i].fate];
    if (strspn(got, "?") == count)
        got[1] = '\0';
    for (size_t i = 0; i < 4; i++)
        path_free(to[i]);
}

/* verdicts: a letter a record: . stored, x rejected, ~ to be sent again, ? unknown; "?": all of them are; sent: the
 * record, the same each time. */
static void says(const char *body, const char *sent, const char *verdicts, size_t count)
{
    struct results_paths paths = {0};
    struct result results[MOST];
    char got[MOST + 1];
    read_results(body, sent, count, &paths, results, got);
    is_text(got, verdicts, *body ? body : "(nothing)");
}

static void look_at(const char *results, const char *status, const char *error, const char *ids)
{
    where[0] = results;
    where[1] = status;
    where[2] = error;
    where[3] = ids;
}

static void usual_places(void)
{
    look_at(NULL, NULL, NULL, NULL);
    says("", "{}", "...", 3);
    says("{\"ok\":true}", "{}", "...", 3);
    says("[{\"ok\":true},{\"error\":\"conflict\",\"reason\":\"x\"}]", "{}", ".x", 2);
    says("{\"took\":3,\"errors\":true,\"items\":[{\"index\":{\"status\":201}},{\"index\":{\"status\":429,\"error\":{"
         "\"type\":\"x\"}}}]}",
         "{}", ".~", 2);
    says("{\"took\":3,\"errors\":false,\"items\":[{\"index\":{\"status\":201}},{\"create\":{\"status\":409}}]}", "{}",
         ".x", 2);
    says("{\"results\":[{\"status\":\"422\"},{\"status\":200},{\"status\":399}]}", "{}", "x..", 3);
    says("[{\"errors\":[\"bad\"]},{\"errors\":[]},{\"errors\":{}},{\"error\":null},{\"error\":false},{\"error\":\"\"},{"
         "\"error\":0}]",
         "{}", "x......", 7);
    says("{\"errors\":[null,\"bad\",{},{\"name\":[\"bad\"]}]}", "{}", ".x.x", 4);
    says("[1,\"error\",false,[{\"error\":1}]]", "{}", "....", 4);
    says("[1,\"error\",null,[{\"error\":1}]]", "{}", "..?.", 4);
    says("[{\"id\":7},null,{\"id\":8}]", "{\"a\":1}", ".x.", 3);
    says("{\"ids\":[null,null]}", "{\"a\":1}", "?", 2);
    says("[{\"error\":\"x\"}]", "{}", "?", 2); /* not as long as the batch */
    says("[{\"ok\":1}]", "{}", "..", 2);
    says("[{\"success\":false,\"message\":\"dup\"},{\"success\":true},{\"httpStatusCode\":400},{\"statusCode\":\"500\"}"
         "]",
         "{}", "x.xx", 4);
    says("{\"FailedRecordCount\":1,\"Records\":[{\"ErrorCode\":\"Throttled\"},{\"SequenceNumber\":\"1\"}]}", "{}", "~.",
         2);
    says("{\"compositeResponse\":[{\"httpStatusCode\":201},{\"httpStatusCode\":400}]}", "{}", ".x", 2);
    says("{\"hasErrors\":true,\"results\":[{\"errors\":[{\"message\":\"x\"}]}]}", "{}", "?", 2);
    says("{\"results\":[{\"errors\":[{\"message\":\"x\"}]}]}", "{}", "?", 2);
    says("[{\"status\":\"error\"},{\"status\":\"open\"},{\"error\":{\"code\":0}}]", "{}", "x..", 3);
    says("{\"items\":[{\"error\":1}],\"results\":[{},{\"error\":1}]}", "{}", ".x", 2);
}

static void wholes(void)
{
    look_at(NULL, NULL, NULL, NULL);
    says("{\"error\":\"away\"}", "{}", "?", 2);
    says("{\"errors\":[\"only one\"]}", "{}", "?", 2);
    says("{\"errors\":[\"only one\"]}", "{}", "x", 1);
    says("{\"errors\":2,\"stored\":48}", "{}", "?", 50);
    says("{\"error\":null,\"errors\":[]}", "{}", "..", 2);
    says("{\"errors\":true,\"items\":[{\"index\":{}}]}", "{}", "?", 2);
    says("\"error\"", "{}", "?", 2);
    says("\"stored\"", "{}", "..", 2);
    says("2", "{}", "?", 3);
    says("3", "{}", "...", 3);
    says("{\"ok\":false}", "{}", "?", 2);
    says("{\"success\":false,\"message\":\"quota\"}", "{}", "?", 2);
    says("{\"status\":\"error\",\"message\":\"x\"}", "{}", "?", 2);
    says("{\"status\":500}", "{}", "?", 2);
    says("{\"status\":\"success\",\"failed\":0,\"failures\":[]}", "{}", "..", 2);
    says("{\"insertErrors\":[{\"index\":0}]}", "{}", "x.", 2);
    says("{\"job\":{\"id\":1,\"created\":0,\"failed\":2}}", "{}", "xx", 2); /* what counts both is no record */
    says("{\"job\":{\"id\":1,\"created\":2,\"failed\":0}}", "{}", "..", 2);
    says("{\"UnprocessedItems\":{\"t\":[1]}}", "{}", "?", 2);
    says("{\"UnprocessedItems\":{}}", "{}", "..", 2);
    says("{\"statuses\":[404,200]}", "{}", "x.", 2);
    says("{\"scores\":[404,200]}", "{}", "..", 2);
    says("{\"statuses\":[\"new\",\"old\"]}", "{}", "..", 2);
}

static void echoes(void)
{
    look_at(NULL, NULL, NULL, NULL);
    says("[{\"id\":1,\"status\":404},{\"id\":2,\"status\":500}]", "{\"status\": 404}", ".x", 2);
    says("[{\"error\":\"n\\u00e9\"}]", "{ \"error\" : \"n\303\251\" }", ".", 1);
    says("{\"id\":7,\"error\":\"disk full\"}", "{\"error\":\"disk full\"}", ".", 1);
    says("{\"id\":7,\"error\":\"disk full\"}", "{\"error\":\"disk\"}", "?", 1);
    says("{\"id\":7,\"success\":false}", "{\"success\":false}", ".", 1);
    says("{\"id\":7,\"items\":[{\"error\":1}]}", "{\"items\":[]}", ".", 1);
    says("{\"items\":[{},{\"error\":1}]}", "{\"items\":[]}", ".x", 2); /* no part of several records */
    look_at(NULL, "status", NULL, NULL);                               /* a path that is given is believed */
    says("[{\"status\":404},{\"status\":200}]", "{\"status\":404}", "x.", 2);
}

static void given_places(void)
{
    look_at("data.outcome", NULL, "meta.why", NULL);
    says("{\"data\":{\"outcome\":[{\"meta\":{\"why\":\"x\"}},{\"meta\":{}}]}}", "{}", "x.", 2);
    says("{\"data\":{\"outcome\":[{\"meta\":{\"why\":\"x\"}}]}}", "{}", "?", 2);
    says("{\"data\":{}}", "{}", "?", 2);
    says("[{\"error\":\"x\"},{}]", "{}", "?", 2);
    says("", "{}", "..", 2);
    look_at("", "/code", NULL, NULL);
    says("[{\"code\":400},{\"code\":\"200\"}]", "{}", "x.", 2);
    look_at(NULL, NULL, "reason", NULL);
    says("{\"reason\":\"no\"}", "{}", "x", 1);
    says("{\"reason\":null}", "{}", ".", 1);
    says("{\"reason\":\"no\",\"error\":\"x\"}", "{}", "?", 2);
    look_at(NULL, "code", NULL, NULL);
    says("{\"code\":500}", "{}", "x", 1);
}

static void ids(const char *body, size_t count, const char *path, const char *want)
{
    struct results_paths paths = {0};
    struct result results[MOST];
    struct buf got = {0};
    char fates[MOST + 1];
    look_at(NULL, NULL, NULL, path);
    read_results(body, "{}", count, &paths, results, fates);
    for (size_t i = 0; i < count; i++) {
        struct slice id = results[i].id;
        buf_add(&got, id.text ? id.text : "-", id.text ? id.len : 1);
        buf_addc(&got, ' ');
    }
    is_text(buf_text(&got), want, body);
    buf_free(&got);
}

/* What an answer that is a text becomes for so many records. */
static void text_is(const char *answer, size_t count, const char *want)
{
    struct buf out = {0};
    results_of_text(slice(answer), count, &out);
    is_text(buf_text(&out), want, answer);
    buf_free(&out);
}

static void texts(void)
{
    text_is("OK", 2, "\"OK\"");
    text_is("Error: disk full", 2, "{\"error\":\"Error: disk full\"}");
    text_is("No errors\n", 2, "\"No errors\"");
    text_is("{\"a\":", 2, "");
    text_is("<response><error>bad</error></response>", 2, "{\"error\":\"<response><error>bad</error></response>\"}");
    text_is("stored 2 of 3 rows", 3, "{\"error\":\"stored 2 of 3 rows\"}");
    text_is("stored 3 of 3 rows", 3, "\"stored 3 of 3 rows\"");
}

int main(void)
{
    usual_places();
    wholes();
    echoes();
    given_places();
    ids("[{\"id\":9007199254740993},{\"id\":\"a b\"},{}]", 3, "id", "9007199254740993 \"a b\" - ");
    ids("{\"items\":[{\"index\":{\"_id\":\"x\"}},{\"index\":{\"_id\":\"y\"}}]}", 2, "_id", "\"x\" \"y\" ");
    ids("{\"id\":5,\"items\":[]}", 1, "id", "5 ");
    ids("{\"id\":5}", 2, "id", "- - ");
    ids("", 2, "id", "- - ");
    texts();
    return tap_end();
}
