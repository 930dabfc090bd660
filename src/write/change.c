/* change: a line of a change feed. */
#include "write/change.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *word;
    enum change_kind kind;
    enum method method;
} words[] = {
    {"c", CHANGE_INSERT, METHOD_POST},
    {"create", CHANGE_INSERT, METHOD_POST},
    {"i", CHANGE_INSERT, METHOD_POST},
    {"insert", CHANGE_INSERT, METHOD_POST},
    {"r", CHANGE_INSERT, METHOD_POST}, /* read for a snapshot */
    {"+I", CHANGE_INSERT, METHOD_POST},
    {"u", CHANGE_UPDATE, METHOD_PUT},
    {"update", CHANGE_UPDATE, METHOD_PUT},
    {"update_postimage", CHANGE_UPDATE, METHOD_PUT}, /* Delta Lake */
    {"update_after", CHANGE_UPDATE, METHOD_PUT},     /* Iceberg */
    {"+U", CHANGE_UPDATE, METHOD_PUT},               /* Flink */
    {"upsert", CHANGE_UPDATE, METHOD_PUT},
    {"replace", CHANGE_UPDATE, METHOD_PUT}, /* MongoDB */
    {"modify", CHANGE_UPDATE, METHOD_PUT},  /* DynamoDB */
    {"d", CHANGE_DELETE, METHOD_DELETE},
    {"delete", CHANGE_DELETE, METHOD_DELETE},
    {"-D", CHANGE_DELETE, METHOD_DELETE},
    {"remove", CHANGE_DELETE, METHOD_DELETE},
    {"update_preimage", CHANGE_NOTHING, METHOD_NOT_GIVEN},
    {"update_before", CHANGE_NOTHING, METHOD_NOT_GIVEN},
    {"-U", CHANGE_NOTHING, METHOD_NOT_GIVEN},
    {"POST", CHANGE_METHOD, METHOD_POST},
    {"PUT", CHANGE_METHOD, METHOD_PUT},
    {"PATCH", CHANGE_METHOD, METHOD_PATCH},
};

static struct slice member(struct slice object, const char *name)
{
    return value_member(object, name, strlen(name));
}

/* The value at the path, and the object that has it. */
static struct slice find(const struct path *path, struct slice record, struct slice *around)
{
    struct slice value = {0};
    for (unsigned way = 0; way < path->count && !value.text; way++) {
        unsigned depth = path->way[way].depth;
        value = path_find_way(path, way, record);
        *around = depth > 1 && !path->way[way].query ? path_find_part(path, way, depth - 1, record) : record;
    }
    return value;
}

static int take_word(struct slice said, struct change *change)
{
    struct buf word = {0};
    size_t i = 0, count = sizeof words / sizeof *words;
    value_scalar(said, &word);
    while (i < count && strcasecmp(words[i].word, buf_text(&word)))
        i++;
    buf_free(&word);
    if (i == count)
        return -1;
    change->kind = words[i].kind;
    change->method = words[i].method;
    return 0;
}

int change_read(const struct path *path, struct slice record, int64_t line, struct change *change, struct error *e)
{
    struct slice around = {0};
    *change = (struct change){.kind = CHANGE_NOTHING, .method = METHOD_NOT_GIVEN, .row = record};
    if (record.len == 4 && *record.text == 'n') /* after what is deleted Debezium sends null, for Kafka */
        return 0;
    struct slice said = find(path, record, &around);
    if (!said.text || take_word(said, change))
        return error_set(e, EXIT_INPUT,
                         "input line %" PRId64 ": --method-path has %.*s there, and not insert, update, "
                         "delete (c, r, u, d) or a method",
                         line, said.text ? (int)(said.len < 60 ? said.len : 60) : 7, said.text ? said.text : "nothing");
    struct slice before = member(around, "before"), after = member(around, "after");
    bool wrapped = before.text || after.text;
    if (!wrapped || change->kind == CHANGE_NOTHING)
        return 0;
    change->row = change->kind == CHANGE_DELETE ? before : after;
    return value_is_object(change->row) ? 0
                                        : error_set(e, EXIT_INPUT, "input line %" PRId64 ": the row is not in %s", line,
                                                    change->kind == CHANGE_DELETE ? "before" : "after");
}
