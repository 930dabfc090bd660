/* mem: memory that is there, or the process ends with EX_SOFTWARE (70). */
#ifndef RESTSRC_MEM_H
#define RESTSRC_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Ends the process when memory is NULL: for what libraries give. Returns it. */
void *mem_there(void *memory);

/* Free with free(). The first three are also what libcurl and cJSON get their memory by. */
void *mem_new(size_t size); /* malloc() */
void *mem_zeroed(size_t count, size_t size);
void *mem_grown(void *memory, size_t size); /* realloc() */
/* In large pages, where it is large and the system has them: they are made and found faster. */
void *mem_large(size_t size);
char *mem_copy(const char *text);           /* strdup() */
char *mem_text(const char *text, size_t n); /* NULL is empty */

/* FNV-1a: to tell things apart that nobody chose with ill intent. */
uint64_t mem_digest(const void *bytes, size_t n);

#endif
