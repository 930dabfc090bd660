/* libFuzzer target: whatever the PATH and the text, what is found lies within the text and is a value; what is put at a
 * PATH is found there; the fields that are kept of a record are JSON, and all of its own.
 *
 * A line with the PATH, one with fields, then the text. */
#include "base/text.h"
#include "fuzz.h"
#include "json/fields.h"
#include "json/path.h"
#include "json/split.h"

static bool is_value(struct slice text)
{
    struct split split;
    struct buf again = {0};
    bool is = split_whole(&split, text.text, text.len, &again) == 0 && again.len == text.len;
    buf_free(&again);
    return is;
}

static void look_up(const char *text, struct slice json)
{
    struct path path;
    struct buf list = {0}, shown = {0};
    if (path_parse(&path, text) == 0) {
        struct slice found = path_find(&path, json.text, json.len);
        require(!found.text || (found.text >= json.text && found.text + found.len <= json.text + json.len));
        require(!found.text || is_value(found));
        path_list(&path, json, &list);
        require(is_value((struct slice){list.data, list.len}));
        path_finds_choice(&path, json);
        for (unsigned way = 0; way < path.count; way++)
            path_show(&path, way, &shown);
    }
    path_free(&path);
    buf_free(&list);
    buf_free(&shown);
}

static bool is_utf8(const char *text)
{
    unsigned long c;
    for (size_t n; (n = text_character(text, &c)); text += n)
        ;
    return !*text;
}

static void put(const char *text, struct slice json)
{
    static const char value[] = "[7]";
    struct buf changed = {0};
    buf_add(&changed, json.text, json.len);
    if (path_set(&changed, text, (struct slice){value, 3}) == 0) {
        struct slice found = path_get(text, (struct slice){changed.data, changed.len});
        require(is_value((struct slice){changed.data, changed.len}));
        require(found.len == 3 && memcmp(found.text, value, 3) == 0);
    }
    buf_free(&changed);
}

static void keep_fields(const char *names, struct slice json)
{
    struct list fields = {0};
    struct error e;
    struct buf line = {0}, kept = {0};
    buf_add(&line, json.text, json.len);
    buf_addc(&line, '\n');
    if (fields_parse(&fields, names, &e) == 0) {
        fields_keep(&fields, (struct slice){line.data, line.len}, &kept);
        require(kept.len > 1 && kept.len <= line.len && kept.data[kept.len - 1] == '\n');
        require(is_value((struct slice){kept.data, kept.len - 1}));
    }
    list_free(&fields);
    buf_free(&line);
    buf_free(&kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *path = fuzz_line(&data, &size), *fields = fuzz_line(&data, &size);
    struct split split;
    struct buf json = {0};
    if (split_whole(&split, (const char *)data, size, &json) == 0 && json.len) {
        look_up(path, (struct slice){json.data, json.len});
        if (is_utf8(path)) /* else it has no JSON */
            put(path, (struct slice){json.data, json.len});
        keep_fields(fields, (struct slice){json.data, json.len});
    }
    buf_free(&json);
    free(path);
    free(fields);
    return 0;
}
