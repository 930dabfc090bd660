/* job: an answer that only says that work was begun. */
#include "write/job.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "json/words.h"

static bool contains(struct slice text, const char *const *parts)
{
    char *all = mem_text(text.text, text.len);
    bool found = false;
    for (; *parts && !found; parts++)
        found = strcasestr(all, *parts);
    free(all);
    return found;
}

static bool is_job(struct slice name)
{
    static const char *const jobs[] = {"job", "task", "operation", "import", NULL};
    return contains(name, jobs);
}

bool job_is_pending(struct slice key, struct slice value)
{
    struct refusal said = {0};
    if (value_is_object(value) && is_job(key))
        refusal_read(value, (struct slice){0}, &said);
    return said.pending;
}

static bool ends_with(struct slice name, const char *end)
{
    size_t n = strlen(end);
    return name.len >= n && strncasecmp(name.text + name.len - n, end, n) == 0;
}

/* {"taskUid": 1}, {"job": "7f3a"}, {"name": "operations/17"} */
static bool names_job(const struct reading *r, struct slice key, struct slice value)
{
    static const char *const operations[] = {"operations/", NULL};
    if (value_is_container(value) || value_is_void(value) || reading_is_echo(r, key))
        return false;
    bool id = ends_with(key, "id") || ends_with(key, "job") || ends_with(key, "task") || ends_with(key, "operation");
    return (id && is_job(key)) || (value_is(key, "name") && contains(value, operations));
}

/* {"done": false}, {"queued": 3}, {"processing": true} */
static bool is_open(const struct reading *r, struct slice key, struct slice value)
{
    struct words w = words_of(key.text, key.len);
    if (reading_is_echo(r, key))
        return false;
    if (value_is(key, "done") || value_is(key, "completed"))
        return value_begins(value, 'f');
    bool some = value_begins(value, 't') || (value_is_number(value) && *value.text >= '1' && *value.text <= '9');
    return some && w.count == 1 && w.any & WORD_PENDING && !(w.any & (WORD_GOOD | WORD_FLAG));
}

/* "Queued. Thank you." */
static bool says_later(struct slice text)
{
    static const char *const later[] = {
        "queued", "for processing", "being processed", "will be processed", "the background", "asynchronously", NULL};
    struct words w = words_of(text.text, text.len);
    return !(w.any & (WORD_NO | WORD_BAD)) && (contains(text, later) || (w.count == 1 && w.any & WORD_PENDING));
}

bool job_is_begun(const struct reading *r, struct slice body)
{
    struct slice object = reading_unwrap(body), key, value;
    struct refusal said;
    bool named = false, open = false, lists = false, several = r->sent->count > 1;
    if (value_is_text(body))
        return says_later(body);
    refusal_read(object, several ? (struct slice){0} : r->sent->record[0], &said);
    for (size_t at = 0; value_is_object(object) && value_next(object, &at, &key, &value);) {
        if (words_of(key.text, key.len).any & WORD_REASON && value_is_text(value) && !reading_is_echo(r, key) &&
            says_later(value))
            return true;
        named |= names_job(r, key, value);
        open |= is_open(r, key, value);
        lists |= value_is_list(value) && value.len > 2; /* what it has of the records is there already */
    }
    if (!several)
        return named && (open || said.pending);
    return said.taken < (int64_t)r->sent->count && (open || (named && !lists && !said.well && said.taken < 0));
}
