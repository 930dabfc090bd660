/* lines: NDJSON by its lines. */
#include "json/lines.h"

#include <string.h>

struct slice lines_first(struct slice lines)
{
    const char *end = lines.len ? memchr(lines.text, '\n', lines.len) : NULL;
    return (struct slice){lines.text, end ? (size_t)(end + 1 - lines.text) : 0};
}

struct slice lines_last(struct slice lines)
{
    const char *before = lines.len > 1 ? memrchr(lines.text, '\n', lines.len - 1) : NULL;
    const char *from = before ? before + 1 : lines.text;
    return (struct slice){from, lines.len ? (size_t)(lines.text + lines.len - from) : 0};
}

struct slice lines_after(struct slice lines, struct slice line)
{
    return (struct slice){line.text + line.len, (size_t)(lines.text + lines.len - line.text) - line.len};
}

struct slice lines_record(struct slice line)
{
    return (struct slice){line.text, line.len ? line.len - 1 : 0};
}

int64_t lines_find(struct slice lines, struct slice line)
{
    int64_t before = 0;
    for (struct slice one; lines.len; lines = lines_after(lines, one), before++) {
        one = lines_first(lines);
        if (value_same(one, line))
            return before;
    }
    return -1;
}

bool lines_hold(struct slice lines, struct slice line)
{
    return lines_find(lines, line) >= 0;
}
