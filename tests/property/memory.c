/* memory: for LD_PRELOAD: the allocation number $FAIL_AT of the process fails; 0: none does. At the end it says on
 * stderr how many there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static long fail_at = -1, count;
static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t), *(*real_realloc)(void *, size_t);

static int fails(void)
{
    const char *text = fail_at < 0 ? getenv("FAIL_AT") : NULL;
    if (fail_at < 0)
        fail_at = text ? atol(text) : 0;
    return __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED) == fail_at;
}

void *malloc(size_t n)
{
    if (!real_malloc)
        real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    return fails() ? NULL : real_malloc(n);
}

void *calloc(size_t k, size_t n)
{
    if (!real_calloc)
        real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    return fails() ? NULL : real_calloc(k, n);
}

void *realloc(void *old, size_t n)
{
    if (!real_realloc)
        real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    return fails() ? NULL : real_realloc(old, n);
}

__attribute__((destructor)) static void tell(void)
{
    if (!fail_at)
        dprintf(STDERR_FILENO, "allocations: %ld\n", count);
}
