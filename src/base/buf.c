/* buf: growable bytes with a hard cap. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and a NUL. */
static int buf_reserve(struct buf *b, size_t n)
{
    size_t need = b->len + n + 1;
    if (need < n || (b->cap && b->len + n > b->cap))
        return -1;
    if (need <= b->room)
        return 0;
    size_t room = b->room ? b->room * 2 : 256;
    while (room < need)
        room *= 2;
    b->data = mem_grown(b->data, room);
    b->room = room;
    return 0;
}

int buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (buf_reserve(b, n))
        return -1;
    if (n)
        memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
    return 0;
}

char *buf_space(struct buf *b, size_t n)
{
    return buf_reserve(b, n) ? NULL : b->data + b->len;
}

void buf_expect(struct buf *b, size_t n)
{
    size_t room = n + n / 8 + 1;
    if (!n || n < b->room || b->len || (b->cap && n > b->cap))
        return;
    free(b->data);
    *b = (struct buf){.data = mem_large(room), .room = room, .cap = b->cap};
    buf_clear(b);
}

int buf_addc(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

int buf_adds(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

int buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || buf_reserve(b, (size_t)n))
        return -1;
    va_start(args, format);
    vsnprintf(b->data + b->len, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
    return 0;
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        *b->data = '\0';
}

void buf_drop_bom(struct buf *b)
{
    enum { MARK = 3 };
    if (b->len < MARK || memcmp(b->data, "\xef\xbb\xbf", MARK))
        return;
    b->len -= MARK;
    memmove(b->data, b->data + MARK, b->len + 1);
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){.cap = b->cap};
}

void buf_swap(struct buf *a, struct buf *b)
{
    struct buf t = *a;
    *a = *b;
    *b = t;
}

char *buf_writable(struct buf *b)
{
    if (buf_reserve(b, 0) == 0)
        b->data[b->len] = '\0';
    return b->data;
}

const char *buf_text(struct buf *b)
{
    return buf_writable(b);
}
