/* mem: memory that is there, or the process ends with EX_SOFTWARE (70). */
#ifndef RESTSRC_MEM_H
#define RESTSRC_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Free with free(). */
void *mem_zeroed(size_t count, size_t size);
void *mem_grown(void *memory, size_t size); /* realloc() */
char *mem_text(const char *text, size_t n);

/* FNV-1a: to tell things apart that nobody chose with ill intent. */
uint64_t mem_digest(const void *bytes, size_t n);

#endif
