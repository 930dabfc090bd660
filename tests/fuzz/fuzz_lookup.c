/* libFuzzer target: whatever is answered to a call for many ids, each id has a part of the answer that has this id, or
 * nothing; what is asked for once and again is there once.
 *
 * Lines: --records, --id, the ids as a JSON array; then the answer. */
#include <strings.h>

#include "cli/lookup_match.h"
#include "fuzz.h"
#include "json/split.h"

enum { MOST = 16, CALL = 3 };

static void ask(struct asked_table *asked, struct call_ids *ids, struct slice list)
{
    struct slice id;
    for (size_t at = 0; ids->count < MOST && value_next(list, &at, NULL, &id);) {
        struct buf key = {0};
        bool first;
        match_key(id, &key);
        struct slice text = {buf_text(&key), key.len};
        bool known = asked_find(asked, text);
        struct asked *a = asked_want(asked, text, id, (int64_t)ids->count + 1, &first);
        require(first == !known && a == asked_find(asked, text));
        if (first)
            ids->item[ids->count++] = a;
        buf_free(&key);
    }
}

static bool is_in(struct slice part, struct slice text)
{
    return part.text >= text.text && part.text + part.len <= text.text + text.len;
}

static bool same_letters(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (!a->len || strncasecmp(a->data, b->data, a->len) == 0);
}

/* An element of a list that was found says its id, and one of an object has it for its name. */
static bool has_id(const struct match *m, const struct asked *a, struct slice answers)
{
    struct slice name, element;
    for (size_t at = 0; value_next(answers, &at, &name, &element);)
        if (element.text == a->found.text) {
            struct buf key = {0};
            if (value_is_list(answers))
                match_key(path_find(&m->id, element.text, element.len), &key);
            else
                value_unescape(name.text, name.len, NULL, &key);
            bool has = same_letters(&key, &a->key);
            buf_free(&key);
            return has;
        }
    return true;
}

static void match(struct match *m, struct slice wanted, struct slice body)
{
    struct asked_table asked = {0};
    struct asked *item[MOST];
    struct call_ids ids = {.item = item};
    struct buf listed = {0};
    struct error e = {0};
    ask(&asked, &ids, wanted);
    int result = match_answers(m, &asked, &ids, CALL, body, &listed, &e);
    require(result >= 0 || (e.code == EXIT_ANSWER && *e.message && !strchr(e.message, '\n')));
    for (size_t i = 0; result == 0 && i < ids.count; i++) {
        struct slice found = item[i]->found, list = {buf_text(&listed), listed.len};
        require(!found.text || is_in(found, body) || is_in(found, list));
        require(!found.text || has_id(m, item[i], m->records.count && m->records.many ? list : body));
    }
    for (size_t i = 0; i < ids.count; i++)
        asked_answer(&asked, item[i], (struct slice){"null", 4});
    asked_free(&asked);
    buf_free(&listed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *records = fuzz_line(&data, &size), *id = fuzz_line(&data, &size), *ids = fuzz_line(&data, &size);
    struct match m = {.id_name = id};
    struct split split;
    struct buf wanted = {0}, body = {0};
    bool right = split_whole(&split, ids, strlen(ids), &wanted) == 0 && wanted.len && *wanted.data == '[' &&
                 split_whole(&split, (const char *)data, size, &body) == 0 && body.len;
    if (right && path_parse(&m.id, id) == 0 && (!*records || path_parse(&m.records, records) == 0))
        match(&m, (struct slice){wanted.data, wanted.len}, (struct slice){body.data, body.len});
    path_free(&m.id);
    path_free(&m.records);
    buf_free(&wanted);
    buf_free(&body);
    free(records);
    free(id);
    free(ids);
    return 0;
}
