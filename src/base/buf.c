#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static void *there(void *memory)
{
    static const char message[] = "restsrc: out of memory\n";
    if (memory)
        return memory;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(EX_SOFTWARE);
    _exit(EX_SOFTWARE);
}

void *mem_zeroed(size_t count, size_t size)
{
    return there(calloc(count ? count : 1, size));
}

char *mem_text(const char *text, size_t n)
{
    char *copy = there(malloc(n + 1));
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

uint64_t mem_digest(const void *bytes, size_t n)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const unsigned char *p = bytes; n > 0; n--, p++)
        hash = (hash ^ *p) * 0x100000001b3;
    return hash;
}

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
    b->data = there(realloc(b->data, room));
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

const char *buf_text(struct buf *b)
{
    if (buf_reserve(b, 0) == 0)
        b->data[b->len] = '\0';
    return b->data;
}
