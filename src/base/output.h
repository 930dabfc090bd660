/* output: the file that data goes to instead of standard output. It is written beside, as FILE.part, and takes its name
 * when it is whole. What a state knows of it (its length) is kept when a run goes on; what comes after that is cut off.
 */
#ifndef RESTSRC_OUTPUT_H
#define RESTSRC_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct output {
    int fd;            /* -1: not open yet: the file is there, and nothing has been added */
    char *name, *part; /* NULL: standard output; part NULL: no regular file, written in place */
    int64_t bytes;     /* that are in it */
    bool named;        /* the name of part is on the disk */
};

/* name NULL: standard output. -1: EXIT_IO; EXIT_UNAVAILABLE: another process is writing it. Free with output_free(),
 * also after a failure. */
int output_open(struct output *o, const char *name, struct error *e);
/* Goes on where a run stopped that knew of so many bytes; whole: it had ended. -1: also EXIT_NO_FILE: they are not
 * there.
 */
int output_resume(struct output *o, const char *name, int64_t bytes, bool whole, struct error *e);
void output_free(struct output *o);

/* Before anything is written. -1: EXIT_IO. */
int output_begin(struct output *o, struct error *e);
/* What was written is on the disk. -1: EXIT_IO. */
int output_sync(struct output *o, struct error *e);
/* It is whole, and on the disk: it takes its name. -1: EXIT_IO. */
int output_finish(struct output *o, struct error *e);

#endif
