/* mem: memory that is there. */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

void *mem_there(void *memory)
{
    static const char message[] = "restsrc: out of memory\n";
    if (memory)
        return memory;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(EX_SOFTWARE);
    _exit(EX_SOFTWARE);
}

void *mem_new(size_t size)
{
    return mem_there(malloc(size ? size : 1));
}

void *mem_zeroed(size_t count, size_t size)
{
    return mem_there(calloc(count ? count : 1, size ? size : 1));
}

void *mem_grown(void *memory, size_t size)
{
    return mem_there(realloc(memory, size ? size : 1));
}

void *mem_large(size_t size)
{
    enum { LARGE = 2 << 20 }; /* a large page of most processors */
    void *memory = NULL;
    mem_there(posix_memalign(&memory, size >= LARGE ? LARGE : sizeof(void *), size) ? NULL : memory);
    madvise(memory, size / LARGE * LARGE, MADV_HUGEPAGE);
    return memory;
}

char *mem_copy(const char *text)
{
    return mem_text(text, strlen(text));
}

char *mem_text(const char *text, size_t n)
{
    char *copy = mem_there(malloc(n + 1));
    if (n) /* text may be NULL then */
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
