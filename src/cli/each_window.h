/* each_window: the windows of --window as lists: which are too much for the API, and how they go out. */
#ifndef RESTSRC_EACH_WINDOW_H
#define RESTSRC_EACH_WINDOW_H

#include "cli/each_list.h"

/* It has as many records as the API gives or counts at the most, and need not be read to its end: l->error says so. */
bool each_window_is_cut(struct each_list *l);
/* Windows that have ended, and were too much for the API, become two. */
int each_window_split(struct each *a, struct error *e);
/* The first one goes out as it comes where it has more than may wait: then it can't be halved any more. */
int each_window_stream(struct each *a, struct error *e);
/* It is whole: its records go out, and a run that is stopped goes on after it. */
int each_window_finish(struct each *a, struct each_list *l, struct error *e);

#endif
