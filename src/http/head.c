/* head: the status line and the headers of an answer, as they come in. */
#include "http/head.h"

#include <string.h>
#include <strings.h>

enum { HEAD_BYTES = 1 << 20 };

void head_clear(struct head *h)
{
    buf_clear(&h->lines);
    h->ended = false;
}

void head_free(struct head *h)
{
    buf_free(&h->lines);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A line that begins with a blank belongs to the one before (RFC 9112, section 5.2). */
static void unfold(struct head *h)
{
    if (h->lines.len)
        h->lines.data[h->lines.len - 1] = ' ';
}

int head_add(struct head *h, const char *line, size_t n)
{
    while (n && (line[n - 1] == '\r' || line[n - 1] == '\n' || is_blank(line[n - 1])))
        n--;
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0)
        head_clear(h);
    if (h->ended || n == 0) {
        h->ended = true;
        return 0;
    }
    if (is_blank(*line))
        unfold(h);
    for (; n && is_blank(*line); n--)
        line++;
    h->lines.cap = HEAD_BYTES;
    return buf_add(&h->lines, line, n) || buf_addc(&h->lines, '\0') ? -1 : 0;
}

const char *head_find(const struct head *h, const char *name, const char *previous)
{
    size_t len = strlen(name);
    const char *line = previous ? previous + strlen(previous) + 1 : h->lines.data;
    const char *end = h->lines.len ? h->lines.data + h->lines.len : line;
    for (; line < end; line += strlen(line) + 1)
        if (strncasecmp(line, name, len) == 0 && line[len] == ':')
            return line + len + 1 + strspn(line + len + 1, " \t");
    return NULL;
}
