/* fields: members of records, chosen by their names. */
#include "json/fields.h"

#include <stdlib.h>
#include <string.h>

#include "json/lines.h"

int fields_parse(struct list *fields, const char *text, struct error *e)
{
    for (;;) {
        size_t len = strcspn(text, ",");
        if (!len)
            return error_set(e, EXIT_USAGE, "--fields takes names with commas between, and none of them is empty");
        char *one = mem_text(text, len);
        list_add(fields, one);
        free(one);
        if (!text[len])
            return 0;
        text += len + 1;
    }
}

static bool keep(struct slice value, const char *const *wanted, size_t count, struct buf *out);

/* What is wanted below the member called key, as far as it is not wanted as a whole: the ends of the fields that lead
 * through it. Returns how many; SIZE_MAX: all of it is wanted. */
static size_t wanted_below(struct slice key, const char *const *wanted, size_t count, const char **below)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (value_spells(key, wanted[i], strlen(wanted[i])))
            return SIZE_MAX;
        for (const char *dot = strchr(wanted[i], '.'); dot; dot = strchr(dot + 1, '.'))
            if (value_spells(key, wanted[i], (size_t)(dot - wanted[i]))) {
                below[found++] = dot + 1;
                break;
            }
    }
    return found;
}

static void add_comma(struct buf *out, size_t begin)
{
    if (out->len > begin)
        buf_addc(out, ',');
}

static void keep_members(struct slice object, const char *const *wanted, size_t count, struct buf *out)
{
    const char **below = mem_zeroed(count, sizeof *below);
    struct slice key, value;
    buf_addc(out, '{');
    size_t begin = out->len;
    for (size_t at = 0; value_next(object, &at, &key, &value);) {
        size_t before = out->len, found = wanted_below(key, wanted, count, below);
        if (!found)
            continue;
        add_comma(out, begin);
        buf_add(out, key.text - 1, key.len + 2);
        buf_addc(out, ':');
        if (found == SIZE_MAX)
            buf_add(out, value.text, value.len);
        else if (!keep(value, below, found, out))
            out->len = before;
    }
    buf_addc(out, '}');
    free(below);
}

static void keep_elements(struct slice array, const char *const *wanted, size_t count, struct buf *out)
{
    struct slice element;
    buf_addc(out, '[');
    size_t begin = out->len;
    for (size_t at = 0; value_next(array, &at, NULL, &element);) {
        size_t before = out->len;
        add_comma(out, begin);
        if (!keep(element, wanted, count, out))
            out->len = before;
    }
    buf_addc(out, ']');
}

/* false: it has no members, and nothing is added. Each level of objects makes `wanted` shorter; lists in lists go no
 * deeper than the splitter lets them. */
static bool keep(struct slice value, const char *const *wanted, size_t count, struct buf *out)
{
    if (value_is_object(value))
        keep_members(value, wanted, count, out);
    else if (value_is_list(value))
        keep_elements(value, wanted, count, out);
    else
        return false;
    return true;
}

void fields_keep(const struct list *fields, struct slice lines, struct buf *out)
{
    for (struct slice line = lines_first(lines); line.len; line = lines_first(lines_after(lines, line))) {
        struct slice record = lines_record(line);
        if (value_is_object(record))
            keep_members(record, (const char *const *)fields->item, fields->count, out);
        else
            buf_add(out, record.text, record.len);
        buf_addc(out, '\n');
    }
}
